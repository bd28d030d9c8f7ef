"""The protocol of the store of notices: what recipients are notified of."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from passerby.domain.audit import AuditEntry
from passerby.domain.notices import (
    EventNews,
    NoticeState,
    Notification,
    QueuedNotice,
    RecipientStanding,
)
from passerby.domain.place_events import PlaceEvent


class NoticeStore(Protocol):
    """Storage of notices. What was stored survives the process; a recipient is notified of the same once."""

    async def event_news(self, limit: int) -> tuple[EventNews, ...]:
        """Returns events that have not been looked at for recipients as they stand: those that go on first."""
        ...

    async def kept_back(self, limit: int) -> tuple[Notification, ...]:
        """Returns what recipients are still to be notified of, of each the oldest first, and of all in turn.

        That an event is over is not among it while the notice of its raising waits.
        """
        ...

    async def notified(self, event_ids: Sequence[str]) -> Mapping[tuple[str, str], NoticeState]:
        """Returns, by recipient and event, where the notice stands that said that it was raised.

        `WAITING` also for what is kept back.
        """
        ...

    async def plan_notices(
        self,
        looked_at: Sequence[PlaceEvent],
        notices: Sequence[tuple[QueuedNotice, Sequence[Notification]]],
        keep_back: Sequence[Notification] = (),
        drop: Sequence[Notification] = (),
    ) -> None:
        """Stores, all of it or nothing, what was decided about news.

        Args:
            looked_at: events as they stood; no news any more, until they change.
            notices: new ones, each with what it notifies of; one whose number is there already is left out.
            keep_back: what is left for later.
            drop: what was kept back and is left out.
        """
        ...

    async def replace_notices(
        self, replaced: Sequence[str], notice: QueuedNotice, notifications: Sequence[Notification]
    ) -> None:
        """Stores one notice in place of some that wait."""
        ...

    async def waiting_notices(self, recipient: str, limit: int) -> tuple[QueuedNotice, ...]:
        """Returns what waits to be delivered to a recipient, oldest first."""
        ...

    async def postpone_notices(self, notice_id: str, recipient: str, due_ns: int, fault: str) -> None:
        """Stores that an attempt failed: all that waits for this recipient is due again then."""
        ...

    async def end_notice(
        self, notice_id: str, state: NoticeState, time_ns: int, fault: str = "", entry: AuditEntry | None = None
    ) -> None:
        """Stores how a notice ended, with its audit entry, where it still waits.

        Args:
            notice_id: of the notice.
            state: `DELIVERED`, `FAILED`, or `REPLACED` where nothing is left to be said.
            time_ns: UTC nanoseconds now.
            fault: why it failed.
            entry: for the audit log.
        """
        ...

    async def add_test(self, notice: QueuedNotice, entry: AuditEntry | None) -> bool:
        """Adds a test with its audit entry; False, and neither is stored, where one of its number is there already."""
        ...

    async def notice_times(self, recipient: str, since_ns: int) -> tuple[int, ...]:
        """Returns when notices about events were made for a recipient since then, oldest first."""
        ...

    async def recent_notices(
        self, limit: int, recipient: str | None = None, state: NoticeState | None = None
    ) -> tuple[QueuedNotice, ...]:
        """Returns the newest notices, newest first; their events without samples."""
        ...

    async def recipient_standings(self) -> tuple[RecipientStanding, ...]:
        """Returns how delivery goes to each recipient that there are notices for, by name."""
        ...
