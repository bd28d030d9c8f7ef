"""How often people looked last month, and for which purposes: counted in the audit log."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from passerby.domain.audit import LOOKS, AuditEntry
from passerby.domain.queries import EventQuery, Page
from passerby.register.pages.frame import LookCounts
from passerby.units import NS_PER_S

_PAGE: Final = 10_000


class AuditReader(Protocol):
    """What reads the audit log."""

    async def audit(self, query: EventQuery) -> Page[AuditEntry]:
        """Returns entries, oldest first."""
        ...


def month_before(now_ns: int, zone: ZoneInfo) -> tuple[str, int, int]:
    """Returns the last whole month of a place: its name (`2026-10`), and its start and end in UTC nanoseconds."""
    first = datetime.fromtimestamp(now_ns / NS_PER_S, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).replace(day=1)
    start, end = (round(each.timestamp()) * NS_PER_S for each in (before, first))
    return f"{before:%Y-%m}", start, end


async def last_month(store: AuditReader, now_ns: int, zone: ZoneInfo) -> LookCounts:
    """Returns the looks of the last whole month by camera and purpose.

    Raises:
        StoreError: the audit log cannot be read.
    """
    month, start_ns, end_ns = month_before(now_ns, zone)
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    after: str | None = None
    while True:
        page = await store.audit(EventQuery(start_ns, end_ns, limit=_PAGE, after=after))
        for entry in page.rows:
            if entry.action in LOOKS and entry.purpose:
                counted[entry.subject][entry.purpose] += 1
        after = page.after
        if after is None:
            return LookCounts(month, counted)
