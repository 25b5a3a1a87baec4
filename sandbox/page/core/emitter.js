// Who wants to know what changed. Listeners are called at once, in the order in which they came.

export class Emitter {
  #listeners = new Map();

  /** Returns the function that stops listening. */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  emit(name, detail) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(detail);
  }
}
