"""What every rule's evaluator answers: the value now, and how certain what it rests on is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
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


def class_mask(road_users: Iterable[RoadUser]) -> npt.NDArray[np.bool_]:
    """Returns bool (classes,): True for the given classes."""
    mask = np.zeros(len(RoadUser), np.bool_)
    mask[[int(user) for user in road_users]] = True
    return mask
