// Waits that grow, with a little chance in them so that many pages do not come back at once.

const MIN_WAIT_MS = 1000;
const MAX_WAIT_MS = 15_000;

export class BackOff {
  #wait = MIN_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls back after the wait; the next one is half as long again, so that a takeover of seconds costs few more. */
  later(callback: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(callback, this.#wait * (0.8 + 0.4 * Math.random()));
    this.#wait = Math.min(this.#wait * 1.5, MAX_WAIT_MS);
  }

  /** It worked: the next wait is short again. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#wait = MIN_WAIT_MS;
  }
}
