// Buttons and selects under a message. Listened to by delegation in the feed, so that edits of the card may redraw them.

import { h, icon } from "../core/dom.js";
import { selectButton } from "./select.js";

const ROW = 1;
const BUTTON = 2;
const SELECT = 3;
const LINK = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "secondary" };

export function componentRows(message, feeds) {
  const pressed = feeds.pressed.get(message.id);
  const failure = feeds.failures.get(message.id);
  const rows = (message.components ?? [])
    .filter(({ type }) => type === ROW)
    .map(({ components }, index) =>
      h(
        "div.components",
        { dataset: { key: `row-${index}` } },
        components.map((component) => element(component, pressed)),
      ),
    );
  return [
    rows,
    failure &&
      h("div.interaction-failure", { role: "alert", dataset: { testid: "interaction-failure", key: "failure" } }, icon("warning"), failure),
  ];
}

function element(component, pressed) {
  if (component.type === BUTTON) return button(component, pressed);
  return component.type === SELECT ? select(component, pressed) : null;
}

function button({ style, label, emoji, url, custom_id: customId, disabled }, pressed) {
  const content = [emoji && h("span.emoji", {}, emoji.name), label && h("span", {}, label)];
  if (style === LINK) {
    return h(
      "a.button.link",
      {
        href: /^https?:/.test(url) ? url : null,
        target: "_blank",
        rel: "noopener noreferrer",
        dataset: { testid: "button", key: url },
      },
      content,
      icon("external"),
    );
  }
  const busy = pressed === customId;
  return h(
    "button.button",
    {
      type: "button",
      class: STYLES[style] ?? "secondary",
      disabled: disabled || undefined,
      "aria-label": label ? null : emoji?.name,
      "aria-busy": busy ? "true" : null,
      dataset: { action: "press", testid: "button", customId, key: customId },
    },
    busy ? h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")) : null,
    h("span.button-content", {}, content),
  );
}

function select(component, pressed) {
  const { custom_id: customId, placeholder, options, disabled, min_values: least = 1, max_values: most = 1 } = component;
  if (most === 1) return selectButton(component, pressed);
  const words = ({ label, description, emoji }) =>
    [emoji?.name, label, description && `– ${description}`].filter(Boolean).join(" ");
  const dataset = { testid: "select", customId, key: customId };
  return several({ placeholder, options, busy: disabled || pressed === customId, least, most, words, dataset });
}

/** Several values: a small form that opens, with its own button to send. */
function several({ placeholder, options, busy, least, most, words, dataset }) {
  return h(
    "details.select-several",
    { dataset: { ...dataset, least, most } },
    h("summary", {}, placeholder ?? "Choose"),
    h(
      "div.select-options",
      {},
      options.map((option) =>
        h(
          "label",
          {},
          h("input", { type: "checkbox", value: option.value, checked: option.default || undefined }),
          words(option),
        ),
      ),
      h(
        "button.button.primary",
        { type: "button", disabled: busy || undefined, dataset: { action: "choose-several" } },
        "Choose",
      ),
    ),
  );
}
