// Dark or light: as the system says until somebody chooses otherwise.

import { h, icon } from "../core/dom.js";
import { read, write } from "../core/preferences.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return read("theme", null) ?? (dark.matches ? "dark" : "light");
}

function apply() {
  document.documentElement.dataset.theme = current();
}

export function startTheme() {
  apply();
  dark.addEventListener("change", apply);
}

export function themeButton() {
  const toggle = () => {
    write("theme", current() === "dark" ? "light" : "dark");
    apply();
  };
  return h(
    "button.icon-button",
    {
      type: "button",
      "aria-label": "Switch between dark and light",
      title: "Dark or light",
      onclick: toggle,
      dataset: { testid: "theme" },
    },
    icon("theme"),
  );
}
