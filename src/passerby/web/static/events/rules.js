// The rules with how often each has raised an event and how often it was right.

import { el } from "../elements.js";
import { count, NO_DATA, share } from "../words.js";
import { kindWords, valued } from "./words.js";

/** A table of rules; those that are not watched say why. */
export function ruleTable(rules) {
  const head = ["Rule", "Camera", "Threshold", "Events", "True", "False", "Unsure", "Right"];
  return el("section", { class: "rules", "aria-labelledby": "rules" },
    el("h2", { id: "rules" }, "Rules"),
    el("p", { class: "quiet" }, "Of the last 30 days. A share of few verdicts says little: its 95% interval stands behind it."),
    rules.length
      ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "rules" },
        el("table", {}, el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, word)))),
          el("tbody", {}, ...rules.map(row))))
      : el("p", { class: "empty" }, "The site file has no rules."));
}

function row(rule) {
  const name = el("th", { scope: "row" }, rule.rule, el("span", { class: "quiet" }, ` ${kindWords(rule.kind)}${rule.place ? `, ${rule.place}` : ""}`),
    rule.why_not ? el("p", { class: "why-not" }, `Not watched: ${rule.why_not}`) : null);
  const right = rule.precision === null ? NO_DATA
    : `${share(rule.precision)} (${share(rule.precision_low)} to ${share(rule.precision_high)})`;
  const threshold = rule.threshold === null ? NO_DATA : valued(rule, rule.threshold);
  return el("tr", {}, name, ...[rule.camera, threshold, count(rule.events), count(rule.true), count(rule.false), count(rule.unsure), right]
    .map((text) => el("td", {}, text)));
}
