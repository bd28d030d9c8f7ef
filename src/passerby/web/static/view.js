// The live view's connection: open only while the page can be seen, one picture at a time, the newest first.

import { ask, BackOff, cameraPath } from "./api.js";

/** Splits a message: 4 bytes with the length of the JSON, the JSON, the JPEG. */
export function pictureOf(buffer) {
  const length = new DataView(buffer).getUint32(0);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { about, jpeg: new Blob([new Uint8Array(buffer, 4 + length)], { type: "image/jpeg" }) };
}

/** One camera's pictures, as long as the page is visible. */
export class LiveView {
  #socket = null;
  #backOff = new BackOff();
  #wanted = true;
  #newest = null;
  #decoding = false;
  #attempt = null;
  #onVisible = () => this.#follow();

  /**
   * @param {string} camera its name
   * @param {{picture: Function, state: Function}} on `picture(about, bitmap)`; `state` is `connecting`, `waiting`
   *   (connected, no picture yet), `running`, `lost`, `paused`, `purpose` (it has to be stated why one looks) or
   *   `refused`; `viewer(name)` who looks, as the mark over the pictures says it
   */
  constructor(camera, on) {
    this.on = on;
    this.camera = camera;
    const address = new URL(`api/v1/${cameraPath(camera)}/view`, document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.address = address;
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#follow();
  }

  /** Pauses or goes on. */
  want(wanted) {
    this.#wanted = wanted;
    this.#follow();
  }

  /** Tries again, now that it has been stated why one looks. */
  again() {
    this.#hangUp();
    this.#follow();
  }

  /** Ends it for good. */
  close() {
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#hangUp();
    this.on = { picture() {}, state() {}, viewer() {} };
  }

  #follow() {
    const looks = this.#wanted && document.visibilityState === "visible";
    if (looks && !this.#socket && !this.#attempt) this.#connect();
    if (!looks) {
      this.#hangUp();
      this.on.state("paused");
    }
  }

  #connect() {
    this.#backOff.reset();
    this.on.state("connecting");
    this.#dial();
  }

  async #dial() {
    const attempt = (this.#attempt = {});
    let ticket;
    try {
      const given = await ask(`${cameraPath(this.camera)}/ticket`, { method: "POST" });
      ticket = given.ticket;
      if (this.#attempt === attempt) this.on.viewer(given.viewer);
    } catch (refusal) {
      if (this.#attempt !== attempt) return;
      if (refusal.code === "purpose-needed") this.on.state("purpose");
      else if (refusal.status === 401 || refusal.status === 403) this.on.state("refused");
      else {
        this.on.state("lost");
        this.#backOff.later(() => this.#dial());
      }
      return;
    }
    if (this.#attempt !== attempt) return;
    const address = new URL(this.address);
    address.searchParams.set("ticket", ticket);
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.on.state("waiting"));
    socket.addEventListener("message", (event) => {
      if (this.#socket !== socket) return;
      this.#backOff.reset();
      this.#newest = event.data;
      if (!this.#decoding) this.#show();
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.on.state("lost");
      this.#backOff.later(() => this.#dial());
    });
    this.#socket = socket;
  }

  async #show() {
    this.#decoding = true;
    while (this.#newest) {
      const { about, jpeg } = pictureOf(this.#newest);
      this.#newest = null;
      try {
        const bitmap = await createImageBitmap(jpeg);
        if (this.#socket) this.on.picture(about, bitmap);
        bitmap.close();
      } catch {
        // A damaged picture is left out; the next one comes soon.
      }
    }
    this.#decoding = false;
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = this.#newest = this.#attempt = null;
    this.#backOff.reset();
    socket?.close();
  }
}
