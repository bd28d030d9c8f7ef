// One camera, opened: its state and what it means, the live picture, and today's numbers.

import { ask, cameraPath } from "./api.js";
import { el, say } from "./elements.js";
import { Coverage, lineCard, movementCard, zoneCard } from "./places.js";
import { Stage } from "./stage.js";
import { Today } from "./today.js";
import { clock, day, figure, isUnreliable, levelWords, sentence, since, stateWords } from "./words.js";

/** A state's word with its mark; filled by `showBadge`. */
export function badge() {
  return el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }), el("span", {}));
}

/** Fills a badge. */
export function showBadge(node, health) {
  const { word, tone, mark } = stateWords(health);
  node.className = `badge ${tone}`;
  say(node.firstChild, mark);
  say(node.lastChild, word);
}

/** The opened camera; `close` hangs up its view. */
export class CameraPanel {
  constructor(camera, { alone }) {
    this.camera = camera;
    this.badge = badge();
    this.since = el("span", { class: "quiet" });
    this.why = el("p", { class: "why" });
    this.warning = this.#warning();
    this.coverage = new Coverage();
    this.stamp = el("p", { class: "quiet" });
    this.doubt = el("p", { class: "doubt", hidden: true },
      "Some of today was counted after the camera had moved and before anybody confirmed it.");
    this.lines = camera.lines.map(lineCard);
    this.movements = camera.movements.map(movementCard);
    this.zones = camera.zones.map(zoneCard);
    this.stage = new Stage(camera, (boxes) => this.zones.forEach((zone) => zone.showBoxes(boxes)));
    this.about = this.#about(camera);
    this.node = el("section", { class: "camera", "aria-labelledby": "camera-name" },
      alone ? null : el("a", { class: "back", href: "#" }, "All cameras"),
      el("header", {}, el("h2", { id: "camera-name", tabindex: "-1" }, camera.name), this.badge, this.since, this.why),
      this.warning,
      el("div", { class: "columns" }, this.stage.node, this.#numbers(), this.#group("In the zones", this.zones),
        this.#group("Turning counts", this.movements)),
      this.about);
    this.showHealth(camera.health);
    this.showToday(null, new Today());
  }

  #numbers() {
    const empty = this.lines.length + this.movements.length + this.zones.length ? null
      : el("p", { class: "empty" }, "This camera has no lines and no zones yet, so it counts nothing. Draw them in the site file.");
    return el("div", { class: "numbers" },
      el("div", { class: "today" }, el("h3", {}, "Today so far"), this.stamp, this.coverage.node, this.doubt), empty,
      this.#group("Across the lines", this.lines));
  }

  #group(title, cards) {
    if (!cards.length) return null;
    return el("section", { class: "group" }, el("h3", {}, title), el("div", { class: "cards" }, ...cards.map((card) => card.node)));
  }

  #warning() {
    this.answer = el("p", { class: "answer", role: "status" });
    this.button = el("button", { type: "button", class: "strong", onclick: () => this.#confirm() }, "Confirm lines and zones");
    return el("section", { class: "warning", "aria-labelledby": "moved", hidden: true },
      el("h3", { id: "moved" }, "This camera has moved: its counts are unreliable"),
      el("p", {}, "Lines and zones may lie elsewhere now. Look at them in the picture. Where they are right, confirm it; " +
        "where they are not, draw them anew in the site file first. Until then every count is marked as unreliable."),
      this.button, this.answer);
  }

  async #confirm() {
    this.button.disabled = true;
    say(this.answer, "Sending it to the camera…");
    try {
      await ask(`${cameraPath(this.camera.name)}/confirm`, { method: "POST" });
      say(this.answer, "Confirmed. Waiting for the camera’s next report…");
    } catch (refusal) {
      say(this.answer, `Not confirmed: ${refusal.message}`);
    }
    this.button.disabled = false;
  }

  #about({ source, analysed_fps: fps, isolation, calibrated }) {
    const row = (word, ...value) => el("div", {}, el("dt", {}, word), el("dd", {}, ...value));
    const level = isolation ? `Level ${isolation.level} of 3: ${levelWords(isolation.level)}.` : "Not known yet.";
    const missing = isolation?.missing?.length ? el("ul", {}, ...isolation.missing.map((reason) => el("li", {}, sentence(reason)))) : null;
    return el("details", { class: "about" }, el("summary", {}, `About this camera · isolation ${isolation ? `level ${isolation.level} of 3` : "not known"}`),
      el("dl", {},
        row("Pictures come from", el("code", {}, source)),
        row("Looks", `${figure(fps)} times a second`),
        row("Isolation", level, missing),
        row("Ground", calibrated ? "Calibrated: speeds in m/s and densities per m² are measured." : "Not calibrated: no speeds and no densities.")));
  }

  /** What is known of the camera by now; how far its process is isolated is known only once it runs. */
  showAbout(camera) {
    const about = this.#about(camera);
    about.open = this.about.open;
    if (about.isEqualNode(this.about)) return;
    this.about.replaceWith(about);
    this.about = about;
  }

  /** A new report of the camera's state, or null. */
  showHealth(health) {
    this.health = health;
    showBadge(this.badge, health);
    say(this.since, health ? `since ${since(health.since, health.time)}` : "");
    const decided = health && health.state !== "online" && ![health.measured, health.threshold].includes(null);
    const figures = decided ? ` Measured ${figure(health.measured)}, limit ${figure(health.threshold)}.` : "";
    say(this.why, health ? `${sentence(health.why)}${figures}` : "The camera’s process has not reported yet.");
    const unreliable = isUnreliable(health);
    this.warning.hidden = !unreliable;
    this.node.classList.toggle("unreliable", unreliable);
    if (!unreliable) say(this.answer, "");
    this.stage.showHealth(health);
  }

  /** New values of today. */
  showToday(time, today) {
    const common = today.usualCoverage;
    say(this.stamp, time ? `${day(time)}, until ${clock(time)}` : "No numbers have come yet.");
    this.coverage.show(common);
    this.doubt.hidden = !today.doubtful;
    [...this.lines, ...this.movements, ...this.zones].forEach((card) => card.show(today, common));
    this.stage.overlay.showToday(today);
  }

  /** Hangs up. */
  close() {
    this.stage.close();
  }
}
