// The messages of one channel or thread: day dividers, paging back, staying at the newest.

import { h, icon, morph } from "../core/dom.js";
import { listenToFeed } from "./feed_actions.js";
import { intro } from "./welcome.js";
import { messageElement } from "./message.js";
import { day, moment, sameDay } from "./time.js";

const NEAR = 80;
const LOAD_BEFORE = 300;
const STARTER = 21;
const PAGES_BACK = 20;
const MOST_KEPT = 400;

export class FeedView {
  #session;
  #handlers;
  #channelId;
  #atNewest = true;
  #unseen = 0;
  #stops = [];

  /** `handlers`: {openThread(id), closeThread(messageId), openPlace(id), openMessage(place, id), fill(line), switchTo(member)}. */
  constructor(session, channelId, label, handlers) {
    this.#session = session;
    this.#channelId = channelId;
    this.#handlers = handlers;
    this.list = h("ol.messages");
    this.scroller = h(
      "div.feed-scroller",
      { role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": label, tabindex: "0" },
      this.list,
    );
    this.jump = h("button.jump", { type: "button", hidden: true, onclick: () => this.toNewest(), dataset: { testid: "jump" } });
    this.element = h("div.feed", {}, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.resizing = new ResizeObserver(() => this.#stick());
    this.resizing.observe(this.list);
    this.resizing.observe(this.scroller);
    this.#stops.push(listenToFeed(this.scroller, session, channelId, handlers));
    this.#stops.push(session.world.on("feed", (change) => this.#hear(change)));
    this.#stops.push(session.world.on("members", () => this.#draw()));
    this.#draw();
    session.world.feeds.load(channelId);
  }

  close() {
    this.resizing.disconnect();
    this.#stops.forEach((stop) => stop());
  }

  toNewest() {
    this.#atNewest = true;
    this.#unseen = 0;
    this.#stick();
    this.#showJump();
  }

  /** Brings a message into view and marks it for a moment. */
  show(messageId) {
    const element = this.list.querySelector(`[data-message-id="${CSS.escape(messageId)}"]`);
    if (!element) return false;
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    element.classList.remove("found");
    requestAnimationFrame(() => element.classList.add("found"));
    return true;
  }

  /** The same for a message that may not be loaded yet; answers whether it was found. */
  async seek(messageId) {
    const { feeds } = this.#session.world;
    await feeds.load(this.#channelId);
    for (let pages = 0; pages < PAGES_BACK && !this.show(messageId); pages += 1) {
      if (feeds.of(this.#channelId).complete) return false;
      await feeds.loadOlder(this.#channelId).catch(() => {});
    }
    return true;
  }

  get #messages() {
    return this.#session.world.feeds.of(this.#channelId).messages;
  }

  #hear({ channel, kind, message }) {
    if (channel !== this.#channelId) {
      // The starting message of a thread lives in the channel above; its edits show in the thread too.
      if (message?.id === this.#channelId && kind === "changed") this.#draw();
      return;
    }
    if (kind === "stale") {
      this.#session.world.feeds.load(this.#channelId);
    } else if (kind === "changed") {
      this.#redraw(message);
    } else if (kind === "older") {
      const before = this.scroller.scrollHeight;
      this.#draw();
      this.scroller.scrollTop += this.scroller.scrollHeight - before;
    } else {
      if (kind === "created" && this.#isMine(message)) this.#atNewest = true;
      else if (kind === "created" && !this.#atNewest) this.#unseen += 1;
      if (kind === "created" && this.#isNewest(message)) this.#append(message);
      else this.#draw();
      this.#showJump();
    }
  }

  #isNewest(message) {
    const messages = this.#messages;
    if (this.#atNewest && messages.length > MOST_KEPT) this.#session.world.feeds.trim(this.#channelId, MOST_KEPT / 2);
    const { state } = this.#session.world.feeds.of(this.#channelId);
    return state === "loaded" && messages.length > 1 && messages.length <= MOST_KEPT && messages.at(-1) === message;
  }

  /** The usual case, without drawing all the others again. */
  #append(message) {
    const previous = this.#messages.at(-2);
    this.list.append(...this.#rows(message, previous));
    this.#stick();
  }

  #rows(message, previous) {
    const date = moment(message.timestamp);
    const newDay = message.type !== STARTER && (!previous || !sameDay(date, moment(previous.timestamp)));
    return [newDay && divider(date), messageElement(message, previous, { session: this.#session })].filter(Boolean);
  }

  #isMine(message) {
    return message.author.id === this.#session.world.me.id || message.pending;
  }

  #redraw(message) {
    const messages = this.#messages;
    const at = messages.findIndex(({ id }) => id === message.id);
    const element = this.list.querySelector(`[data-message-id="${CSS.escape(message.id)}"]`);
    if (at < 0 || !element) return;
    morph(element, messageElement(messages[at], messages[at - 1], { session: this.#session }));
    this.#stick();
  }

  #draw() {
    const feed = this.#session.world.feeds.of(this.#channelId);
    const wanted = h("ol.messages");
    if (feed.state === "failed") wanted.append(this.#failure(feed.error));
    if (feed.complete) wanted.append(intro(this.#session, this.#channelId, feed.messages, this.#handlers));
    if (feed.state === "loading" && !feed.messages.length) wanted.append(skeleton());
    feed.messages.forEach((message, index) => wanted.append(...this.#rows(message, feed.messages[index - 1])));
    morph(this.list, wanted);
    this.#stick();
  }

  #failure(error) {
    return h(
      "li.feed-failure",
      { role: "alert", dataset: { key: "failure" } },
      icon("warning"),
      error.sentence?.() ?? error.message,
      h("button.button.secondary", { type: "button", dataset: { action: "reload" } }, "Try again"),
    );
  }

  #stick() {
    if (this.#atNewest) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atNewest = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#atNewest) this.#unseen = 0;
    this.#showJump();
    if (scrollTop < LOAD_BEFORE) this.#session.world.feeds.loadOlder(this.#channelId).catch(() => {});
  }

  #showJump() {
    this.jump.hidden = this.#atNewest;
    const words = this.#unseen ? `${this.#unseen} new ${this.#unseen === 1 ? "message" : "messages"}` : "Jump to the newest";
    this.jump.replaceChildren(words, icon("down"));
  }
}

function divider(date) {
  const words = day(date);
  return h(
    "li.day",
    { role: "separator", "aria-label": words, dataset: { key: `day-${words}` } },
    h("span", { "aria-hidden": "true" }, words),
  );
}

function skeleton() {
  return h("li.skeleton", { "aria-label": "Loading messages", dataset: { key: "skeleton" } }, h("i"), h("i"), h("i"));
}
