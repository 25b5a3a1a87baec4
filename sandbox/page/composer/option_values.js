// One option of a command: reading a typed line, suggesting values, and turning what was typed into what Discord takes.
// No elements here.

const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const MENTIONABLE = 9;
const NUMBER = 10;

/**
 * Splits "dev subdomain:golden company:"Golden Crust"" into [option name | null, text] pairs. The first pair is what stands before
 * any name. A name inside an open quotation does not count.
 */
export function splitLine(line, options) {
  const names = options.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const pairs = [[null, ""]];
  let quoted = false;
  for (let at = 0; at < line.length;) {
    const starts = at === 0 || /\s/.test(line[at - 1]);
    const name = starts && !quoted && names.find((each) => line.startsWith(`${each}:`, at));
    if (name) {
      pairs.push([name, ""]);
      at += name.length + 1;
      continue;
    }
    const opens = line[at] === '"' && pairs.at(-1)[1].trim() === "";
    const closes = line[at] === '"' && quoted;
    if (opens || closes) quoted = !quoted;
    pairs.at(-1)[1] += line[at];
    at += 1;
  }
  return pairs;
}

/** Does the text name another option, so that it must be split? */
export function namesOption(text, options) {
  return splitLine(text, options).length > 1;
}

export function unquote(text) {
  const trimmed = text.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1) : trimmed;
}

/** The values that can be picked for an option: [{name, value, detail}], or null when it is free text. */
export function pickable(option, world) {
  if (option.choices?.length) return option.choices.map(({ name, value }) => ({ name, value }));
  if (option.type === BOOLEAN)
    return [
      { name: "True", value: true },
      { name: "False", value: false },
    ];
  const users = () =>
    [...world.members.values()].map(({ user }) => ({
      name: `@${world.nameOf(user.id)}`,
      value: user.id,
      detail: world
        .rolesOf(user.id)
        .map(({ name }) => name)
        .join(", "),
    }));
  const roles = () =>
    [...world.roles.values()].filter(({ id }) => id !== world.guild.id).map(({ id, name }) => ({ name: `@${name}`, value: id }));
  if (option.type === USER) return users();
  if (option.type === ROLE) return roles();
  if (option.type === MENTIONABLE) return [...users(), ...roles()];
  if (option.type === CHANNEL) return world.visibleChannels().map(({ id, name }) => ({ name: `#${name}`, value: id }));
  return null;
}

/** The pickable values that what was typed may mean. */
export function narrow(values, typed) {
  const wanted = typed.trim().toLowerCase();
  const begins = values.filter(({ name }) => name.replace(/^[@#]/, "").toLowerCase().startsWith(wanted.replace(/^[@#]/, "")));
  const holds = values.filter((each) => !begins.includes(each) && each.name.toLowerCase().includes(wanted));
  return [...begins, ...holds];
}

/** The one value that was typed in full, by its name or by its value. */
export function exactly(values, typed) {
  const wanted = unquote(typed).toLowerCase();
  const bare = ({ name }) => name.replace(/^[@#]/, "").toLowerCase();
  return values?.find((each) => [each.name.toLowerCase(), bare(each), String(each.value).toLowerCase()].includes(wanted));
}

/** {value} as Discord takes it, {error} in words, or {} when nothing was typed. `picked` is what was chosen from a list. */
export function valueOf(option, typed, picked, world) {
  const text = unquote(typed);
  if (text === "") return option.required ? { error: "This option is required." } : {};
  if (picked && picked.name === typed.trim()) return { value: picked.value };
  const values = pickable(option, world);
  if (values) {
    const chosen = exactly(values, typed);
    if (chosen) return { value: chosen.value };
    const names = values
      .slice(0, 6)
      .map(({ name }) => name)
      .join(", ");
    return { error: `Pick one of: ${names}${values.length > 6 ? ", …" : ""}` };
  }
  if (option.type === INTEGER || option.type === NUMBER) return number(option, text);
  if (option.type === STRING) return string(option, text);
  return { error: "This kind of option is not offered here." };
}

function number(option, text) {
  const value = Number(text.replace(",", "."));
  if (Number.isNaN(value)) return { error: "Enter a number." };
  if (option.type === INTEGER && !Number.isSafeInteger(value)) return { error: "Enter a whole number." };
  if (option.min_value !== undefined && option.min_value !== null && value < option.min_value) {
    return { error: `At least ${option.min_value}.` };
  }
  if (option.max_value !== undefined && option.max_value !== null && value > option.max_value) {
    return { error: `At most ${option.max_value}.` };
  }
  return { value };
}

function string(option, text) {
  const length = [...text].length;
  if (option.min_length && length < option.min_length) return { error: `At least ${option.min_length} characters.` };
  const longest = option.max_length ?? 6000;
  if (length > longest) return { error: `At most ${longest} characters (this has ${length}).` };
  return { value: text };
}
