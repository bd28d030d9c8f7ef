"""What goes over a line: against its direction, or how fast."""

import math
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import LineCrossing
from passerby.domain.layout import Layout
from passerby.domain.rule_subjects import road_users_of
from passerby.events.evaluator import GRAIN_S, NO_VALUE, Reading
from passerby.events.scene import Scene
from passerby.geometry.directions import direction_vector

WINDOW_S: Final = 60.0
LONGEST_WINDOW_S: Final = 300.0
"""Where fewer than are needed have come in a minute, the newest of so long a time are taken."""

WRONG_WAY_S: Final = 10.0
"""So long a vehicle that went against the direction is the value of now."""

_PERCENTILE: Final = 85

_SIGHTINGS: Final = 16
_SPACING_S: Final = 0.2
_STEP_SHARE: Final = 0.2
_STEPS: Final = 3
_FAR: Final = 0.5
"""A vehicle that drives goes over a line in several steps: one at 10 m/s, with 2 pictures a second, is seen five times
on 20 m. A box that appears elsewhere makes one step, or two where it is filtered."""


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
    """How many vehicles have gone over a line against its direction within the last seconds.

    A wrong box that ends on one side while another begins on the other looks like a vehicle that went over. Where
    vehicles were in view but none came against the direction in several steps, nothing counts.

    Args:
        rule: the rule.
        layout: the camera's lines.
        hidden_s: how long a track is remembered after its last sighting.
    """

    def __init__(self, rule: EventRule, layout: Layout, *, hidden_s: float) -> None:
        self._rule, self._users = rule, road_users_of(rule)
        self._line = next(line for line in layout.lines if line.name == rule.place)
        self._hidden_s = hidden_s
        self._seen_s: deque[float] = deque()
        self._ways: dict[int, _Progress] = {}

    def update(self, scene: Scene) -> Reading:
        """Adds the frame's crossings; returns the number of the last `WRONG_WAY_S`."""
        self._follow(scene)
        for crossing in scene.frame.crossings:
            here = crossing.line == self._rule.place and crossing.road_user in self._users
            if here and crossing.direction is not self._rule.direction and not self._only_jumps(scene):
                self._seen_s.append(scene.now_s)
        while self._seen_s and self._seen_s[0] < scene.now_s - WRONG_WAY_S:
            self._seen_s.popleft()
        return Reading(float(len(self._seen_s)))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in view now."""
        return scene.mean_confidence(scene.chosen(self._users))

    def restart(self) -> None:
        """Keeps what went over the line: it is a fact."""
        self._ways.clear()

    def _follow(self, scene: Scene) -> None:
        """Takes in where each vehicle is."""
        now_s, tracks = scene.now_s, scene.frame.tracks
        for track_id in [key for key, way in self._ways.items() if now_s - way.seen_s > self._hidden_s]:
            del self._ways[track_id]
        rows = np.flatnonzero(scene.chosen(self._users))
        if not len(rows):
            return
        for track_id, (x, y, width, height) in zip(tracks.track_id[rows].tolist(), scene.boxes(rows), strict=True):
            way = self._ways.get(track_id)
            if way is None:
                way = self._ways[track_id] = _Progress(now_s)
            way.seen_s = now_s
            if now_s - way.kept_s >= _SPACING_S - GRAIN_S:
                way.kept_s, way.size = now_s, math.sqrt(width * height)
                way.places.append((x, y))

    def _only_jumps(self, scene: Scene) -> bool:
        """Returns whether there were vehicles, but none that came against the direction in steps."""
        if self._rule.direction is None or not self._ways:
            return False
        to_x, to_y = direction_vector(self._line, self._rule.direction, scene.frame.tracks.stamp.size_px)
        return not any(way.drives(-to_x, -to_y) for way in self._ways.values())


@dataclass(slots=True)
class _Progress:
    """Where a vehicle has come along lately.

    Attributes:
        seen_s: when it was last seen.
        kept_s: when the newest of the places was.
        size: square root of its box's area, in picture heights.
        places: its foot points, in picture heights, at most five times a second.
    """

    seen_s: float
    kept_s: float = -math.inf
    size: float = 0.0
    places: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_SIGHTINGS))

    def drives(self, to_x: float, to_y: float) -> bool:
        """Returns whether it has gone some way as vehicles do, since it was farthest back.

        It has come half of its size or more in a direction, in steps of which several are a fifth of the longest or
        more. One that turns round before a line has first come the other way.

        Args:
            to_x, to_y: unit vector of the direction.
        """
        along = [x * to_x + y * to_y for x, y in self.places]
        along = along[along.index(min(along)) :]
        if along[-1] - along[0] < _FAR * self.size:
            return False
        steps = [after - before for before, after in pairwise(along)]
        return sum(step >= _STEP_SHARE * max(steps) for step in steps) >= _STEPS
