"""A usual day is a mean of published numbers, and says of how many."""

from dataclasses import replace

import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.publish.open_data.usual_day import Usual, usual, usual_times
from tests.unit.publish.published_numbers import LINE, published_bin

GAP, WAITING = -1, -2


def one(value: int | None, coverage: float | None = None):
    made = published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, value)
    return made if coverage is None else replace(made, coverage=coverage)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([20, 30, 40], Usual(30.0, 3, 0)),
        ([20, GAP, WAITING, 40], Usual(30.0, 2, 0)),
        ([20, None, 40], Usual(30.0, 2, 1)),
        ([20, None, None], Usual(None, 1, 2)),
        ([GAP, None], Usual(None, 0, 1)),
        ([], Usual(None, 0, 0)),
    ],
)
def test_gaps_are_left_out_and_where_most_is_withheld_there_is_no_mean(values, expected) -> None:
    assert usual([one(value) for value in values]) == expected


def test_what_was_hardly_watched_is_left_out() -> None:
    assert usual([one(20), one(2, coverage=0.5), one(40, coverage=0.9)]) == Usual(30.0, 2, 0)


def test_times_that_a_clock_skipped_are_missing() -> None:
    spring, winter = {"01:45": one(10)}, {"01:45": one(20), "02:00": one(50)}
    found = usual_times(("01:45", "02:00", "03:00"), [spring, winter])
    assert found == {"01:45": Usual(15.0, 2, 0), "02:00": Usual(50.0, 1, 0), "03:00": Usual(None, 0, 0)}
