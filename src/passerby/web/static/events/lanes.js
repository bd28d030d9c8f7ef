// The events in lanes by severity: in each, those that ask for attention first, then the newest.

import { el, say } from "../elements.js";
import { count } from "../words.js";
import { nowMs } from "./clock.js";
import { kindWords, moment, SEVERITIES, stateOf, valued } from "./words.js";

/** An event's address on this page. */
export function address(id) {
  return `#event=${id}`;
}

/** Goes on, and neither snoozed nor acknowledged. */
export function asksForAttention({ state, standing }) {
  const snoozed = standing?.snoozed_until && Date.parse(standing.snoozed_until) > nowMs();
  return state !== "closed" && !snoozed && !standing?.acknowledged_by;
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

  /** Shows these events. */
  show(events) {
    for (const { severity, number, list } of this.lanes) {
      const own = events.filter((event) => event.severity === severity).sort(byUrgency);
      const open = own.filter((event) => asksForAttention(event)).length;
      say(number, own.length ? `${count(open)} to look at, ${count(own.length)} in all` : "");
      const held = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      list.replaceChildren(...(own.length ? own.map((event) => this.#item(event)) : [el("li", { class: "quiet" }, "None.")]));
      if (held) list.querySelector(`a[href="${held}"]`)?.focus();
    }
  }

  #item(event) {
    const { word, tone, mark } = stateOf(event);
    const { verdict } = event.standing ?? {};
    const state = el("span", { class: `badge ${tone}` }, el("span", { "aria-hidden": "true" }, mark), el("span", {}, word));
    const link = el("a", { href: address(event.id), class: asksForAttention(event) ? "urgent" : "" },
      el("span", { class: "label" }, kindWords(event.kind)), state,
      el("span", { class: "quiet" }, [event.place, event.camera].filter(Boolean).join(" · ")),
      el("span", { class: "quiet" }, `${moment(event.start)} · ${valued(event, event.peak)}${verdict ? ` · judged ${verdict}` : ""}`));
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

function byUrgency(one, other) {
  return Number(asksForAttention(other)) - Number(asksForAttention(one)) || Date.parse(other.start) - Date.parse(one.start);
}
