// What went wrong takes the focus, and each of its sentences leads to the field itself.
import { once } from "./once.js";

export function wireFocus(root) {
  once(root, "[data-focus]", "focus", (summary) => {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  });
}
