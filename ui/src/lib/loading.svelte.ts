// Something that is asked for: its value, or why there is none yet.
import { Refusal } from "./api/client";
import { stillShown } from "./shown.svelte";

/** A value that is loaded, and loaded again; the old one stays in sight meanwhile. It is that of a component, and ends with it. */
export class Loading<T> {
  value = $state.raw<T | null>(null);
  fault = $state.raw<Refusal | null>(null);
  busy = $state(false);
  readonly #isShown: () => boolean;
  #latest = 0;

  /** `isShown`: for one that belongs to no component. */
  constructor(isShown: () => boolean = stillShown()) {
    this.#isShown = isShown;
  }

  /** Loads; what an earlier, slower request brings is dropped. Once the component is left, nothing is asked for or taken. */
  async load(ask: () => Promise<T>): Promise<void> {
    if (!this.#isShown()) return;
    const mine = ++this.#latest;
    const isWanted = () => mine === this.#latest && this.#isShown();
    this.busy = true;
    try {
      const value = await ask();
      if (!isWanted()) return;
      this.value = value;
      this.fault = null;
    } catch (fault) {
      if (!isWanted()) return;
      if (!(fault instanceof Refusal)) throw fault;
      this.fault = fault;
    } finally {
      if (isWanted()) this.busy = false;
    }
  }
}
