// Reactions as pills: how many, whether mine, and on hover or focus who.

import { h, icon } from "../core/dom.js";
import { emojiKey } from "../core/feeds.js";

export const OFFERED = ["✅", "❌", "👍", "👀", "🎉"];

export function reactionRow(message, mayAdd) {
  const reactions = message.reactions ?? [];
  if (!reactions.length) return null;
  return h(
    "div.reactions",
    { role: "group", "aria-label": "Reactions", dataset: { key: "reactions" } },
    reactions.map((reaction) => pill(reaction, mayAdd)),
    mayAdd &&
      h(
        "button.reaction.add",
        { type: "button", "aria-label": "Add a reaction", dataset: { action: "add-reaction", key: "add" } },
        icon("smile"),
      ),
  );
}

function pill({ emoji, count, me }, mayAdd) {
  const key = emojiKey(emoji);
  return h(
    "button.reaction",
    {
      type: "button",
      "aria-pressed": String(me),
      "aria-label": `${emoji.name}, ${count}`,
      disabled: (!mayAdd && !me) || undefined,
      dataset: { action: "react", testid: "reaction", emoji: key, me: String(me), count, key },
    },
    h("span.emoji", {}, emoji.id ? `:${emoji.name}:` : emoji.name),
    h("span.reaction-count", {}, String(count)),
  );
}

/** "team-lead and devops-lead reacted with ✅" */
export async function whoReacted(rest, world, message, key) {
  const users = await rest.get(
    `/channels/${message.channel_id}/messages/${message.id}/reactions/${encodeURIComponent(key)}?limit=100`,
  );
  const names = users.map((user) => world.nameOf(user.id, user));
  const shown = names.slice(0, 5);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(shown);
  return names.length ? `${list} reacted with ${key}` : `Nobody reacts with ${key} any more`;
}

export function toggleReaction(rest, message, key) {
  const mine = message.reactions?.some(({ emoji, me }) => me && emojiKey(emoji) === key);
  const path = `/channels/${message.channel_id}/messages/${message.id}/reactions/${encodeURIComponent(key)}/@me`;
  return mine ? rest.delete(path) : rest.put(path);
}
