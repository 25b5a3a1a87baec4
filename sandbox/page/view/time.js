// Dates and times in the reader's own language, and timestamps that stay true while one looks at them.

const formats = new Map();

function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, options));
  return formats.get(key);
}

export const clock = (date) => format({ timeStyle: "short" }).format(date);
export const full = (date) => format({ dateStyle: "full", timeStyle: "short" }).format(date);
export const day = (date) => format({ dateStyle: "long" }).format(date);

const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function relative(date, now = Date.now()) {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return relativeFormat.format(Math.round(seconds / size), unit);
}

/** Whole days between two moments in the reader's time zone. */
function daysApart(a, b) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(a) - midnight(b)) / 86_400_000);
}

/** Beside an author's name: today and yesterday by word, else the date. */
export function posted(date, now = new Date()) {
  const days = daysApart(date, now);
  if (days === 0) return clock(date);
  if (days === -1) return `${relativeFormat.format(-1, "day")}, ${clock(date)}`;
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
  setInterval(() => {
    for (const element of root.querySelectorAll("time[data-relative]")) {
      const words = styled(Number(element.dataset.relative), "R");
      if (element.textContent !== words) element.firstChild.nodeValue = words;
    }
  }, 1000);
}
