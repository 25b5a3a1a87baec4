// A channel in the middle or a thread at the right: head, messages, composer.

import { Composer } from "../composer/composer.js";
import { h, icon } from "../core/dom.js";
import { FeedView } from "./feed.js";

export class ChatView {
  #drafts;

  /** `drafts` outlives the view: what was begun in a channel is still there when one comes back. */
  constructor(session, channelId, drafts, handlers, { thread = false, before = [], after = [] } = {}) {
    this.#drafts = drafts;
    this.channelId = channelId;
    const place = session.world.place(channelId);
    const name = thread ? place.name : `#${place.name}`;
    this.title = h("h2.chat-name", {}, place.name);
    this.topic = h("span.chat-topic", {}, thread ? "" : (place.topic ?? ""));
    this.feed = new FeedView(session, channelId, `Messages in ${name}`, handlers);
    this.composer = new Composer(session, channelId, {
      testid: thread ? "thread-composer" : "composer",
      label: `Message ${name}`,
      draft: drafts.get(channelId) ?? "",
    });
    this.element = h(
      thread ? "section.thread" : "main.chat",
      {
        "aria-label": name,
        dataset: {
          testid: thread ? "thread-pane" : "chat",
          thread: thread ? channelId : null,
          channel: thread ? null : place.name,
        },
      },
      h(
        "header.chat-head",
        {},
        before,
        h("span.chat-icon", {}, icon(thread ? "thread" : "hash")),
        this.title,
        this.topic,
        h("span.chat-tools", {}, after),
      ),
      this.feed.element,
      this.composer.element,
    );
    this.stop = session.world.on("channels", () => this.#rename(session.world.place(channelId), thread));
    this.#rename(place, thread);
  }

  close() {
    const { draft } = this.composer;
    if (draft) this.#drafts.set(this.channelId, draft);
    else this.#drafts.delete(this.channelId);
    this.stop();
    this.feed.close();
    this.composer.close();
    this.element.remove();
  }

  #rename(place, thread) {
    if (!place) return;
    this.title.textContent = place.name;
    this.title.title = place.name;
    if (thread) this.topic.textContent = place.thread_metadata?.archived ? "archived" : "";
  }
}
