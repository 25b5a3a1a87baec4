// Where a member writes: messages, mentions and slash commands. One for the channel, one for the open thread.

import { h, icon } from "../core/dom.js";
import { makeNonce } from "../core/snowflake.js";
import { CommandLine } from "./command_line.js";
import { Completion } from "./completion.js";
import { expandMentions, mentionCandidates } from "./mentions.js";

const LONGEST = 2000;
const TYPING_EVERY = 8_000;
const UNKNOWN_COMMAND = 10063;

export class Composer {
  #session;
  #channelId;
  #command = null;
  #typed = 0;
  #sending = false;
  #stops = [];

  constructor(session, channelId, { testid, label, draft = "" }) {
    this.#session = session;
    this.#channelId = channelId;
    this.completion = new Completion();
    this.tail = h("textarea.composer-field", {
      rows: 1,
      "aria-label": label,
      placeholder: label,
      enterkeyhint: "send",
      autocomplete: "off",
      dataset: { testid },
    });
    this.label = label;
    this.line = h("div.composer-line", {}, this.tail);
    this.error = h("div.composer-error", { role: "alert", hidden: true, dataset: { testid: "composer-error" } });
    this.count = h("span.composer-count", { "aria-live": "polite" });
    this.typing = h("div.typing", { "aria-live": "off", dataset: { testid: "typing" } });
    this.button = h(
      "button.composer-send",
      { type: "submit", "aria-label": "Send", title: "Send", dataset: { testid: "send" } },
      icon("send"),
    );
    this.element = h(
      "form.composer",
      {
        onsubmit: (event) => {
          event.preventDefault();
          this.send();
        },
      },
      this.completion.element,
      h("div.composer-box", {}, this.line, this.count, this.button),
      this.error,
      this.typing,
    );
    this.completion.attach(this.tail);
    this.#listen();
    this.#permit();
    if (draft) this.fill(draft, { focus: false });
  }

  #listen() {
    this.tail.addEventListener("input", () => this.#input());
    this.tail.addEventListener("keydown", (event) => this.#key(event));
    this.tail.addEventListener("focus", () => this.#command && this.#command.tailTyped());
    this.tail.addEventListener("blur", () => this.completion.hide());
    this.line.addEventListener("click", (event) => event.target === this.line && this.focus());
    const { world } = this.#session;
    this.#stops.push(world.on("typing", (channel) => channel === this.#channelId && this.#showTyping()));
    this.#stops.push(world.on("channels", () => this.#permit()));
  }

  close() {
    this.completion.hide();
    this.#stops.forEach((stop) => stop());
  }

  focus() {
    if (this.#command) this.#command.focus();
    else this.tail.focus();
  }

  get draft() {
    return this.#command ? this.#command.line() : this.tail.value;
  }

  /** Puts a line in, as if it had been typed: a complete command becomes chips. */
  async fill(line, { focus = true } = {}) {
    if (line.startsWith("/") && !this.#session.catalogue.entries.length) await this.#session.catalogue.load();
    this.#leave();
    const known = this.#session.catalogue.recognise(line.endsWith(" ") ? line : `${line} `);
    if (known) {
      this.#enter(known.entry, known.rest);
    } else {
      this.tail.value = line;
      this.#grow();
    }
    if (focus) this.focus();
    else document.activeElement?.closest?.(".composer") === this.element && document.activeElement.blur();
  }

  async send() {
    if (this.#sending || this.tail.disabled) return;
    this.#sending = true;
    try {
      if (this.#command) await this.#sendCommand();
      else await this.#sendText();
    } finally {
      this.#sending = false;
    }
  }

  async #sendCommand() {
    const command = this.#command;
    const leftover = this.tail.value.trim();
    if (leftover) {
      this.#fail(`/${command.entry.name} has no option “${leftover}”.`);
      this.tail.focus();
      return;
    }
    const options = command.read();
    if (!options) return;
    this.#fail(null);
    try {
      // The chips stay until the server has taken the command, so that a refusal can stand beside its option.
      await this.#session.interactions.command(this.#channelId, command.entry, options);
      if (this.#command === command) this.#leave();
      this.tail.focus();
    } catch (error) {
      if (await this.#outdated(error, command)) return;
      if (!command.refuse(error, options)) this.#fail(error.sentence?.() ?? error.message);
    }
  }

  /** The bot has registered its commands anew since they were read: read them again and keep what was typed. */
  async #outdated(error, command) {
    const changed = error.code === UNKNOWN_COMMAND || error.fields?.().some(([path]) => path === "data.version");
    if (!changed) return false;
    const line = command.line();
    await this.#session.catalogue.load();
    await this.fill(line);
    this.#fail("The command has changed in the meantime. Look it over and press Enter again.");
    return true;
  }

  async #sendText() {
    const text = this.tail.value.trim();
    if (!text) return;
    if (text.startsWith("/")) {
      const entry = this.#session.catalogue.find(text.slice(1).toLowerCase());
      if (entry) {
        this.#enter(entry, "");
        if (!entry.options.some(({ required }) => required)) await this.#sendCommand();
      } else {
        this.#fail("There is no such command. Type / to see them all.");
      }
      return;
    }
    if ([...text].length > LONGEST) {
      this.#fail(`A message has at most ${LONGEST} characters; this one has ${[...text].length}.`);
      return;
    }
    this.#fail(null);
    this.#write("");
    try {
      const content = expandMentions(text, this.#session.world);
      await this.#session.rest.post(`/channels/${this.#channelId}/messages`, { content, nonce: makeNonce(), tts: false });
    } catch (error) {
      if (!this.tail.value) this.#write(text);
      this.#fail(error.sentence?.() ?? error.message);
    }
  }

  #input() {
    this.#grow();
    this.#fail(null);
    if (this.#command) {
      this.#command.tailTyped();
      return;
    }
    const text = this.tail.value;
    if (text.startsWith("/")) this.#completeCommand(text);
    else {
      this.#completeMention();
      if (text) this.#announce();
    }
  }

  #completeCommand(text) {
    const { catalogue } = this.#session;
    const known = catalogue.recognise(text);
    if (known) {
      this.#enter(known.entry, known.rest);
      return;
    }
    const show = ({ again = false } = {}) => {
      const items = catalogue.suggest(text.slice(1)).map((entry) => ({
        label: `/${entry.name}`,
        detail: entry.description,
        aside: catalogue.applicationName(entry.application_id),
        pick: () => this.#enter(entry, ""),
      }));
      // A name typed in full is sent with Enter at once; anything else is first picked.
      const full = catalogue.find(text.slice(1).trim().toLowerCase());
      const first = full && !full.options.some(({ required }) => required) ? -1 : 0;
      // A list that is read again in between does not take away what was chosen with the arrows.
      const kept = items.findIndex(({ label }) => again && label === this.completion.chosen?.label);
      const active = kept < 0 ? first : kept;
      this.completion.show(this.tail, text === "/" ? "Commands" : `Commands matching ${text}`, items, {
        active,
        note: items.length ? null : "No command matches.",
      });
    };
    show();
    catalogue.refresh().then((fresh) => fresh && this.tail.value === text && !this.#command && show({ again: true }));
  }

  #completeMention() {
    const found = mentionCandidates(this.tail.value.slice(0, this.tail.selectionStart), this.#session.world);
    if (!found) {
      this.completion.hide();
      return;
    }
    const items = found.candidates.map(({ label, detail }) => ({
      label,
      detail,
      pick: () => this.#insert(found.from, `${label} `),
    }));
    this.completion.show(this.tail, found.title, items);
  }

  #insert(from, text) {
    this.tail.setRangeText(text, from, this.tail.selectionStart, "end");
    this.#grow();
  }

  #key(event) {
    if (event.isComposing || this.completion.key(event)) return;
    const atStart = this.tail.selectionStart === 0 && this.tail.selectionEnd === 0;
    if (event.key === "Enter" && !event.shiftKey) this.send();
    else if (event.key === "Escape" && this.#command) this.leave();
    else if ((event.key === "Backspace" || event.key === "ArrowLeft") && this.#command && atStart) {
      if (!this.#command.focusLast() && event.key === "Backspace") this.leave({ keepName: true });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #enter(entry, rest) {
    this.#leave();
    this.element.classList.add("commanding");
    const { world, interactions } = this.#session;
    this.#command = new CommandLine(entry, {
      world,
      interactions,
      channelId: this.#channelId,
      completion: this.completion,
      tail: this.tail,
      send: () => this.send(),
      leave: (how) => this.leave(how),
      changed: () => this.#fail(null),
    });
    this.line.prepend(this.#command.element);
    this.#command.fill(rest);
  }

  /** Back to plain text; the command's name is kept when it was rubbed out from the right. */
  leave({ keepName = false } = {}) {
    const name = this.#command?.entry.name;
    this.#leave();
    if (keepName && name) this.#write(`/${name}`);
    this.tail.focus();
    this.#input();
  }

  #leave() {
    this.completion.hide();
    this.#command?.element.remove();
    this.#command = null;
    this.element.classList.remove("commanding");
    this.tail.placeholder = this.label;
    this.#fail(null);
    this.#write("");
  }

  #write(text) {
    this.tail.value = text;
    this.#grow();
  }

  #grow() {
    this.tail.style.height = "auto";
    if (!this.#command && this.tail.value) this.tail.style.height = `${this.tail.scrollHeight}px`;
    const left = LONGEST - [...this.tail.value].length;
    this.count.textContent = left < 200 ? String(left) : "";
    this.count.classList.toggle("over", left < 0);
  }

  #fail(message) {
    this.error.textContent = message ?? "";
    this.error.hidden = !message;
  }

  #announce() {
    if (Date.now() - this.#typed < TYPING_EVERY) return;
    this.#typed = Date.now();
    this.#session.rest.post(`/channels/${this.#channelId}/typing`).catch(() => {});
  }

  #permit() {
    const may = this.#session.world.maySend(this.#channelId);
    this.tail.disabled = !may;
    this.button.disabled = !may;
    if (!this.#command) this.tail.placeholder = may ? this.label : "You do not have permission to send messages here.";
  }

  #showTyping() {
    const names = this.#session.world.typingIn(this.#channelId);
    const verb = names.length === 1 ? "is typing…" : "are typing…";
    const who = names.length > 3 ? "Several people" : names.join(", ");
    this.typing.replaceChildren(
      ...(names.length ? [h("span.dots", {}, h("i"), h("i"), h("i")), h("strong", {}, who), ` ${verb}`] : []),
    );
  }
}
