"""The error of a line's counts and its interval, held against made places whose errors are known."""

import itertools
import math

import numpy as np
import pytest
from scipy.special import stdtrit

from passerby.domain.count_accuracy import PRIOR_RATIO, PRIOR_SD, accuracies_of, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import half_width

BICYCLE, FORWARD, BACKWARD = RoadUser.BICYCLE, Direction.FORWARD, Direction.BACKWARD


def pairs(*counts: tuple[int, int], direction: Direction = FORWARD) -> list[MinutePair]:
    return [MinutePair(60 * index, BICYCLE, direction, hand, system) for index, (hand, system) in enumerate(counts)]


def made(chance: np.random.Generator, a_minute: float, found: float, false: float, minutes: int, group: int):
    """A place where groups of so many are found or missed together, and some counts have no road user."""
    groups = chance.poisson(a_minute / group, minutes)
    counted = chance.binomial(groups, found) * group + chance.poisson(false * a_minute, minutes)
    return pairs(*zip((groups * group).tolist(), counted.tolist(), strict=True))


def test_fifty_two_bicycles() -> None:
    accuracy = accuracy_of(pairs((6, 6), (5, 4), (4, 4), (7, 6), (5, 5), (6, 5), (5, 6), (4, 4), (6, 5), (4, 4)))
    error = accuracy.error
    assert error is not None
    assert (accuracy.by_hand, accuracy.by_system) == (52, 49)
    assert error.value == pytest.approx(49 / 52 - 1)
    assert -0.19 < error.low < -0.10
    assert 0.0 < error.high < 0.08


def test_under_twenty_nothing_is_measured() -> None:
    assert accuracy_of(pairs((10, 10), (9, 9))).error is None
    assert accuracy_of(pairs((10, 10), (10, 10))).error is not None


def test_few_give_a_wide_interval_and_many_a_narrow_one() -> None:
    def width(times: int) -> float:
        error = accuracy_of(pairs(*((10, 9),) * times)).error
        assert error is not None
        return error.high - error.low

    assert width(2) > 2 * width(20) > 3 * width(200)


PLACES = tuple(itertools.product(((2, 20), (10, 10), (30, 5)), ((0.95, 0.03), (0.85, 0.1), (0.6, 0.3)), (1, 3)))


def test_the_intervals_hold_the_truth() -> None:
    chance = np.random.default_rng(7)
    held, foretold = [], []
    for (a_minute, minutes), (found, false), group in PLACES:
        shares = []
        for _ in range(100):
            accuracy = accuracy_of(made(chance, a_minute, found, false, minutes, group))
            if accuracy.error is not None:
                later = made(chance, a_minute, found, false, 10, group)
                truth = accuracy.true_crossings(sum(pair.by_system for pair in later))
                shares.append((
                    accuracy.error.low <= found + false - 1 <= accuracy.error.high,
                    truth.low <= sum(pair.by_hand for pair in later) <= truth.high,
                ))  # fmt: skip
        held.append(np.mean([one for one, _ in shares]))
        foretold.append(np.mean([one for _, one in shares]))
    # 95 % each were meant; where groups are missed together and five minutes were counted it is less.
    assert min(held) > 0.85
    assert min(foretold) > 0.8
    assert min(float(np.mean(held)), float(np.mean(foretold))) > 0.94


def test_without_counts_by_hand_the_prior_stands_and_does_not_get_narrower_in_sums() -> None:
    prior = accuracy_of([])
    assert (prior.ratio, prior.ratio_sd) == pytest.approx((PRIOR_RATIO, PRIOR_SD))
    assert (prior.freedom, prior.error) == (math.inf, None)
    assert prior.quantile == pytest.approx(stdtrit(math.inf, 0.975), rel=1e-12)
    shares = [half_width(truth) for truth in map(prior.true_crossings, (50, 5_000, 500_000))]
    assert shares[0] > shares[1] == pytest.approx(shares[2], rel=0.01)
    assert shares[2] > 0.27


def test_at_fifty_crossings_an_interval_that_no_one_validated_is_45_percent_wide_to_each_side_at_most() -> None:
    truth = accuracy_of([]).true_crossings(50)
    assert (truth.high - truth.low) / 2 / 50 < 0.45
    assert half_width(truth) < 0.37
    # Detectors miss more than they invent.
    assert truth.high - 50 > 2 * (50 - truth.low) > 0


def test_a_count_of_nothing_has_an_upper_bound_above_nothing() -> None:
    truth = accuracy_of(pairs((10, 9), (10, 10))).true_crossings(0)
    assert (truth.low, truth.expected) == (0.0, 0.0)
    assert 0.5 < truth.high < 10


def test_a_line_that_counts_nothing_at_all_is_believed_to_miss_nearly_all() -> None:
    error = accuracy_of(pairs(*((10, 0),) * 5)).error
    assert error is not None
    assert (error.value, error.low) == (-1.0, -1.0)
    assert error.high < -0.5


def test_classes_and_ways_are_told_apart() -> None:
    both = [*pairs((30, 30)), *pairs((30, 15), direction=BACKWARD)]
    rows = accuracies_of(both, {BICYCLE, RoadUser.CAR})
    assert [(row.road_user, row.direction, row.by_hand, row.by_system) for row in rows] == [
        (BICYCLE, FORWARD, 30, 30), (BICYCLE, BACKWARD, 30, 15), (BICYCLE, None, 60, 45),
        (RoadUser.CAR, FORWARD, 0, 0), (RoadUser.CAR, BACKWARD, 0, 0), (RoadUser.CAR, None, 0, 0),
    ]  # fmt: skip
