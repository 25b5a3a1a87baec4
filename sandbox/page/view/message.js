// One message as people see it: who, when, what, and what hangs below it.

import { h, icon } from "../core/dom.js";
import { isEphemeral } from "../core/feeds.js";
import { ADD_REACTIONS } from "../core/permissions.js";
import { attachmentElement } from "./attachment.js";
import { avatar, tint } from "./avatar.js";
import { componentRows } from "./components.js";
import { embedElement } from "./embed.js";
import { markdown } from "./markdown.js";
import { reactionRow } from "./reactions.js";
import { systemLine } from "./system_message.js";
import { threadCard } from "./thread_card.js";
import { clock, full, moment, posted, sameDay } from "./time.js";

const LOADING = 1 << 7;
const STARTER = 21;
const SPOKEN = [0, 19, 20, 23];
const TOGETHER_FOR = 7 * 60_000;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}[\uFE0F\u200D\u{1F3FB}-\u{1F3FF}]*\s*){1,10}$/u;

/** Does this message continue the one before it, without a head of its own? */
export function continues(message, previous) {
  if (!previous || !SPOKEN.includes(message.type) || !SPOKEN.includes(previous.type)) return false;
  if (message.author.id !== previous.author.id || message.pending || previous.pending) return false;
  if (invocation(message) || message.message_reference || isEphemeral(message) !== isEphemeral(previous)) return false;
  const [now, before] = [moment(message.timestamp), moment(previous.timestamp)];
  return now - before < TOGETHER_FOR && sameDay(now, before);
}

export function messageElement(message, previous, { session }) {
  const { world } = session;
  const starter = message.type === STARTER && starterOf(message, world);
  const shown = starter || message;
  const grouped = continues(message, previous);
  const ephemeral = isEphemeral(message);
  const mentioned = !ephemeral && addresses(message, world);
  const dataset = {
    testid: ephemeral && !message.pending ? "ephemeral" : starter ? "starter" : message.pending ? "pending" : "message",
    messageId: message.id,
    author: shown.author.username,
    key: message.id,
  };
  const classes = [grouped && "grouped", ephemeral && "ephemeral", mentioned && "mentioned", message.pending]
    .filter(Boolean)
    .join(" ");
  if (!SPOKEN.includes(shown.type)) {
    return h("li.message.system", { dataset, tabindex: "-1" }, systemLine(message, world), threadCard(message, session));
  }
  return h(
    "li.message",
    { class: classes, dataset, tabindex: "-1" },
    above(message, world),
    h(
      "div.message-row",
      {},
      side(shown, grouped, world),
      h("div.message-main", {}, !grouped && head(shown, world), body(message, shown, session)),
    ),
    !message.pending && !ephemeral && !starter && tools(message, world),
  );
}

function starterOf(message, world) {
  const { channel_id: parent, message_id: id } = message.message_reference ?? {};
  return world.feeds.find(parent, id) ?? message.referenced_message;
}

function addresses(message, world) {
  const held = world.members.get(world.me.id)?.roles ?? [];
  return (
    message.mention_everyone ||
    message.mentions?.some(({ id }) => id === world.me.id) ||
    message.mention_roles?.some((id) => held.includes(id))
  );
}

/** Who used which command, as Discord tells it in either of its two fields. */
function invocation(message) {
  const told = message.interaction_metadata ?? message.interaction;
  const name = message.interaction?.name ?? message.interaction_metadata?.name ?? message.interaction_metadata?.command_name;
  return told?.user && name && message.type !== 19 ? { user: told.user, name } : null;
}

function above(message, world) {
  const used =
    message.type !== STARTER && (message.pending ? { user: message.author, name: message.command } : invocation(message));
  if (used) {
    return h(
      "div.message-above",
      {},
      avatar(used.user, world, "tiny"),
      h("span.message-above-name", {}, world.nameOf(used.user.id, used.user)),
      " used ",
      h("span.command-used", {}, `/${used.name}`),
    );
  }
  const replied = message.type === 19 && message.referenced_message;
  if (!replied) return null;
  return h(
    "button.message-above.reply",
    { type: "button", dataset: { action: "jump", message: replied.id } },
    avatar(replied.author, world, "tiny"),
    h("span.message-above-name", {}, world.nameOf(replied.author.id, replied.author)),
    h("span.message-above-text", {}, replied.content || replied.embeds?.[0]?.title || "…"),
  );
}

function side(message, grouped, world) {
  const date = moment(message.timestamp);
  return grouped
    ? h("time.message-side-time", { datetime: message.timestamp, title: full(date) }, clock(date))
    : avatar(message.author, world);
}

function head(message, world) {
  const { author, timestamp } = message;
  const date = moment(timestamp);
  const colour = world.colourOf(author.id);
  return h(
    "div.message-head",
    {},
    h("span.author", { class: colour ? "tinted" : "", style: colour ? tint(colour) : null }, world.nameOf(author.id, author)),
    author.bot && h("span.app-tag", {}, "APP"),
    h("time.message-time", { datetime: timestamp, title: full(date) }, posted(date)),
  );
}

function body(message, shown, session) {
  const { world } = session;
  if (message.pending) return pending(message);
  if ((message.flags ?? 0) & LOADING) {
    return [
      h("div.message-content.thinking", {}, dots(), `${world.nameOf(message.author.id, message.author)} is thinking…`),
      ephemeralNote(message),
    ];
  }
  const context = { world };
  const starter = shown !== message;
  // Each part has a key, so that one that comes or goes leaves the others where they are, with what is focused in them.
  return [
    shown.content &&
      h(
        "div.message-content.md",
        { class: ONLY_EMOJI.test(shown.content) ? "jumbo" : "", dataset: { key: "content" } },
        markdown(shown.content, context),
        edited(shown),
      ),
    (shown.embeds ?? []).map((embed, index) => embedElement(embed, shown, context, `embed-${index}`)),
    files(shown),
    !shown.content && shown.edited_timestamp && h("div", { dataset: { key: "edited" } }, edited(shown)),
    starter &&
      h(
        "button.link-button",
        { type: "button", dataset: { action: "close-thread", message: shown.id, key: "starter" } },
        "Go to the message",
      ),
    !starter && componentRows(message, world.feeds),
    !starter && reactionRow(message, !isEphemeral(message) && world.allows(message.channel_id, ADD_REACTIONS)),
    !starter && threadCard(message, session),
    ephemeralNote(message),
  ];
}

/** Several files show nothing of themselves until somebody asks: what they hang from would be out of sight. */
function files(message) {
  const files = (message.attachments ?? []).filter((file) => !pictured(message, file));
  return files.map((file) => attachmentElement(file, files.length === 1));
}

/** What an embed shows stands there alone, as on Discord. */
function pictured(message, { url, filename }) {
  const shown = (message.embeds ?? []).flatMap(({ image, thumbnail }) => [image?.url, thumbnail?.url]);
  return shown.includes(url) || shown.includes(`attachment://${filename}`);
}

function pending({ pending: state, id }) {
  if (state === "sending") return h("div.message-content.thinking", {}, dots(), "Sending command…");
  return [
    h(
      "div.interaction-failure",
      { role: "alert", dataset: { testid: "interaction-failure" } },
      icon("warning"),
      "The application did not respond",
    ),
    h("div.ephemeral-note", {}, icon("eye"), "Only you can see this • ", dismiss(id)),
  ];
}

function ephemeralNote(message) {
  const dataset = { key: "ephemeral" };
  return isEphemeral(message) && h("div.ephemeral-note", { dataset }, icon("eye"), "Only you can see this • ", dismiss(message.id));
}

function dismiss(id) {
  return h(
    "button.link-button",
    { type: "button", dataset: { action: "dismiss", testid: "dismiss", message: id } },
    "Dismiss message",
  );
}

function edited({ edited_timestamp: at }) {
  return at && h("time.edited", { datetime: at, title: full(moment(at)) }, "(edited)");
}

function dots() {
  return h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

function tools(message, world) {
  const mine = message.author.id === world.me.id;
  const may = world.allows(message.channel_id, ADD_REACTIONS);
  return h(
    "div.message-tools",
    { role: "toolbar", "aria-label": "Message" },
    may &&
      h(
        "button.icon-button",
        {
          type: "button",
          "aria-label": "Add a reaction",
          title: "Add a reaction",
          dataset: { action: "add-reaction", testid: "add-reaction" },
        },
        icon("smile"),
      ),
    mine &&
      h(
        "button.icon-button",
        { type: "button", "aria-label": "Delete the message", title: "Delete", dataset: { action: "delete" } },
        icon("trash"),
      ),
  );
}
