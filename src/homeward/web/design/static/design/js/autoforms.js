// Forms that narrow a list send themselves when a choice changes; their button is for those without script.
import { once } from "./once.js";

const PAUSE = 350; // milliseconds of silence after which a typed search is sent

export function wireAutoForms(root) {
  once(root, "form[data-auto]", "auto", (form) => {
    for (const button of form.querySelectorAll("button[type=submit]:not([name])")) button.hidden = true;
    let timer = 0;
    const send = () => form.requestSubmit();
    form.addEventListener("change", (event) => {
      if (event.target.type !== "search") send();
    });
    form.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(timer);
      // A page that reloads would take the caret away: only forms that htmx sends follow the typing.
      if (form.hasAttribute("hx-get")) timer = setTimeout(send, PAUSE);
    });
  });
}
