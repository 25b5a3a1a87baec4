// What a member's client sends when a command is used, a button pressed or a modal submitted, and how it hears the outcome:
// each goes out with a nonce, and the gateway names that nonce when the application has answered or has not.

import { makeNonce } from "./snowflake.js";

const COMMAND = 2;
const COMPONENT = 3;
const AUTOCOMPLETE = 4;
const MODAL_SUBMIT = 5;
const BUTTON = 2;
/** Discord: unknown interaction. For a form: its time has passed. */
const UNKNOWN = 10062;

export class Interactions {
  #rest;
  #gateway;
  #world;
  #waiting = new Map();

  constructor(rest, gateway, world) {
    this.#rest = rest;
    this.#gateway = gateway;
    this.#world = world;
  }

  /** Sends a slash command. A refusal by the server is thrown, so that it can be shown beside the option. */
  async command(channelId, entry, options) {
    const nonce = makeNonce();
    this.#world.feeds.startCommand(channelId, nonce, entry.name);
    this.#waiting.set(nonce, {
      failed: () => this.#world.feeds.failCommand(nonce),
      done: () => this.#world.feeds.endCommand(nonce),
    });
    try {
      await this.#send(COMMAND, nonce, channelId, entry.application_id, { data: this.#invocation(entry, options) });
    } catch (error) {
      this.#settle(nonce, "done");
      throw error;
    }
  }

  /** Choices for the focused option; null when a later question has overtaken this one. */
  complete(channelId, entry, options) {
    const nonce = makeNonce();
    for (const [earlier, asked] of this.#waiting) {
      if (!asked.overtake) continue;
      this.#waiting.delete(earlier);
      asked.overtake();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(nonce, {
        overtake: () => resolve(null),
        done: () => {},
        choices: resolve,
        failed: () => reject(new Error("no choices")),
      });
      const data = this.#invocation(entry, options);
      this.#send(AUTOCOMPLETE, nonce, channelId, entry.application_id, { data }).catch((error) => {
        this.#waiting.delete(nonce);
        reject(error);
      });
    });
  }

  /** Presses a button (no values) or chooses from a select. */
  async press(message, component, values) {
    const nonce = makeNonce();
    this.#world.feeds.startPress(message, component.custom_id);
    this.#waiting.set(nonce, {
      done: () => this.#world.feeds.endPress(message.id),
      failed: () => this.#world.feeds.endPress(message.id, "This interaction failed"),
    });
    const data = { component_type: component.type, custom_id: component.custom_id };
    if (component.type !== BUTTON) Object.assign(data, { values, type: component.type });
    const extra = { message_id: message.id, message_flags: message.flags ?? 0, data };
    try {
      await this.#send(COMPONENT, nonce, message.channel_id, message.application_id ?? message.author.id, extra);
    } catch (error) {
      this.#waiting.delete(nonce);
      this.#world.feeds.endPress(message.id, error.sentence());
    }
  }

  /** Resolves when the application has taken the modal; throws when it has not. */
  submit(modal, components) {
    const nonce = makeNonce();
    return new Promise((resolve, reject) => {
      this.#waiting.set(nonce, { done: resolve, failed: () => reject(new Error("Something went wrong. Try again.")) });
      const data = { id: modal.id, custom_id: modal.custom_id, components };
      this.#send(MODAL_SUBMIT, nonce, modal.channel_id, modal.application?.id ?? modal.application_id, { data }).catch(
        (error) => {
          this.#waiting.delete(nonce);
          reject(error.code === UNKNOWN ? new Error("This form was open for too long. Use the command again.") : error);
        },
      );
    });
  }

  /** Listens to the dispatches that settle what was sent. */
  hear(name, data) {
    if (name === "INTERACTION_SUCCESS" || name === "INTERACTION_MODAL_CREATE") this.#settle(data.nonce, "done");
    else if (name === "INTERACTION_FAILURE") this.#settle(data.nonce, "failed");
    else if (name === "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE") this.#settle(data.nonce, "choices", data.choices ?? []);
    else if (name === "MESSAGE_CREATE" && this.#waiting.has(data.nonce)) this.#settle(data.nonce, "done");
  }

  /** A new session never hears of what an earlier one has sent. */
  abandon() {
    for (const nonce of [...this.#waiting.keys()]) this.#settle(nonce, "failed");
  }

  #settle(nonce, outcome, value) {
    const waiting = this.#waiting.get(nonce);
    // An autocomplete is reported as a success before its choices come.
    if (!waiting || (outcome === "done" && waiting.choices)) return;
    this.#waiting.delete(nonce);
    waiting[outcome]?.(value);
  }

  #invocation(entry, options) {
    const nested = entry.groups.reduceRight((inner, { type, name }) => [{ type, name, options: inner }], options);
    const { id, name, version } = entry.command;
    return { version, id, name, type: 1, options: nested, attachments: [] };
  }

  #send(type, nonce, channelId, applicationId, extra) {
    return this.#rest.post("/interactions", {
      type,
      nonce,
      application_id: applicationId,
      guild_id: this.#world.guild.id,
      channel_id: channelId,
      session_id: this.#gateway.sessionId,
      ...extra,
    });
  }
}
