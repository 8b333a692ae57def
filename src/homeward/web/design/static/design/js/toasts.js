// Short words on what just happened. Good news leaves by itself; bad news stays until it is put away.
import { once } from "./once.js";

const STAY = 8_000; // milliseconds

export function wireToasts(root) {
  once(root, ".toasts > .toast", "toast", (toast) => {
    const button = toast.querySelector("[data-dismiss]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => toast.remove());
    }
    if (toast.dataset.tone === "good" || toast.dataset.tone === "info") leave(toast);
  });
  // A view that answers htmx says its word by the header HX-Trigger: {"toast": {"words": "...", "tone": "good"}}.
  once(document, "body", "toast", (body) => {
    body.addEventListener("toast", (event) => say(event.detail.words ?? event.detail.value, event.detail.tone));
  });
}

/** Show a short word. */
export function say(words, tone = "good") {
  const place = document.getElementById("toasts");
  if (!place || !words) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.tone = tone;
  const text = document.createElement("span");
  text.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "put-away";
  button.dataset.dismiss = "";
  button.ariaLabel = place.dataset.putAway;
  button.textContent = "×";
  toast.append(text, button);
  place.append(toast);
  wireToasts(place);
}

/** Take a toast away after a while, but not while somebody reads it. */
function leave(toast) {
  let timer = setTimeout(() => toast.remove(), STAY);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    toast.addEventListener(name, () => (timer = setTimeout(() => toast.remove(), STAY)));
  }
}
