// The rules with how often each has raised an event and how often it was right.

import { el } from "../elements.js";
import { count, measured, NO_DATA, share } from "../words.js";
import { kindWords, limitOf } from "./words.js";

/** A table of rules with how many alarms they raise; those that are not watched say why. */
export function ruleTable({ rows: rules, burden }) {
  const head = ["Rule", "Camera", "Threshold", "Events", "Alarms a day", "False a day", "True", "False", "Unsure", "Right"];
  return el("section", { class: "rules", "aria-labelledby": "rules" },
    el("h2", { id: "rules" }, "Rules"),
    el("p", { class: "quiet" }, "Of the last 30 days. A share of few verdicts says little: its 95% interval stands behind it."),
    burdenOf(burden),
    rules.length
      ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "rules" },
        el("table", {}, el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, word)))),
          el("tbody", {}, ...rules.map(row))))
      : el("p", { class: "empty" }, "The site file has no rules."));
}

function burdenOf(burden) {
  if (!burden) return null;
  const { alarms_per_day: alarms, limit_per_day: limit, operators, too_many: tooMany } = burden;
  const words = `${measured(alarms)} alarms a day for ${count(operators)} on duty; ${measured(limit)} are the most that can be attended to (one each in ten minutes, EEMUA 191).`;
  return el("p", { class: tooMany ? "why-not" : "quiet" }, tooMany ? `Too many: ${words}` : words);
}

function row(rule) {
  const name = el("th", { scope: "row" }, rule.rule, el("span", { class: "quiet" }, ` ${kindWords(rule.kind)}${rule.place ? `, ${rule.place}` : ""}`),
    rule.silent ? el("p", { class: "quiet" }, `Tried out silently: ${count(rule.silent_events)} events so far, and no alarm.`) : null,
    rule.above_share ? el("p", { class: "why-not" }, "Raises more than its share of the alarms.") : null,
    rule.why_not ? el("p", { class: "why-not" }, `Not watched: ${rule.why_not}`) : null);
  const right = rule.precision === null ? NO_DATA
    : `${share(rule.precision)} (${share(rule.precision_low)} to ${share(rule.precision_high)})`;
  return el("tr", {}, name, ...[rule.camera, limitOf(rule), count(rule.events), measured(rule.alarms_per_day), measured(rule.false_alarms_per_day), count(rule.true), count(rule.false), count(rule.unsure), right]
    .map((text) => el("td", {}, text)));
}
