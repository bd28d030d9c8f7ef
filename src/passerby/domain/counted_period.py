"""What was counted at one camera in one period: what a report for engineers is made from, wherever it was read."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np

from passerby.domain.columns import StoredSeries
from passerby.domain.histograms import Histogram
from passerby.domain.layout import Movement
from passerby.domain.observations import Observation, Quantity, unexplained_in
from passerby.domain.peak_hours import Quarter
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import TrueColumns, TrueCrossings, lifted, lowered
from passerby.units import NS_PER_S, QUARTER_S

WAYS = ("forward", "backward")


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line.

    Attributes:
        name: its name.
        forward_name, backward_name: what the ways over it are called.
        length_m: its length on calibrated ground; None where metres are not known.
    """

    name: str
    forward_name: str = "forward"
    backward_name: str = "backward"
    length_m: float | None = None

    def way_name(self, direction: str | None) -> str:
        """Returns what a way is called; of None both."""
        if direction is None:
            return "both ways"
        return self.forward_name if direction == WAYS[0] else self.backward_name


@dataclass(frozen=True, slots=True, eq=False)
class CountedPeriod:
    """One camera, one period.

    Attributes:
        camera: the camera's name.
        origin: where it was read: a file's name, or the store of a site.
        zone: the zone that times are shown in.
        timed: False where it is not known when it was; times are then since the beginning.
        interval_s: length of its intervals.
        lines, movements: where was counted, in order; `movements` is None where it is not known what they join.
        observations: of `interval_s` each, with histograms where these are known by interval.
        distributions: series -> its values of the whole period; None where the origin has none.
        coverage: 0-1, the share of the period that was watched.
        facts: how it was measured, as pairs of words.
        notes: what was lost, and what to think about beside the numbers, one sentence each.
        true_numbers: the intervals of rows, by `row_key`.
    """

    camera: str
    origin: str
    zone: tzinfo
    timed: bool
    interval_s: int
    lines: tuple[CountedLine, ...]
    movements: tuple[Movement, ...] | None
    observations: tuple[Observation, ...]
    distributions: Mapping[StoredSeries, Histogram] | None
    coverage: float
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    true_numbers: Mapping[tuple[object, ...], TrueCrossings] = field(default_factory=dict)
    # A month has some 200,000 rows, and a report asks for those of a place a hundred times.
    _by_place: Mapping[tuple[Quantity, str | None, str | None], list[Observation]] = field(init=False, repr=False)
    _bounds_s: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[tuple[Quantity, str | None, str | None], list[Observation]] = {}
        for row in self.observations:
            for key in {(series, way) for series in (None, row.series) for way in (None, row.direction)}:
                found.setdefault((row.quantity, *key), []).append(row)
        object.__setattr__(self, "_by_place", found)
        first_ns = min((row.start_ns for row in self.observations), default=0)
        end_s = max((row.start_ns // NS_PER_S + row.length_s for row in self.observations), default=0)
        object.__setattr__(self, "_bounds_s", (first_ns // NS_PER_S, end_s))

    @property
    def start_s(self) -> int:
        """UTC seconds at which the first interval begins; 0 where there is none."""
        return self._bounds_s[0]

    @property
    def end_s(self) -> int:
        """UTC seconds at which the last interval ends; 0 where there is none."""
        return self._bounds_s[1]

    @property
    def road_users(self) -> tuple[RoadUser, ...]:
        """The classes of which any crossed a line."""
        found = {row.road_user for row in self.rows(Quantity.FLOW) if row.value and row.road_user is not None}
        return tuple(sorted(found))

    def rows(
        self, quantity: Quantity, series: str | None = None, direction: str | None = None
    ) -> Iterator[Observation]:
        """Yields the observations of a quantity; of one place and one way where these are given."""
        return iter(self._by_place.get((quantity, series, direction), ()))

    def steps(self, length_s: int) -> tuple[int, ...]:
        """Returns where the steps of a length begin that the period has a part of."""
        return tuple(range(self.start_s - self.start_s % length_s, self.end_s, length_s))

    def watched_lines(self) -> tuple[CountedLine, ...]:
        """Returns the lines that the observations count at."""
        counted = {row.series for row in self.rows(Quantity.FLOW)}
        return tuple(line for line in self.lines if line.name in counted)


def row_key(row: Observation) -> tuple[object, ...]:
    """Returns what names a row of a period."""
    return row.series, row.quantity, row.road_user, row.direction, row.start_ns


def counted_in_steps(rows: Iterable[Observation], length_s: int) -> Mapping[int, Quarter]:
    """Returns the sums of one series, or of several, in steps of a length by the clock.

    Of a step the coverage is that of all of it: what there is no row of was not watched.

    Args:
        rows: counts, of intervals that fit into the steps.
        length_s: of a step.
    """
    by_series: dict[tuple[object, ...], list[Observation]] = {}
    for row in rows:
        by_series.setdefault(row_key(row)[:-1], []).append(row)
    found: dict[int, list[Quarter]] = {}
    for series in by_series.values():
        for step in _steps_of(series, length_s):
            found.setdefault(step.start_s, []).append(step)
    return {start_s: _together(start_s, found[start_s]) for start_s in sorted(found)}


def _steps_of(rows: Sequence[Observation], length_s: int) -> Iterator[Quarter]:
    steps: dict[int, list[Observation]] = {}
    for row in rows:
        start_s = row.start_ns // NS_PER_S
        steps.setdefault(start_s - start_s % length_s, []).append(row)
    for start_s, parts in steps.items():
        if len(parts) == 1 and parts[0].length_s == length_s:
            yield Quarter(start_s, parts[0].value, min(1.0, parts[0].coverage))
            continue
        known = [row.value for row in parts if row.value is not None]
        coverage = sum(row.coverage * row.length_s for row in parts) / length_s
        yield Quarter(start_s, sum(known) if known else None, min(1.0, coverage))


def _together(start_s: int, parts: Sequence[Quarter]) -> Quarter:
    if len(parts) == 1:
        return parts[0]
    known = [part.count for part in parts if part.count is not None]
    return Quarter(start_s, sum(known) if known else None, min(part.coverage for part in parts))


def quarters(period: CountedPeriod, rows: Iterable[Observation]) -> Mapping[int, Quarter] | None:
    """Returns the sums in quarters of an hour; None where the intervals are longer than that, or cross its bounds."""
    return counted_in_steps(rows, QUARTER_S) if QUARTER_S % period.interval_s == 0 else None


def total(rows: Iterable[Observation]) -> tuple[float | None, float]:
    """Returns the sum of counts, None where none is known, and the least share of the time that one was watched."""
    known: list[float] = []
    watched: dict[tuple[object, ...], list[float]] = {}
    for row in rows:
        if row.value is not None:
            known.append(row.value)
        watched.setdefault(row_key(row)[:-1], []).append(row.coverage)
    coverage = min((sum(shares) / len(shares) for shares in watched.values()), default=0.0)
    return (sum(known) if known else None), coverage


def added_true(numbers: Iterable[TrueCrossings | None], unexplained: float = 0.0) -> TrueCrossings | None:
    """Returns the interval of a sum of numbers that are known with their parts alone; None where a part has none.

    It is that of `true_crossings.added`, whose further terms are found from the parts' own intervals; `unexplained` is
    that of all of them together, see `TrueColumns`.
    """
    found = list(numbers)
    parts = [part for part in found if part is not None]
    if not parts or len(parts) < len(found):
        return None
    expected = sum(part.expected for part in parts)
    place_sd = sum(part.place_sd for part in parts)
    count_sd = math.sqrt(sum(part.count_sd**2 for part in parts))
    counted = [part for part in parts if part.expected > 0]
    widths = [
        math.log(part.expected / part.low * lowered(part.unexplained)) * part.expected / error
        for part in counted
        if part.low > 0 and (error := math.hypot(part.place_sd, part.count_sd)) > 0
    ]
    unseen = max((part.high / lifted(part.unexplained) for part in parts if part.expected <= 0), default=0.0)
    by_hand = min(part.by_hand for part in counted or parts)
    sums = np.array([[expected], [place_sd], [count_sd]])
    return TrueColumns(sums[0], sums[1], sums[2], unseen, max(widths, default=0.0), by_hand, unexplained).at(0)


def true_number(period: CountedPeriod, rows: Iterable[Observation]) -> TrueCrossings | None:
    """Returns where the true number of counts lies, of those that are known; None where the origin does not say."""
    known = [row for row in rows if row.value is not None]
    return added_true((period.true_numbers.get(row_key(row)) for row in known), unexplained_in(known))
