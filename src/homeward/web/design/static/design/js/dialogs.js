// Questions before something that cannot be undone: popovers without script, real modal dialogs with it.
import { once } from "./once.js";

export function wireDialogs(root) {
  once(root, "[popovertarget]", "dialog", (button) => {
    const dialog = document.getElementById(button.getAttribute("popovertarget"));
    if (!dialog?.matches("dialog[data-modal]")) return;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      if (button.getAttribute("popovertargetaction") === "hide") dialog.close();
      else open(dialog);
    });
  });
  once(root, "dialog [data-close]", "dialog", (button) => {
    button.addEventListener("click", () => button.closest("dialog").close());
  });
  once(root, "dialog[data-modal]", "backdrop", (dialog) => {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  });
  // Buttons with command and commandfor, for browsers that do not know them yet.
  if ("commandForElement" in HTMLButtonElement.prototype) return;
  once(root, "button[commandfor]", "dialog", (button) => {
    button.addEventListener("click", () => {
      const dialog = document.getElementById(button.getAttribute("commandfor"));
      if (button.getAttribute("command") === "show-modal") open(dialog);
      if (button.getAttribute("command") === "close") dialog?.close();
    });
  });
}

/** Open a dialog as a modal one, unless it is open. */
export function open(dialog) {
  if (dialog && !dialog.open) {
    dialog.removeAttribute("popover");
    dialog.showModal();
  }
}
