// Discord's ids: decimal strings too large for a number, ordered by time.

const DISCORD_EPOCH = 1420070400000n;
let last = 0n;

/** Negative, zero or positive, for sort(). */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export function timeOf(id) {
  return new Date(Number((BigInt(id) >> 22n) + DISCORD_EPOCH));
}

/** A fresh nonce: an id of this client's own making, never the same twice. */
export function makeNonce() {
  const now = (BigInt(Date.now()) - DISCORD_EPOCH) << 22n;
  last = now > last ? now : last + 1n;
  return last.toString();
}
