// The page of events: asks for those of a time, opens one, and passes on what comes in live.

import { ask, listen, SESSION_ENDED } from "../api.js";
import { el, say } from "../elements.js";
import { count } from "../words.js";
import { nowMs, setClock } from "./clock.js";
import { EventPanel } from "./event.js";
import { asksForAttention, byCause, Lanes } from "./lanes.js";
import { ruleTable } from "./rules.js";
import { kindWords } from "./words.js";

const DAYS = { 1: "last day", 7: "last 7 days", 30: "last 30 days" };
const DAY_MS = 86400000;
const MAX_PAGES = 5;
const RELOAD_MS = 60000;
const part = (name) => document.getElementById(name);

class EventsPage {
  #events = new Map();
  #rules = [];
  #panel = null;
  #lanes = new Lanes();
  #days = 1;

  async start() {
    // A log-in on the way keeps an address's query alone; links of notices name their event there.
    const asked = new URLSearchParams(location.search).get("event");
    if (asked) history.replaceState(null, "", `events#event=${encodeURIComponent(asked)}`);
    addEventListener("hashchange", () => this.#route(true));
    this.#build();
    await this.#load();
    listen({
      event: (event) => this.#arrived(event),
      link: (state) => this.#linked(state),
    });
    setInterval(() => document.visibilityState === "visible" && this.#load(), RELOAD_MS);
  }

  #build() {
    this.summary = el("p", { class: "summary", role: "status" });
    const days = el("select", { onchange: () => {
      this.#days = Number(days.value);
      this.#load();
    } }, ...Object.entries(DAYS).map(([value, words]) => el("option", { value }, words)));
    this.opened = el("div", { class: "opened-event" });
    this.rules = el("div", {});
    part("main").replaceChildren(
      el("div", { class: "review-columns" },
        el("div", { class: "list" }, el("div", { class: "bar" }, el("label", {}, "Events of the ", days), this.summary), this.#lanes.node),
        this.opened),
      this.rules);
  }

  async #load() {
    try {
      const version = await ask("version");
      setClock(version.time);
      const [events, rules] = await Promise.all([this.#pages(), ask("rules").catch(refused)]);
      say(part("site"), version.site?.name ?? "passerby");
      document.title = `Events · ${version.site?.name ?? "passerby"}`;
      say(part("version"), `passerby ${version.version}`);
      this.#events = new Map(events.map((event) => [event.id, event]));
      this.#showRules(rules);
      this.#show();
      this.#notice("");
      await this.#route(false);
    } catch (refusal) {
      this.#notice(refusal.status === 401 ? SESSION_ENDED : refusal.message);
    }
  }

  #showRules(rules) {
    this.#rules = rules.rows;
    this.rules.replaceChildren(ruleTable(rules));
  }

  async #pages() {
    const start = new Date(nowMs() - this.#days * DAY_MS).toISOString();
    const rows = [];
    let after = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await ask(`events?start=${encodeURIComponent(start)}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
      rows.push(...answer.rows);
      after = answer.after;
      if (!after) break;
    }
    this.cut = Boolean(after);
    return rows;
  }

  #show() {
    const events = [...this.#events.values()];
    const groups = byCause(events);
    const open = groups.filter((group) => group.some(asksForAttention)).length;
    const cut = this.cut ? " There are more than are shown; choose fewer days." : "";
    say(this.summary, `${count(open)} to look at, ${count(groups.length)} in all.${cut}`);
    this.#lanes.show(events);
  }

  /** A live report has no standing; what was decided before holds on. */
  #arrived(event) {
    if (event.silent) return;
    const known = this.#events.get(event.id);
    if (!known) say(part("spoken"), `${event.severity}: ${kindWords(event.kind)}, ${event.camera}`);
    this.#events.set(event.id, { standing: {}, ...known, ...event });
    this.#show();
    if (this.#panel?.event.id === event.id) this.#route(false);
  }

  async #route(asked) {
    const id = new URLSearchParams(location.hash.slice(1)).get("event");
    this.#lanes.open(id);
    part("main").classList.toggle("opened", Boolean(id));
    if (!id) {
      this.#close();
      this.opened.replaceChildren(el("p", { class: "empty" }, "Choose an event: it says why it was raised, and asks whether it was so."));
      return;
    }
    try {
      const event = await ask(`events/${encodeURIComponent(id)}`);
      if (new URLSearchParams(location.hash.slice(1)).get("event") !== id) return;
      this.#open(event);
    } catch (refusal) {
      this.#close();
      this.opened.replaceChildren(el("p", { class: "empty" }, refusal.message));
    }
    if (asked) part("event-name")?.focus({ preventScroll: true });
  }

  #open(event) {
    const rule = this.#rules.find(({ camera, rule: name, kind }) => camera === event.camera && name === event.rule && kind === event.kind);
    const others = [...this.#events.values()].filter(({ id, group }) => group && group === event.group && id !== event.id);
    if (this.#panel?.event.id !== event.id) {
      this.#close();
      this.#panel = new EventPanel(event, rule, others, (decided) => this.#decided(decided));
    } else this.#panel.show(event, rule, others);
    this.opened.replaceChildren(this.#panel.node);
  }

  #close() {
    this.#panel?.close();
    this.#panel = null;
  }

  async #decided(event) {
    const held = document.activeElement?.textContent;
    const { samples, decisions, ...listed } = event;
    this.#events.set(event.id, listed);
    this.#showRules(await ask("rules").catch(refused));
    this.#show();
    this.#open(event);
    [...this.#panel.node.querySelectorAll("button")].find((button) => button.textContent === held)?.focus();
    const [newest] = decisions.slice(-1);
    if (newest) say(part("spoken"), `Stored: ${newest.verdict ?? newest.kind}`);
  }

  #linked(state) {
    part("link").className = `link ${state}`;
    say(part("link"), state === "live" ? "Live" : "Not connected");
    if (state === "closed") this.#notice(SESSION_ENDED);
  }

  #notice(text) {
    part("notice").hidden = !text;
    say(part("notice"), text);
  }
}

/** Who may not see rules sees events all the same. */
function refused(refusal) {
  if (refusal.status !== 403) throw refusal;
  return { rows: [] };
}

new EventsPage().start();
