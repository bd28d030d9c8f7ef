// The live picture with what is said about it: how it was made, whether it runs, what it shows and what it does not.

import { el, say } from "./elements.js";
import { Overlay } from "./overlay.js";
import { purposeForm } from "./purpose.js";
import { LiveView } from "./view.js";
import { ROAD_USERS, clock, roadUserName, share } from "./words.js";

const METHODS = {
  redrawn: "Redrawn: the empty place, with a drawn figure wherever a person is now.",
  mosaic: "Coarse squares: whatever moves is shown in squares too large to know anybody by.",
  masked: "Hidden as a whole.",
};
const STATES = {
  connecting: "Connecting to the view…",
  waiting: "Waiting for the first picture…",
  lost: "The view’s connection is lost. Trying again…",
  paused: "Paused. Nothing is drawn while no one watches.",
  purpose: "",
  refused: "You may not see this camera’s pictures.",
  running: "",
};
const OLD_MS = 5000;

/** One camera's live picture; it is connected from its making to `close`. */
export class Stage {
  #paused = false;
  #health = null;
  #shownAt = 0;

  constructor(camera, onBoxes) {
    this.onBoxes = onBoxes;
    this.overlay = new Overlay(camera);
    this.canvas = el("canvas", { width: 960, height: 540, role: "img", "aria-label": `Redrawn view of ${camera.name}` });
    this.curtain = el("p", { class: "curtain" });
    this.ribbon = el("p", { class: "ribbon", hidden: true });
    // Who looks, over the picture: it deters from taking photographs of the screen, and prevents none.
    this.mark = el("p", { class: "viewer-mark", "aria-hidden": "true" });
    this.asking = purposeForm(() => this.view.again());
    this.asking.hidden = true;
    this.frame = el("div", { class: "frame" }, this.canvas, this.overlay.node, this.mark, this.curtain, this.asking, this.ribbon);
    this.keys = new Set();
    this.key = el("ul", { class: "key", "aria-label": "Colours of the classes" });
    this.how = el("span", {});
    this.when = el("span", { class: "when" });
    this.pause = el("button", { type: "button", onclick: () => this.#toggle() }, "Pause");
    this.node = el("figure", { class: "stage" }, this.frame, this.#bar(camera), this.#caption());
    this.view = new LiveView(camera.name, {
      picture: (about, bitmap) => this.#draw(about, bitmap),
      state: (state) => this.#say(state),
      viewer: (name) => say(this.mark, Array(24).fill(`${name} · ${new Date().toISOString().slice(0, 16)}Z`).join("    ")),
    });
    this.timer = setInterval(() => this.#age(), 1000);
  }

  #bar(camera) {
    const asked = new Set([...camera.lines, ...camera.zones].flatMap((place) => place.road_users));
    this.#explain(asked);
    const toggle = (word, part) =>
      el("label", {}, el("input", { type: "checkbox", checked: true, onchange: (event) => this.frame.classList.toggle(`no-${part}`, !event.target.checked) }), word);
    return el("div", { class: "bar" },
      this.key,
      el("div", { class: "tools" }, toggle("Lines and zones", "places"), toggle("Boxes", "boxes"), this.pause));
  }

  /** Names the colours of these classes too; who is not counted is drawn all the same. */
  #explain(users) {
    const known = this.keys.size;
    for (const user of users) this.keys.add(user);
    if (this.keys.size === known) return;
    const shown = ROAD_USERS.filter((user) => this.keys.has(user));
    this.key.replaceChildren(...shown.map((user) => el("li", {}, el("i", { class: `dot ${user}` }), roadUserName(user))));
  }

  #caption() {
    return el("figcaption", {}, el("p", {}, this.when, this.how),
      el("p", {}, "Connected only while this page is open and visible: when no one watches, nothing is drawn."));
  }

  #toggle() {
    this.#paused = !this.#paused;
    say(this.pause, this.#paused ? "Go on" : "Pause");
    this.view.want(!this.#paused);
  }

  #say(state) {
    this.state = state;
    this.node.dataset.state = state;
    if (state !== "running") {
      this.overlay.showBoxes([]);
      this.onBoxes(null);
    }
    this.#curtain();
  }

  #curtain() {
    const broken = this.state === "waiting" && this.#health && ["offline", "connecting"].includes(this.#health.state);
    say(this.curtain, broken ? `No picture: the camera is ${this.#health.state}.` : STATES[this.state]);
    this.asking.hidden = this.state !== "purpose";
    this.curtain.hidden = this.state === "running" || this.state === "purpose";
  }

  /** A camera's state explains why no picture comes. */
  showHealth(health) {
    this.#health = health;
    this.#curtain();
  }

  #draw(about, bitmap) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
      this.frame.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    }
    this.overlay.fit(bitmap.width / bitmap.height);
    this.canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const masked = about.method === "masked";
    this.ribbon.hidden = !masked;
    say(this.ribbon, masked ? `The picture is hidden on purpose: ${about.why || "no reason was given"}` : "");
    this.overlay.showBoxes(about.boxes);
    this.#explain(about.boxes.map((box) => box[4]));
    // An empty list of a masked picture says nothing about the place.
    this.onBoxes(masked && !about.boxes.length ? null : about.boxes);
    if (this.state !== "running") this.#say("running");
    this.#shownAt = Date.now();
    say(this.when, `${clock(about.time)} `);
    say(this.how, this.#words(about));
  }

  #words({ method, sharp_share: sharp }) {
    if (method === "masked") return METHODS.masked;
    return `${METHODS[method] ?? method} ${share(sharp)} of the place is shown sharp so far.`;
  }

  #age() {
    const age = Date.now() - this.#shownAt;
    if (this.state !== "running" || age < OLD_MS) return;
    this.ribbon.hidden = false;
    say(this.ribbon, `No new picture for ${Math.floor(age / 1000)} s`);
  }

  /** Ends the connection. */
  close() {
    clearInterval(this.timer);
    this.view.close();
  }
}
