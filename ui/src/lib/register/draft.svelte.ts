// Keys of the register that are being edited: from which state, whether changed, and how a save or a conflict ends.
import { Refusal, type Schemas } from "../api/client";
import { at, type Keys } from "./keys";

interface Stored {
  readonly keys: Keys;
  readonly tag: string;
}

export class Draft {
  keys = $state.raw<Keys>({});
  faults = $state.raw<readonly Schemas["InvalidField"][]>([]);
  fault = $state.raw<Refusal | null>(null);
  busy = $state(false);
  /** What another person has changed meanwhile; empty while no one has. */
  conflict = $state.raw<readonly string[]>([]);
  #base = $state.raw<Stored>({ keys: {}, tag: "" });
  readonly changed = $derived(JSON.stringify(this.keys) !== JSON.stringify(this.#base.keys));

  /** Takes up what is stored; what was written since stays only with `keep`. */
  take(stored: Stored, { keep = false } = {}): void {
    this.#base = stored;
    if (!keep) this.keys = stored.keys;
    this.conflict = [];
  }

  discard(): void {
    this.keys = this.#base.keys;
    [this.faults, this.fault, this.conflict] = [[], null, []];
  }

  /** Saves by `put`; after a conflict `newest` is asked, so that the next save goes over what is known. Returns what was before. */
  async save(put: (keys: Keys, tag: string) => Promise<Stored>, newest: () => Promise<Stored>): Promise<Keys | null> {
    const before = this.#base.keys;
    const sent = this.keys;
    [this.busy, this.faults, this.fault] = [true, [], null];
    try {
      const stored = await put(sent, this.#base.tag);
      this.take(stored, { keep: this.keys !== sent }); // What has been written meanwhile stays.
      return before;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      if (problem.status === 412) {
        const theirs = await newest();
        const names = new Set([...Object.keys(before), ...Object.keys(theirs.keys)]);
        const changed = [...names].filter((name) => JSON.stringify(at(before, name)) !== JSON.stringify(at(theirs.keys, name)));
        this.take(theirs, { keep: true });
        this.conflict = changed.length > 0 ? changed : ["…"];
      } else if (problem.status === 422) {
        this.faults = (problem.problem as { faults?: Schemas["InvalidField"][] } | null)?.faults ?? [];
        this.fault = this.faults.length > 0 ? null : problem;
      } else {
        this.fault = problem;
      }
      return null;
    } finally {
      this.busy = false;
    }
  }
}
