// Requests that are on their way: none is sent twice at once, and that an answer takes long is said.

/** After this a person wonders whether anything happens. */
export const SLOW_MS = 4000;
/** What is only read is given up after this; a change is not, for it may have been made all the same. */
export const LIMIT_MS = 120_000;

interface Watchers {
  /** How many answers take longer than usual now. */
  slow: (count: number) => void;
}

type Send = (signal: AbortSignal) => Promise<Response>;

/** Sends requests for a page.
 *
 * The same change, asked for again while it is on its way, is the same request: a second click changes nothing twice. The
 * same question, asked again while its answer is on its way, is asked once more after it, however often it was asked: a
 * timer does not pile questions up before a slow server, and no answer is older than its question.
 */
export class Sending {
  readonly #changes = new Map<string, Promise<Response>>();
  readonly #questions = new Map<string, { now: Promise<Response>; next: Promise<Response> | null }>();
  readonly #watchers: Watchers;
  #slow = 0;

  constructor(watchers: Watchers) {
    this.#watchers = watchers;
  }

  /** @param key what makes two requests the same. */
  async change(key: string, send: Send): Promise<Response> {
    let sent = this.#changes.get(key);
    if (sent === undefined) {
      sent = this.#timed(send, null).finally(() => this.#changes.delete(key));
      this.#changes.set(key, sent);
    }
    return (await sent).clone();
  }

  /** @param key what makes two requests the same. */
  async question(key: string, send: Send): Promise<Response> {
    const asked = this.#questions.get(key);
    if (asked === undefined) return (await this.#ask(key, send)).clone();
    asked.next ??= asked.now.then(() => undefined, () => undefined).then(() => this.#ask(key, send));
    return (await asked.next).clone();
  }

  #ask(key: string, send: Send): Promise<Response> {
    const now = this.#timed(send, LIMIT_MS);
    const entry: { now: Promise<Response>; next: Promise<Response> | null } = { now, next: null };
    this.#questions.set(key, entry);
    const over = () => {
      if (this.#questions.get(key) === entry && entry.next === null) this.#questions.delete(key);
    };
    now.then(over, over);
    return now;
  }

  async #timed(send: Send, limit_ms: number | null): Promise<Response> {
    const given_up = new AbortController();
    let counted = false;
    const wonder = setTimeout(() => {
      counted = true;
      this.#count(1);
    }, SLOW_MS);
    const limit = limit_ms === null ? undefined : setTimeout(() => given_up.abort(), limit_ms);
    try {
      return await send(given_up.signal);
    } finally {
      clearTimeout(wonder);
      clearTimeout(limit);
      if (counted) this.#count(-1);
    }
  }

  #count(change: 1 | -1): void {
    this.#slow += change;
    this.#watchers.slow(this.#slow);
  }
}
