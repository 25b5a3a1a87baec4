// What a member may do in a channel, computed as Discord's documentation lays it down.

export const VIEW_CHANNEL = 1n << 10n;
export const ADD_REACTIONS = 1n << 6n;
export const SEND_MESSAGES = 1n << 11n;
export const SEND_IN_THREADS = 1n << 38n;
const ADMINISTRATOR = 1n << 3n;
const EVERYTHING = (1n << 53n) - 1n;

/** A bit set. `channel` is a parent channel; threads take their parent's. */
export function permissionsIn(guild, roles, member, channel) {
  if (guild.owner_id === member.user.id) return EVERYTHING;
  const held = [guild.id, ...member.roles];
  let bits = held.reduce((sum, id) => sum | BigInt(roles.get(id)?.permissions ?? 0), 0n);
  if (bits & ADMINISTRATOR) return EVERYTHING;
  const overwrites = channel.permission_overwrites ?? [];
  bits = overwrite(
    bits,
    overwrites.filter(({ id }) => id === guild.id),
  );
  bits = overwrite(
    bits,
    overwrites.filter(({ id, type }) => Number(type) === 0 && member.roles.includes(id)),
  );
  return overwrite(
    bits,
    overwrites.filter(({ id, type }) => Number(type) === 1 && id === member.user.id),
  );
}

function overwrite(bits, overwrites) {
  const deny = overwrites.reduce((sum, each) => sum | BigInt(each.deny ?? 0), 0n);
  const allow = overwrites.reduce((sum, each) => sum | BigInt(each.allow ?? 0), 0n);
  return (bits & ~deny) | allow;
}
