"""Counts by hand: what a person counted at a line, minute by minute, and what passerby counted there meanwhile."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser, compared_with
from passerby.units import MINUTE_S, NS_PER_S

MAX_STRETCH_S: Final = 4 * 3600
"""Longest stretch that is counted at once: a person needs a break by then."""

MAX_CROSSINGS: Final = 20_000

MIN_COVERAGE: Final = 0.95
"""Least share of a minute that the camera must have watched for the minute to be compared."""

SETTLED_AFTER_S: Final = 150
"""A minute's numbers are complete so long after its end: late crossings are in, and the worker has reported."""

MAX_GAP_S: Final = 0.5
"""Longest time between two pictures of a mosaic stretch: at 4 m/s a cyclist moves 2 m in it, her own length."""

MIN_PICTURES: Final = 9.5
"""Fewest pictures a second of a mosaic stretch, on average: ten, and what a camera's own clock is off by."""


class CountedFrom(StrEnum):
    """Where the person stood, or what was looked at."""

    KERB = "kerb"
    MOSAIC = "mosaic"
    """A picture that shows all that differs from the empty place, detected or not."""
    RECORDING = "recording"
    """A recording of the camera, which passerby has counted as well: both counts were sent together."""


@dataclass(frozen=True, slots=True)
class HandCrossing:
    """One road user whom the person saw cross the line."""

    time_ns: int
    road_user: RoadUser
    direction: Direction


@dataclass(frozen=True, slots=True)
class CountedMinute:
    """How many of a class went one way in a whole minute, counted by hand or by passerby.

    Attributes:
        start_s: UTC seconds at which the minute begins.
        road_user: the class.
        direction: the way.
        count: how many.
    """

    start_s: int
    road_user: RoadUser
    direction: Direction
    count: int


@dataclass(frozen=True, slots=True)
class MinutePair:
    """A minute that was counted both ways: by a person and by passerby."""

    start_s: int
    road_user: RoadUser
    direction: Direction
    by_hand: int
    by_system: int


@dataclass(frozen=True, slots=True)
class HandCount:
    """One stretch of time that a person counted at one line; the times of single road users are not in it.

    Attributes:
        validation_id: 32 hexadecimal digits that the counter's page chose; the same one again is the same count.
        camera: the camera's name.
        line: the line's name.
        line_version: what was counted with, see `line_version`; a line that has another one now is not validated by it.
        counted_from: where the person stood.
        start_ns, end_ns: UTC nanoseconds from and until when the person counted.
        road_users: the classes that were counted; of these an absence is a zero.
        minutes: the whole minutes, each class and way of them, zeros left out.
        whole_s: UTC seconds at which each whole minute begins.
        account: who counted.
        sent_ns: UTC nanoseconds at which it came.
        clock_error_s: how far the counter's clock may be off, in seconds.
        void: why it does not count; empty where it does.
        pairs: compared with what passerby counted, where that is known for good; None until then.
        withdrawn_ns, withdrawn_by: when and by whom it was withdrawn; None and empty where it was not.
    """

    validation_id: str
    camera: str
    line: str
    line_version: str
    counted_from: CountedFrom
    start_ns: int
    end_ns: int
    road_users: tuple[RoadUser, ...]
    minutes: tuple[CountedMinute, ...]
    whole_s: tuple[int, ...]
    account: str
    sent_ns: int
    clock_error_s: float = 0.0
    void: str = ""
    pairs: tuple[MinutePair, ...] | None = None
    withdrawn_ns: int | None = None
    withdrawn_by: str = ""

    @property
    def holds(self) -> bool:
        """Whether it says anything about the line that it was counted at."""
        return not self.void and self.withdrawn_ns is None and bool(self.pairs)

    @property
    def total(self) -> int:
        """How many were counted by hand in the whole minutes."""
        return sum(minute.count for minute in self.minutes)


class Looked(Protocol):
    """How a camera or a recording is looked at."""

    @property
    def masks(self) -> Sequence[npt.NDArray[np.float32]]:
        """What is not looked at."""
        ...

    @property
    def closer_areas(self) -> Sequence[npt.NDArray[np.float32]]:
        """What is looked at closer."""
        ...

    @property
    def analysed_fps(self) -> float | None:
        """How often it is looked at."""
        ...


def line_version(camera: Looked, line: Line, model: str | None) -> str:
    """Returns 16 hexadecimal digits for all that a line's counts rest on; another value voids what was validated.

    That is where the line lies, what is not looked at, what is looked at closer, how often, and by which detector.
    Names and colours of ways may change.

    Args:
        camera: the camera's plan, or a recording's.
        line: one of its lines.
        model: the detector that the site file names; None for the default.
    """
    areas = [[_rounded(area.tolist()) for area in group] for group in (camera.masks, camera.closer_areas)]
    what = [_rounded(line.points.tolist()), *areas, camera.analysed_fps, model]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


def _rounded(points: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[round(float(x), 5), round(float(y), 5)] for x, y in points]


def whole_minutes(start_ns: int, end_ns: int, pauses: Iterable[tuple[int, int]] = ()) -> tuple[int, ...]:
    """Returns UTC seconds at which each minute begins that was counted from its beginning to its end.

    >>> whole_minutes(30 * 10**9, 200 * 10**9)
    (60, 120)

    Args:
        start_ns, end_ns: UTC nanoseconds of the stretch.
        pauses: UTC nanoseconds from and until when the person did not count.
    """
    first = -(-start_ns // (MINUTE_S * NS_PER_S))
    last = end_ns // (MINUTE_S * NS_PER_S)
    broken = tuple(pauses)
    return tuple(
        minute * MINUTE_S
        for minute in range(first, last)
        if not any(
            since_ns < (minute + 1) * MINUTE_S * NS_PER_S and until_ns > minute * MINUTE_S * NS_PER_S
            for since_ns, until_ns in broken
        )
    )


def minutes_of(crossings: Iterable[HandCrossing], whole_s: Sequence[int]) -> tuple[CountedMinute, ...]:
    """Returns crossings by whole minute, class and way, in that order; those outside whole minutes are left out."""
    whole = frozenset(whole_s)
    counts = Counter(
        (start_s, one.road_user, one.direction)
        for one in crossings
        if (start_s := one.time_ns // (MINUTE_S * NS_PER_S) * MINUTE_S) in whole
    )
    return tuple(CountedMinute(*key, count) for key, count in sorted(counts.items()))


def paired(counted: HandCount, by_system: Iterable[CountedMinute]) -> tuple[MinutePair, ...]:
    """Returns what a person and passerby counted in each minute, each class and each way.

    Args:
        counted: by hand.
        by_system: of the same line, only minutes that the camera watched; one that is missing is not compared.
    """
    whole, classes = frozenset(counted.whole_s), compared_with(counted.road_users)
    return paired_minutes(
        counted.minutes, (one for one in by_system if one.start_s in whole and one.road_user in classes)
    )


def paired_minutes(by_hand: Iterable[CountedMinute], by_system: Iterable[CountedMinute]) -> tuple[MinutePair, ...]:
    """Returns what a person and passerby counted in each minute that passerby has, each class and each way.

    Args:
        by_hand: several of the same minute are added up; one that is missing is a zero.
        by_system: only minutes that were watched, of classes that were counted by hand.
    """
    counted: Counter[tuple[int, RoadUser, Direction]] = Counter()
    for one in by_hand:
        counted[one.start_s, one.road_user, one.direction] += one.count
    return tuple(
        MinutePair(
            one.start_s, one.road_user, one.direction, counted[one.start_s, one.road_user, one.direction], one.count
        )
        for one in sorted(by_system, key=lambda one: (one.start_s, one.road_user, one.direction))
    )


def pairs_of(counts: Iterable[HandCount]) -> tuple[MinutePair, ...]:
    """Returns the minutes of counts that hold; one that was counted several times is there as it was sent last."""
    pairs = {
        (pair.start_s, pair.road_user, pair.direction): pair
        for counted in sorted(counts, key=lambda one: one.sent_ns)
        if counted.holds
        for pair in counted.pairs or ()
    }
    return tuple(pairs[key] for key in sorted(pairs))
