"""What a page of a counter shows of a day, a week or a year: its numbers, and what is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedBin, PublishedCounter, Way
from passerby.ports.published import Span
from passerby.publish.open_data.months import OpenData
from passerby.publish.open_data.periods import Period, PeriodKind, same_weekdays
from passerby.publish.open_data.usual_day import Usual, usual, usual_times
from passerby.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class CounterView:
    """Numbers of one counter in one period, of one class group or of all together.

    Attributes:
        counter: which counter.
        period: when.
        group: which class group; None for all together.
        both: numbers of both ways together, in order: of a day its bins, of a week its hours, of a year its days.
        each: of a day the numbers of each way: way -> number by the bin's beginning.
        days: of a day and a week the sums of its days, both ways together.
        usual: of a day what is usual, by the bin's beginning.
        usual_sum: of a day what is usual of the whole day.
    """

    counter: PublishedCounter
    period: Period
    group: ClassGroup | None
    both: tuple[PublishedBin, ...]
    each: Mapping[Way, Mapping[int, PublishedBin]] = field(default_factory=dict)
    days: tuple[PublishedBin, ...] = ()
    usual: Mapping[int, Usual] = field(default_factory=dict)
    usual_sum: Usual | None = None

    @property
    def has_numbers(self) -> bool:
        """Something of it is published, if only that it was withheld or not watched."""
        return bool(self.both)


async def read_view(data: OpenData, counter: PublishedCounter, period: Period, group: ClassGroup | None) -> CounterView:
    """Returns what a page shows; a year is read from sums of days.

    Args:
        data: what is public.
        counter: which counter.
        period: when.
        group: which of its class groups; None for all together.
    """
    if period.kind is PeriodKind.YEAR:
        return CounterView(counter, period, group, of_group(await data.day_sums(counter, period), group))
    days = await _both_ways(data, counter, period, group, Span.DAY)
    if period.kind is PeriodKind.WEEK:
        return CounterView(counter, period, group, await _both_ways(data, counter, period, group, Span.HOUR), days=days)
    return await _day(data, counter, period, group, days)


async def _day(
    data: OpenData, counter: PublishedCounter, period: Period, group: ClassGroup | None, days: tuple[PublishedBin, ...]
) -> CounterView:
    both = await _both_ways(data, counter, period, group, Span.BIN)
    earlier: list[dict[str, PublishedBin]] = []
    sums: list[PublishedBin] = []
    for day in same_weekdays(period.first) if both else ():
        before = Period.around(PeriodKind.DAY, day)
        if data.edges_ns(before)[1] <= counter.began_ns:
            continue
        earlier.append(_by_clock(await _both_ways(data, counter, before, group, Span.BIN), data.zone))
        sums += await _both_ways(data, counter, before, group, Span.DAY)
    clocks = {one.from_ns: clock(one.from_ns, data.zone) for one in both}
    times = usual_times(tuple(clocks.values()), earlier)
    return CounterView(
        counter, period, group, both, await _each_way(data, counter, period, group), days,
        {from_ns: times[shown] for from_ns, shown in clocks.items()}, usual(sums),
    )  # fmt: skip


async def _both_ways(
    data: OpenData, counter: PublishedCounter, period: Period, group: ClassGroup | None, span: Span
) -> tuple[PublishedBin, ...]:
    return of_group(await data.sums(counter, period, span, add_groups=group is None, add_ways=True), group)


async def _each_way(
    data: OpenData, counter: PublishedCounter, period: Period, group: ClassGroup | None
) -> dict[Way, dict[int, PublishedBin]]:
    found: dict[Way, dict[int, PublishedBin]] = {way: {} for way in counter.ways}
    for one in await data.sums(counter, period, add_groups=group is None):
        if one.group is group and one.way is not None:
            found[one.way][one.from_ns] = one
    return found


def of_group(numbers: Sequence[PublishedBin], group: ClassGroup | None) -> tuple[PublishedBin, ...]:
    """Returns the numbers of both ways together of a class group, or of all together."""
    return tuple(one for one in numbers if one.group is group and one.way is None)


def _by_clock(numbers: Sequence[PublishedBin], zone: ZoneInfo) -> dict[str, PublishedBin]:
    # Of an hour that the clock showed twice the first one counts.
    return {clock(one.from_ns, zone): one for one in reversed(numbers)}


def clock(time_ns: int, zone: ZoneInfo) -> str:
    """Returns what the site's clock showed, such as `08:15`."""
    return datetime.fromtimestamp(time_ns // NS_PER_S, zone).strftime("%H:%M")


def site_day(time_ns: int, zone: ZoneInfo) -> date:
    """Returns the day by the site's clock."""
    return datetime.fromtimestamp(time_ns // NS_PER_S, zone).date()
