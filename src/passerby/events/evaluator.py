"""What every rule's evaluator answers: the value now, and how certain what it rests on is."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

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
GRAIN_S = 1e-6
"""Seconds that are added up from frame to frame miss a whole number by less."""

LOOK_S = 1.0
"""What changes over seconds, or costs more than a look-up, is worked out so often."""


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


@runtime_checkable
class Bounded(Evaluator, Protocol):
    """Can say with little work what the value is not above; each value is of its own frame, so that none is missed."""

    def at_most(self, scene: Scene) -> float:
        """Returns a number, in the rule's unit, that the frame's value is not above."""
        ...
