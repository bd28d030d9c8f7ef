"""Published numbers as every outlet reads them: nothing that was counted passes here."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from passerby.domain.intervals import Interval, Intervals
from passerby.domain.publish_plan import PublishPlan
from passerby.domain.published import (
    OUTSIDE,
    Audience,
    DrawnNumber,
    PublishedBin,
    PublishedCounter,
    WantedSum,
    published,
)
from passerby.domain.published_errors import Errors
from passerby.domain.service import SitePlan
from passerby.ports import HandCountStore
from passerby.ports.published import PublishedQuery, PublishedStore, Span
from passerby.publish.disclosure.own_errors import OwnErrors
from passerby.publish.disclosure.publisher import bins_between
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S


class PublishedReader:
    """Reads published numbers; a `PublishedNumbers`.

    Args:
        store: what was drawn.
        plan: what runs now.
        clock: UTC nanoseconds now.
        hand_counts: what the counters' own errors are known from.
    """

    def __init__(
        self,
        store: PublishedStore,
        plan: Callable[[], SitePlan],
        clock: Callable[[], int],
        hand_counts: HandCountStore,
    ) -> None:
        self._store, self._plan, self._clock = store, plan, clock
        self._errors = OwnErrors(hand_counts, plan, clock)

    async def counters(self, audience: Audience) -> tuple[PublishedCounter, ...]:
        """See `PublishedNumbers`; a place that was taken out of the site file is not shown any more."""
        if audience not in OUTSIDE:
            raise ValueError(f"audience: nothing is published for {audience.value}")
        publish = self._plan().publish
        if publish is None or audience not in publish.audiences:
            return ()
        return tuple(one for one in await self._store.counters() if _shown(one, publish))

    async def bins(self, query: PublishedQuery) -> tuple[PublishedBin, ...]:
        """See `PublishedNumbers`; what has not begun yet is not among them."""
        plan, now_ns = self._plan(), self._clock()
        counters = [
            one for one in await self.counters(query.audience) if not query.counters or one.id in query.counters
        ]
        spans = list(_spans(replace(query, to_ns=min(query.to_ns, now_ns)), plan.zone))
        if not counters or not spans:
            return ()
        ids = tuple(one.id for one in counters)
        drawn = await self._store.drawn(spans[0].start_s * NS_PER_S, spans[-1].end_s * NS_PER_S, ids)
        errors = {one.id: await self._errors.of(one) for one in counters}
        # In a thread: a day of 100 lines has 57,600 numbers, and the hub's loop would stand still for a second.
        return await asyncio.to_thread(_all_published, counters, query, spans, drawn, now_ns, errors)


def _all_published(
    counters: Sequence[PublishedCounter],
    query: PublishedQuery,
    spans: Sequence[Interval],
    drawn: Sequence[DrawnNumber],
    now_ns: int,
    errors: Mapping[str, Errors],
) -> tuple[PublishedBin, ...]:
    of_counter: dict[str, list[DrawnNumber]] = {one.id: [] for one in counters}
    for number in drawn:
        of_counter[number.counter].append(number)
    found: list[PublishedBin] = []
    for counter in counters:
        edges = _edges(counter, query, spans)
        found += _published(counter, query, edges, of_counter[counter.id], now_ns, errors[counter.id])
    return tuple(found)


def _shown(counter: PublishedCounter, publish: PublishPlan) -> bool:
    """Its place is published, and what was published of it before it was a sensitive one is not shown any more."""
    return any(
        (place.camera, place.place) == (counter.camera, counter.place) and place.sensitive in (False, counter.sensitive)
        for place in publish.places
    )


def _spans(query: PublishedQuery, zone: ZoneInfo) -> Iterator[Interval]:
    """The spans that begin in the query's range, by the site's clock."""
    intervals, at_s, end_s = Intervals(zone), -(-query.from_ns // NS_PER_S), -(-query.to_ns // NS_PER_S)
    while at_s < end_s:
        one = span_around(query.span, intervals, zone, at_s)
        if one.start_s * NS_PER_S >= query.from_ns:
            yield one
        at_s = one.end_s


def span_around(span: Span, intervals: Intervals, zone: ZoneInfo, time_s: int) -> Interval:
    """Returns the span around a time; a single bin as a quarter of an hour.

    >>> zone = ZoneInfo("UTC")
    >>> span_around(Span.MONTH, Intervals(zone), zone, 40 * 86400).length_s // 86400
    28
    """
    if span is not Span.MONTH:
        return intervals.around({Span.BIN: QUARTER_S, Span.HOUR: HOUR_S, Span.DAY: DAY_S}[span], time_s)
    first = datetime.fromtimestamp(time_s, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return Interval(int(first.timestamp()), int(after.timestamp()))


def _edges(
    counter: PublishedCounter, query: PublishedQuery, spans: Sequence[Interval]
) -> Iterator[tuple[int, int, int]]:
    """From when to when each sum of a counter goes (UTC nanoseconds), and how many bins it has."""
    bins = list(bins_between(counter, spans[0].start_s * NS_PER_S, spans[-1].end_s * NS_PER_S))
    if query.span is Span.BIN:
        yield from ((one.from_ns, one.to_ns, 1) for one in bins)
        return
    starts, ends = [one.from_ns for one in bins], [one.to_ns for one in bins]
    for span in spans:
        from_ns, to_ns = span.start_s * NS_PER_S, span.end_s * NS_PER_S
        count = bisect_right(ends, to_ns) - bisect_left(starts, from_ns)
        if count > 0:
            yield from_ns, to_ns, count


def _published(
    counter: PublishedCounter,
    query: PublishedQuery,
    edges: Iterator[tuple[int, int, int]],
    drawn: Sequence[DrawnNumber],
    now_ns: int,
    errors: Errors,
) -> Iterator[PublishedBin]:
    starts = [one.from_ns for one in drawn]
    groups = (None,) if query.add_groups else counter.groups
    ways = (None,) if query.add_ways else counter.ways
    for from_ns, to_ns, bins in edges:
        parts = drawn[bisect_left(starts, from_ns) : bisect_left(starts, to_ns)]
        for group in groups:
            for way in ways:
                wanted = WantedSum(counter, query.audience, from_ns, to_ns, bins, group, way)
                yield published(wanted, parts, now_ns, errors)
