"""The times that a page or a file of a counter is of: a day, a week or a year of the site's clock."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_YEAR: Final = re.compile(r"[0-9]{4}")
_WEEK_DAYS: Final = 7

YEARS: Final = (2000, 2199)
"""No camera counted before, and nothing is asked for after."""

USUAL_WEEKS: Final = 8
"""A usual day is the mean of so many of the same weekday before it."""


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A day, an ISO 8601 week or a year.

    Attributes:
        kind: which of them.
        first, last: its first and last day.
    """

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def around(cls, kind: PeriodKind, day: date) -> Self:
        """Returns the period that a day lies in; raises ValueError where that is outside of `YEARS`.

        >>> str(Period.around(PeriodKind.WEEK, date(2027, 1, 2)))
        '2026-W53'
        """
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise ValueError(f"period: of the years {YEARS[0]} to {YEARS[1]}, got {day}")
        if kind is PeriodKind.DAY:
            return cls(kind, day, day)
        if kind is PeriodKind.YEAR:
            return cls(kind, day.replace(month=1, day=1), day.replace(month=12, day=31))
        monday = day - timedelta(days=day.weekday())
        return cls(kind, monday, monday + timedelta(days=_WEEK_DAYS - 1))

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Returns the period of a text such as `2026-11-05`, `2026-W45` or `2026`.

        Raises:
            ValueError: it is none, or outside of `YEARS`.
        """
        week = _WEEK.fullmatch(text)
        if week is not None:
            return cls.around(PeriodKind.WEEK, date.fromisocalendar(int(week[1]), int(week[2]), 1))
        if _YEAR.fullmatch(text):
            return cls.around(PeriodKind.YEAR, date(int(text), 1, 1))
        found = cls.around(PeriodKind.DAY, date.fromisoformat(text))
        if str(found) != text:
            raise ValueError(f"period: a day as 2026-11-05, a week as 2026-W45 or a year as 2026, got {text}")
        return found

    def __str__(self) -> str:
        """As in an address."""
        if self.kind is PeriodKind.DAY:
            return self.first.isoformat()
        if self.kind is PeriodKind.YEAR:
            return f"{self.first.year:04}"
        year, week, _ = self.first.isocalendar()
        return f"{year:04}-W{week:02}"

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, in order."""
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    @property
    def months(self) -> tuple[str, ...]:
        """The months that its days lie in, such as `2026-11`, in order."""
        return tuple(dict.fromkeys(day.strftime("%Y-%m") for day in self.days))

    def beside(self, step: int) -> Self | None:
        """Returns the one before (-1) or after (1); None outside of `YEARS`."""
        try:
            return self.around(self.kind, self.last + timedelta(days=1) if step > 0 else self.first - timedelta(days=1))
        except ValueError:
            return None


def same_weekdays(day: date) -> tuple[date, ...]:
    """Returns the days of the same weekday in the weeks before a day that a usual day is made of, oldest first.

    >>> [each.isoformat() for each in same_weekdays(date(2026, 11, 5))][-2:]
    ['2026-10-22', '2026-10-29']
    """
    return tuple(day - timedelta(days=_WEEK_DAYS * each) for each in range(USUAL_WEEKS, 0, -1))
