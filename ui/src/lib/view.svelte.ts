// The live view of one camera: connected only while the page can be seen, the newest picture first, one at a time.
import { api, read, Refusal } from "./api/client";
import { BackOff } from "./back_off";
import { sentenceOf } from "./faults";
import type { RoadUser } from "./road_users";

/** A box of who is followed now, in shares of the picture; it has no number and no history. */
export type Box = readonly [left: number, top: number, right: number, bottom: number, road_user: RoadUser];

export interface About {
  time: string;
  method: "redrawn" | "mosaic" | "masked";
  why: string;
  sharp_share: number;
  size_px: readonly [number, number];
  boxes: readonly Box[];
}

/** `waiting`: connected, no picture yet. `purpose`: it has to be stated why one looks. */
export type ViewState = "connecting" | "waiting" | "running" | "lost" | "paused" | "purpose" | "refused" | "not_running";

/** Splits a message: four bytes with the length of a JSON text, the text, the JPEG. */
export function pictureOf(buffer: ArrayBuffer): { about: About; jpeg: Blob } {
  const length = new DataView(buffer).getUint32(0);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length))) as About;
  return { about, jpeg: new Blob([new Uint8Array(buffer, 4 + length)], { type: "image/jpeg" }) };
}

export class LiveView {
  state = $state<ViewState>("connecting");
  /** Who looks, as the mark over the pictures says it. */
  viewer = $state("");
  /** Why the view was refused, in the service's words. */
  reason = $state("");
  #socket: WebSocket | null = null;
  readonly #backOff = new BackOff();
  #wanted = true;
  #newest: ArrayBuffer | null = null;
  #decoding = false;
  #attempt: object | null = null;
  readonly #follow = () => this.#followPage();

  /** `draw` gets each picture that is shown; the bitmap is closed after it. */
  constructor(
    readonly camera: string,
    readonly draw: (about: About, bitmap: ImageBitmap) => void,
  ) {}

  start(): void {
    document.addEventListener("visibilitychange", this.#follow);
    this.#followPage();
  }

  /** Pauses, or goes on. */
  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#followPage();
  }

  /** Tries again, now that it has been stated why one looks. */
  again(): void {
    this.#hangUp();
    this.#followPage();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#follow);
    this.#hangUp();
  }

  #followPage(): void {
    const looks = this.#wanted && document.visibilityState === "visible";
    if (looks && this.#socket === null && this.#attempt === null) {
      this.state = "connecting";
      void this.#dial();
    }
    if (!looks) {
      this.#hangUp();
      this.state = "paused";
    }
  }

  async #dial(): Promise<void> {
    const attempt = (this.#attempt = {});
    let ticket: string;
    try {
      const given = await read(api.POST("/api/v1/cameras/{camera}/ticket", { params: { path: { camera: this.camera } } }));
      if (this.#attempt !== attempt) return;
      ticket = given.ticket;
      this.viewer = given.viewer;
    } catch (refusal) {
      if (this.#attempt === attempt) this.#refused(refusal);
      return;
    }
    const address = new URL(`/api/v1/cameras/${encodeURIComponent(this.camera)}/view`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("ticket", ticket);
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      if (this.#socket === socket) this.state = "waiting";
    });
    socket.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => {
      if (this.#socket !== socket) return;
      this.#backOff.reset();
      this.#newest = event.data;
      if (!this.#decoding) void this.#show();
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#lost();
    });
    this.#socket = socket;
  }

  #refused(refusal: unknown): void {
    if (!(refusal instanceof Refusal)) throw refusal;
    this.reason = sentenceOf(refusal);
    if (refusal.code === "purpose-needed") this.state = "purpose";
    else if (refusal.status === 409) {
      this.state = "not_running";
      this.#backOff.later(() => void this.#dial());
    } else if (refusal.status === 401 || refusal.status === 403 || refusal.status === 404) this.state = "refused";
    else this.#lost();
  }

  #lost(): void {
    this.state = "lost";
    this.#socket = null;
    this.#backOff.later(() => void this.#dial());
  }

  async #show(): Promise<void> {
    this.#decoding = true;
    while (this.#newest !== null) {
      const { about, jpeg } = pictureOf(this.#newest);
      this.#newest = null;
      try {
        const bitmap = await createImageBitmap(jpeg);
        if (this.#socket !== null) {
          this.state = "running";
          this.draw(about, bitmap);
        }
        bitmap.close();
      } catch {
        // A damaged picture is left out; the next one comes soon.
      }
    }
    this.#decoding = false;
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = this.#newest = this.#attempt = null;
    this.#backOff.reset();
    socket?.close();
  }
}
