// One member's gateway session: identify, heartbeat, resume, and come back after every loss.
// It hands on dispatches ("dispatch": [name, data]) and how the connection is ("state"); it knows nothing of what they mean.

import { Emitter } from "./emitter.js";

const OP = { DISPATCH: 0, HEARTBEAT: 1, IDENTIFY: 2, RESUME: 6, RECONNECT: 7, INVALID_SESSION: 9, HELLO: 10, ACK: 11 };
const ALL_INTENTS = (1 << 26) - 1;
const CLOSED_BY_US = 4000;
const TOKEN_REFUSED = 4004;
const SESSION_LOST = [4003, 4007, 4009];
const SHORTEST_WAIT = 400;
const LONGEST_WAIT = 10_000;

export class Gateway extends Emitter {
  #token;
  #socket = null;
  #sequence = null;
  #heart = null;
  #acknowledged = true;
  #attempts = 0;
  #retry = null;
  #ended = false;
  sessionId = null;
  state = "connecting";

  constructor(token) {
    super();
    this.#token = token;
    this.wake = this.wake.bind(this);
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/gateway?v=10&encoding=json`);
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lost(code);
  }

  close() {
    this.#ended = true;
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#rest();
    this.#socket?.close(1000);
  }

  /** Somebody looks at the page again: do not wait for the timer. */
  wake() {
    if (!this.#retry || document.hidden) return;
    this.#rest();
    this.open();
  }

  #receive({ op, t, s, d }) {
    if (s) this.#sequence = s;
    if (op === OP.HELLO) this.#greet(d.heartbeat_interval);
    else if (op === OP.ACK) this.#acknowledged = true;
    else if (op === OP.HEARTBEAT) this.#beat();
    else if (op === OP.RECONNECT) this.#lost(CLOSED_BY_US);
    else if (op === OP.INVALID_SESSION) this.#invalid(d);
    else if (op === OP.DISPATCH) this.#dispatch(t, d);
  }

  #greet(interval) {
    this.#acknowledged = true;
    this.#heart = setInterval(() => this.#pulse(), interval);
    if (this.sessionId) {
      this.#send(OP.RESUME, { token: this.#token, session_id: this.sessionId, seq: this.#sequence });
    } else {
      const properties = { os: "browser", browser: "page", device: "" };
      this.#send(OP.IDENTIFY, { token: this.#token, properties, intents: ALL_INTENTS, compress: false });
    }
  }

  #pulse() {
    if (this.#acknowledged) this.#beat();
    else this.#lost(CLOSED_BY_US);
  }

  #beat() {
    this.#acknowledged = false;
    this.#send(OP.HEARTBEAT, this.#sequence);
  }

  #dispatch(name, data) {
    if (name === "READY") this.sessionId = data.session_id;
    this.emit("dispatch", [name, data]);
    if (name === "READY" || name === "RESUMED") {
      this.#attempts = 0;
      this.#become("ready");
    }
  }

  #invalid(resumable) {
    if (!resumable) this.#forget();
    this.#lost(CLOSED_BY_US);
  }

  #forget() {
    this.sessionId = null;
    this.#sequence = null;
  }

  #lost(code) {
    this.#rest();
    const socket = this.#socket;
    this.#socket = null;
    if (socket?.readyState <= WebSocket.OPEN) socket.close(CLOSED_BY_US);
    if (this.#ended) return;
    if (SESSION_LOST.includes(code)) this.#forget();
    if (code === TOKEN_REFUSED) {
      this.#become("refused");
      return;
    }
    this.#become("reconnecting");
    const wait = Math.min(SHORTEST_WAIT * 2 ** this.#attempts, LONGEST_WAIT) * (0.75 + Math.random() / 2);
    this.#attempts += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.open();
    }, wait);
  }

  #rest() {
    clearInterval(this.#heart);
    clearTimeout(this.#retry);
    this.#heart = null;
    this.#retry = null;
  }

  #send(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
  }

  #become(state) {
    this.state = state;
    this.emit("state", state);
  }
}
