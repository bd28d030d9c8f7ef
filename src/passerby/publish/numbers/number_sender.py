"""Sends one outlet what was published and it has not been sent, and remembers how far."""

from collections.abc import Callable, Sequence
from typing import Final

from passerby.domain.audit import AuditEntry
from passerby.domain.publish_plan import NumberOutlet, SentUntil
from passerby.domain.published import PublishedCounter
from passerby.ports.published import PublishedNumbers, PublishedStore
from passerby.publish.numbers.channel import CounterBin, NumberChannel, RefusedBinsError
from passerby.publish.numbers.due import due_bins, due_count
from passerby.text import utc_time
from passerby.units import HOUR_S, NS_PER_S

ACTOR: Final = "passerby"
BINS_AT_ONCE: Final = 500
"""Sent before their position is stored: what is sent again after a failure at most."""

BACK_NS: Final = HOUR_S * NS_PER_S
"""An outlet that was just switched on gets bins that began so long ago, so that there is something to see soon."""


class NumberSender:
    """Sends one outlet's bins: each at least once, those of a counter in order, withheld ones and gaps included.

    What is published is the queue, and how far an outlet has come is in the store: a server that is away for long loses
    nothing, and neither does a hub that is started anew.

    Args:
        outlet: to whom.
        channel: how.
        numbers: what is published.
        store: how far it was sent.
        clock: UTC nanoseconds now.

    Attributes:
        sent: bins that it has taken.
        waiting: bins that were due at the newest look and that it has not taken.
        oldest_ns: since when the oldest of them is due; None where none waits.
    """

    def __init__(
        self,
        outlet: NumberOutlet,
        channel: NumberChannel,
        numbers: PublishedNumbers,
        store: PublishedStore,
        clock: Callable[[], int],
    ) -> None:
        self._outlet, self._channel, self._clock = outlet, channel, clock
        self._numbers, self._store = numbers, store
        self.sent = 0
        self.waiting = 0
        self.oldest_ns: int | None = None

    async def run_once(self) -> int:
        """Sends what is due; returns how many bins.

        Raises:
            DeliveryError: the server could not be reached, or did not take all; another run goes on from there. Where
                it refuses some counters' bins alone, those of all others were sent.
            StoreError: the store was away; another run may send some of it again.
        """
        now_ns, before = self._clock(), self.sent
        kept = {one.counter: one for one in await self._store.sent(self._outlet.name)}
        wanted = [one for one in await self._numbers.counters(self._outlet.audience) if _wanted(one, kept)]
        await self._begin(wanted, kept, now_ns)
        self._count_waiting(wanted, kept, now_ns)
        await self._end(wanted, kept)
        again = await self._channel.open(wanted)
        until = {one.id: kept[one.id].until_ns for one in wanted}
        if again:  # the newest that was sent, which the server may have lost
            until |= {one.id: max(until[one.id] - one.bin_s * NS_PER_S, one.began_ns)
                      for one in wanted if kept[one.id].topic}  # fmt: skip
        refused: RefusedBinsError | None = None
        async for found in due_bins(self._numbers, self._outlet.audience, wanted, until, now_ns):
            for first in range(0, len(found), BINS_AT_ONCE):
                refused = await self._send(found[first : first + BINS_AT_ONCE], kept, refused)
                self._count_waiting(wanted, kept, now_ns)
        if refused:
            raise refused
        return self.sent - before

    async def _begin(self, wanted: Sequence[PublishedCounter], kept: dict[str, SentUntil], now_ns: int) -> None:
        """Stores from where on new counters are sent, so that none is lost where the server cannot be reached yet."""
        new = [SentUntil(one.id, max(one.began_ns, now_ns - BACK_NS)) for one in wanted if one.id not in kept]
        if new:
            await self._store.note_sent(self._outlet.name, new, (), None)
            kept |= {one.counter: one for one in new}

    async def _end(self, wanted: Sequence[PublishedCounter], kept: dict[str, SentUntil]) -> None:
        """Takes away what the server keeps of counters that have ended, are not shown any more, or have moved there."""
        topics = {one.id: self._channel.topic(one) for one in wanted}
        gone = [one for one in kept.values() if one.counter not in topics]
        moved = [one for one in kept.values() if one.topic and topics.get(one.counter, one.topic) != one.topic]
        if not gone and not moved:
            return
        await self._channel.end([*gone, *moved])
        now = [SentUntil(one.counter, one.until_ns) for one in moved]
        await self._store.note_sent(self._outlet.name, now, [one.counter for one in gone], None)
        kept |= {one.counter: one for one in now}

    async def _send(
        self, bins: Sequence[CounterBin], kept: dict[str, SentUntil], refused: RefusedBinsError | None
    ) -> RefusedBinsError | None:
        """Sends bins but those of counters that were refused before; returns what is refused now.

        A counter whose bin is refused is sent no later one, so that none is left out. The others go on.
        """
        bins = _without(bins, refused)
        try:
            if bins:
                await self._channel.send(bins)
        except RefusedBinsError as error:
            refused = RefusedBinsError(str(error), error.counters | (refused.counters if refused else frozenset()))
            bins = _without(bins, refused)
        if bins:
            await self._note(bins, kept)
        return refused

    async def _note(self, bins: Sequence[CounterBin], kept: dict[str, SentUntil]) -> None:
        new = {one.counter.id: SentUntil(one.counter.id, one.to_ns, self._channel.topic(one.counter)) for one in bins}
        until = utc_time(max(one.to_ns for one in bins))
        detail = (
            f"{len(bins)} bins, the newest until {until}, to {self._outlet.recipient} ({self._outlet.audience.value})"
        )
        entry = AuditEntry(self._clock(), ACTOR, "disclosure.sent", self._outlet.name, detail)
        await self._store.note_sent(self._outlet.name, tuple(new.values()), (), entry)
        kept |= new
        self.sent += len(bins)

    def _count_waiting(self, wanted: Sequence[PublishedCounter], kept: dict[str, SentUntil], now_ns: int) -> None:
        audience = self._outlet.audience
        due = [(one, count) for one in wanted if (count := due_count(one, audience, kept[one.id].until_ns, now_ns))]
        self.waiting = sum(count for _, count in due)
        dues = (kept[one.id].until_ns + (one.bin_s + one.rules(audience).delay_s) * NS_PER_S for one, _ in due)
        self.oldest_ns = min(dues, default=None)


def _without(bins: Sequence[CounterBin], refused: RefusedBinsError | None) -> Sequence[CounterBin]:
    return bins if refused is None else [one for one in bins if one.counter.id not in refused.counters]


def _wanted(counter: PublishedCounter, kept: dict[str, SentUntil]) -> bool:
    """A counter that goes on, or that ended with bins that have not been sent."""
    if counter.ended_ns is None:
        return True
    return counter.id in kept and kept[counter.id].until_ns + counter.bin_s * NS_PER_S <= counter.ended_ns
