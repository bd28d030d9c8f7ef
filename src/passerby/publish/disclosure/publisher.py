"""Draws the numbers that are due to be published, each once, and stores them."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from passerby.domain.audit import AuditEntry
from passerby.domain.publish_plan import PublishPlan
from passerby.domain.published import CATCH_UP_S, WAIT_S, DrawnNumber, PublishedCounter
from passerby.domain.service import SitePlan
from passerby.ports import Store
from passerby.publish.disclosure.counters import counter_changes
from passerby.publish.disclosure.counting import CountedBin, DueBin, counted_bins
from passerby.publish.disclosure.noise import MAX_COUNT, NoiseSource
from passerby.text import utc_time
from passerby.units import NS_PER_S

ACTOR: Final = "passerby"
BINS_AT_ONCE: Final = 500
"""Drawn and stored in one transaction: a fraction of a second, also when an outage is caught up with."""


@dataclass(frozen=True, slots=True)
class PublishRun:
    """What one run did.

    Attributes:
        bins: how many bins were stored, gaps among them.
        gaps: how many of them were gaps.
        waiting: how many bins could be published and wait for minutes that have not come.
        begun, ended: how many counters began and ended.
    """

    bins: int = 0
    gaps: int = 0
    waiting: int = 0
    begun: int = 0
    ended: int = 0


class Publisher:
    """Publishes what is due of a site; one hub at a time, and the store keeps a second one from drawing twice.

    Args:
        store: what was measured, and what is published.
        plan: what runs now.
        clock: UTC nanoseconds now.
        noise: draws the noise; made when it is needed first.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], SitePlan],
        clock: Callable[[], int],
        noise: Callable[[], NoiseSource] = NoiseSource,
    ) -> None:
        self._store, self._plan, self._clock, self._make_noise = store, plan, clock, noise
        self._noise: NoiseSource | None = None
        self._closed_until: dict[str, int] = {}
        self._settled: SitePlan | None = None

    async def run_once(self) -> PublishRun:
        """Begins and ends counters, and publishes what is due; nothing, where the site publishes nothing.

        Raises:
            StoreError: some of it could not be read or stored; another run does it.
        """
        plan, now_ns = self._plan(), self._clock()
        begun, ended = await self._change_counters(plan, now_ns)
        if plan.publish is None or not plan.publish.audiences:
            return PublishRun(begun=begun, ended=ended)
        due = await self._due(plan.publish, now_ns)
        bins = gaps = waiting = 0
        for first in range(0, len(due), BINS_AT_ONCE):
            counted = await counted_bins(self._store, due[first : first + BINS_AT_ONCE])
            ready = [one for one in counted if one.complete or one.due.to_ns + WAIT_S * NS_PER_S <= now_ns]
            waiting += len(counted) - len(ready)
            bins += await self._publish(ready, now_ns)
            gaps += sum(one.coverage == 0 for one in ready)
        return PublishRun(bins, gaps, waiting, begun, ended)

    async def _change_counters(self, plan: SitePlan, now_ns: int) -> tuple[int, int]:
        if plan is self._settled:  # hashing thousands of outlines each minute would hold up the hub
            return 0, 0
        known = await self._store.published.counters()
        changes = await asyncio.to_thread(counter_changes, known, plan, now_ns)
        if not changes:
            self._settled = plan
            return 0, 0
        names = ", ".join(
            f"{one.camera}: {one.place} {word}"
            for word, some in (("begins", changes.begun), ("ends", changes.ended))
            for one in some
        )
        entry = AuditEntry(now_ns, ACTOR, "disclosure.counters-changed", plan.name, names[:2000])
        stored = await self._store.published.change_counters(changes.begun, changes.ended, entry)
        return (len(changes.begun), len(changes.ended)) if stored else (0, 0)

    async def _due(self, publish: PublishPlan, now_ns: int) -> list[DueBin]:
        """Returns the bins whose delay is over and which are not drawn, oldest first."""
        shown = {(place.camera, place.place) for place in publish.places}
        counters = [one for one in await self._store.published.counters() if (one.camera, one.place) in shown]
        starts = {}
        for one in counters:
            start_ns = max(one.began_ns, now_ns - CATCH_UP_S * NS_PER_S, self._closed_until.get(one.id, 0))
            if one.ended_ns is None or start_ns < one.ended_ns:
                starts[one.id] = start_ns
        known = await self._store.published.drawn_bins(min(starts.values(), default=now_ns))
        going_on = [one for one in counters if one.id in starts]
        return await asyncio.to_thread(self._open_bins, going_on, starts, known, publish, now_ns)

    def _open_bins(
        self,
        counters: Sequence[PublishedCounter],
        starts: Mapping[str, int],
        known: Set[tuple[str, int]],
        publish: PublishPlan,
        now_ns: int,
    ) -> list[DueBin]:
        """The bins of counters since their starts that are over for long enough and not known; on a thread."""
        due: list[DueBin] = []
        for one in counters:
            delay_s = min(one.rules(audience).delay_s for audience in publish.audiences)
            past = list(bins_between(one, starts[one.id], now_ns - delay_s * NS_PER_S))
            open_ones = [each for each in past if (one.id, each.from_ns) not in known]
            closed = open_ones[0].from_ns if open_ones else past[-1].to_ns if past else starts[one.id]
            self._closed_until[one.id] = closed
            due += open_ones
        return sorted(due)

    async def _publish(self, ready: Sequence[CountedBin], now_ns: int) -> int:
        """Draws the noise of bins and stores it; what a crash leaves undrawn is drawn by the next run."""
        if not ready:
            return 0
        noise = self._noise = self._noise or self._make_noise()
        drawn = await asyncio.to_thread(drawn_numbers, ready, noise)
        detail = f"{len(ready)} bins, the newest until {utc_time(max(one.due.to_ns for one in ready))}"
        entry = AuditEntry(now_ns, ACTOR, "disclosure.published", "", detail)
        return await self._store.published.add_drawn(drawn, entry)


def bins_between(counter: PublishedCounter, from_ns: int, to_ns: int) -> Iterator[DueBin]:
    """Returns the bins of a counter that begin at `from_ns` or later and end by `to_ns`, while it goes on.

    They are counted from its beginning on, and not by the site's clock: another time zone would move the bins of an
    hour, and what was published of one time would be drawn again as parts of two others.
    """
    bin_ns = counter.bin_s * NS_PER_S
    end_ns = to_ns if counter.ended_ns is None else min(to_ns, counter.ended_ns)
    first = max(-(-(from_ns - counter.began_ns) // bin_ns), 0)
    for number in range(first, (end_ns - counter.began_ns) // bin_ns):
        start_ns = counter.began_ns + number * bin_ns
        yield DueBin(start_ns, start_ns + bin_ns, counter)


def drawn_numbers(counted: Sequence[CountedBin], noise: NoiseSource) -> list[DrawnNumber]:
    """Returns the numbers of bins with new noise, for all audiences together; a bin that was not watched is a gap."""
    true = [min(count, MAX_COUNT) for one in counted if one.coverage > 0 for count in one.counts.values()]
    noisy = iter(noise.drawn(true))
    drawn = []
    for one in counted:
        for group, way in one.counts:
            values = next(noisy) if one.coverage > 0 else None
            due = one.due
            drawn.append(DrawnNumber(due.counter.id, group, way, due.from_ns, due.to_ns, one.coverage, values))
    return drawn
