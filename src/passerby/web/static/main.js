// The page: asks which cameras there are, opens one, and passes on what comes in.

import { ask, listen, SESSION_ENDED } from "./api.js";
import { CameraPanel } from "./camera.js";
import { el, say } from "./elements.js";
import { CameraList } from "./list.js";
import { Today } from "./today.js";
import { clock, stateWords } from "./words.js";

const part = (name) => document.getElementById(name);
const wide = matchMedia("(min-width: 900px)");
const RELOAD_MS = 60000;

class Page {
  #newest = new Map(); // camera -> its newest values
  #cameras = [];
  #panel = null;
  #list = null;
  #link = "";

  async start() {
    addEventListener("hashchange", () => this.#route(true));
    wide.addEventListener("change", () => this.#route(false));
    await this.#load();
    listen({
      values: (event) => this.#values(event),
      health: (report) => this.#health(report),
      problem: ({ title, detail }) => this.#notice(`Today’s numbers stand still: ${detail ?? title}`),
      link: (state) => this.#linked(state),
    });
    // The site file may change while the page is open.
    setInterval(() => document.visibilityState === "visible" && this.#link === "live" && this.#load(), RELOAD_MS);
  }

  async #load() {
    try {
      const [{ rows: cameras }, version] = await Promise.all([ask("cameras"), ask("version")]);
      this.#name(version);
      if (!this.place || JSON.stringify(cameras.map(bare)) !== JSON.stringify(this.#cameras.map(bare))) this.#build(cameras);
      this.#panel?.showAbout(cameras.find(({ name }) => name === this.#panel.camera.name));
      cameras.forEach((camera) => camera.health && this.#health({ ...camera.health, camera: camera.name }));
    } catch (refusal) {
      this.#notice(refusal.status === 401 ? SESSION_ENDED : `${refusal.message} Trying again.`);
    }
  }

  #name(version) {
    const site = version.site?.name ?? "passerby";
    say(part("site"), site);
    document.title = site;
    say(part("version"), `passerby ${version.version}`);
  }

  #build(cameras) {
    this.#panel?.close();
    this.#panel = null;
    this.#cameras = cameras;
    this.#list = cameras.length > 1 ? new CameraList(cameras) : null;
    this.place = el("div", { class: "place" });
    const empty = el("p", { class: "empty" }, "No camera has been set up yet. Name one with its source in the site file, and it appears here.");
    part("main").replaceChildren(...(cameras.length ? [this.#list?.node, this.place].filter(Boolean) : [empty]));
    part("main").classList.toggle("many", cameras.length > 1);
    for (const [name, { today }] of this.#newest) this.#list?.showCoverage(name, today.usualCoverage);
    this.#route(false);
  }

  #route(asked) {
    const name = new URLSearchParams(location.hash.slice(1)).get("camera");
    const named = this.#cameras.find((camera) => camera.name === name);
    const camera = named ?? (this.#cameras.length === 1 || wide.matches ? this.#cameras[0] : undefined);
    part("main").classList.toggle("opened", Boolean(named));
    if (camera?.name !== this.#panel?.camera.name) this.#open(camera);
    if (asked && named) {
      const heading = part("camera-name");
      heading.focus({ preventScroll: true });
      if (!wide.matches) scrollTo(0, 0);
    }
  }

  #open(camera) {
    this.#panel?.close();
    this.#panel = camera ? new CameraPanel(camera, { alone: this.#cameras.length === 1 }) : null;
    this.place?.replaceChildren(...(this.#panel ? [this.#panel.node] : []));
    this.#list?.open(camera?.name);
    const newest = this.#newest.get(camera?.name);
    if (newest) this.#panel.showToday(newest.time, newest.today);
  }

  #values({ camera, time, today: rows }) {
    const today = new Today(rows);
    this.#newest.set(camera, { time, today });
    this.#list?.showCoverage(camera, today.usualCoverage);
    if (this.#panel?.camera.name === camera) this.#panel.showToday(time, today);
    this.newest = time;
    if (this.#link !== "live") return;
    say(part("link"), `Live · ${clock(time)}`);
    this.#notice("");
  }

  #health(report) {
    const known = this.#cameras.find((camera) => camera.name === report.camera);
    if (!known) return;
    const changed = known.health?.state !== report.state;
    known.health = report;
    this.#list?.showHealth(report.camera, report);
    if (this.#panel?.camera.name === known.name) this.#panel.showHealth(report);
    if (changed) say(part("spoken"), `${report.camera}: ${stateWords(report).word}`);
  }

  #linked(state) {
    const again = state === "live" && this.#link === "lost";
    this.#link = state;
    part("link").className = `link ${state}`;
    document.body.classList.toggle("stale", state !== "live");
    say(part("link"), state === "live" ? "Live" : "Not connected");
    const from = this.newest ? ` What is shown is from ${clock(this.newest)}.` : "";
    this.#notice({ live: "", lost: `The connection to passerby is lost; trying again.${from}`, closed: SESSION_ENDED }[state]);
    // The service may have been started anew with other cameras.
    if (again || (state === "live" && !this.#cameras.length)) this.#load();
  }

  #notice(text) {
    part("notice").hidden = !text;
    say(part("notice"), text);
  }
}

/** What a camera is made of, without what changes by itself. */
function bare({ health, isolation, ...settings }) {
  return settings;
}

new Page().start();
