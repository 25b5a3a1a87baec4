// Dates and times in the reader's own language, and timestamps that stay true while one looks at them. The time is the
// server's, in which people's waiting may pass faster than on this machine: a notice of a day then ends before one's eyes.

let pace = { ahead: 0, origin: 0, factor: 1 };

/** Asks the server what time it is and how it passes. Without an answer the machine's own time stands. */
export async function readClock() {
  const before = Date.now();
  const told = await fetch("/clock.json", { cache: "no-store" })
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);
  if (!told) return;
  const after = Date.now();
  // The answer was written between the two. An hour may pass in a second, so small errors count.
  pace = { ahead: told.now - (before + after) / 2, origin: told.origin, factor: told.factor };
}

const lived = (at) => (at > pace.origin ? pace.origin + (at - pace.origin) * pace.factor : at);

/** Now, as people live it. */
export const present = () => lived(Date.now() + pace.ahead);

/** When something of the server's happened, as people live it. What a bot writes into its texts is in that time already. */
export const moment = (timestamp) => new Date(lived(new Date(timestamp).getTime()));

const formats = new Map();

function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, options));
  return formats.get(key);
}

export const clock = (date) => format({ timeStyle: "short" }).format(date);
export const full = (date) => format({ dateStyle: "full", timeStyle: "short" }).format(date);
export const day = (date) => format({ dateStyle: "long" }).format(date);

const byWord = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const byNumber = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function relative(date, now = present()) {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  const count = Math.round(seconds / size);
  // "Tomorrow" is anything between a moment and two days; a countdown says how long.
  return (count === 0 ? byWord : byNumber).format(count, unit);
}

/** Whole days between two moments in the reader's time zone. */
function daysApart(a, b) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(a) - midnight(b)) / 86_400_000);
}

/** Beside an author's name: today and yesterday by word, else the date. */
export function posted(date, now = new Date(present())) {
  const days = daysApart(date, now);
  if (days === 0) return clock(date);
  if (days === -1) return `${byWord.format(-1, "day")}, ${clock(date)}`;
  return format({ dateStyle: "short", timeStyle: "short" }).format(date);
}

export function sameDay(a, b) {
  return daysApart(a, b) === 0;
}

/** Discord's timestamp styles: <t:1700000000:R>. */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

export function styled(unix, style) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return `<t:${unix}>`;
  return style === "R" ? relative(date) : format(STYLES[style] ?? STYLES.f).format(date);
}

/** Rewrites the page's relative times; nothing is touched whose words have not changed. */
export function keepTimesLive(root) {
  const tell = () => {
    for (const element of root.querySelectorAll("time[data-relative]")) {
      const words = styled(Number(element.dataset.relative), "R");
      if (element.textContent !== words) element.firstChild.nodeValue = words;
    }
    setTimeout(tell, pace.factor > 1 ? 200 : 1000);
  };
  tell();
}
