"""A period's sums: steps with their coverage, and intervals of sums from their two parts."""

import math
from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.count_accuracy import accuracy_of
from passerby.domain.counted_period import added_true, counted_in_steps, total
from passerby.domain.observations import Observation, Quantity
from passerby.domain.peak_hours import Quarter
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import TrueCrossings

MINUTE = Observation("square", "gate", Quantity.FLOW, RoadUser.CAR, "forward", 0, 60, 2.0, 2, 1.0)


def minute(number: int, value: float | None = 2.0, user: RoadUser = RoadUser.CAR) -> Observation:
    coverage = 0.0 if value is None else 1.0
    return replace(MINUTE, start_ns=number * 60 * 10**9, value=value, coverage=coverage, road_user=user)


def test_what_there_is_no_row_of_was_not_watched() -> None:
    steps = counted_in_steps([minute(number) for number in range(12)], 900)
    assert steps == {0: Quarter(0, 24.0, 12 * 60 / 900)}


def test_a_step_of_nothing_watched_is_unknown_and_classes_are_added() -> None:
    rows = [minute(0), minute(0, 3.0, RoadUser.BUS), minute(15, None)]
    assert counted_in_steps(rows, 900) == {0: Quarter(0, 5.0, 60 / 900), 900: Quarter(900, None, 0.0)}
    assert total(rows) == (5.0, 0.5)
    assert total([minute(1, None)]) == (None, 0.0)


def number(expected: float, place: float, count: float, by_hand: int = 0) -> TrueCrossings:
    spread = 1.96 * math.hypot(place, count) / expected
    return TrueCrossings(expected, expected * math.exp(-spread), expected * math.exp(spread), place, count, by_hand)


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(0.01, 0.5), st.floats(0.1, 2)), min_size=1, max_size=8))
@settings(max_examples=40)
def test_of_a_sum_the_place_part_stays_and_the_count_part_shrinks(parts: list[tuple[float, float, float]]) -> None:
    added = added_true(number(expected, share * expected, count) for expected, share, count in parts)
    assert added is not None
    expected = sum(each for each, _, _ in parts)
    place = sum(share * each for each, share, _ in parts)
    same = number(expected, place, math.sqrt(sum(count**2 for _, _, count in parts)))
    assert added.expected == pytest.approx(same.expected)
    assert (added.low, added.high) == (pytest.approx(same.low, rel=1e-6), pytest.approx(same.high, rel=1e-6))


def test_a_sum_rests_on_its_least_known_part_and_is_unknown_where_one_says_nothing() -> None:
    parts = [number(10, 1, 1, 120), number(5, 1, 1, 30)]
    assert added_true(parts) is not None and added_true(parts).basis == "validated 30"  # type: ignore[union-attr]
    assert added_true([*parts, number(1, 1, 1)]).basis == "prior"  # type: ignore[union-attr]
    assert added_true([*parts, None]) is None
    assert added_true([]) is None


def test_a_sum_of_numbers_that_were_read_is_as_wide_for_unexplained_motion_as_the_number_itself() -> None:
    accuracy = accuracy_of([])
    added = added_true([accuracy.true_crossings(counted, 0.4) for counted in (30, 0, 70)], 0.4)
    assert added is not None
    assert astuple(added) == pytest.approx(astuple(accuracy.true_crossings(100, 0.4)), rel=1e-6)


def test_where_none_was_counted_some_may_have_crossed() -> None:
    nothing = TrueCrossings(0.0, 0.0, 2.1, 0.0, 0.0, 0)
    added = added_true([nothing, nothing])
    assert added is not None and (added.low, added.high) == (0.0, 2.1)
