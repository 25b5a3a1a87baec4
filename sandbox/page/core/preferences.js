// What is remembered over a reload: the address bar holds who and where, local storage the rest. Without storage all still works.

export function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`landlord.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(`landlord.${key}`, JSON.stringify(value));
  } catch {
    // A private window without storage: the choice lasts as long as the page.
  }
}

/** "#/operator/tenant-ops/123" → {member, channel, thread}. Two tabs can be two people. */
export function place() {
  const [member, channel, thread] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { member: member || read("member", null), channel: channel || null, thread: thread || null };
}

export function remember({ member, channel, thread }) {
  write("member", member);
  const parts = [member, channel, thread].filter(Boolean).map(encodeURIComponent);
  history.replaceState(null, "", `#/${parts.join("/")}`);
}
