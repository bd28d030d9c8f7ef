"""Numbers that leave the site: for whom, under which rules, what of them is published, and how they are added.

A number that leaves is never the one that was counted. Noise is drawn once for each bin, class group and way, and what
is stored is the noisy number as it was drawn: it may be below zero. From it everything else here is computed, so that
nothing that is published needs the number that was counted: sums add noisy numbers as they were drawn, then the
threshold is applied to the sum. Therefore published parts add up to the published whole wherever none is withheld.

The noise is discrete Laplace: P(x) = (1 - p) / (1 + p) * p^|x| with p = exp(-epsilon) (Ghosh, Roughgarden and
Sundararajan, Universally utility-maximizing privacy mechanisms, 2009). Its variance is 2 p / (1 - p)^2.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from passerby.domain.class_groups import ClassGroup
from passerby.domain.count_accuracy import Accuracy
from passerby.domain.derived_accuracies import ZONE
from passerby.domain.published_errors import BELIEVED, NO_ERRORS, Errors, true_interval
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S, QUARTER_S

LEVEL: Final = 0.95
"""Of the intervals of published numbers."""

CATCH_UP_S: Final = 14 * DAY_S
"""Bins that ended longer ago than this when they could be drawn at last are gaps; published numbers are kept longer."""

WAIT_S: Final = DAY_S
"""How long after its end a bin waits for minutes that have not come; then it is drawn as it is."""

GEOMETRY_GAP_S: Final = DAY_S
"""After a counter of a camera has ended, none begins there for so long."""


class Audience(StrEnum):
    """For whom numbers are."""

    PUBLIC = "public"
    PARTNER = "partner"
    INTERNAL = "internal"


OUTSIDE: Final = (Audience.PARTNER, Audience.PUBLIC)
"""The audiences that numbers leave the site for; the internal one reads what was measured, within the site."""


PUBLISHED_GROUPS: Final = (ClassGroup.ON_FOOT, ClassGroup.BICYCLES, ClassGroup.MOTOR_VEHICLES)
"""What moves unexplained is no count of people or vehicles."""


class PlaceKind(StrEnum):
    """What a counter counts at."""

    LINE = "line"
    ZONE = "zone"


class Way(StrEnum):
    """Which way: across a line, or into and out of a zone."""

    FORWARD = "forward"
    BACKWARD = "backward"
    ENTRIES = "entries"
    EXITS = "exits"


WAYS: Final[Mapping[PlaceKind, tuple[Way, Way]]] = {
    PlaceKind.LINE: (Way.FORWARD, Way.BACKWARD),
    PlaceKind.ZONE: (Way.ENTRIES, Way.EXITS),
}


class BinStatus(StrEnum):
    """What is published of a bin or a sum."""

    PUBLISHED = "published"
    BELOW_THRESHOLD = "below threshold"
    GAP = "gap"
    """There is no number and there will be none: it was not watched, or a counter had begun anew."""
    WAITING = "not published yet"


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """What an audience gets of a place.

    Attributes:
        audience: for whom.
        bin_s: length of a bin, a divisor of an hour.
        delay_s: how long after its end a bin is published at the earliest.
        epsilon: of the noise of one bin, class group and way; None for no noise, within the site.
        threshold: noisy numbers below it are withheld.
        min_n: speeds and dwell times are published where the noisy number of road users is so high.

    Raises:
        ValueError: a number is outside its range; noise may be left out for the internal audience only.
    """

    audience: Audience
    bin_s: int
    delay_s: int
    epsilon: float | None
    threshold: int
    min_n: int

    def __post_init__(self) -> None:
        if not 0 < self.bin_s <= HOUR_S or HOUR_S % self.bin_s:
            raise ValueError(f"bin_s: must divide an hour, got {self.bin_s}")
        if self.delay_s < 0 or self.threshold < 0 or self.min_n < 0:
            raise ValueError("delay_s, threshold, min_n: must not be negative")
        if self.epsilon is None and self.audience is not Audience.INTERNAL:
            raise ValueError(f"epsilon: nothing is published for the audience {self.audience.value} without noise")
        if self.epsilon is not None and not self.epsilon > 0:
            raise ValueError(f"epsilon: must be above 0, got {self.epsilon}")


STREET_RULES: Final[Mapping[Audience, DisclosureRules]] = {
    Audience.PUBLIC: DisclosureRules(Audience.PUBLIC, QUARTER_S, HOUR_S, 0.5, 10, 30),
    Audience.PARTNER: DisclosureRules(Audience.PARTNER, QUARTER_S, QUARTER_S, 1.0, 5, 10),
    Audience.INTERNAL: DisclosureRules(Audience.INTERNAL, MINUTE_S, 0, None, 0, 0),
}

SENSITIVE_RULES: Final[Mapping[Audience, DisclosureRules]] = {
    audience: rules if rules.epsilon is None else replace(rules, bin_s=HOUR_S, delay_s=DAY_S)
    for audience, rules in STREET_RULES.items()
}
"""Of places where it matters who is there at all: a clinic, a place of worship, a shelter, a school, a party office."""


def rules_of(audience: Audience, *, sensitive: bool) -> DisclosureRules:
    """Returns what an audience gets of a place."""
    return (SENSITIVE_RULES if sensitive else STREET_RULES)[audience]


@dataclass(frozen=True, slots=True)
class PublishedCounter:
    """One line or zone, as it was drawn from one time to another, whose numbers are published.

    Attributes:
        id: of lower-case ASCII letters, digits and hyphens; of this geometry alone, and never used again.
        camera: the camera's name.
        place: the line's or zone's name.
        kind: which of both it is.
        way_names: what people call its ways, in the order of `ways`.
        groups: the class groups that are counted there, in order.
        sensitive: the place is a sensitive one.
        geometry: what tells its geometry and classes from others (hexadecimal); never published.
        began_ns: from when on it is published, UTC nanoseconds; the beginning of a bin.
        ended_ns: until when; None while it goes on.
    """

    id: str
    camera: str
    place: str
    kind: PlaceKind
    way_names: tuple[str, str]
    groups: tuple[ClassGroup, ...]
    sensitive: bool
    geometry: str
    began_ns: int
    ended_ns: int | None = None

    @property
    def ways(self) -> tuple[Way, Way]:
        """Its two ways."""
        return WAYS[self.kind]

    @property
    def bin_s(self) -> int:
        """Length of its bins; the same for all audiences, so that no two of them can be differenced."""
        return self.rules(Audience.PUBLIC).bin_s

    @property
    def series(self) -> int:
        """How many numbers it has in a bin."""
        return len(self.groups) * len(self.ways)

    def rules(self, audience: Audience) -> DisclosureRules:
        """Returns what an audience gets of it."""
        return rules_of(audience, sensitive=self.sensitive)


@dataclass(frozen=True, slots=True)
class DrawnNumber:
    """What is stored of one bin, class group and way; drawn once, for all audiences together, and never changed.

    Attributes:
        counter: the counter's id.
        group: the class group.
        way: the way.
        from_ns, to_ns: the bin, UTC nanoseconds, [from, to).
        coverage: 0-1, the share of the bin that was watched.
        noisy: for each audience outside the number with its noise, as it was drawn; None for a gap.
    """

    counter: str
    group: ClassGroup
    way: Way
    from_ns: int
    to_ns: int
    coverage: float
    noisy: Mapping[Audience, int] | None

    def for_audience(self, audience: Audience) -> int | None:
        """Returns the noisy number of an audience; None for a gap.

        Raises:
            ValueError: it is the internal audience, for which nothing is drawn.
        """
        if audience not in OUTSIDE:
            raise ValueError(f"audience: nothing is drawn for {audience.value}")
        return None if self.noisy is None else self.noisy[audience]


@dataclass(frozen=True, slots=True)
class PublishedBin:
    """A number as an audience gets it: of one bin, or a sum of bins, class groups or ways.

    Attributes:
        counter: the counter's id.
        group: the class group; None for all together.
        way: the way; None for both together.
        from_ns, to_ns: UTC nanoseconds, [from, to).
        value: the noisy number; None where there is none.
        status: why there is none.
        coverage: 0-1 in hundredths, the share of the time that was watched; None while it is not published.
        low, high: where the number of those who really crossed in the watched time lies in 95 of 100 cases, given the
            noise and the counter's own error; the value itself need not lie there. None without a value.
        threshold: numbers below it are withheld.
        series: how many numbers with noise of their own were added up.
        basis: what the counter's own error rests on: `prior` or `validated`; empty without a value.
    """

    counter: str
    group: ClassGroup | None
    way: Way | None
    from_ns: int
    to_ns: int
    value: int | None
    status: BinStatus
    coverage: float | None
    low: float | None
    high: float | None
    threshold: int
    series: int
    basis: str = ""


@dataclass(frozen=True, slots=True)
class WantedSum:
    """Which numbers of a counter are added up; one bin, group and way is a sum of one.

    Attributes:
        counter: of which.
        audience: for whom.
        from_ns, to_ns: UTC nanoseconds, both at a bin's edge.
        bins: how many bins there are between both while the counter went on.
        group: the class group; None for all together.
        way: the way; None for both together.
    """

    counter: PublishedCounter
    audience: Audience
    from_ns: int
    to_ns: int
    bins: int = 1
    group: ClassGroup | None = None
    way: Way | None = None

    @property
    def series(self) -> int:
        """How many numbers a bin of it has."""
        groups = len(self.counter.groups) if self.group is None else 1
        return groups * (len(self.counter.ways) if self.way is None else 1)

    def holds(self, part: DrawnNumber) -> bool:
        """Returns whether a number is one of those that are added up."""
        return (
            part.counter == self.counter.id
            and self.group in (None, part.group)
            and self.way in (None, part.way)
            and self.from_ns <= part.from_ns
            and part.to_ns <= self.to_ns
        )


def published(
    wanted: WantedSum, drawn: Collection[DrawnNumber], now_ns: int, errors: Errors = NO_ERRORS
) -> PublishedBin:
    """Returns what is published of a sum, or of one number, at a time.

    Args:
        wanted: which.
        drawn: numbers, among them all those that are drawn of the sum; others are left out.
        now_ns: UTC nanoseconds.
        errors: what may leave of the counter's own error; of groups without one it is what is believed of any place.
    """
    parts = [part for part in drawn if wanted.holds(part)]
    rules = wanted.counter.rules(wanted.audience)
    expected = wanted.bins * wanted.series
    blank = PublishedBin(
        wanted.counter.id, wanted.group, wanted.way, wanted.from_ns, wanted.to_ns,
        None, BinStatus.GAP, 0.0, None, None, rules.threshold, 0,
    )  # fmt: skip
    if expected == 0:
        return blank
    newest_ns = max((part.to_ns for part in parts), default=wanted.to_ns)
    if len(parts) < expected or newest_ns + rules.delay_s * NS_PER_S > now_ns:
        return replace(blank, status=BinStatus.WAITING, coverage=None)
    noisy = [(part.group, value) for part in parts if (value := part.for_audience(wanted.audience)) is not None]
    watched_ns = sum(part.coverage * (part.to_ns - part.from_ns) for part in parts)
    whole = replace(
        blank,
        coverage=_hundredths(watched_ns / wanted.series / (wanted.to_ns - wanted.from_ns)),
        series=len(noisy),
    )
    value = sum(number for _, number in noisy)
    if not noisy or value < rules.threshold:
        return replace(whole, status=BinStatus.BELOW_THRESHOLD) if noisy else whole
    half = 0 if rules.epsilon is None else noise_half_width(rules.epsilon, len(noisy))
    interval = true_interval(_by_error(wanted.counter.kind, noisy, errors), half)
    return replace(
        whole, value=value, status=BinStatus.PUBLISHED, low=interval.low, high=interval.high, basis=interval.basis
    )


def _hundredths(coverage: float) -> float:
    """Coverage as it is published: finer digits show how busy the machine was, and so how many it saw; 0 is a gap."""
    return max(round(coverage, 2), 0.01) if coverage > 0 else 0.0


def _by_error(
    kind: PlaceKind, noisy: Iterable[tuple[ClassGroup, int]], errors: Errors
) -> tuple[tuple[Accuracy, int], ...]:
    """The noisy number of each class group, with its own error."""
    of_group: Counter[ClassGroup] = Counter()
    for group, number in noisy:
        of_group[group] += number
    believed = ZONE if kind is PlaceKind.ZONE else BELIEVED
    return tuple((errors.get(group, believed), number) for group, number in of_group.items())


def noise_sd(epsilon: float) -> float:
    """Returns the standard deviation of the noise of one number.

    >>> round(noise_sd(1.0), 2), round(noise_sd(0.5), 2)
    (1.36, 2.8)
    """
    p = math.exp(-epsilon)
    return math.sqrt(2 * p) / (1 - p)


def noise_mean(epsilon: float) -> float:
    """Returns how far the noise of one number is from zero on the mean.

    Of a series of 40 a quarter of an hour that is 4.8 % for the public and 2.1 % for a partner:

    >>> round(noise_mean(0.5) / 40, 3), round(noise_mean(1.0) / 40, 3)
    (0.048, 0.021)
    """
    p = math.exp(-epsilon)
    return 2 * p / (1 - p * p)


def chance_published(count: int, epsilon: float, threshold: int) -> float:
    """Returns how likely a count is at or above the threshold when its noise has been added.

    >>> round(chance_published(10, 0.5, 10), 3), round(chance_published(2, 0.5, 10), 3)
    (0.622, 0.011)
    """
    p, needed = math.exp(-epsilon), threshold - count
    return p**needed / (1 + p) if needed > 0 else 1 - p ** (1 - needed) / (1 + p)


@lru_cache(maxsize=4096)
def noise_half_width(epsilon: float, series: int) -> int:
    """Returns how far from zero the sum of so many numbers' noise lies at most in 95 of 100 cases.

    Exact to 1e-9: the distribution of the sum comes from its characteristic function.

    >>> noise_half_width(1.0, 1), noise_half_width(0.5, 1), noise_half_width(0.5, 96)
    (3, 6, 54)
    """
    sd = noise_sd(epsilon) * math.sqrt(series)
    size = 1 << math.ceil(math.log2(64 + 24 * sd + 48 / epsilon))
    p = math.exp(-epsilon)
    angles = 2 * np.pi * np.arange(size // 2 + 1) / size
    characteristic = ((1 - p) ** 2 / (1 + p * p - 2 * p * np.cos(angles))) ** series
    chances = np.fft.irfft(characteristic, size)
    within = chances[0] + 2 * np.cumsum(chances[1 : size // 2])
    return 0 if chances[0] >= LEVEL else int(np.searchsorted(within, LEVEL)) + 1
