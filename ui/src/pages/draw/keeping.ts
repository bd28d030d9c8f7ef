// An unsaved drawing, kept in this browser: a session that ends, a closed page or a crash loses none of it.
import { sameDrawing } from "./merging";
import type { Drawing } from "./shapes";

export interface Unsaved {
  /** The drawing that it was made from. */
  readonly base: Drawing;
  readonly tag: string;
  readonly mine: Drawing;
  /** When it was changed last. */
  readonly time: number;
}

const key = (camera: string) => `passerby.drawing.${camera}`;

export function keep(camera: string, unsaved: Unsaved): void {
  try {
    localStorage.setItem(key(camera), JSON.stringify(unsaved));
  } catch {
    // A browser may forbid storage, or have no room: the drawing stays on the page.
  }
}

export function drop(camera: string): void {
  try {
    localStorage.removeItem(key(camera));
  } catch {
    // Likewise.
  }
}

/** What was not saved, where it differs from what is drawn now. */
export function unsaved(camera: string, current: Drawing): Unsaved | null {
  try {
    const found = JSON.parse(localStorage.getItem(key(camera)) ?? "null") as Unsaved | null;
    return found !== null && typeof found.mine === "object" && !sameDrawing(found.mine, current) ? found : null;
  } catch {
    return null;
  }
}
