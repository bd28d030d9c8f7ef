"""Observations: the numbers of channels, read from the port page by page, in the order of their time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from passerby.domain.published import LEVEL, Audience, BinStatus, PublishedBin
from passerby.ports.published import PublishedNumbers, PublishedQuery
from passerby.publish.open_data.channels import Channel
from passerby.publish.standards.sensorthings.errors import WrongRequestError
from passerby.publish.standards.sensorthings.filters import Comparison, Filter
from passerby.publish.standards.sensorthings.model import Entity
from passerby.publish.standards.sensorthings.options import Options
from passerby.text import figure, share_figure, utc_time
from passerby.units import NS_PER_S

MAX_READ: Final = 3000
"""Bins of one channel that are read for a page: 31 days of quarter hours."""

_FEWEST_READ: Final = 100
"""A day of quarter hours: those that wait to be published are passed over in one reading."""

_TIMES: Final = ("phenomenonTime", "resultTime")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Observations that were found.

    Attributes:
        found: in the order that was wanted.
        after: how many have to be skipped for those that follow; None where there are none.
        count: how many there are in all; None where that was not asked.
    """

    found: Sequence[Entity]
    after: int | None
    count: int | None


@dataclass(frozen=True, slots=True)
class _Slots:
    """The bins of a channel in a time, by number: each is one observation, once it is published."""

    channel: Channel
    from_ns: int
    number: int

    @property
    def bin_ns(self) -> int:
        return self.channel.counter.bin_s * NS_PER_S


def observation_id(channel: Channel, from_ns: int) -> str:
    """Returns the id of the observation of a channel whose bin begins then."""
    return f"{channel.id}:{from_ns // NS_PER_S}"


def observation(channel: Channel, one: PublishedBin) -> Entity:
    """Returns a number as an observation; its result is null where it is withheld or a gap, the quality says why."""
    properties = {
        "phenomenonTime": f"{utc_time(one.from_ns)}/{utc_time(one.to_ns)}",
        "resultTime": utc_time(one.to_ns),
        "result": one.value,
        "resultQuality": {
            "status": one.status.value,
            "coverage": None if one.coverage is None else share_figure(one.coverage),
            "low": figure(one.low),
            "high": figure(one.high),
            "level": LEVEL,
            "basis": one.basis,
            "threshold": one.threshold,
        },
    }
    links = {"Datastream": [channel.id], "FeatureOfInterest": [channel.counter.id]}
    return Entity("Observations", observation_id(channel, one.from_ns), properties, links)


class Observations:
    """Reads observations of channels.

    Args:
        numbers: the port.
        audience: for whom.
        now_ns: UTC nanoseconds now: what ends later is not published.
    """

    def __init__(self, numbers: PublishedNumbers, audience: Audience, now_ns: int) -> None:
        self._numbers, self._audience, self._now_ns = numbers, audience, now_ns

    async def one(self, channel: Channel, from_ns: int) -> Entity | None:
        """Returns the observation of a bin; None where there is none, or not yet."""
        found = await self._read(channel, from_ns, from_ns + channel.counter.bin_s * NS_PER_S)
        return found[0] if found and found[0].id == observation_id(channel, from_ns) else None

    async def page(self, channels: Sequence[Channel], options: Options) -> Page:
        """Returns a page of the observations of channels, one channel after another.

        Raises:
            WrongRequestError: an order is wanted in which they cannot be read.
        """
        newest_first = _newest_first(options.order)
        spans = [self._slots(channel, options.filter) for channel in channels]
        total = sum(span.number for span in spans)
        if options.count and not _only_times(options.filter):
            raise WrongRequestError("$count: offered with a $filter of phenomenonTime and resultTime only")
        found: list[Entity] = []
        at, read = options.skip, 0
        while at < total and len(found) < options.top and read < MAX_READ:
            span, first = _span_at(spans, at)
            number = min(span.number - first, MAX_READ - read, max(_FEWEST_READ, options.top - len(found)))
            after = at + number
            for offset, entity in await self._span(span, first, number, newest_first):
                if options.filter is None or options.filter.holds(entity.properties):
                    found.append(entity)
                    if len(found) == options.top:
                        after = at + offset + 1
                        break
            at, read = after, read + number
        return Page(found, at if at < total else None, total if options.count else None)

    async def _span(self, span: _Slots, first: int, number: int, newest_first: bool) -> list[tuple[int, Entity]]:
        """The observations of so many bins from the first one on, each with its number from there, in their order."""
        begin = span.number - first - number if newest_first else first
        from_ns = span.from_ns + begin * span.bin_ns
        by_id = {each.id: each for each in await self._read(span.channel, from_ns, from_ns + number * span.bin_ns)}
        ids = [observation_id(span.channel, from_ns + at * span.bin_ns) for at in range(number)]
        return [
            (offset, by_id[key]) for offset, key in enumerate(reversed(ids) if newest_first else ids) if key in by_id
        ]

    async def _read(self, channel: Channel, from_ns: int, to_ns: int) -> list[Entity]:
        query = PublishedQuery(self._audience, from_ns, to_ns, (channel.counter.id,))
        return [
            observation(channel, one)
            for one in await self._numbers.bins(query)
            if (one.group, one.way) == (channel.group, channel.way) and one.status is not BinStatus.WAITING
        ]

    def _slots(self, channel: Channel, wanted: Filter | None) -> _Slots:
        """The bins of a channel that a filter's times leave, as far as they may be published by now."""
        counter = channel.counter
        bin_ns = counter.bin_s * NS_PER_S
        delay_ns = counter.rules(self._audience).delay_s * NS_PER_S
        from_ns = counter.began_ns
        to_ns = min(counter.ended_ns or self._now_ns, self._now_ns - delay_ns)
        for comparison in () if wanted is None else wanted.needed:
            from_ns, to_ns = _narrowed(comparison, bin_ns, from_ns, to_ns)
        first = -(-(from_ns - counter.began_ns) // bin_ns)
        last = (to_ns - counter.began_ns) // bin_ns
        return _Slots(channel, counter.began_ns + first * bin_ns, max(last - first, 0))


def _newest_first(order: Sequence[tuple[str, bool]]) -> bool:
    if not order:
        return False
    name, descending = order[0]
    if name not in _TIMES or len(order) > 1:
        raise WrongRequestError(f"$orderby: observations are in the order of {' or '.join(_TIMES)}, got {name}")
    return descending


def _only_times(wanted: Filter | None) -> bool:
    """Whether the times of bins that it leaves are all that it asks for."""
    return wanted is None or (
        wanted.whole and all(each.path[0] in _TIMES and each.operator != "ne" for each in wanted.needed)
    )


def _narrowed(wanted: Comparison, bin_ns: int, from_ns: int, to_ns: int) -> tuple[int, int]:
    """The time that a comparison leaves of [from, to): of bins that begin at or after one and end at or before it."""
    if not isinstance(wanted.value, datetime) or wanted.path[0] not in _TIMES or wanted.operator == "ne":
        return from_ns, to_ns
    if wanted.value.tzinfo is None:
        raise WrongRequestError("$filter: a time needs its zone, such as 2026-11-01T00:00:00Z")
    at_ns = (wanted.value - _EPOCH) // timedelta(microseconds=1) * 1000
    result = wanted.path[0] == "resultTime"  # the end of the bin
    if wanted.operator in ("gt", "ge", "eq"):
        begins_ns = at_ns - bin_ns if result else at_ns
        from_ns = max(from_ns, begins_ns + (wanted.operator == "gt"))
    if wanted.operator in ("lt", "le", "eq"):
        to_ns = min(to_ns, at_ns - (wanted.operator == "lt"))
    return from_ns, to_ns


def _span_at(spans: Sequence[_Slots], at: int) -> tuple[_Slots, int]:
    """The channel that the observation of a number belongs to, and its number within it."""
    for span in spans:
        if at < span.number:
            return span, at
        at -= span.number
    raise IndexError(at)


def known_id(text: str, channels: Mapping[str, Channel]) -> tuple[Channel, int] | None:
    """Returns the channel and the beginning of the bin, UTC nanoseconds, that an observation's id says."""
    name, _, begin = text.rpartition(":")
    if name not in channels or not begin.isascii() or not begin.isdecimal() or len(begin) > 12:
        return None
    return channels[name], int(begin) * NS_PER_S
