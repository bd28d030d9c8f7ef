"""Hours of the week: over midnight, over the end of the week, and whether two of them ever meet."""

import pytest

from passerby.config.events.keys import HoursKeys
from passerby.config.events.week import hours_of, meet, seconds_of
from passerby.domain.event_rules import WeeklyHours


def hours(*days: int, start: str, end: str) -> tuple[WeeklyHours, ...]:
    return (WeeklyHours(frozenset(days), seconds_of(start), seconds_of(end)),)


def test_hours_without_days_and_times_are_the_whole_week() -> None:
    (whole,) = hours_of([HoursKeys()])
    assert whole == WeeklyHours(frozenset(range(7)), 0, 86_400)


def test_days_are_numbered_from_monday() -> None:
    (night,) = hours_of([HoursKeys.model_validate({"days": ("fri", "sun"), "from": "18:00", "to": "02:30"})])
    assert night == WeeklyHours(frozenset({4, 6}), 64_800, 9_000)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (hours(0, start="08:00", end="12:00"), hours(0, start="12:00", end="14:00"), False),  # one ends as one begins
        (hours(0, start="08:00", end="12:00"), hours(0, start="11:59", end="14:00"), True),
        (hours(0, start="08:00", end="12:00"), hours(1, start="08:00", end="12:00"), False),
        (hours(4, start="18:00", end="02:00"), hours(5, start="01:00", end="03:00"), True),  # over midnight
        (hours(6, start="18:00", end="02:00"), hours(0, start="01:00", end="03:00"), True),  # over the end of the week
        (hours(6, start="18:00", end="24:00"), hours(0, start="00:00", end="03:00"), False),
        ((), hours(0, start="00:00", end="03:00"), False),
    ],
)
def test_hours_meet_where_they_share_a_second(
    one: tuple[WeeklyHours, ...], other: tuple[WeeklyHours, ...], *, expected: bool
) -> None:
    assert meet(one, other) is expected
    assert meet(other, one) is expected
