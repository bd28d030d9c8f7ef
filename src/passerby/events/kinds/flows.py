"""What goes over a line: against its direction, or how fast."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import LineCrossing
from passerby.domain.rule_subjects import road_users_of
from passerby.events.evaluator import NO_VALUE, Reading
from passerby.events.scene import Scene

WINDOW_S: Final = 60.0
LONGEST_WINDOW_S: Final = 300.0
"""Where fewer than are needed have come in a minute, the newest of so long a time are taken."""

WRONG_WAY_S: Final = 10.0
"""So long a vehicle that went against the direction is the value of now."""

_PERCENTILE: Final = 85


@dataclass(frozen=True, slots=True)
class _Passage:
    at_s: float
    value: float


class _Recent:
    """The newest passages over a line: all of a minute, or as many as are needed of five."""

    def __init__(self, min_count: int) -> None:
        self._min_count = max(1, min_count)
        self._passages: deque[_Passage] = deque()

    def add(self, at_s: float, value: float) -> None:
        """Adds one."""
        self._passages.append(_Passage(at_s, value))

    def values(self, now_s: float) -> list[float]:
        """Returns the values of those that count now; empty where they are too few."""
        passages = self._passages
        while passages and passages[0].at_s < now_s - LONGEST_WINDOW_S:
            passages.popleft()
        while len(passages) > self._min_count and passages[0].at_s < now_s - WINDOW_S:
            passages.popleft()
        return [each.value for each in passages] if len(passages) >= self._min_count else []

    def clear(self) -> None:
        """Drops all."""
        self._passages.clear()


class LineFlow:
    """A share or a percentile of what has gone over a line: counter-flow, or the 85th percentile of speeds."""

    def __init__(self, rule: EventRule) -> None:
        self._rule, self._users = rule, road_users_of(rule)
        self._recent = _Recent(rule.min_count)

    def update(self, scene: Scene) -> Reading:
        """Adds the crossings since the look before; returns the share, 0-1, or the speed in m/s."""
        for crossed in scene.crossed:
            value = self._value(crossed.crossing)
            if value is not None:
                self._recent.add(crossed.at_s, value)
        values = self._recent.values(scene.now_s)
        if not values:
            return NO_VALUE
        if self._rule.kind is RuleKind.SPEEDS:
            return Reading(float(np.percentile(values, _PERCENTILE)))
        return Reading(float(np.mean(values)))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of those in view now; whose crossing was whose is not known any more."""
        return scene.mean_confidence(scene.chosen(self._users))

    def restart(self) -> None:
        """Keeps the crossings, which are facts: those of before the gap go when they are too old."""

    def _value(self, crossing: LineCrossing) -> float | None:
        if crossing.line != self._rule.place or crossing.road_user not in self._users:
            return None
        if self._rule.kind is RuleKind.SPEEDS:
            return crossing.speed_mps
        return float(crossing.direction is not self._rule.direction)


class WrongWay:
    """How many vehicles have gone over a line against its direction within the last seconds."""

    def __init__(self, rule: EventRule) -> None:
        self._rule, self._users = rule, road_users_of(rule)
        self._seen_s: deque[float] = deque()

    def update(self, scene: Scene) -> Reading:
        """Adds the frame's crossings; returns the number of the last `WRONG_WAY_S`."""
        for crossing in scene.frame.crossings:
            here = crossing.line == self._rule.place and crossing.road_user in self._users
            if here and crossing.direction is not self._rule.direction:
                self._seen_s.append(scene.now_s)
        while self._seen_s and self._seen_s[0] < scene.now_s - WRONG_WAY_S:
            self._seen_s.popleft()
        return Reading(float(len(self._seen_s)))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in view now."""
        return scene.mean_confidence(scene.chosen(self._users))

    def restart(self) -> None:
        """Keeps what went over the line: it is a fact."""
