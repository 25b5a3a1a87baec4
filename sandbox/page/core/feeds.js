// The messages of every channel and thread that was opened: loading, paging back, and what dispatches change.
// Also what only this page shows: commands on their way, pressed buttons, dismissed answers.

import { compareIds } from "./snowflake.js";

const PAGE = 50;
const STARTER = 21;
const BY_REACTION = /^MESSAGE_REACTION_/;

class Feed {
  messages = [];
  state = "new";
  complete = false;
  stirred = false;
}

export class Feeds {
  #world;
  #feeds = new Map();
  pressed = new Map();
  failures = new Map();

  constructor(world) {
    this.#world = world;
  }

  of(channelId) {
    if (!this.#feeds.has(channelId)) this.#feeds.set(channelId, new Feed());
    return this.#feeds.get(channelId);
  }

  find(channelId, messageId) {
    return this.#feeds.get(channelId)?.messages.find(({ id }) => id === messageId);
  }

  /** After a new session everything is read again; what was only local stays. */
  reset() {
    for (const [channel, feed] of this.#feeds) {
      feed.state = "new";
      feed.messages = feed.messages.filter(isLocal);
      this.#tell(channel, "stale");
    }
  }

  async load(channelId) {
    const feed = this.of(channelId);
    if (feed.state === "loaded") return;
    if (feed.state !== "loading") feed.loading = this.#read(channelId, feed);
    await feed.loading;
  }

  async #read(channelId, feed) {
    feed.state = "loading";
    feed.stirred = false;
    try {
      const page = await this.#world.rest.get(`/channels/${channelId}/messages?limit=${PAGE}`);
      if (feed.state !== "loading") return;
      const ids = new Set(page.map(({ id }) => id));
      feed.messages = merge(
        feed.messages.filter(({ id }) => !ids.has(id)),
        page,
      );
      feed.complete = page.length < PAGE;
      feed.state = "loaded";
      feed.error = null;
      this.#tell(channelId, "loaded");
      // What came about a message while the page was under way may or may not be in it: read once more.
      if (feed.stirred) {
        feed.state = "new";
        await this.#read(channelId, feed);
      }
    } catch (error) {
      feed.state = "failed";
      feed.error = error;
      this.#tell(channelId, "loaded");
    }
  }

  async loadOlder(channelId) {
    const feed = this.of(channelId);
    if (feed.state !== "loaded" || feed.complete || feed.older) return;
    const oldest = feed.messages.find((message) => !isLocal(message));
    if (!oldest) return;
    feed.older = true;
    try {
      const page = await this.#world.rest.get(`/channels/${channelId}/messages?limit=${PAGE}&before=${oldest.id}`);
      feed.messages = merge(feed.messages, page);
      feed.complete = page.length < PAGE;
      this.#tell(channelId, "older");
    } finally {
      feed.older = false;
    }
  }

  /** Lets the oldest go; they can be paged back. */
  trim(channelId, most) {
    const feed = this.of(channelId);
    feed.messages = feed.messages.slice(-most);
    feed.complete = false;
  }

  apply(name, data) {
    if (name === "MESSAGE_CREATE") this.#create(data);
    else if (name === "MESSAGE_UPDATE") this.#update(data);
    else if (name === "MESSAGE_DELETE") this.remove(data.channel_id, data.id);
    else if (name === "MESSAGE_DELETE_BULK") data.ids.forEach((id) => this.remove(data.channel_id, id));
    else if (BY_REACTION.test(name)) this.#react(name, data);
  }

  #create(message) {
    const { channel_id: channel } = message;
    const place = this.#world.place(channel);
    if (place && !isEphemeral(message)) {
      const thread = this.#world.threads.get(channel);
      place.last_message_id = message.id;
      if (thread && message.type !== STARTER) {
        thread.message_count = (thread.message_count ?? 0) + 1;
        thread.latest = message;
        this.threadChanged(thread.id, thread.parent_id);
      }
    }
    this.#world.stopsTyping(channel, message.author.id);
    const feed = this.of(channel);
    const at = feed.messages.findIndex(({ id }) => id === message.id);
    if (at >= 0) feed.messages[at] = { ...feed.messages[at], ...message };
    else feed.messages = merge(feed.messages, [message]);
    this.#tell(channel, at >= 0 ? "changed" : "created", message);
    this.#world.emit("activity", message);
  }

  #update(change) {
    const feed = this.#feeds.get(change.channel_id);
    if (feed?.state === "loading") feed.stirred = true;
    const known = feed?.messages.find(({ id }) => id === change.id);
    if (!known) return;
    // Who has reacted is followed by reaction events: an edit's own list does not say which are mine.
    const reactions = known.reactions;
    Object.assign(known, change, { reactions });
    this.#tell(change.channel_id, "changed", known);
  }

  remove(channelId, messageId) {
    const feed = this.#feeds.get(channelId);
    if (!feed) return;
    if (feed.state === "loading") feed.stirred = true;
    feed.messages = feed.messages.filter(({ id }) => id !== messageId);
    this.#tell(channelId, "removed", { id: messageId });
  }

  #react(name, data) {
    const feed = this.#feeds.get(data.channel_id);
    if (feed?.state === "loading") feed.stirred = true;
    const message = feed?.messages.find(({ id }) => id === data.message_id);
    if (!message) return;
    message.reactions = reacted(message.reactions ?? [], name, data, this.#world.me.id);
    this.#tell(data.channel_id, "changed", message);
  }

  /** The starting message shows the thread's name, count and last message. */
  threadChanged(threadId, parentId) {
    for (const message of this.#feeds.get(parentId)?.messages ?? []) {
      if (message.id === threadId || message.message_reference?.channel_id === threadId) {
        this.#tell(parentId, "changed", message);
      }
    }
    this.#world.emit("channels");
  }

  startCommand(channelId, nonce, name) {
    const pending = { id: nonce, channel_id: channelId, author: this.#world.me, pending: "sending", command: name };
    this.#create({ ...pending, type: 20, content: "", timestamp: new Date().toISOString(), flags: 64 });
  }

  endCommand(nonce) {
    for (const [channel, feed] of this.#feeds) {
      if (feed.messages.some(({ id, pending }) => id === nonce && pending)) this.remove(channel, nonce);
    }
  }

  failCommand(nonce) {
    for (const [channel, feed] of this.#feeds) {
      const message = feed.messages.find(({ id, pending }) => id === nonce && pending);
      if (!message) continue;
      message.pending = "failed";
      this.#tell(channel, "changed", message);
    }
  }

  startPress(message, customId) {
    this.pressed.set(message.id, customId);
    this.failures.delete(message.id);
    this.#tell(message.channel_id, "changed", message);
  }

  endPress(messageId, failure) {
    this.pressed.delete(messageId);
    if (failure) this.failures.set(messageId, failure);
    for (const [channel, feed] of this.#feeds) {
      const message = feed.messages.find(({ id }) => id === messageId);
      if (message) this.#tell(channel, "changed", message);
    }
  }

  #tell(channel, kind, message) {
    this.#world.emit("feed", { channel, kind, message });
  }
}

export function isEphemeral(message) {
  return Boolean((message.flags ?? 0) & 64);
}

function isLocal(message) {
  return Boolean(message.pending) || isEphemeral(message);
}

function merge(messages, page) {
  const all = new Map([...messages, ...page].map((message) => [message.id, message]));
  return [...all.values()].sort((a, b) => compareIds(a.id, b.id));
}

/** "✅", or "name:id" for an emoji of the guild's own. */
export function emojiKey({ id, name }) {
  return id ? `${name}:${id}` : name;
}

function reacted(reactions, name, data, me) {
  if (name === "MESSAGE_REACTION_REMOVE_ALL") return [];
  const key = emojiKey(data.emoji);
  if (name === "MESSAGE_REACTION_REMOVE_EMOJI") return reactions.filter(({ emoji }) => emojiKey(emoji) !== key);
  const added = name === "MESSAGE_REACTION_ADD";
  const mine = data.user_id === me;
  const known = reactions.find(({ emoji }) => emojiKey(emoji) === key);
  if (!known) return added ? [...reactions, { emoji: data.emoji, count: 1, me: mine }] : reactions;
  if (added && mine && known.me) return reactions;
  const next = { ...known, count: known.count + (added ? 1 : -1), me: mine ? added : known.me };
  return reactions.map((each) => (each === known ? next : each)).filter(({ count }) => count > 0);
}
