"""Days, weeks and years as addresses name them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.publish.open_data.periods import Period, PeriodKind, same_weekdays

DAYS = st.dates(date(2001, 1, 1), date(2198, 12, 31))


@given(DAYS, st.sampled_from(PeriodKind))
def test_a_period_is_found_again_by_its_text_and_meets_its_neighbours(day: date, kind: PeriodKind) -> None:
    period = Period.around(kind, day)
    assert Period.parsed(str(period)) == period
    assert day in period.days
    after = period.beside(1)
    assert after is not None
    assert after.beside(-1) == period
    assert (after.first - period.last).days == 1
    assert (period.months[0], period.months[-1]) == (f"{period.first:%Y-%m}", f"{period.last:%Y-%m}")


@pytest.mark.parametrize(
    ("text", "days"), [("2026-11-05", 1), ("2026-W53", 7), ("2026", 365), ("2028", 366), ("2027-W01", 7)]
)
def test_lengths(text: str, days: int) -> None:
    assert len(Period.parsed(text).days) == days


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-W54", "20261105", "2026-W45-1", "1999", "9999", "2200-01-01", "W", "", "2026-1-1"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Period.parsed(text)


def test_nothing_lies_beside_the_ends() -> None:
    assert Period.parsed("2199").beside(1) is None
    assert Period.parsed("2000-01-01").beside(-1) is None


@given(DAYS)
def test_a_usual_day_is_of_eight_earlier_days_of_the_same_weekday(day: date) -> None:
    days = same_weekdays(day)
    assert [(day - each).days for each in days] == [56, 49, 42, 35, 28, 21, 14, 7]
