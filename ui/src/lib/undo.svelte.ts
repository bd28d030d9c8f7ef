// Undo after a change, in place of a question before it. One change at a time can be undone; the next one takes its place.
import { Refusal } from "./api/client";
import { sentenceOf } from "./faults";

const SHOWN_MS = 12_000;

class Undo {
  /** What was done, in words; empty while there is nothing to say. */
  text = $state("");
  /** Whether it can be undone. */
  possible = $state(false);
  busy = $state(false);
  #act: (() => Promise<string> | string) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Says what was done, and offers to undo it. `act` undoes it and returns what is said then. */
  offer(text: string, act: (() => Promise<string> | string) | null = null): void {
    this.text = text;
    this.#act = act;
    this.possible = act !== null;
    this.wait();
  }

  async undo(): Promise<void> {
    const act = this.#act;
    if (act === null || this.busy) return;
    this.busy = true;
    this.stay();
    try {
      this.offer(await act());
    } catch (fault) {
      this.offer(fault instanceof Refusal ? sentenceOf(fault) : String(fault));
    } finally {
      this.busy = false;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.text = "";
    this.possible = false;
    this.#act = null;
  }

  /** It stays while somebody points at it or has it focused. */
  stay(): void {
    clearTimeout(this.#timer);
  }

  /** It goes after a while. */
  wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), SHOWN_MS);
  }
}

export const undo = new Undo();
