// Light, dark, or as the system says; kept in a cookie, so that the next page comes right from the server.
import { once } from "./once.js";

const YEAR = 31_536_000;

export function wireTheme(root) {
  once(root, "[data-theme-choice]", "theme", (choice) => {
    choice.hidden = false;
    const now = document.documentElement.dataset.theme ?? "";
    for (const radio of choice.querySelectorAll("input")) {
      radio.checked = radio.value === now;
      radio.addEventListener("change", () => choose(radio.value));
    }
  });
}

function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.cookie = `homeward_theme=${theme}; path=/; max-age=${theme ? YEAR : 0}; samesite=lax`;
}
