// What is said of events: kinds, states and units in words, and times as the site's own clock shows them.

import { asTime, count, measured, NO_DATA, share } from "../words.js";

const KINDS = {
  overcrowding: "Crowded",
  densest_area: "Densely packed in one spot",
  crowd_rising: "Crowd grows fast",
  counter_flow: "Many against the direction",
  vehicle_in_zone: "Vehicle in a closed zone",
  wrong_way: "Vehicle against the direction",
  stopped_vehicle: "Vehicle stands still",
  queue: "Long queue",
  obstacle: "Something in the way",
  speeds: "Fast traffic",
  near_misses: "Many near misses",
  saturated: "Too full to count",
  camera_state: "Camera does not watch",
  mass_viewing: "One account looks at many cameras",
};

/** A kind in words. */
export function kindWords(kind) {
  return KINDS[kind] ?? kind;
}

// A shape stands beside each word, so that nothing is shown by its colour alone.
export const SEVERITIES = {
  critical: { word: "Critical", tone: "bad", mark: "■" },
  warning: { word: "Warning", tone: "warn", mark: "◆" },
  notice: { word: "Notice", tone: "idle", mark: "○" },
};

const STATES = {
  open: { word: "Goes on", tone: "bad", mark: "●" },
  suspended: { word: "Cannot be measured now", tone: "warn", mark: "◆" },
  closed: { word: "Over", tone: "idle", mark: "○" },
};

/** Word, tone and mark of an event's state. */
export function stateOf({ state }) {
  return STATES[state] ?? { word: state, tone: "idle", mark: "○" };
}

/** A value of an event in its unit; `at least` where the zone is too full to count. */
export function valued(event, value) {
  if (value === null || value === undefined) return NO_DATA;
  const words = {
    "m-2": () => measured(value, "m-2"),
    "/min": () => `${measured(value)} a minute`,
    "/h": () => `${measured(value)} an hour`,
    m: () => `${measured(value)} m`,
    s: () => measured(value, "s"),
    "m/s": () => `${count(value * 3.6)} km/h`,
    1: () => (["counter_flow", "saturated"].includes(event.kind) ? share(value) : measured(value)),
  };
  const text = (words[event.unit] ?? (() => `${measured(value)} ${event.unit}`))();
  return event.at_least ? `at least ${text}` : text;
}

/** The threshold of an event or a rule in its unit; it is no lower bound where the values are. */
export function limitOf(limited) {
  return valued({ ...limited, at_least: false }, limited.threshold);
}

/** Day and time of day. */
export function moment(time) {
  return asTime(time, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** How long an event has lasted, to its end or to its newest report. */
export function lasted({ start, end, updated }) {
  return measured(Math.max(0, (Date.parse(end ?? updated) - Date.parse(start)) / 1000), "s");
}

/** What a rule's verdicts say about it. */
export function rightness(rule) {
  if (!rule || rule.precision === null) return "No event of this rule has been judged yet.";
  const { true: right, false: wrong, precision, precision_low: low, precision_high: high } = rule;
  return `${share(precision)} of ${count(right + wrong)} judged events of this rule were true (95% interval ${share(low)} to ${share(high)}).`;
}
