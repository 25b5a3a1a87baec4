// "@team-lead" and "#incidents" in a message: completed while typing, turned into Discord's own form when sent.

const MOST = 8;

function known(world) {
  const people = [...world.members.values()].map(({ user }) => ({
    label: `@${world.nameOf(user.id)}`,
    detail: world
      .rolesOf(user.id)
      .map(({ name }) => name)
      .join(", "),
    code: `<@${user.id}>`,
  }));
  const roles = [...world.roles.values()]
    .filter(({ id, managed }) => id !== world.guild.id && !managed)
    .map(({ id, name }) => ({ label: `@${name}`, detail: "role", code: `<@&${id}>` }));
  const channels = world.visibleChannels().map(({ id, name }) => ({ label: `#${name}`, detail: null, code: `<#${id}>` }));
  return [...people, ...roles, ...channels];
}

/** What the word before the cursor may mean: {from, title, candidates}, or null. */
export function mentionCandidates(before, world) {
  const word = /(^|\s)([@#][\w-]*)$/.exec(before)?.[2];
  if (!word) return null;
  const candidates = known(world)
    .filter(({ label }) => label.toLowerCase().startsWith(word.toLowerCase()))
    .slice(0, MOST);
  return candidates.length
    ? { from: before.length - word.length, title: word[0] === "@" ? "Members and roles" : "Channels", candidates }
    : null;
}

/** Where a person and a role share a name, the person is meant. */
export function expandMentions(text, world) {
  const codes = new Map(
    known(world)
      .reverse()
      .map(({ label, code }) => [label, code]),
  );
  return text.replace(/(^|\s)([@#][\w-]+)/g, (whole, space, word) => space + (codes.get(word) ?? word));
}
