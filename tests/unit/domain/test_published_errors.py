"""What of counts by hand leaves: ratios over thirty crossings or more, and none of fewer as the difference of two."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.class_groups import ClassGroup
from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, HandCount, MinutePair
from passerby.domain.published_errors import BELIEVED, FEWEST_BY_HAND, leaving_errors, true_interval
from passerby.domain.road_user import RoadUser

COUNTED = accuracy_of([MinutePair(0, RoadUser.PEDESTRIAN, Direction.FORWARD, 300, 240)])


def by_hand(number: int, crossings: int, counted: int | None = None) -> HandCount:
    """A count of one minute, sent as the number says; passerby missed one of five, if no other number is given."""
    counted = crossings * 4 // 5 if counted is None else counted
    pair = MinutePair(number * 60, RoadUser.PEDESTRIAN, Direction.FORWARD, crossings, counted)
    return HandCount(
        f"{number:032x}", "square", "north", "00", CountedFrom.KERB, 0, 60 * 10**9, (RoadUser.PEDESTRIAN,), (), (0,),
        "anna", number, pairs=(pair,),
    )  # fmt: skip


def seen(counts: Sequence[HandCount]) -> Accuracy | None:
    return leaving_errors(counts).get(ClassGroup.ON_FOOT)


def test_fewer_than_thirty_crossings_leave_nothing() -> None:
    assert seen([by_hand(1, FEWEST_BY_HAND - 1)]) is None
    found = seen([by_hand(1, FEWEST_BY_HAND)])
    assert found is not None
    assert (found.by_hand, found.by_system) == (30, 24)


def test_a_group_that_was_counted_leaves_and_others_do_not() -> None:
    assert set(leaving_errors([by_hand(1, 200)])) == {ClassGroup.ON_FOOT}


@given(st.lists(st.integers(0, 45), max_size=12), st.integers(0, 11))
def test_what_another_count_or_one_less_changes_rests_on_thirty_or_more(sizes: list[int], withdrawn: int) -> None:
    counts = [by_hand(number, size) for number, size in enumerate(sizes)]
    after = [replace(one, withdrawn_ns=9) if number == withdrawn else one for number, one in enumerate(counts)]
    whole = [seen(each) for each in (counts, counts[:-1], after)]
    sums = [0 if one is None else one.by_hand for one in whole]
    for other in sums[1:]:
        assert sums[0] == other or abs(sums[0] - other) >= FEWEST_BY_HAND


def test_later_counts_wait_for_one_whose_other_half_is_not_known_yet() -> None:
    waits = replace(by_hand(1, 40), pairs=None)
    assert seen([waits, by_hand(2, 40)]) is None
    assert seen([replace(waits, void="moved"), by_hand(2, 40)]) is not None


def test_the_scatter_of_single_minutes_does_not_leave() -> None:
    even = [by_hand(number, 10, 8) for number in range(6)]
    odd = [by_hand(number, 10, 16 * (number % 2)) for number in range(6)]
    assert seen(even) == seen(odd)


@given(st.integers(0, 3000), st.integers(0, 60), st.sampled_from((BELIEVED, COUNTED)))
def test_noise_makes_an_interval_no_narrower_and_it_stays_above_zero(number: int, noise: int, own: Accuracy) -> None:
    one, alone = true_interval(((own, number),), noise), own.true_crossings(number)
    assert 0 <= one.low <= alone.low + 1e-9
    assert one.high >= alone.high - 1e-9
    assert one.high - alone.expected == pytest.approx(
        math.hypot(alone.high - alone.expected, noise / own.ratio), rel=1e-6
    )


def test_a_number_below_zero_is_taken_as_none() -> None:
    assert true_interval(((BELIEVED, -7), (BELIEVED, 50)), 6) == true_interval(((BELIEVED, 0), (BELIEVED, 50)), 6)
