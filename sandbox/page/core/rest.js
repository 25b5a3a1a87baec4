// Discord's HTTP API as a member uses it. Waits out rate limits; everything else that goes wrong becomes a DiscordError.

const BASE = "/api/v10";
const PATIENCE = 5;

export class DiscordError extends Error {
  /** `errors` is Discord's tree of field errors, as in code 50035. */
  constructor(status, body) {
    super(body?.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = body?.code ?? 0;
    this.errors = body?.errors ?? {};
  }

  /** The tree flattened to [path, message] pairs: ["data.options.0.value", "Must be …"]. */
  fields() {
    const found = [];
    const walk = (node, path) => {
      for (const [key, value] of Object.entries(node ?? {})) {
        if (key === "_errors") for (const error of value) found.push([path.join("."), error.message]);
        else if (typeof value === "object") walk(value, [...path, key]);
      }
    };
    walk(this.errors, []);
    return found;
  }

  /** One sentence for people. */
  sentence() {
    const fields = this.fields();
    return fields.length ? fields.map(([, message]) => message).join(" ") : this.message;
  }
}

export class Rest {
  #token;

  constructor(token) {
    this.#token = token;
  }

  get(path) {
    return this.#send("GET", path);
  }

  post(path, body) {
    return this.#send("POST", path, body);
  }

  put(path) {
    return this.#send("PUT", path);
  }

  delete(path) {
    return this.#send("DELETE", path);
  }

  async #send(method, path, body) {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#once(method, path, body);
      const answer = response.status === 204 ? null : await response.json().catch(() => null);
      if (response.ok) return answer;
      if (response.status !== 429 || attempt === PATIENCE) throw new DiscordError(response.status, answer);
      const seconds = answer?.retry_after ?? Number(response.headers.get("Retry-After") ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  async #once(method, path, body) {
    const headers = { Authorization: this.#token };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      return await fetch(BASE + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw new DiscordError(0, { message: "The server cannot be reached." });
    }
  }
}
