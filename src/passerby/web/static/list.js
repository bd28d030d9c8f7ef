// The list of cameras: those that need attention first, then all in the site file's order.

import { badge, showBadge } from "./camera.js";
import { el, say } from "./elements.js";
import { count, share, stateWords } from "./words.js";

const FILTER_FROM = 12;
const URGENCY = { warn: 0, bad: 1, idle: 2, good: 2 };

/** A camera's address on this page. */
export function address(name) {
  return `#camera=${encodeURIComponent(name)}`;
}

/** The cameras with their states, as links. */
export class CameraList {
  constructor(cameras) {
    this.rows = new Map(cameras.map((camera) => [camera.name, this.#row(camera)]));
    this.summary = el("p", { class: "summary" });
    this.search = el("input", { type: "search", "aria-label": "Find a camera", placeholder: "Find a camera", oninput: () => this.#filter() });
    this.none = el("p", { class: "quiet", hidden: true }, "No camera of that name.");
    this.list = el("ul", {}, ...[...this.rows.values()].map(({ item }) => item));
    this.node = el("nav", { class: "cameras", "aria-label": "Cameras" },
      el("h2", {}, "Cameras"), this.summary, cameras.length >= FILTER_FROM ? this.search : null, this.list, this.none);
    cameras.forEach((camera) => this.showHealth(camera.name, camera.health));
  }

  #row({ name }) {
    const mark = badge();
    const watched = el("span", { class: "watched quiet" });
    const link = el("a", { href: address(name) }, el("span", { class: "label" }, name), watched, mark);
    return { item: el("li", {}, link), link, mark, watched, tone: "idle", state: null };
  }

  #filter() {
    const words = this.search.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const [name, { item }] of this.rows) {
      item.hidden = !name.toLocaleLowerCase().includes(words);
      shown += item.hidden ? 0 : 1;
    }
    this.none.hidden = shown > 0;
  }

  /** A camera's new state. */
  showHealth(name, health) {
    const row = this.rows.get(name);
    if (!row) return;
    showBadge(row.mark, health);
    const { word, tone } = stateWords(health);
    const urgent = URGENCY[tone] !== URGENCY[row.tone] || row.state === null;
    Object.assign(row, { tone, state: word });
    this.#summarise();
    if (urgent) this.#sort();
  }

  #sort() {
    const held = document.activeElement;
    const sorted = [...this.rows.values()].sort((one, other) => URGENCY[one.tone] - URGENCY[other.tone]);
    if (sorted.some(({ item }, index) => this.list.children[index] !== item)) {
      this.list.append(...sorted.map(({ item }) => item));
      if (this.list.contains(held)) held.focus();
    }
  }

  #summarise() {
    const states = new Map();
    for (const { state } of this.rows.values()) if (state) states.set(state, (states.get(state) ?? 0) + 1);
    const parts = [...states].sort((one, other) => other[1] - one[1]).map(([word, number]) => `${count(number)} ${word.toLocaleLowerCase()}`);
    say(this.summary, `${count(this.rows.size)}: ${parts.join(", ")}`);
  }

  /** How much of today a camera was watched. */
  showCoverage(name, coverage) {
    const row = this.rows.get(name);
    if (row) say(row.watched, coverage === null ? "" : `${share(coverage)} watched`);
  }

  /** Marks the opened camera. */
  open(name) {
    for (const [other, { link }] of this.rows) {
      if (other === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}
