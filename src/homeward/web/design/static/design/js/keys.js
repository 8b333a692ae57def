// Single keys: "/" searches, J and K walk, "?" lists all, and whatever carries data-key. They never fire in fields,
// and whoever is bothered by them switches them off.
import { open } from "./dialogs.js";
import { once } from "./once.js";

const OFF = "homeward-keys-off";

export function wireKeys(root) {
  once(document, "body", "keys", () => document.addEventListener("keydown", press));
  once(root, "[data-keys-open]", "keys", (item) => {
    item.hidden = false;
    item.addEventListener("click", () => list());
  });
  once(root, "[data-keys-switch]", "keys", (box) => {
    box.checked = isOn();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "" : "1"));
  });
}

/** Whether single keys are switched on. */
export function isOn() {
  return !localStorage.getItem(OFF);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    list();
    return;
  }
  if (!isOn() || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const acted = walk(key) || use(key);
  if (acted) event.preventDefault();
}

/** Fields that take letters; boxes and radio buttons do not, but they keep their own keys. */
function isWriting(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  if (!target.matches("input")) return false;
  return !["checkbox", "radio", "button", "submit", "range", "file"].includes(target.type);
}

/** Go to the next or the previous link of a list that is made for walking. */
function walk(key) {
  if (key !== "j" && key !== "k") return false;
  const links = [...document.querySelectorAll("[data-walk] > li > a")].filter(isSeen);
  if (!links.length) return false;
  const here = links.indexOf(document.activeElement);
  const current = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = current + (key === "j" ? 1 : -1);
  links[Math.max(0, Math.min(links.length - 1, next))].focus();
  return true;
}

/** Use what carries the key: fields get the focus, choices are chosen, buttons wait for Enter, the rest is pressed. */
export function use(key) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isSeen);
  if (!element || element.disabled) return false;
  if (element.matches("input[type=radio], input[type=checkbox]")) element.click();
  else if (element.matches("textarea")) write(element);
  else if (element.matches("input, select, button[type=submit]")) element.focus();
  else element.click();
  return true;
}

/** Go on writing where the text ends. */
function write(area) {
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

function isSeen(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

/** Open the list of the keys that work on this page. */
function list() {
  const dialog = document.querySelector("[data-all-keys]");
  const rows = dialog?.querySelector("[data-key-list]");
  if (!rows || dialog.open) return;
  for (const old of rows.querySelectorAll("[data-found]")) old.remove();
  for (const row of rows.querySelectorAll("[data-needs]")) row.hidden = !has(row.dataset.needs);
  const known = new Set(["/"]);
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (known.has(key) || !isSeen(element)) continue;
    known.add(key);
    rows.append(row(key, words(element)));
  }
  open(dialog);
}

function has(what) {
  return document.querySelector(what === "walk" ? "[data-walk] a" : "[data-key='/']") !== null;
}

function words(element) {
  const copy = (element.labels?.[0] ?? element).cloneNode(true);
  for (const key of copy.querySelectorAll("kbd, svg")) key.remove();
  return element.getAttribute("aria-label") ?? copy.textContent.replace(/\s+/g, " ").trim();
}

function row(key, text) {
  const line = document.createElement("div");
  line.dataset.found = "";
  const name = document.createElement("dt");
  const cap = document.createElement("kbd");
  cap.textContent = key.toUpperCase();
  name.append(cap);
  const meaning = document.createElement("dd");
  meaning.textContent = text;
  line.append(name, meaning);
  return line;
}
