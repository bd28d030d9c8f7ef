// What the page says: names of classes and states, and numbers as the reader's own language writes them.

const NAMES = {
  pedestrian: ["pedestrian", "pedestrians"],
  bicycle: ["bicycle", "bicycles"],
  car: ["car", "cars"],
  motorcycle: ["motorcycle", "motorcycles"],
  bus: ["bus", "buses"],
  truck: ["truck", "trucks"],
};

/** The classes in the order in which they are always listed. */
export const ROAD_USERS = Object.keys(NAMES);

/** `pedestrian` for one, `pedestrians` for any other number. */
export function roadUserName(user, value = 2) {
  return (NAMES[user] ?? [user, user])[value === 1 ? 0 : 1];
}

// A shape stands beside each word, so that no state is shown by its colour alone.
const STATES = {
  online: ["Online", "good", "●"],
  connecting: ["Connecting", "idle", "○"],
  offline: ["Offline", "bad", "■"],
  frozen: ["Frozen picture", "bad", "■"],
  dark: ["Too dark", "warn", "◆"],
  covered: ["Covered", "warn", "◆"],
  defocused: ["Out of focus", "warn", "◆"],
  moved: ["Moved", "warn", "▲"],
  not_registered: ["Not registered", "bad", "■"],
  paused: ["Paused", "idle", "○"],
};

/** Word, tone and mark of a camera's health; of none too. */
export function stateWords(health) {
  if (!health) return { word: "No report yet", tone: "idle", mark: "○" };
  const [word, tone, mark] = STATES[health.state] ?? [health.state, "idle", "○"];
  return { word, tone, mark };
}

/** The camera has moved, and no one has confirmed its lines and zones. */
export function isUnreliable(health) {
  return health?.state === "moved" || health?.reliable === false;
}

const LEVELS = [
  "nothing keeps its process from the rest of the machine",
  "its process has limits and leaves no dump of its memory",
  "the system calls of its process are filtered too",
  "its process has no network, no files and no rights of its own",
];

/** What an isolation level means. */
export function levelWords(level) {
  return LEVELS[level] ?? "";
}

export const NO_DATA = "–";
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** A count; a dash where nothing is known, for no data is not zero. */
export function count(value) {
  return value === null || value === undefined ? NO_DATA : whole.format(value);
}

/** A share of 0-1 in percent; never rounded up to all, nor down to nothing. */
export function share(value) {
  if (value === null || value === undefined) return NO_DATA;
  if (value > 0 && value < 0.01) return `less than ${percent.format(0.01)}`;
  return percent.format(Math.floor(value * 100 + 1e-6) / 100);
}

/** A measured value with few digits, and its unit. */
export function measured(value, unit = "1") {
  if (value === null || value === undefined) return NO_DATA;
  if (unit === "s") return value < 90 ? `${whole.format(value)} s` : `${tenths.format(value / 60)} min`;
  if (unit === "m/s") return `${tenths.format(value)} m/s`;
  if (unit === "m-2") return `${short.format(value)} per m²`;
  return tenths.format(value);
}

/** A reason as a sentence of its own. */
export function sentence(reason) {
  return reason && `${reason[0].toLocaleUpperCase()}${reason.slice(1)}${/[.!?…]$/.test(reason) ? "" : "."}`;
}

/** A figure behind a camera's state. */
export function figure(value) {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 }).format(value);
}

// Times come as the site's own clock shows them, with its offset; they are shown so, wherever the reader is.
export function asTime(time, options) {
  const shown = new Date(`${String(time).slice(0, 19)}Z`);
  return Number.isNaN(shown.getTime()) ? "" : new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options }).format(shown);
}

/** Hours, minutes and seconds. */
export function clock(time) {
  return asTime(time, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** The day in words. */
export function day(time) {
  return asTime(time, { weekday: "long", day: "numeric", month: "long" });
}

/** Since when: the time of day, and the date where that was not the day of `now`. */
export function since(time, now) {
  const hours = { hour: "2-digit", minute: "2-digit" };
  return asTime(time, time.slice(0, 10) === now.slice(0, 10) ? hours : { day: "numeric", month: "short", ...hours });
}
