// One event, opened: why it was raised, what was measured, and what is decided about it.

import { send } from "../api.js";
import { el, say } from "../elements.js";
import { clock, sentence, share } from "../words.js";
import { valuesOverTime } from "./chart.js";
import { nowMs } from "./clock.js";
import { address, badge } from "./lanes.js";
import { Replay } from "./replay.js";
import { kindWords, lasted, limitOf, moment, rightness, SEVERITIES, stateOf, valued } from "./words.js";

const SNOOZE_S = 3600;
const VERDICTS = { true: "True", false: "False", unsure: "Unsure" };

const DECIDED = {
  acknowledged: () => "acknowledged it",
  handed_over: ({ to }) => `handed it over to ${to}`,
  snoozed: ({ until }) => `snoozed it until ${moment(until)}`,
  judged: ({ verdict }) => `judged it ${verdict}`,
  reviewed: () => "reviewed it",
};

/** The opened event; `decided` is called with it after each decision, `close` gives its replay back. */
export class EventPanel {
  constructor(event, rule, others, decided) {
    this.decided = decided;
    this.node = el("article", { class: "event", "aria-labelledby": "event-name" });
    this.show(event, rule, others);
  }

  /** Shows the event as it stands; a note that is being written stays. */
  show(event, rule, others) {
    const shown = JSON.stringify([event, rule, others]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.event = event;
    const writing = document.activeElement === this.note;
    const heading = el("h2", { id: "event-name", tabindex: "-1" }, `${kindWords(event.kind)}${event.place ? `: ${event.place}` : ""}`);
    const severity = SEVERITIES[event.severity];
    this.answer = el("p", { class: "answer", role: "status" });
    const note = this.note?.value ?? "";
    this.note = el("input", { name: "note", maxlength: 500, autocomplete: "off", placeholder: "Note, such as: a market stall" });
    this.note.value = note;
    this.node.replaceChildren(
      el("a", { class: "back", href: "#" }, "All events"),
      el("header", {}, heading, badge(severity), badge(stateOf(event))),
      el("p", { class: "why" }, sentence(event.why)),
      valuesOverTime(event),
      ...this.#replay(event),
      this.#facts(event),
      ...sameCause(others),
      this.#review(event, rule),
      ...this.#decisions(event));
    if (writing) this.note.focus();
  }

  /** The same replay as before, which may be playing. */
  #replay(event) {
    if (!event.replay_until) this.close();
    else this.replay ??= new Replay(event);
    return this.replay ? [this.replay.node] : [];
  }

  /** Gives back the picture of its replay. */
  close() {
    this.replay?.close();
    this.replay = null;
  }

  #facts(event) {
    const row = (word, value) => el("div", {}, el("dt", {}, word), el("dd", {}, value));
    return el("dl", { class: "facts" },
      row("Camera", event.camera),
      row("Rule", event.rule),
      row("Passed the threshold", moment(event.start)),
      row("Raised", clock(event.raised)),
      row(event.end ? "Ended" : "Reported", event.end ? moment(event.end) : clock(event.updated)),
      row("Lasted", lasted(event)),
      row("Threshold", limitOf(event)),
      row("Farthest past it", valued(event, event.peak)),
      ...levels(event.service_levels).map(([word, value]) => row(word, value)),
      row("Now", event.end ? "–" : valued(event, event.value)),
      row("Confidence of the detections", share(event.confidence)),
      row("Watched of its time", share(event.coverage)));
  }

  #review(event, rule) {
    const { standing } = event;
    const button = (words, body, pressed) => el("button", { type: "button", "aria-pressed": pressed, onclick: () => this.#decide(body) }, words);
    const verdicts = Object.entries(VERDICTS).map(([verdict, words]) =>
      button(words, { kind: "judged", verdict }, String(standing.verdict === verdict)));
    const until = new Date(nowMs() + SNOOZE_S * 1000).toISOString();
    const to = el("input", { name: "to", required: true, maxlength: 200, autocomplete: "off", placeholder: "account" });
    const handOver = (submitted) => {
      submitted.preventDefault();
      this.#decide({ kind: "handed_over", to: to.value.trim() });
    };
    return el("section", { class: "review", "aria-labelledby": "review" },
      el("h3", { id: "review" }, "Was it so?"),
      el("div", { class: "verdicts", role: "group", "aria-label": "Verdict" }, ...verdicts),
      el("p", { class: "quiet" }, rightness(rule)),
      el("label", {}, "Note ", this.note),
      el("div", { class: "acts" },
        button("Acknowledge", { kind: "acknowledged" }, String(Boolean(standing.acknowledged_by))),
        button("I have reviewed it", { kind: "reviewed" }),
        button("Snooze for an hour", { kind: "snoozed", until }),
        el("form", { onsubmit: handOver }, el("label", {}, "Hand over to ", to), " ", el("button", { type: "submit" }, "Hand over"))),
      this.answer);
  }

  #decisions({ decisions }) {
    if (!decisions.length) return [];
    return [el("section", { "aria-labelledby": "decided" }, el("h3", { id: "decided" }, "Decided so far"),
      el("ol", { class: "decisions" }, ...decisions.map((one) => el("li", {},
        el("span", { class: "quiet" }, moment(one.time)), ` ${one.account} ${DECIDED[one.kind]?.(one) ?? one.kind}.`, one.note ? ` “${one.note}”` : ""))))];
  }

  async #decide(body) {
    say(this.answer, "");
    try {
      const note = this.note.value.trim();
      const event = await send(`events/${this.event.id}/decisions`, "POST", { ...body, note });
      this.note.value = "";
      this.decided(event);
    } catch (refusal) {
      say(this.answer, `Not done: ${refusal.message}`);
    }
  }
}

/** Events that the same cause has raised. */
function sameCause(others) {
  if (!others.length) return [];
  const item = (event) => el("li", {}, el("a", { href: address(event.id) }, kindWords(event.kind)), ` ${event.place} · ${clock(event.start)} · ${stateOf(event).word}`);
  return [el("section", { "aria-labelledby": "cause" }, el("h3", { id: "cause" }, "Of the same cause"), el("ul", {}, ...others.map(item)))];
}

/** Fruin's two tables stay apart, and neither is a danger limit. */
function levels(found) {
  return found ? [["Comfort of walking (Fruin)", `level ${found.walkway} of A to F`], ["Comfort of waiting (Fruin)", `level ${found.queue} of A to F`]] : [];
}
