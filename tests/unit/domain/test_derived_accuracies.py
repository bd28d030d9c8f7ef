"""What is believed of movements and zones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.derived_accuracies import ZONE, movement_accuracy
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser

counts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=20)


def _known(minutes: list[tuple[int, int]]) -> Accuracy:
    return accuracy_of(
        MinutePair(60 * at, RoadUser.CAR, Direction.FORWARD, hand, system) for at, (hand, system) in enumerate(minutes)
    )


@given(counts, counts)
def test_a_movement_is_less_sure_than_either_line_and_is_missed_more_often_than_one_of_them(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    entry, leaving = _known(one), _known(other)
    movement = movement_accuracy(entry, leaving)
    relative = movement.ratio_sd / movement.ratio
    assert all(relative > line.ratio_sd / line.ratio for line in (entry, leaving))
    assert movement.ratio < max(entry.ratio, leaving.ratio)
    assert movement.dispersion >= max(entry.dispersion, leaving.dispersion)
    assert not movement.measured


def test_what_is_believed_before_anyone_has_counted() -> None:
    prior = movement_accuracy(accuracy_of([]), accuracy_of([]))
    assert (prior.ratio, prior.ratio_sd) == pytest.approx((0.702, 0.136), abs=0.001)
    # What PETS and Town Centre counted of movements, and of entries to nine zones, against their boxes.
    for accuracy, truth, counted in ((prior, 147, 150), (prior, 24, 23), (ZONE, 101, 112), (ZONE, 14, 17)):
        true = accuracy.true_crossings(counted)
        assert true.low <= truth <= true.high
