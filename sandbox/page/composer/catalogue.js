// The slash commands of the guild, flattened: one entry for each thing that can be called ("/tenant provision").

const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const GROUP = 2;
const FRESH_FOR = 5_000;

export class Catalogue {
  #rest;
  #world;
  #loaded = 0;
  #names = new Map();
  entries = [];

  constructor(rest, world) {
    this.#rest = rest;
    this.#world = world;
  }

  async load() {
    this.#loaded = Date.now();
    const path = `/guilds/${this.#world.guild.id}/application-command-index`;
    try {
      const { applications, application_commands: commands } = await this.#rest.get(path);
      this.#names = new Map((applications ?? []).map(({ id, name, bot }) => [id, name ?? bot?.username]));
      this.entries = commands.filter(({ type }) => (type ?? CHAT_INPUT) === CHAT_INPUT).flatMap((command) => flatten(command));
    } catch {
      this.#loaded = 0;
    }
  }

  /** Reads the list again when it may be old; resolves to whether it did. */
  async refresh() {
    if (Date.now() - this.#loaded < FRESH_FOR) return false;
    await this.load();
    return true;
  }

  applicationName(id) {
    return this.#names.get(id) ?? "app";
  }

  find(name) {
    return this.entries.find((entry) => entry.name === name);
  }

  /** The entries that what was typed after "/" may mean: beginnings first, then words inside, then descriptions. */
  suggest(typed) {
    const wanted = typed.trim().toLowerCase();
    const rank = ({ name, description }) => {
      if (name.startsWith(wanted)) return 0;
      if (name.split(/[\s-]/).some((word) => word.startsWith(wanted))) return 1;
      if (wanted.split(/\s+/).every((word) => name.includes(word))) return 2;
      return wanted.length > 2 && description.toLowerCase().includes(wanted) ? 3 : 4;
    };
    return this.entries
      .map((entry) => [rank(entry), entry])
      .filter(([order]) => order < 4)
      .sort(([a], [b]) => a - b)
      .map(([, entry]) => entry);
  }

  /** "/tenant provision environment:dev" → the entry and the rest of the line; null while the name is not yet complete. */
  recognise(line) {
    const text = line.replace(/\s+/g, " ").toLowerCase();
    const entry = this.entries.find(({ name }) => text.startsWith(`/${name} `));
    if (!entry) return null;
    const words = entry.name.split(" ").length;
    const rest = line.replace(new RegExp(`^\\s*/(\\S+\\s+){${words}}`), "");
    return { entry, rest };
  }
}

function flatten(command, node = command, groups = []) {
  const children = (node.options ?? []).filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (children.length) {
    return children.flatMap((child) => flatten(command, child, [...groups, { type: child.type, name: child.name }]));
  }
  return [
    {
      command,
      application_id: command.application_id,
      groups,
      name: [command.name, ...groups.map(({ name }) => name)].join(" "),
      description: node.description ?? "",
      // Discord shows required options first, whatever order they were registered in.
      options: [...(node.options ?? [])].sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false)),
    },
  ];
}
