"""The sizes of a stream's pictures while nothing moves, and whether newer ones are larger.

Sizes follow their place behind the key picture, the sensor's noise, and the camera's rate. So a picture is held against
those at its place in the groups before, and some pictures together against those just before: what enters the view
makes a step, while light and rate change slowly.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

KEPT_GROUPS: Final = 12
NEEDED_GROUPS: Final = 6

WINDOWS: Final = (4, 2)
"""A group has so many windows of pictures that are taken together: of half a second for what is large and quick, and of
a second for what is smaller, where it has two. Noise averages out over the longer one."""

MIN_WINDOW: Final = 3
SIGMAS: Final = 5.0
"""Of the steps at rest; those of a group are not independent, so that chance alone wakes once in an hour or so."""

MIN_STEP: Final = 0.02
ENOUGH_SHARE: Final = 0.003
"""Of the picture: smaller things do not wake by sizes alone, where these would show them; key pictures do show them."""

FILLED: Final = 0.05
"""Of a key picture's bytes; smaller ones are alike because there is nothing in them."""

STEP_PER_QUANTISER: Final = math.log(2.0) / 6.0
ROUNDING: Final = 2
"""The first slice names a quantiser that is rounded: one that goes up and down by one is none that is regulated."""

MIN_SPREAD: Final = 0.002
"""Relative; sizes that spread less are made equal by the camera, and say nothing of the picture."""

SMALLEST_SHARE: Final = 0.01
LONGEST_GROUP_S: Final = 2.0
"""Of the picture: things from this size on have to show where key pictures are so far apart. What is in none of them
passes the view within two seconds: a car at 50 km/h one of 28 m, of which it fills 1.5 %, a cyclist at 20 km/h one of
12 m and 1.3 %."""

LARGEST_NEEDED: Final = 0.04

Values = npt.NDArray[np.float64]


def needed_share(group_s: float) -> float:
    """Returns how small a part of the picture, 0-1, has to show undecoded.

    Who is in no key picture is in view for less than the time between two. In half of the time they pass a view that
    is half as wide and half as high, of which they fill four times as much.

    Args:
        group_s: from key picture to key picture.
    """
    return min(LARGEST_NEEDED, SMALLEST_SHARE * (LONGEST_GROUP_S / max(group_s, 0.1)) ** 2)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of one picture.

    Attributes:
        bytes: so many.
        quantiser: its quantiser parameter; the step doubles with every 6.
    """

    bytes: int
    quantiser: int

    @property
    def plain(self) -> float:
        """The logarithm of its bytes."""
        return math.log(max(1, self.bytes))

    @property
    def weighed(self) -> float:
        """The logarithm of its bytes times its quantiser's step, which a camera that holds its rate cannot hold."""
        return self.plain + STEP_PER_QUANTISER * self.quantiser


class RestingSizes:
    """What the sizes are at rest, learned group by group."""

    def __init__(self) -> None:
        """Knows nothing."""
        self._key_bytes: deque[int] = deque(maxlen=KEPT_GROUPS)
        self._bytes: deque[float] = deque(maxlen=KEPT_GROUPS)
        self._plain, self._weighed = RestingValues(), RestingValues()
        self._quantisers: deque[tuple[int, int]] = deque(maxlen=KEPT_GROUPS)
        self._equal = False
        self._smallest_share = 1.0

    @property
    def known(self) -> bool:
        """Enough groups were seen at rest."""
        return len(self._bytes) >= NEEDED_GROUPS

    @property
    def full(self) -> bool:
        """So many groups are known that one more changes little."""
        return len(self._bytes) == KEPT_GROUPS

    @property
    def equal(self) -> bool:
        """The camera makes all pictures of one size, whatever they show."""
        return self.known and self._equal

    @property
    def smallest_share(self) -> float:
        """The smallest part of the picture, 0-1, that shows when something fast appears in it.

        It is coded anew, and so is what it uncovers, at about what its parts of a key picture take.
        """
        return self._smallest_share

    def moved(self, place: int, size: Size) -> bool:
        """Adds a picture while the stream is at rest; returns whether something appeared, or may have.

        Args:
            place: its place behind the key picture, from 0.
            size: its size.
        """
        plain, weighed = self._plain.moved(place, size.plain), self._weighed.moved(place, size.weighed)
        return plain or weighed

    def reset_recent(self) -> None:
        """Begins anew with the next picture: time did not go on."""
        self._plain.reset_recent()
        self._weighed.reset_recent()

    def learn(self, key_bytes: int, sizes: list[Size]) -> None:
        """Takes in a whole group at rest.

        Args:
            key_bytes: of its key picture.
            sizes: of the others.
        """
        if len(sizes) < 2:
            return
        counts = [one.bytes for one in sizes]
        self._key_bytes.append(key_bytes)
        self._bytes.append(float(np.median(counts)))
        self._quantisers.append((min(one.quantiser for one in sizes), max(one.quantiser for one in sizes)))
        filled = self._bytes[-1] > FILLED * key_bytes
        self._equal = filled and _spread(np.diff(np.log(np.maximum(counts, 1)))) < MIN_SPREAD
        self._plain.learn([one.plain for one in sizes], judge=self.known)
        self._weighed.learn([one.weighed for one in sizes], judge=self.known)
        self._judge()

    def _judge(self) -> None:
        """Works out what would show: where the camera holds its rate, only by bytes and quantiser together."""
        lowest, highest = zip(*self._quantisers, strict=True)
        held = max(max(lowest) - min(lowest), max(highest) - min(highest)) > ROUNDING
        limit = self._weighed.limit if held else self._plain.limit
        if self.known and math.isfinite(limit):
            anew_bytes, usual_bytes = 2.0 * float(np.median(self._key_bytes)), float(np.median(self._bytes))
            self._smallest_share = min(1.0, math.expm1(limit) * usual_bytes / anew_bytes)
            enough = math.log1p(ENOUGH_SHARE * anew_bytes / usual_bytes)
            for values in (self._plain, self._weighed):
                values.raise_limits(enough)


class _Steps:
    """The step between the newest pictures and those before them, as each comes."""

    def __init__(self, window: int, before: int) -> None:
        """Args: window: how many are the newest; before: how many before them they are compared with."""
        self.window, self.before, self.limit = window, before, math.inf
        self._newest_sum = self._earlier_sum = 0.0
        self._count = 0

    def over(self, rest: float, kept: "deque[float]") -> bool:
        """Adds a picture; returns whether the newest are larger by more than the limit.

        Args:
            rest: of the picture, what is left of its value without what is usual at its place.
            kept: those of the pictures before it, the newest last, as many as any of the windows needs.
        """
        # Sums go on from picture to picture: at 25 a second adding all up anew would be a third of what sleep costs.
        window, count = self.window, self._count
        self._newest_sum += rest
        if count >= window:
            self._newest_sum -= kept[-window]
            self._earlier_sum += kept[-window]
        if count >= window + self.before:
            self._earlier_sum -= kept[-window - self.before]
        else:
            self._count = count = count + 1
        if count < 2 * window:
            return False
        return self._newest_sum / window - self._earlier_sum / (count - window) > self.limit

    def reset(self) -> None:
        """Begins anew with the next picture."""
        self._count = 0
        self._newest_sum = self._earlier_sum = 0.0

    def learn(self, rest: Values, sigmas: float, each: float) -> float:
        """Works out the limit from pictures at rest; returns the spread of a picture that would explain it.

        Args:
            rest: what is left of their values without what is usual, group behind group.
            sigmas: how many times the spread of steps the limit is.
            each: the spread of a single picture; it is taken for no less.
        """
        steps, one = _steps(rest, self.window, self.before), math.sqrt(self.window)
        if not len(steps):
            return each
        spread = max(_spread(steps), each / one)
        self.limit = max(MIN_STEP, sigmas * spread)
        return spread * one


class RestingValues:
    """What one number of each picture is at rest, by the picture's place in its group."""

    def __init__(self) -> None:
        """Knows nothing."""
        self._groups: deque[Values] = deque(maxlen=KEPT_GROUPS)
        self._expected: list[float] = []
        self._kept: deque[float] = deque()
        self._steps: tuple[_Steps, ...] = ()

    @property
    def limit(self) -> float:
        """By how much the newest pictures may be larger than those before them, in the window that shows more."""
        return min((one.limit for one in self._steps), default=math.inf)

    def raise_limits(self, limit: float) -> None:
        """Lets no step wake that is smaller than a limit."""
        for one in self._steps:
            one.limit = max(one.limit, limit)

    def moved(self, place: int, value: float) -> bool:
        """Adds a picture; returns whether the newest ones are larger, or cannot be compared."""
        if place >= len(self._expected):
            return True
        rest, moved = value - self._expected[place], False
        for one in self._steps:
            moved |= one.over(rest, self._kept)
        self._kept.append(rest)
        return moved

    def reset_recent(self) -> None:
        """Begins anew with the next picture."""
        self._kept.clear()
        for one in self._steps:
            one.reset()

    def learn(self, values: list[float], *, judge: bool) -> None:
        """Takes in a whole group at rest; works out what is usual where enough are known."""
        self._groups.append(np.array(values))
        if not judge:
            return
        length = max(len(group) for group in self._groups)
        rows = np.full((len(self._groups), length), np.nan)
        for row, group in zip(rows, self._groups, strict=True):
            row[: len(group)] = group
        expected = np.nanmedian(rows, axis=0)
        self._expected, rest = expected.tolist(), rows - expected
        # Half of the groups are nearly the median themselves: with few of them a spread has to be taken for larger.
        larger = math.sqrt(len(rows) / (len(rows) - 1)) * (1.0 + 1.0 / len(rows))
        windows = [max(MIN_WINDOW, length // share) for share in WINDOWS]
        if [(one.window, one.before) for one in self._steps] != [(window, length) for window in windows]:
            self._steps = tuple(_Steps(window, length) for window in windows)
            self._kept = deque(maxlen=length + max(windows))
        whole = np.concatenate([row[np.isfinite(row)] for row in rest])
        # Of long windows a few groups have few: they spread as shorter ones do at the least.
        spread = _spread(whole)
        for one in self._steps:
            spread = one.learn(whole, SIGMAS * larger, spread)


def _steps(rest: Values, window: int, before: int) -> Values:
    """The step at each picture, between the window that ends with it and those before."""
    if len(rest) < before + window:
        return np.empty(0)
    sums = np.concatenate([[0.0], np.cumsum(rest)])
    last = (sums[window:] - sums[:-window])[before:] / window
    earlier = (sums[before:] - sums[:-before])[:-window] / before
    return np.asarray(last - earlier, np.float64)


def _spread(values: Values) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) if len(values) else 0.0
