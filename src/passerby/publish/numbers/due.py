"""Which published bins an outlet has not been sent yet."""

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from passerby.domain.published import Audience, BinStatus, PublishedBin, PublishedCounter
from passerby.ports.published import PublishedNumbers, PublishedQuery
from passerby.publish.numbers.channel import CounterBin
from passerby.units import HOUR_S, NS_PER_S

WINDOW_NS: Final = 6 * HOUR_S * NS_PER_S
COUNTERS_AT_ONCE: Final = 100
"""Read at once: of an outage of days no more than a quarter of a day of so many counters is held in memory."""


def due_count(counter: PublishedCounter, audience: Audience, until_ns: int, now_ns: int) -> int:
    """Returns how many bins of a counter an audience could have by now, beyond those that it was sent.

    Args:
        counter: the counter.
        audience: for whom.
        until_ns: bins that end by then were sent.
        now_ns: UTC nanoseconds.
    """
    end_ns = now_ns - counter.rules(audience).delay_s * NS_PER_S
    end_ns = end_ns if counter.ended_ns is None else min(end_ns, counter.ended_ns)
    return max(0, (end_ns - until_ns) // (counter.bin_s * NS_PER_S))


async def due_bins(
    numbers: PublishedNumbers,
    audience: Audience,
    counters: Sequence[PublishedCounter],
    until: Mapping[str, int],
    now_ns: int,
) -> AsyncIterator[list[CounterBin]]:
    """Yields what was published and not sent, each counter's bins in order, some at a time.

    Of a counter whose next bin waits to be published nothing later is sent before: its bins never overtake each other.

    Args:
        numbers: what was published.
        audience: for whom.
        counters: which are sent.
        until: counter -> bins that end by then were sent, UTC nanoseconds.
        now_ns: UTC nanoseconds.
    """
    position = {one.id: until[one.id] for one in counters}
    left = [one for one in counters if due_count(one, audience, position[one.id], now_ns)]
    while left:
        going_on: list[PublishedCounter] = []
        left.sort(key=lambda one: (position[one.id], one.id))
        for start_ns, alike in groupby(left, key=lambda one: position[one.id]):
            same = list(alike)
            for first in range(0, len(same), COUNTERS_AT_ONCE):
                some = same[first : first + COUNTERS_AT_ONCE]
                query = PublishedQuery(audience, start_ns, start_ns + WINDOW_NS, tuple(one.id for one in some))
                found = _in_order(some, await numbers.bins(query))
                yield found
                for one in found:
                    position[one.counter.id] = one.to_ns
                going_on += [one for one in some if position[one.id] > start_ns]
        left = [one for one in going_on if due_count(one, audience, position[one.id], now_ns)]


def _in_order(counters: Sequence[PublishedCounter], found: Sequence[PublishedBin]) -> list[CounterBin]:
    """Returns bins by their end, of each counter those before its first one that waits."""
    of_bin: dict[tuple[str, int], list[PublishedBin]] = {}
    waits: dict[str, int] = {}
    for one in found:
        of_bin.setdefault((one.counter, one.from_ns), []).append(one)
        if one.status is BinStatus.WAITING:
            waits[one.counter] = min(one.from_ns, waits.get(one.counter, one.from_ns))
    known = {one.id: one for one in counters}
    bins = [CounterBin(known[counter], tuple(of_one)) for (counter, from_ns), of_one in of_bin.items()
            if from_ns < waits.get(counter, from_ns + 1)]  # fmt: skip
    return sorted(bins, key=lambda one: (one.to_ns, one.counter.id))
