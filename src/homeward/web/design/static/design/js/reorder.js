// Clauses put in order: dragged by their handle with mouse, pen or finger, or moved with Alt and an arrow key on it.
// The server does the moving: each way ends in the form that its buttons send without script as well.
import { once } from "./once.js";

export function wireReorder(root) {
  once(root, "[data-reorder]", "reorder", (list) => {
    for (const grip of list.querySelectorAll("[data-grip]")) {
      grip.hidden = false;
      if ("focus" in grip.dataset) focusWhenThere(grip);
      grip.addEventListener("keydown", (event) => step(event, list, grip));
      grip.addEventListener("pointerdown", (event) => drag(event, list, grip));
    }
  });
}

/** Give the focus back to the clause that was moved, once the browser has gone to its place and takes no focus away. */
function focusWhenThere(grip) {
  const take = () => requestAnimationFrame(() => grip.focus());
  if (document.readyState === "complete") take();
  else window.addEventListener("load", take, { once: true });
}

/** Move one place up or down. */
function step(event, list, grip) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!event.altKey || !by) return;
  event.preventDefault();
  const item = grip.closest("[data-place]");
  const to = Number(item.dataset.place) + by;
  if (to >= 1 && to <= list.children.length) send(grip, to);
}

/** Follow the pointer, and let the others make room. */
function drag(event, list, grip) {
  if (event.button) return;
  const item = grip.closest("[data-place]");
  const from = Number(item.dataset.place);
  let start = event.clientY;
  grip.setPointerCapture(event.pointerId);
  item.classList.add("dragged");
  const follow = (moved) => {
    item.style.translate = `0 ${moved.clientY - start}px`;
    const other = neighbor(item, moved.clientY);
    if (!other) return;
    const before = item.offsetTop;
    if (other.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING) other.before(item);
    else other.after(item);
    start += item.offsetTop - before;
    item.style.translate = `0 ${moved.clientY - start}px`;
    grip.setPointerCapture(event.pointerId);
  };
  const drop = (ended) => {
    grip.removeEventListener("pointermove", follow);
    item.classList.remove("dragged");
    item.style.translate = "";
    const to = [...list.children].indexOf(item) + 1;
    if (ended.type === "pointerup" && to !== from) send(grip, to);
    else if (to !== from) list.insertBefore(item, list.children[from - 1 + (to < from)] ?? null);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", drop, { once: true });
  grip.addEventListener("pointercancel", drop, { once: true });
}

/** The neighbor whose middle the pointer has passed. */
function neighbor(item, y) {
  const above = item.previousElementSibling;
  const below = item.nextElementSibling;
  if (above && y < middle(above)) return above;
  if (below && y > middle(below)) return below;
  return null;
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}

function send(grip, to) {
  const form = grip.form;
  form.querySelector("input[name=to]").value = to;
  form.submit();
}
