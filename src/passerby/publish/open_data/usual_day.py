"""A usual day: the mean of the same weekday of the weeks before, from published numbers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.published import BinStatus, PublishedBin

MIN_COVERAGE: Final = 0.9
"""Times that were watched for less are left out: fewer were counted than passed."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at one time of the day.

    Attributes:
        mean: of the published numbers; None where there are too few to say.
        days: of how many days a number was published.
        withheld: of how many it was withheld. It would have been a small one, so that the mean is too high by it.
    """

    mean: float | None
    days: int
    withheld: int


def usual(numbers: Sequence[PublishedBin]) -> Usual:
    """Returns what is usual, given the numbers of the same time of several days.

    Where more are withheld than published there is no mean: it would be of the busiest days alone.

    Args:
        numbers: one a day; gaps, what was hardly watched and what is not published yet are left out.
    """
    watched = [one for one in numbers if one.coverage is not None and one.coverage >= MIN_COVERAGE]
    values = [one.value for one in watched if one.value is not None]
    withheld = sum(one.status is BinStatus.BELOW_THRESHOLD for one in watched)
    known = bool(values) and len(values) >= withheld
    return Usual(sum(values) / len(values) if known else None, len(values), withheld)


def usual_times(day: Sequence[str], earlier: Sequence[Mapping[str, PublishedBin]]) -> dict[str, Usual]:
    """Returns what is usual at each time of a day.

    Args:
        day: the times, as the site's clock shows them.
        earlier: for each of the days before, time -> number; times that a clock skipped are missing.
    """
    return {time: usual([numbers[time] for numbers in earlier if time in numbers]) for time in day}
