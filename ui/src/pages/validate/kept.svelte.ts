// The tally that runs and those that wait to be sent: kept on this device after every tap, so that no network is needed.
import { api, read, Refusal, type Schemas } from "../../lib/api/client";
import { clockOf, type Clock, type ClockSample } from "./clock";
import { bodyOf, ended, paused, resumed, tapped, undone, wholeMinutes, type Tally, type Tap } from "./tally";

const RUNNING = "passerby.tally";
const UNSENT = "passerby.tallies";
const SAMPLES = 5;
const RETRY_MS = 10_000;

export interface Unsent {
  tally: Tally;
  /** Why it was not taken; empty while nothing is known against it. */
  why: string;
}

function stored<T>(key: string, fallback: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? fallback;
  } catch {
    return fallback; // A browser may forbid storage, or somebody has changed what is in it.
  }
}

function store(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // It holds until the page is closed.
  }
}

export class Kept {
  running = $state.raw<Tally | null>(stored<Tally | null>(RUNNING, null));
  unsent = $state.raw<readonly Unsent[]>(stored<readonly Unsent[]>(UNSENT, []));
  clock = $state.raw<Clock | null>(this.running?.clock_offset_ms === undefined ? null : { offset_ms: this.running.clock_offset_ms, error_s: this.running.clock_error_s });
  measuring = $state(false);
  sending = $state(false);
  #sent: (row: Schemas["ValidationRow"]) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #over = false;

  /** `sent` is called with each tally that has been taken. */
  constructor(sent: (row: Schemas["ValidationRow"]) => void) {
    this.#sent = sent;
  }

  /** Sends what waits whenever it can. Returns the function that ends it. */
  listen(): () => void {
    const send = () => void this.send();
    addEventListener("online", send);
    this.#timer = setInterval(send, RETRY_MS);
    send();
    return () => {
      removeEventListener("online", send);
      clearInterval(this.#timer);
      this.#over = true;
    };
  }

  /** The service's time in milliseconds; the device's own while they have not been compared. */
  now(): number {
    return Date.now() + (this.clock?.offset_ms ?? 0);
  }

  async compareClocks(): Promise<void> {
    this.measuring = true;
    const samples: ClockSample[] = [];
    try {
      for (let index = 0; index < SAMPLES && !this.#over; index++) {
        const asked = Date.now();
        const version = await read(api.GET("/api/v1/version"));
        samples.push({ asked, answered: Date.now(), service: version.time_ms });
      }
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
    } finally {
      this.clock = clockOf(samples) ?? this.clock;
      this.measuring = false;
    }
  }

  begin(tally: Tally): void {
    this.#run(tally);
  }

  tap(tap: Tap): void {
    if (this.running) this.#run(tapped(this.running, tap));
  }

  undo(): Tap | null {
    const last = this.running?.taps.at(-1) ?? null;
    if (this.running) this.#run(undone(this.running));
    return last;
  }

  pause(): void {
    if (this.running) this.#run(paused(this.running, this.now()));
  }

  resume(): void {
    if (this.running) this.#run(resumed(this.running, this.now()));
  }

  /** Ends the tally and sends it. False where it holds no whole minute: it is dropped. */
  finish(seen: Tally["seen"] = null): boolean {
    if (this.running === null) return false;
    const tally = { ...ended(this.running, this.now()), seen };
    this.#run(null);
    if (wholeMinutes(tally, this.now()) === 0) return false;
    this.#wait([...this.unsent, { tally, why: "" }]);
    void this.send();
    return true;
  }

  /** Drops the tally that runs; returns it, for an undo. */
  discard(): Tally | null {
    const tally = this.running;
    this.#run(null);
    return tally;
  }

  /** Drops one that waits to be sent. */
  drop(id: string): void {
    this.#wait(this.unsent.filter((each) => each.tally.id !== id));
  }

  /** Sends all that wait; what the service refuses stays, with the reason. */
  async send(): Promise<void> {
    if (this.sending || this.unsent.length === 0) return;
    this.sending = true;
    try {
      for (const each of this.unsent) {
        if (!this.unsent.some(({ tally }) => tally.id === each.tally.id)) continue; // Dropped meanwhile.
        try {
          const row = await read(api.POST("/api/v1/validations", { body: bodyOf(each.tally) }));
          this.drop(each.tally.id);
          this.#sent(row);
        } catch (fault) {
          if (!(fault instanceof Refusal)) throw fault;
          const later = fault.offline || fault.status >= 500 || fault.status === 401;
          this.#wait(this.unsent.map((one) => (one.tally.id === each.tally.id ? { ...one, why: later ? "" : fault.message } : one)));
          if (later) return;
        }
      }
    } finally {
      this.sending = false;
    }
  }

  #run(tally: Tally | null): void {
    this.running = tally;
    store(RUNNING, tally);
  }

  #wait(unsent: readonly Unsent[]): void {
    this.unsent = unsent;
    store(UNSENT, unsent.length === 0 ? null : unsent);
  }
}
