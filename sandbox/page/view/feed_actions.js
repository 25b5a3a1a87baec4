// What clicks, keys and hovers in a feed do. By delegation: the elements come and go with every edit.

import { OFFERED, toggleReaction, whoReacted } from "./reactions.js";
import { h } from "../core/dom.js";
import { openPopover } from "./popover.js";
import { notify } from "./notice.js";
import { openSelect } from "./select.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

export function listenToFeed(root, session, channelId, handlers) {
  const { world, rest, interactions } = session;
  const messageOf = (element) => world.feeds.find(channelId, element.closest("[data-message-id]")?.dataset.messageId);
  const told = (promise) => promise.catch((error) => notify(error.sentence?.() ?? error.message));

  const actions = {
    press: (element, message) => interactions.press(message, { type: 2, custom_id: element.dataset.customId }),
    react: (element, message) => told(toggleReaction(rest, message, element.dataset.emoji)),
    "add-reaction": (element, message) =>
      pickReaction(element, (emoji) =>
        told(rest.put(`/channels/${channelId}/messages/${message.id}/reactions/${encodeURIComponent(emoji)}/@me`)),
      ),
    "open-thread": (element) => handlers.openThread(element.dataset.thread),
    "close-thread": (element) => handlers.closeThread(element.dataset.message),
    dismiss: (element) => world.feeds.remove(channelId, element.dataset.message),
    delete: (element, message) => told(rest.delete(`/channels/${channelId}/messages/${message.id}`)),
    spoiler: (element) => reveal(element),
    slash: (element) => handlers.fill(`/${element.dataset.command} `),
    channel: (element) => handlers.openPlace(element.dataset.channel),
    message: (element) => handlers.openMessage(element.dataset.channel, element.dataset.message),
    fill: (element) => handlers.fill(element.dataset.line),
    switch: (element) => handlers.switchTo(element.dataset.member),
    jump: (element) => jump(root, element.dataset.message),
    reload: () => world.feeds.load(channelId),
    "open-select": (element, message) => {
      const { customId } = element.dataset;
      const component = message?.components.flatMap((row) => row.components ?? []).find((each) => each.custom_id === customId);
      if (component) openSelect(element, component, (value) => interactions.press(message, { type: 3, custom_id: customId }, [value]));
    },
    "choose-several": (element, message) => chooseSeveral(element, message),
  };

  const chooseSeveral = (element, message) => {
    const box = element.closest("details");
    const values = [...box.querySelectorAll("input:checked")].map(({ value }) => value);
    const { least, most, customId } = box.dataset;
    if (values.length < Number(least) || values.length > Number(most)) {
      notify(`Choose ${least === most ? least : `${least} to ${most}`}.`);
      return;
    }
    box.open = false;
    interactions.press(message, { type: 3, custom_id: customId }, values);
  };

  const onclick = (event) => {
    const element = event.target.closest("[data-action]");
    if (!element || element.disabled || element.getAttribute("aria-busy") === "true") return;
    actions[element.dataset.action]?.(element, messageOf(element));
  };
  const onkeydown = (event) => {
    const { target, key } = event;
    if (target.dataset.action === "spoiler" && (key === "Enter" || key === " ")) reveal(target);
    else if (target.matches(".message, .feed-scroller") && (key === "ArrowUp" || key === "ArrowDown"))
      step(root, target, key === "ArrowUp" ? -1 : 1);
    else return;
    event.preventDefault();
  };
  const hover = (event) => {
    const pill = event.target.closest?.("[data-action=react]");
    if (!pill) return;
    const message = messageOf(pill);
    showTooltip(pill, () => whoReacted(rest, world, message, pill.dataset.emoji));
  };

  root.addEventListener("click", onclick);
  root.addEventListener("keydown", onkeydown);
  root.addEventListener("pointerover", hover);
  root.addEventListener("focusin", hover);
  root.addEventListener("pointerout", hideTooltip);
  root.addEventListener("focusout", hideTooltip);
  return hideTooltip;
}

function pickReaction(anchor, pick) {
  const close = openPopover(
    anchor,
    h(
      "div.reaction-picker",
      { role: "menu", "aria-label": "Reactions" },
      OFFERED.map((emoji) =>
        h(
          "button.emoji-button",
          {
            type: "button",
            role: "menuitem",
            "aria-label": emoji,
            dataset: { testid: "reaction-choice", emoji },
            onclick: () => {
              close();
              pick(emoji);
            },
          },
          emoji,
        ),
      ),
    ),
  );
}

function reveal(element) {
  const shown = element.toggleAttribute("data-live-revealed");
  element.setAttribute("aria-expanded", String(shown));
}

function jump(root, messageId) {
  const element = root.querySelector(`[data-message-id="${CSS.escape(messageId)}"]`);
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}

/** The arrows walk from message to message; Tab then reaches what is inside. */
function step(root, from, direction) {
  const all = [...root.querySelectorAll(".message")];
  const at = all.indexOf(from);
  const next = at < 0 ? all.at(-1) : all[at + direction];
  next?.focus();
}
