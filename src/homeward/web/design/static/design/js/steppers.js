// The two buttons beside a small number.
import { once } from "./once.js";

export function wireSteppers(root) {
  once(root, "[data-stepper]", "stepper", (stepper) => {
    const input = stepper.querySelector("input");
    const buttons = [...stepper.querySelectorAll("[data-step]")];
    const refresh = () => {
      const value = Number(input.value);
      for (const button of buttons) {
        const next = value + Number(button.dataset.step);
        button.disabled = (input.min !== "" && next < Number(input.min)) || (input.max !== "" && next > Number(input.max));
      }
    };
    for (const button of buttons) {
      button.hidden = false;
      button.addEventListener("click", () => {
        if (Number(button.dataset.step) > 0) input.stepUp();
        else input.stepDown();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
    input.addEventListener("input", refresh);
    refresh();
  });
}
