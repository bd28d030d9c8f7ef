"""What a page of a counter shows."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.class_groups import ClassGroup
from passerby.ports.published import Span
from passerby.publish.open_data.months import OpenData
from passerby.publish.open_data.periods import Period
from passerby.publish.open_data.views import CounterView, read_view
from passerby.units import DAY_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers

DAYS = 75
UTC = ZoneInfo("UTC")


def open_data(folder: Path, numbers: SomePublishedNumbers) -> OpenData:
    return OpenData(numbers, folder, lambda: UTC, lambda: DESCRIPTION, lambda: BEGAN_NS + DAYS * DAY_S * NS_PER_S)


def view(folder: Path, period: str, group: ClassGroup | None = ClassGroup.ON_FOOT) -> CounterView:
    data = open_data(folder, SomePublishedNumbers(DAYS * 96, [LINE]))
    return asyncio.run(read_view(data, LINE, Period.parsed(period), group))


@pytest.mark.parametrize(("period", "numbers"), [("2027-01-14", 96), ("2027-W01", 168), ("2026", 61), ("2025", 0)])
@pytest.mark.parametrize("group", [ClassGroup.ON_FOOT, None])
def test_a_period_is_in_steps_of_its_own(tmp_path: Path, period: str, numbers: int, group: ClassGroup | None) -> None:
    found = view(tmp_path, period, group)
    assert len(found.both) == numbers
    assert {(one.group, one.way) for one in found.both} <= {(group, None)}
    assert found.has_numbers == bool(numbers)


def test_a_day_has_each_way_and_what_is_usual(tmp_path: Path) -> None:
    found = view(tmp_path, "2027-01-14")
    assert [len(numbers) for numbers in found.each.values()] == [96, 96]
    assert len(found.usual) == 96
    assert found.usual_sum is not None
    assert found.usual_sum.days == 8


def test_what_is_usual_is_of_the_days_since_it_was_counted(tmp_path: Path) -> None:
    """2026-11-22 is the fourth Sunday."""
    found = view(tmp_path, "2026-11-22").usual_sum
    assert found is not None
    assert found.days == 3
    first = view(tmp_path, "2026-11-01").usual_sum
    assert first is not None
    assert (first.mean, first.days) == (None, 0)


def test_a_year_reads_closed_months_from_what_was_added_up(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(DAYS * 96, [LINE])
    data = open_data(tmp_path, numbers)
    assert asyncio.run(data.prepare()) == ("2026-11", "2026-12")
    asked = len(numbers.asked)
    found = asyncio.run(read_view(data, LINE, Period.parsed("2026"), None))
    assert len(found.both) == 61
    assert len(numbers.asked) == asked
    assert {query.span for query in numbers.asked} == {Span.BIN, Span.DAY}
