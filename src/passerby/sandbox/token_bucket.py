"""How often a sandbox may ask for something or send something: an allowance that is used up, and grows with time."""


class TokenBucket:
    """An allowance that grows at a steady rate up to a limit; it begins full.

    >>> asked = TokenBucket(per_s=2.0, burst=3.0)
    >>> [asked.take(10.0) for _ in range(4)]
    [0.0, 0.0, 0.0, 0.5]
    """

    def __init__(self, per_s: float, burst: float) -> None:
        """Takes the rate at which it grows, and how much it holds."""
        self._per_s, self._burst = per_s, burst
        self._left, self._last_s = burst, 0.0

    def take(self, now_s: float, amount: float = 1.0) -> float:
        """Takes some of it, also more than is left.

        Args:
            now_s: a clock that is never set, in seconds.
            amount: how much.

        Returns:
            Seconds until all that was taken has grown again; 0 where as much was left.
        """
        gained = max(now_s - self._last_s, 0.0) * self._per_s
        self._left, self._last_s = min(self._left + gained, self._burst) - amount, now_s
        return 0.0 if self._left >= 0 else -self._left / self._per_s
