// The gaps between the pictures of a mosaic stretch: who was missed in one longer than half a second was never seen.

export const LONGEST_GAP_S = 0.5;

export class Gaps {
  pictures = 0;
  longest_gap_s = 0;
  #last: number | null = null;

  /** A picture has been drawn; `now` in milliseconds. */
  drawn(now: number): void {
    if (this.#last !== null) this.longest_gap_s = Math.max(this.longest_gap_s, (now - this.#last) / 1000);
    this.#last = now;
    this.pictures += 1;
  }

  /** The time since the last picture counts as well. */
  until(now: number): void {
    if (this.#last !== null) this.longest_gap_s = Math.max(this.longest_gap_s, (now - this.#last) / 1000);
  }

  get void(): boolean {
    return this.longest_gap_s > LONGEST_GAP_S;
  }
}

export interface Picture {
  head: { method: string; why: string; time: string; size_px: [number, number]; [key: string]: unknown };
  jpeg: Blob;
}

/** Returns one message of the live view: four bytes with the length of a JSON text, the text, a JPEG. */
export function pictureOf(message: ArrayBuffer): Picture {
  const length = new DataView(message).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as Picture["head"];
  return { head, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}
