"""The protocols of numbers that leave the site: what stores them, and what every outlet reads them through."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.publish_plan import SentUntil
from passerby.domain.published import Audience, DrawnNumber, PublishedBin, PublishedCounter


class Span(StrEnum):
    """Over how long a time bins are added up, by the site's clock."""

    BIN = "bin"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class PublishedQuery:
    """Which published numbers are wanted.

    Attributes:
        audience: for whom; never the internal one.
        from_ns, to_ns: UTC nanoseconds; spans that begin in [from, to).
        counters: ids; empty for all.
        span: single bins, or sums of them.
        add_groups: all class groups together.
        add_ways: both ways together.
    """

    audience: Audience
    from_ns: int
    to_ns: int
    counters: tuple[str, ...] = ()
    span: Span = Span.BIN
    add_groups: bool = False
    add_ways: bool = False


class PublishedNumbers(Protocol):
    """What every outlet reads, and the only thing that it reads: nothing here holds a number as it was counted."""

    async def counters(self, audience: Audience) -> tuple[PublishedCounter, ...]:
        """Returns the counters that an audience gets, by camera, place and beginning; none where it is not switched on.

        Those that have ended are among them.
        """
        ...

    async def bins(self, query: PublishedQuery) -> tuple[PublishedBin, ...]:
        """Returns numbers by counter, then beginning, group and way; none where the audience is not switched on.

        The same query has the same values at all times, but for what was not published yet; their intervals change
        where the counter's own error gets better known.
        """
        ...


class PublishedStore(Protocol):
    """Storage of counters and of numbers that were drawn. Each of its methods raises StoreError on a failure."""

    async def counters(self) -> tuple[PublishedCounter, ...]:
        """Returns all counters by camera, place and beginning, those that have ended among them."""
        ...

    async def change_counters(
        self, begun: Sequence[PublishedCounter], ended: Sequence[PublishedCounter], entry: AuditEntry
    ) -> bool:
        """Stores new counters, and when others ended, with the audit entry; False where another writer was before.

        Then nothing is stored. Of a camera's place at most one counter goes on at a time.
        """
        ...

    async def add_drawn(self, drawn: Sequence[DrawnNumber], entry: AuditEntry) -> int:
        """Stores numbers that were just drawn, with the audit entry, if any is new; returns of how many bins.

        All numbers of one bin of a counter are given together, and are stored together or not at all. The first
        writer's are kept; those of others, who drew as well, are dropped. A bin that began before the newest audit log,
        which a restore begins, may have been drawn and published before: a gap is stored instead of it.

        Raises:
            AuditBrokenError: the audit log is broken, as it is in a database that was put back in time by other means;
                nothing was stored.
        """
        ...

    async def drawn(self, from_ns: int, to_ns: int, counters: Sequence[str] = ()) -> tuple[DrawnNumber, ...]:
        """Returns what was drawn of bins that begin in [from, to), by counter, beginning, group and way.

        Args:
            from_ns, to_ns: UTC nanoseconds.
            counters: ids; empty for all.
        """
        ...

    async def drawn_bins(self, from_ns: int) -> frozenset[tuple[str, int]]:
        """Returns the bins from then on that are drawn: each one's counter and beginning (UTC nanoseconds)."""
        ...

    async def sent(self, outlet: str) -> tuple[SentUntil, ...]:
        """Returns how far an outlet has been sent the bins of each counter, by the counter's id.

        Args:
            outlet: its name in the site file.
        """
        ...

    async def note_sent(
        self, outlet: str, sent: Sequence[SentUntil], ended: Sequence[str], entry: AuditEntry | None
    ) -> None:
        """Stores how far an outlet has been sent bins, and forgets counters that it is sent no more, all or nothing.

        Args:
            outlet: its name in the site file.
            sent: the counters whose position is new.
            ended: ids of those that are forgotten.
            entry: of the bins that were sent; None where none was.
        """
        ...
