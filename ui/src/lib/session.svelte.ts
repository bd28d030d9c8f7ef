// Whether the server answers and the session holds; pages stay open meanwhile, so that no work is lost.

class Session {
  /** The session has ended: what is asked is refused until somebody logs in. */
  ended = $state(false);
  /** The last request had an answer. */
  reachable = $state(true);

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
}

export const session = new Session();
