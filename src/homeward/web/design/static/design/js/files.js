// Photos and papers: previews of what is chosen, dropping, taking one away again, and how far an upload is.
import { once } from "./once.js";

const WIDTH = 240; // pixels of a preview

export function wireFiles(root) {
  once(root, "input[type=file][data-files]", "files", (input) => {
    const list = document.getElementById(input.dataset.files);
    if (!list) return;
    input.addEventListener("change", () => show(input, list));
    const place = input.closest("[data-drop]");
    for (const name of ["dragenter", "dragover"]) place?.addEventListener(name, () => place.classList.add("over"));
    for (const name of ["dragleave", "drop"]) place?.addEventListener(name, () => place.classList.remove("over"));
  });
  once(document, "body", "upload", (body) => {
    body.addEventListener("htmx:xhr:progress", (event) => {
      if (!event.detail.lengthComputable) return;
      const share = Math.round((100 * event.detail.loaded) / event.detail.total);
      for (const bar of event.target.querySelectorAll(".previews progress")) {
        bar.hidden = false;
        bar.value = share;
      }
    });
  });
}

/** Draw one preview per chosen file; a canvas needs no address, so the policy of the page stays tight. */
function show(input, list) {
  for (const old of list.querySelectorAll("[data-chosen]")) old.remove();
  for (const file of input.files) {
    const line = document.createElement("li");
    line.dataset.chosen = "";
    line.append(picture(file), caption(file, list.dataset.ready), bar(file), remover(input, list, file));
    list.append(line);
  }
}

function picture(file) {
  const frame = document.createElement("span");
  frame.className = "no-photo";
  if (file.type.startsWith("image/")) {
    createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "medium" }).then(
      (bitmap) => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        canvas.role = "img";
        canvas.ariaLabel = file.name;
        frame.replaceWith(canvas);
      },
      () => {}, // a kind of picture this browser cannot read, such as HEIC: the name says enough
    );
  }
  return frame;
}

function caption(file, ready) {
  const words = document.createElement("span");
  words.className = "cap";
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "muted";
  size.textContent = `${megabytes(file.size)} · ${ready}`;
  words.append(name, document.createElement("br"), size);
  return words;
}

function megabytes(bytes) {
  const format = { style: "unit", unit: "megabyte", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(Math.max(0.1, bytes / 1_000_000));
}

function bar(file) {
  const progress = document.createElement("progress");
  [progress.max, progress.value, progress.hidden, progress.ariaLabel] = [100, 0, true, file.name];
  return progress;
}

function remover(input, list, file) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small square";
  button.ariaLabel = `× ${file.name}`;
  button.textContent = "×";
  button.addEventListener("click", () => {
    const kept = new DataTransfer();
    for (const other of input.files) if (other !== file) kept.items.add(other);
    input.files = kept.files;
    show(input, list);
    input.focus();
  });
  return button;
}
