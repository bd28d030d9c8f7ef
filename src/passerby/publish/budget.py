"""How many notices a recipient may get: a few at once, and one in ten minutes in the long run (EEMUA 191)."""

from collections.abc import Iterable
from typing import Final

from passerby.domain.recipients import Recipient
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

SPAN_S: Final = 10 * MINUTE_S
"""What a rate is counted in. EEMUA 191 (3rd ed., 2013): more than one alarm in ten minutes, in the long run, is more
than an operator can deal with."""

REMEMBERED_S: Final = 7 * DAY_S
"""What was made before this is not looked at: a recipient then has a whole burst again, once a week."""
_ROUNDING: Final = 1e-6


class Budget:
    """The notices that a recipient may still get, worked out from those that were made for it.

    Nothing is held in memory: a process that starts again goes on where the one before was.

    Args:
        recipient: its rate and its burst.
        made_ns: UTC nanoseconds at which notices were made for it, oldest first; since `REMEMBERED_S`. What is later
            than now was made before the clock was set back, and does not count: nothing would come until its time.
        now_ns: UTC nanoseconds now.
    """

    def __init__(self, recipient: Recipient, made_ns: Iterable[int], now_ns: int) -> None:
        self._burst = float(recipient.burst)
        left, before_ns = self._burst, None
        for time_ns in (*(each for each in made_ns if each <= now_ns), now_ns):
            if before_ns is not None:
                passed_s = (time_ns - before_ns) / NS_PER_S
                left = min(self._burst, max(0.0, left - 1) + passed_s * recipient.in_10_min / SPAN_S)
            before_ns = time_ns
        self._left = left

    @property
    def left(self) -> float:
        """How many more may be made now."""
        return self._left

    def take(self, *, leave: int = 0) -> bool:
        """Takes one, if there is one, and returns whether there was.

        Args:
            leave: so many have to be left for what matters more.
        """
        if self._left < 1 + leave - _ROUNDING:
            return False
        self.spend()
        return True

    def spend(self) -> None:
        """Takes one whether there is one or not: what is critical is not kept back."""
        self._left = max(0.0, self._left - 1)
