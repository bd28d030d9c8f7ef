// The events in lanes by severity: in each, those that ask for attention first, then the newest.

import { el, say } from "../elements.js";
import { count } from "../words.js";
import { nowMs } from "./clock.js";
import { kindWords, moment, SEVERITIES, stateOf, valued } from "./words.js";

/** An event's address on this page. */
export function address(id) {
  return `#event=${id}`;
}

/** A word beside its mark, in the colour of its tone. */
export function badge({ word, tone, mark }) {
  return el("span", { class: `badge ${tone}` }, el("span", { "aria-hidden": "true" }, mark), el("span", {}, word));
}

/** Goes on, and neither snoozed nor acknowledged. */
export function asksForAttention({ state, standing }) {
  const snoozed = standing?.snoozed_until && Date.parse(standing.snoozed_until) > nowMs();
  return state !== "closed" && !snoozed && !standing?.acknowledged_by;
}

/** Events by their cause, each group with the one first that stands for all: of those that matter most, the first one. */
export function byCause(events) {
  const groups = new Map();
  for (const event of events) groups.set(event.group ?? event.id, [...(groups.get(event.group ?? event.id) ?? []), event]);
  const rank = Object.keys(SEVERITIES);
  return [...groups.values()].map((group) =>
    group.sort((one, other) => rank.indexOf(one.severity) - rank.indexOf(other.severity) || Date.parse(one.start) - Date.parse(other.start)));
}

/** The three lanes. */
export class Lanes {
  #opened = "";

  constructor() {
    this.lanes = Object.entries(SEVERITIES).map(([severity, { word, tone, mark }]) => {
      const number = el("span", { class: "quiet" });
      const list = el("ol", {});
      const node = el("section", { class: `lane ${tone}`, "aria-label": word },
        el("h2", {}, el("span", { "aria-hidden": "true" }, `${mark} `), word, " ", number), list);
      return { severity, number, list, node };
    });
    this.node = el("div", { class: "lanes" }, ...this.lanes.map(({ node }) => node));
  }

  /** Shows these events, those of one cause as one. */
  show(events) {
    const groups = byCause(events);
    for (const { severity, number, list } of this.lanes) {
      const own = groups.filter(([main]) => main.severity === severity).sort(byUrgency);
      const open = own.filter((group) => group.some(asksForAttention)).length;
      say(number, own.length ? `${count(open)} to look at, ${count(own.length)} in all` : "");
      const held = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      list.replaceChildren(...(own.length ? own.map((group) => this.#item(group)) : [el("li", { class: "quiet" }, "None.")]));
      if (held) list.querySelector(`a[href="${held}"]`)?.focus();
    }
  }

  #item(group) {
    const [event, ...others] = group;
    // What goes on is said of the whole, though the first of a cause may be over.
    const state = badge(stateOf(group.find(({ state }) => state !== "closed") ?? event));
    const { verdict } = event.standing ?? {};
    const link = el("a", { href: address(event.id), class: group.some(asksForAttention) ? "urgent" : "" },
      el("span", { class: "label" }, kindWords(event.kind)), state,
      el("span", { class: "quiet" }, [event.place, event.camera].filter(Boolean).join(" · ")),
      el("span", { class: "quiet" }, `${moment(event.start)} · ${valued(event, event.peak)}${verdict ? ` · judged ${verdict}` : ""}`));
    if (others.length) link.append(el("span", { class: "quiet" }, alsoOf(event, others)));
    if (event.id === this.#opened) link.setAttribute("aria-current", "true");
    return el("li", {}, link);
  }

  /** Marks the opened event. */
  open(id) {
    this.#opened = id ?? "";
    for (const link of this.node.querySelectorAll("a")) {
      if (link.getAttribute("href") === address(id)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}

/** What else the same cause has raised: other kinds by their names, the same kind by its number. */
function alsoOf({ kind }, others) {
  const kinds = new Set(others.map((other) => other.kind).filter((other) => other !== kind));
  const again = others.filter((other) => other.kind === kind).length;
  return [kinds.size ? `with ${[...kinds].map((other) => kindWords(other).toLocaleLowerCase()).join(", ")}` : "", again ? `${count(again)} more of this kind` : ""]
    .filter(Boolean).join("; ");
}

function byUrgency(one, other) {
  return Number(other.some(asksForAttention)) - Number(one.some(asksForAttention)) || Date.parse(other[0].start) - Date.parse(one[0].start);
}
