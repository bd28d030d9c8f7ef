"""The clock of a recording: seconds since its first picture, from stamps that may be missing, absurd or start anew."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final, Generic, TypeVar

from passerby.units import DAY_S, MINUTE_S

RESET_S: Final = 1.0
"""A step back longer than this is an absurd stamp or a new start; a shorter one is shuffling, and is held."""

CONFIRMED: Final = 8
"""So many pictures that agree with each other, and not with those before, are a new start or a gap."""

MAX_WAITING: Final = 2 * CONFIRMED

LONG_GAP_S: Final = 10.0
"""In a transport stream, a longer step is a new start (FFmpeg's `dts_delta_threshold`); a shorter one is a gap."""

Picture = TypeVar("Picture")


@dataclass(frozen=True, slots=True)
class _Stamped(Generic[Picture]):
    picture: Picture
    stamp_s: float | None
    byte: int


@dataclass(frozen=True, slots=True)
class TimedPicture(Generic[Picture]):
    """A picture with its time.

    Attributes:
        picture: as it was given.
        stream_s: seconds since the first one's.
        stretch: how often the stamps had started anew: what follows need not go on from what was before.
    """

    picture: Picture
    stream_s: float
    stretch: int


class FileClock(Generic[Picture]):
    """Gives each picture its time, in order; a picture whose stamp is doubtful waits for those behind it.

    Absurd stamps, of one picture or a few, are replaced by times between their neighbours'. Stamps that start anew, as
    in joined recordings, go on from where they were. A gap in the stamps stays a gap, and irregular ones stay as they
    are; but a first or last picture that stands alone, seconds from a film without gaps, has an absurd stamp.

    Attributes:
        first_stamp_s: the stamp that stands for time 0; 0 before the first picture has its time.
        earliest_s, farthest_s: the least and the largest time that a stamp asked for and did not get; 0 where none did.
        restarts: how often the stamps started anew.
    """

    def __init__(self, period_s: float | None, *, joins: bool = False, claimed_s: float | None = None) -> None:
        """Takes what the container says.

        Args:
            period_s: nominal time between pictures, None where the container names no rate.
            joins: the container's stamps may start anew anywhere, as in MPEG-TS.
            claimed_s: the length that the file's header states; a jump beyond it is no gap.
        """
        self._period_s, self._joins, self._claimed_s = period_s, joins, claimed_s
        self._steps_s: deque[float] = deque(maxlen=15)
        self._waiting: list[_Stamped[Picture]] = []
        self._stamp_s: float | None = None
        self._time_s: float | None = None
        self._offset_s = 0.0
        self._first_byte = self._byte = 0
        self._gaps = 0
        self.first_stamp_s = self.earliest_s = self.farthest_s = 0.0
        self.restarts = 0

    def put(self, picture: Picture, stamp_s: float | None, byte: int = 0) -> list[TimedPicture[Picture]]:
        """Returns the pictures whose time is known now, in order; no time is less than the one before.

        Args:
            picture: the next in order.
            stamp_s: its own stamp in seconds, or None where it has none.
            byte: where in the file it was read; 0 where that is not known.

        Raises:
            ValueError: neither a stamp nor a rate is known.
        """
        if stamp_s is None and self._period_s is None:
            raise ValueError("the pictures carry neither time stamps nor a frame rate")
        if stamp_s is None and not self._waiting:
            return [self._timed(picture, self._follow())]
        self._waiting.append(_Stamped(picture, stamp_s, byte))
        count = len(self._waiting)
        if self._is_sure():
            return self._resolved(sure=True)
        return self._resolved(whole=count >= MAX_WAITING) if count >= CONFIRMED else []

    def end(self) -> list[TimedPicture[Picture]]:
        """Returns the pictures that still wait, with their times: nothing comes behind them."""
        return self._resolved(whole=True, ended=True)

    @property
    def absurd(self) -> bool:
        """Whether a stamp asked for a time that it did not get."""
        return bool(self.earliest_s or self.farthest_s)

    @property
    def step_s(self) -> float:
        """The usual time between two pictures; 0 while it is not known."""
        return median(self._steps_s) if self._steps_s else self._period_s or 0.0

    def _follow(self) -> float:
        """The time of a picture without a stamp of use: one step after the one before."""
        self._time_s = 0.0 if self._time_s is None else self._time_s + self.step_s
        if self._stamp_s is not None:
            self._stamp_s += self.step_s
        return self._time_s

    def _is_sure(self) -> bool:
        """Whether the newest picture leaves no doubt: it follows the last that was placed, and all between are out."""
        *before, newest = self._waiting
        if newest.stamp_s is None:
            return False
        if self._stamp_s is None:
            return len(before) == 1 and _price(before[0].stamp_s or 0.0, newest.stamp_s, 1, self.step_s) == 0
        if _price(self._stamp_s, newest.stamp_s, len(self._waiting), self.step_s):
            return False
        known = [each.stamp_s for each in before if each.stamp_s is not None]
        return all(stamp_s > newest.stamp_s or stamp_s < self._stamp_s - RESET_S for stamp_s in known)

    def _resolved(self, *, whole: bool = True, sure: bool = False, ended: bool = False) -> list[TimedPicture[Picture]]:
        """Places what waits: without `whole` only as far as later pictures could not change it.

        `sure` says that the last one's stamp is right, `ended` that nothing comes behind it.
        """
        known = [number for number, each in enumerate(self._waiting) if each.stamp_s is not None]
        stamps_s = [self._waiting[number].stamp_s or 0.0 for number in known]
        anchored = self._stamp_s is not None
        if not self._steps_s and len(stamps_s) > CONFIRMED // 2:
            self._steps_s.append(max(0.0, median(after - before for before, after in pairwise(stamps_s))))
        regular = not self._gaps and len(self._steps_s) + len(stamps_s) > CONFIRMED
        line = believable(
            [self._stamp_s or 0.0, *stamps_s] if anchored else stamps_s,
            self.step_s,
            anchored=anchored,
            sure=sure,
            lone=(regular and not anchored, regular and ended),
        )
        kept = [known[place - anchored] for place in line if place >= anchored]
        if not whole:
            kept = self._settled(kept)
        if not self._steps_s and len(kept) > 1:  # too few for a median of all
            ends = [self._waiting[number].stamp_s or 0.0 for number in kept]
            self._steps_s.append(max(0.0, median(after - before for before, after in pairwise(ends))))
        placed: list[TimedPicture[Picture]] = []
        begin = 0
        for number in kept:
            placed += self._place(self._waiting[begin : number + 1])
            begin = number + 1
        if whole:
            placed += [self._timed(each.picture, self._lost(each)) for each in self._waiting[begin:]]
            begin = len(self._waiting)
        self._waiting = self._waiting[begin:]
        return placed

    def _settled(self, kept: list[int]) -> list[int]:
        """Leaves out what follows the last jump, unless it has been confirmed by half as many as wait."""
        last_s, jump = self._stamp_s, 0
        for place, number in enumerate(kept):
            stamp_s = self._waiting[number].stamp_s or 0.0
            if last_s is not None and _price(last_s, stamp_s, 1, self.step_s):
                jump = place
            last_s = stamp_s
        return kept if len(kept) - jump >= CONFIRMED // 2 else kept[:jump]

    def _place(self, run: Sequence[_Stamped[Picture]]) -> list[TimedPicture[Picture]]:
        """Places a picture whose stamp is believed, behind those whose stamps are not."""
        *lost, believed = run
        before_s, old_offset_s, known_before = self._time_s, self._offset_s, self._stamp_s is not None
        stretch = self.restarts
        after_s = self._read(believed, len(run))
        for each in lost:
            self._note(each, old_offset_s if known_before else self._offset_s)
        if before_s is None:
            times_s = [number * after_s / max(len(lost), 1) for number in range(len(lost))]
        else:
            times_s = [before_s + (number + 1) * (after_s - before_s) / len(run) for number in range(len(lost))]
        between = [TimedPicture(each.picture, time_s, stretch) for each, time_s in zip(lost, times_s, strict=True)]
        return [*between, self._timed(believed.picture, after_s)]

    def _read(self, believed: _Stamped[Picture], count: int) -> float:
        """The time of a believed stamp, `count` pictures after the last one that was placed."""
        stamp_s, before_s = believed.stamp_s or 0.0, self._time_s
        expected_s = self.step_s * (count - 1) if before_s is None else before_s + self.step_s * count
        if self._stamp_s is None:
            self._offset_s, self._first_byte = expected_s - stamp_s, believed.byte
            self._stamp_s, self.first_stamp_s = stamp_s, stamp_s - expected_s
        step_s = stamp_s - self._stamp_s
        if step_s < -RESET_S or self._is_new_start(step_s, believed.byte):
            self._note(believed, self._offset_s)
            self._offset_s, self._stamp_s = expected_s - stamp_s, stamp_s
            self.restarts += 1
        elif step_s > 0:
            self._gaps += _price(self._stamp_s, stamp_s, count, self.step_s) > 0
            self._steps_s.append(step_s / count)
        self._stamp_s, self._byte = max(stamp_s, self._stamp_s), believed.byte
        self._time_s = max(stamp_s + self._offset_s, before_s or 0.0)
        return self._time_s

    def _is_new_start(self, step_s: float, byte: int) -> bool:
        """Whether a step forward is no gap in the recording."""
        time_s = self._time_s or 0.0
        if not self._joins:
            claimed_s = self._claimed_s
            beyond = claimed_s is not None and time_s <= claimed_s < (time_s + step_s) / 1.1
            return step_s > DAY_S or (step_s > MINUTE_S and beyond)
        # Bytes that could not be decoded are a damaged part of this recording, and took their time.
        rate = (self._byte - self._first_byte) / time_s if time_s > 0 else 0.0
        return step_s > LONG_GAP_S and not 0 < rate * step_s / 2 <= byte - self._byte

    def _timed(self, picture: Picture, time_s: float) -> TimedPicture[Picture]:
        return TimedPicture(picture, time_s, self.restarts)

    def _lost(self, each: _Stamped[Picture]) -> float:
        self._note(each, self._offset_s)
        return self._follow()

    def _note(self, each: _Stamped[Picture], offset_s: float) -> None:
        if each.stamp_s is not None:
            self.earliest_s = min(self.earliest_s, each.stamp_s + offset_s)
            self.farthest_s = max(self.farthest_s, each.stamp_s + offset_s)


_ABSURD: Final = 0.5
"""Price of taking one stamp for absurd. Prices are compared with each other and mean nothing else."""
_SHORT_GAP: Final = 0.4
_LONE: Final = 0.3
"""Of a first or last picture that stands alone: a gap just there is no likelier than an absurd stamp."""

_LONE_STEPS: Final = 10
"""It stands alone where it is so many usual steps from the others, and more than `RESET_S`."""
_LONG_GAP: Final = 1.0
_NEW_START: Final = 1.5


def _price(before_s: float, after_s: float, count: int, step_s: float) -> float:
    """What it costs to believe a step of `count` pictures; nothing where it is as long as such steps are."""
    passed_s = after_s - before_s
    if -RESET_S <= passed_s <= max(3 * count * step_s, 0.15 + count * step_s):
        return 0.0
    if passed_s < 0:
        return _NEW_START
    return _SHORT_GAP if passed_s <= max(LONG_GAP_S, 20 * step_s) else _LONG_GAP


def _skipped(before_s: float, stamp_s: float, after_s: float) -> float:
    """What it costs not to believe a stamp; more where it stands in order between its neighbours."""
    return _LONG_GAP if before_s <= stamp_s <= after_s else _ABSURD


def _outside(count: int, jump_s: float, step_s: float, *, lone: bool) -> float:
    """What it costs not to believe so many stamps at an end, the nearest of them so far from what is believed."""
    alone = lone and count == 1 and abs(jump_s) > max(RESET_S, _LONE_STEPS * step_s)
    return _LONE if alone else count * _ABSURD


def believable(
    stamps_s: Sequence[float],
    step_s: float,
    *,
    anchored: bool,
    sure: bool = False,
    lone: tuple[bool, bool] = (False, False),
) -> list[int]:
    """Returns the places of the stamps that are believed: the cheapest story of gaps, new starts and absurd stamps.

    Args:
        stamps_s: a few stamps in the order of their pictures.
        step_s: the usual time between two pictures.
        anchored, sure: the first, the last is known to be right.
        lone: one picture alone before a gap, behind a gap, has an absurd stamp.

    >>> believable([0.0, 0.1, 900.0, 0.3], 0.1, anchored=True)
    [0, 1, 3]
    >>> believable([0.0, 0.1, 900.0, 900.1, 900.2, 900.3], 0.1, anchored=True)
    [0, 1, 2, 3, 4, 5]
    >>> believable([0.0, 0.1, 3.2], 0.1, anchored=True)
    [0, 1, 2]
    >>> believable([0.0, 0.1, 3.2], 0.1, anchored=True, lone=(False, True))
    [0, 1]
    """
    count = len(stamps_s)
    # (the one before, the last believed) -> price, fewer believed, the places
    best: dict[tuple[int, int], tuple[float, int, list[int]]] = {}
    for last in range(count):
        if last == 0 or not anchored:
            jump_s = stamps_s[last] - stamps_s[last - 1]
            best[last, last] = (_outside(last, jump_s, step_s, lone=lone[0]), -1, [last])
        for (before, middle), (price, size, line) in list(best.items()):
            if middle >= last:
                continue
            usual_s = max(step_s, (stamps_s[middle] - stamps_s[before]) / max(middle - before, 1))
            step = _price(stamps_s[middle], stamps_s[last], last - middle, usual_s)
            skipped = sum(_skipped(stamps_s[middle], each_s, stamps_s[last]) for each_s in stamps_s[middle + 1 : last])
            found = (price + skipped + step, size - 1, [*line, last])
            if (middle, last) not in best or found < best[middle, last]:
                best[middle, last] = found
    ends = [
        (
            price + _outside(count - 1 - last, stamps_s[(last + 1) % count] - stamps_s[last], step_s, lone=lone[1]),
            size,
            line,
        )
        for (_, last), (price, size, line) in best.items()
        if last == count - 1 or not sure
    ]
    return min(ends)[2] if ends else []
