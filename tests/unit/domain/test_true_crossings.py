"""Sums of numbers with intervals: the place part whole, the count part in quadrature."""

import math
from dataclasses import astuple

import numpy as np
import pytest

from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.true_crossings import TrueColumns, added, half_width, over_time


def columns(*counted: float) -> TrueColumns:
    return accuracy_of([]).true_columns(np.array(counted))


def test_the_bins_of_a_day_add_up_to_the_interval_of_the_day() -> None:
    bins = columns(10, 0, 30, 60)
    day = over_time(bins, [slice(0, 4)]).at(0)
    assert astuple(day) == pytest.approx(astuple(accuracy_of([]).true_crossings(100)))
    assert day.place_sd == pytest.approx(np.sum(bins.place_sd))
    assert day.count_sd == pytest.approx(math.sqrt(np.sum(bins.count_sd**2)))


def test_a_bin_that_cannot_be_known_is_in_no_sum_and_has_no_interval() -> None:
    bins = columns(10, math.nan)
    assert math.isnan(bins.low[1])
    assert math.isnan(bins.high[1])
    assert over_time(bins, [slice(0, 2)]).at(0) == accuracy_of([]).true_crossings(10)


def test_classes_and_lines_of_a_camera_are_as_uncertain_together_as_each_of_them() -> None:
    one, both = columns(1e6), added([columns(1e6), columns(1e6)])
    assert both.at(0).expected == 2 * one.at(0).expected
    assert half_width(both.at(0)) == pytest.approx(half_width(one.at(0)), rel=1e-3)


def test_a_sum_is_validated_as_far_as_its_least_known_part_that_counted_anything() -> None:
    def part(counted: float, by_hand: int, quantile: float) -> TrueColumns:
        numbers = np.array([counted], float)
        return TrueColumns(numbers, 0.1 * numbers, numbers**0.5, 1.0, quantile, by_hand)

    sums = added([part(50, 100, 2.1), part(20, 40, 2.3), part(0, 0, 1.96)])
    assert (sums.by_hand, sums.quantile) == (40, 2.3)
    assert added([part(50, 100, 2.1), part(1, 0, 1.96)]).at(0).basis == "prior"


def test_motion_that_no_detection_explains_lets_the_truth_be_higher_and_somewhat_lower() -> None:
    accuracy = accuracy_of([])
    seen, half = (accuracy.true_crossings(50, share) for share in (0.0, 0.5))
    assert (half.expected, half.place_sd, half.count_sd) == (seen.expected, seen.place_sd, seen.count_sd)
    assert half.low == pytest.approx(0.85 * seen.low)
    assert half.high == pytest.approx(1.5 * seen.high)
    assert accuracy.true_crossings(0, 0.5).high == pytest.approx(1.5 * accuracy.true_crossings(0).high)
    # In a sum it weighs as much as the numbers that it is of.
    sums = added([accuracy.true_columns(np.array([50.0]), 0.5), accuracy.true_columns(np.array([50.0]))])
    assert sums.at(0).high == pytest.approx(1.25 * accuracy.true_crossings(100).high)
