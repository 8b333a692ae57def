// Buttons that copy a reference. They are hidden until we know that the browser lets us.
import { once } from "./once.js";
import { say } from "./toasts.js";

export function wireCopy(root) {
  if (!navigator.clipboard) return;
  once(root, "[data-copy]", "copy", (button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(button.dataset.done, "good");
    });
  });
}
