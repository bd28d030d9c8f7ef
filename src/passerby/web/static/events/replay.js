// The short replay of an event: figures without ids on the empty place. Each opening is a look, with a purpose.

import { ask, askPicture } from "../api.js";
import { el, say } from "../elements.js";
import { purposeForm } from "../purpose.js";
import { moment } from "./words.js";

const FORBIDDEN = 403;

/** A replay that is opened by its button, as often as it is asked for. */
export class Replay {
  #address = "";

  constructor(event) {
    this.event = event;
    this.answer = el("p", { class: "answer", role: "status" });
    this.button = el("button", { type: "button", onclick: () => this.#open(true) }, "Open the replay");
    this.place = el("div", {});
    this.node = el("section", { class: "replay", "aria-labelledby": "replay" },
      el("h3", { id: "replay" }, "Replay"),
      el("p", { class: "quiet" }, `Figures without ids on the empty place, kept until ${moment(event.replay_until)}. Each opening is written into the audit log.`),
      this.button, this.place, this.answer);
  }

  /** Opens it; an event that goes on is a purpose of its own, else one is asked for. */
  async #open(asFromEvent) {
    this.button.disabled = true;
    say(this.answer, "");
    this.place.replaceChildren();
    try {
      if (asFromEvent) await ask(`events/${this.event.id}/purpose`, { method: "PUT" }).catch(() => null);
      this.#show(await askPicture(`events/${this.event.id}/replay`));
    } catch (refusal) {
      if (refusal.status === FORBIDDEN && asFromEvent) this.place.replaceChildren(purposeForm(() => this.#open(false)));
      else say(this.answer, refusal.message);
    }
    this.button.disabled = false;
  }

  #show(address) {
    this.close();
    this.#address = address;
    const alt = `What happened at ${this.event.place || this.event.camera}, from ten seconds before the event was raised to ten after it, as moving figures.`;
    this.place.replaceChildren(el("img", { src: address, alt }));
    say(this.button, "Play it again");
  }

  /** Gives the picture back. */
  close() {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = "";
  }
}
