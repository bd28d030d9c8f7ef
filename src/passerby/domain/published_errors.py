"""The own error of counters whose numbers leave the site: what leaves of counts by hand, and intervals of numbers.

An interval is worked out from numbers with noise, which are published anyway, and from ratios over `FEWEST_BY_HAND`
crossings or more; so whoever sees it learns nothing about a number as it was counted. Of counts by hand both sums alone
are used, of both ways together and never of single minutes, which would show few crossings as the difference of two
ratios.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np

from passerby.domain.class_groups import ClassGroup, group_of
from passerby.domain.count_accuracy import SMALLEST_RATIO, Accuracy, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import HandCount, MinutePair, pairs_of
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import TrueCrossings, added

FEWEST_BY_HAND: Final = 30
"""Counts by hand leave only as ratios over so many crossings or more."""

BELIEVED: Final = accuracy_of(())
"""Of a line at which nobody counted by hand, or too few."""

Errors = Mapping[ClassGroup, Accuracy]
"""Of one counter, by class group."""

NO_ERRORS: Final[Errors] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PublishedInterval:
    """Where the true number lies in 95 of 100 cases.

    Attributes:
        low, high: from and to, in road users.
        basis: what the counter's own error rests on, `prior` or `validated`; how many were counted is not said.
    """

    low: float
    high: float
    basis: str


def leaving_errors(counts: Sequence[HandCount]) -> Errors:
    """Returns what may leave of counts by hand of one line, for each class group with `FEWEST_BY_HAND` or more.

    Counts are taken in the order in which they came, in portions of `FEWEST_BY_HAND` crossings or more, and a portion
    counts whole or not at all: where one of its counts was withdrawn it does not. So the difference of what is
    published before and after rests on as many crossings, too.

    Args:
        counts: of the line as it is drawn now, void and withdrawn ones included.
    """
    found = {group: _leaving(counts, group) for group in ClassGroup}
    return {group: one for group, one in found.items() if one.by_hand >= FEWEST_BY_HAND}


def true_interval(parts: tuple[tuple[Accuracy, int], ...], noise: float) -> PublishedInterval:
    """Returns how many really crossed in the watched time, given noisy numbers.

    The noise and the counters' own errors are independent, so that the reaches of both intervals add as squares.

    Args:
        parts: each class group's own error, and its noisy number; at least one.
        noise: how far from zero the noise of their sum lies at most in 95 of 100 cases.
    """
    true = _true(parts)
    reach = noise / max(min(accuracy.ratio for accuracy, _ in parts), SMALLEST_RATIO)
    low = true.expected - math.hypot(true.expected - true.low, reach)
    high = true.expected + math.hypot(true.high - true.expected, reach)
    return PublishedInterval(max(low, 0.0), high, "validated" if true.by_hand else "prior")


@lru_cache(maxsize=50_000)
def _true(parts: tuple[tuple[Accuracy, int], ...]) -> TrueCrossings:
    """Noisy numbers are small whole ones, so that the same ones come again and again."""
    return added([accuracy.true_columns(np.array([max(float(number), 0.0)])) for accuracy, number in parts]).at(0)


def _leaving(counts: Sequence[HandCount], group: ClassGroup) -> Accuracy:
    by_hand = by_system = 0
    portion: list[HandCount] = []
    for one in sorted((each for each in counts if not each.void), key=lambda each: each.sent_ns):
        if one.pairs is None:  # what passerby counted meanwhile is not known yet; later ones wait for it
            break
        portion.append(one)
        pairs = _pairs(portion, group)
        if sum(pair.by_hand for pair in pairs) >= FEWEST_BY_HAND:
            if all(each.withdrawn_ns is None for each in portion):
                by_hand += sum(pair.by_hand for pair in pairs)
                by_system += sum(pair.by_system for pair in pairs)
            portion = []
    # One pair of both sums: the scatter of single minutes is no ratio.
    return accuracy_of([MinutePair(0, RoadUser.PEDESTRIAN, Direction.FORWARD, by_hand, by_system)] if by_hand else ())


def _pairs(portion: Sequence[HandCount], group: ClassGroup) -> list[MinutePair]:
    whole = pairs_of(replace(each, withdrawn_ns=None) for each in portion)
    return [pair for pair in whole if group_of(pair.road_user) is group]
