// The better wording of a tone check, put into the reply at a press.
import { once } from "./once.js";

export function wireToneCheck(root) {
  once(root, "[data-say]", "tone", (button) => {
    const text = button.closest("form")?.querySelector("textarea");
    if (!text) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const { say, instead } = button.dataset;
      text.value = instead && text.value.includes(instead) ? text.value.replace(instead, say) : `${text.value} ${say}`;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
      button.closest("li").remove();
    });
  });
}
