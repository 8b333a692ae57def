// The field that a scanner writes into: it has the focus whenever nobody else needs it. A single sign that stays alone
// in it is no code but a key: 1 to 9 grade while the field has the focus.
import { isOn, use } from "./keys.js";
import { once } from "./once.js";

const ALONE = 500; // milliseconds; scanners write a sign in under 30, people in under 300

export function wireScan(root) {
  once(root, "input[data-scan]", "scan", (input) => {
    const take = () => {
      const isFree = document.activeElement === document.body || document.activeElement === null;
      if (isFree && !document.querySelector("dialog[open], :popover-open")) input.focus({ preventScroll: true });
    };
    take();
    input.select();
    window.addEventListener("focus", take);
    document.addEventListener("htmx:afterSettle", take);
    listen(input);
  });
}

function listen(input) {
  let timer = 0;
  const asKey = () => {
    if (!isOn() || !/^[1-9]$/.test(input.value) || !use(input.value)) return false;
    input.value = "";
    input.focus({ preventScroll: true });
    return true;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.length === 1) timer = setTimeout(asKey, ALONE);
  });
  input.form?.addEventListener("submit", (event) => {
    if (asKey()) event.preventDefault();
  });
}
