// A list of which one is chosen. Not the browser's own: there the arrow keys choose while one only looks, and what was chosen
// stays on show although the card has changed since.

import { h, icon } from "../core/dom.js";
import { openPopover } from "./popover.js";

const words = ({ label, emoji }) => [emoji?.name, label].filter(Boolean).join(" ");

export function selectButton({ custom_id: customId, placeholder, options, disabled }, pressed) {
  const chosen = options.find((option) => option.default);
  const busy = pressed === customId;
  return h(
    "button.select",
    {
      type: "button",
      disabled: disabled || undefined,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-busy": busy ? "true" : null,
      dataset: { action: "open-select", testid: "select", customId, key: customId },
    },
    busy ? h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")) : null,
    h("span.select-words", { class: chosen ? "" : "placeholder" }, chosen ? words(chosen) : (placeholder ?? "Choose one")),
    icon("chevron"),
  );
}

/** Opens the list; `choose` is told the value. */
export function openSelect(anchor, { placeholder, options }, choose) {
  const close = openPopover(
    anchor,
    h(
      "div.select-menu",
      { role: "menu", "aria-label": placeholder ?? "Choose one" },
      options.map((option) =>
        h(
          "button.select-choice",
          {
            type: "button",
            role: "menuitem",
            dataset: { testid: "select-choice", value: option.value },
            onclick: () => {
              close();
              choose(option.value);
            },
          },
          h("span", {}, words(option)),
          option.description && h("span.select-description", {}, option.description),
        ),
      ),
    ),
    { width: anchor.getBoundingClientRect().width },
  );
}
