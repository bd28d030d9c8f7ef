// Something that is asked for: its value, or why there is none yet.
import { Refusal } from "./api/client";

/** A value that is loaded, and loaded again; the old one stays in sight meanwhile. */
export class Loading<T> {
  value = $state.raw<T | null>(null);
  fault = $state.raw<Refusal | null>(null);
  busy = $state(false);
  #latest = 0;

  /** Loads; what an earlier, slower request brings is dropped. */
  async load(ask: () => Promise<T>): Promise<void> {
    const mine = ++this.#latest;
    this.busy = true;
    try {
      const value = await ask();
      if (mine !== this.#latest) return;
      this.value = value;
      this.fault = null;
    } catch (fault) {
      if (mine !== this.#latest) return;
      if (!(fault instanceof Refusal)) throw fault;
      this.fault = fault;
    } finally {
      if (mine === this.#latest) this.busy = false;
    }
  }
}
