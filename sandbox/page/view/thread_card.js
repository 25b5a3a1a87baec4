// The thread below its starting message: name, how many messages, the last one.

import { h, icon } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { moment, posted, styled } from "./time.js";

const THREAD_CREATED = 18;
const asked = new WeakSet();

export function threadCard(message, session) {
  const { world } = session;
  const id = message.type === THREAD_CREATED ? message.message_reference?.channel_id : message.id;
  const thread = world.threads.get(id) ?? adopt(message, world);
  if (!thread) return null;
  const count = thread.message_count ?? 0;
  return h(
    "button.thread-card",
    { type: "button", dataset: { action: "open-thread", thread: thread.id, testid: "thread-card", key: "thread" } },
    h(
      "span.thread-card-head",
      {},
      icon("thread"),
      h("span.thread-card-name", {}, thread.name),
      h("span.thread-card-count", {}, `${count} ${count === 1 ? "message" : "messages"}`),
      icon("chevron"),
    ),
    h("span.thread-card-last", {}, last(thread, session)),
  );
}

/** An archived thread is not in the guild's list; its starting message carries it. */
function adopt(message, world) {
  if (message.thread) world.threads.set(message.thread.id, message.thread);
  return message.thread;
}

function last(thread, session) {
  const { world } = session;
  const known = thread.latest;
  if (!known) {
    ask(thread, session);
    return thread.message_count ? "…" : "No messages yet";
  }
  const text = known.content || known.embeds?.[0]?.title || known.attachments?.[0]?.filename || "…";
  return [
    avatar(known.author, world, "tiny"),
    h("strong", {}, world.nameOf(known.author.id, known.author)),
    h("span.thread-card-text", {}, plain(text)),
    h("time", { datetime: known.timestamp }, posted(moment(known.timestamp))),
  ];
}

/** One line without markup: what is escaped stands for itself. */
function plain(text) {
  return text
    .replace(/<t:(-?\d+)(?::(\w))?>/g, (_, unix, style) => styled(Number(unix), style))
    .replace(/\\([^\w\s])|[*_~`|>#]/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

async function ask(thread, { rest, world }) {
  if (asked.has(thread) || !thread.message_count) return;
  asked.add(thread);
  const [latest] = await rest.get(`/channels/${thread.id}/messages?limit=1`).catch(() => []);
  if (!latest || latest.type === 21) return;
  thread.latest ??= latest;
  world.feeds.threadChanged(thread.id, thread.parent_id);
}
