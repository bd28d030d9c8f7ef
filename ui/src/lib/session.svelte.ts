// Whether the server answers and the session holds; pages stay open meanwhile, so that no work is lost.

class Session {
  /** The session has ended: what is asked is refused until somebody logs in. */
  ended = $state(false);
  /** The last request had an answer. */
  reachable = $state(true);
  /** An answer takes longer than usual. */
  slow = $state(false);

  end(): void {
    this.ended = true;
  }

  /** After a log-in in another tab. */
  resume(): void {
    this.ended = false;
  }

  answered(yes: boolean): void {
    this.reachable = yes;
  }

  takesLong(yes: boolean): void {
    this.slow = yes;
  }
}

export const session = new Session();
