// The service's clock, by which taps are timed: a phone's own may be minutes off.

export interface ClockSample {
  /** The phone's own clock when it asked and when the answer came, in milliseconds. */
  asked: number;
  answered: number;
  /** What the service's clock showed between the two. */
  service: number;
}

export interface Clock {
  /** What is to be added to the phone's clock, in milliseconds. */
  offset_ms: number;
  /** By how much that may be wrong: half of the quickest way there and back. */
  error_s: number;
}

/** Returns the clock by the sample whose answer came quickest, as NTP does (RFC 5905); null without any. */
export function clockOf(samples: readonly ClockSample[]): Clock | null {
  let best: ClockSample | null = null;
  for (const sample of samples) {
    if (best === null || sample.answered - sample.asked < best.answered - best.asked) best = sample;
  }
  if (best === null) return null;
  return { offset_ms: best.service - (best.asked + best.answered) / 2, error_s: (best.answered - best.asked) / 2000 };
}
