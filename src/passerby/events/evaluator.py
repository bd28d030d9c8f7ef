"""What every rule's evaluator answers: the value now, and how certain what it rests on is."""

import math
from dataclasses import dataclass
from typing import Protocol

from passerby.events.scene import Scene


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule's value at one moment.

    Attributes:
        value: in the rule's unit; None where there are too few road users for one, which passes no threshold.
        at_least: the value is a lower bound.
    """

    value: float | None
    at_least: bool = False


NO_VALUE = Reading(None)
_GRAIN_S = 1e-6


class Evaluator(Protocol):
    """Works out the value of one rule from frame to frame."""

    def update(self, scene: Scene) -> Reading:
        """Adds one frame; returns the value."""
        ...

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence, 0-1, of the detections that the value rests on; None where it rests on none."""
        ...

    def restart(self) -> None:
        """Drops what was seen before: time or view does not go on from there."""
        ...


class Pace:
    """Says when a value is to be worked out anew, and keeps it until then.

    Args:
        every_s: seconds from one time to the next.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s, self._next_s = every_s, -math.inf
        self.reading = NO_VALUE

    def due(self, now_s: float) -> bool:
        """Returns whether it is time, which it then is not again for a while."""
        if now_s < self._next_s - _GRAIN_S:
            return False
        self._next_s = now_s + self._every_s
        return True

    def restart(self) -> None:
        """Is due at once, and keeps no value."""
        self._next_s, self.reading = -math.inf, NO_VALUE
