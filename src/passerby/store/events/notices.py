"""Notices on their way to recipients, and what of events recipients were notified of."""

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.domain.notices import (
    EventNews,
    Notice,
    NoticeKind,
    NoticeState,
    Notification,
    QueuedNotice,
    RecipientStanding,
    Stage,
)
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend, Row
from passerby.store.databases.texts import check_texts
from passerby.store.events.place_events import LISTED, event_of_row, row_of_event
from passerby.store.schema import NEWS, notices, notified_events, place_events

_WAITING: Final = notices.c.state == NoticeState.WAITING.value
_KEPT_BACK: Final = notified_events.c.notice_id == ""
_RAISED_SEEN, _ALL_SEEN = 1, 2


class Notices:
    """Tables of notices and of which events they are about.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit = backend, audit

    async def event_news(self, limit: int) -> tuple[EventNews, ...]:
        """See `NoticeStore.event_news`."""
        columns = place_events.c
        closed = columns.state == EventState.CLOSED.value
        # The index holds rows of this very condition, and is looked at only where it stands so.
        wanted = sa.select(*LISTED, columns.noticed).where(NEWS, sa.or_(columns.noticed == 0, closed))
        wanted = wanted.order_by(sa.case((closed, 1), else_=0), columns.raised_ns, columns.event_id).limit(limit)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return tuple(EventNews(event_of_row(row), row.noticed > 0) for row in found)

    async def kept_back(self, limit: int) -> tuple[Notification, ...]:
        """See `NoticeStore.kept_back`."""
        raised = notified_events.alias("raised")
        waits = (
            sa.select(sa.literal(1)).select_from(raised).outerjoin(notices, notices.c.notice_id == raised.c.notice_id)
        )
        waits = waits.where(
            raised.c.recipient == notified_events.c.recipient,
            raised.c.event_id == notified_events.c.event_id,
            raised.c.what == Stage.RAISED.value,
            sa.or_(raised.c.notice_id == "", _WAITING),
        )
        oldest = notified_events.c.time_ns, notified_events.c.event_id
        turn = sa.func.row_number().over(partition_by=notified_events.c.recipient, order_by=oldest).label("turn")
        wanted = sa.select(notified_events.c.recipient, notified_events.c.what, turn, *LISTED)
        wanted = wanted.join(place_events, place_events.c.event_id == notified_events.c.event_id)
        wanted = wanted.where(_KEPT_BACK, sa.or_(notified_events.c.what == Stage.RAISED.value, ~waits.exists()))
        # In turn: a flood for one recipient must not leave the others without theirs.
        wanted = wanted.order_by("turn", *oldest).limit(limit)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return tuple(Notification(row.recipient, event_of_row(row), Stage(row.what)) for row in found)

    async def notified(self, event_ids: Sequence[str]) -> Mapping[tuple[str, str], NoticeState]:
        """See `NoticeStore.notified`."""
        columns = notified_events.c
        wanted = sa.select(columns.recipient, columns.event_id, notices.c.state)
        wanted = wanted.outerjoin(notices, notices.c.notice_id == columns.notice_id)
        wanted = wanted.where(
            columns.what == Stage.RAISED.value, self._backend.among(columns.event_id, list(event_ids))
        )
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        return {
            (row.recipient, row.event_id): NoticeState(row.state) if row.state else NoticeState.WAITING for row in found
        }

    async def plan(
        self,
        looked_at: Sequence[PlaceEvent],
        planned: Sequence[tuple[QueuedNotice, Sequence[Notification]]],
        keep_back: Sequence[Notification],
        drop: Sequence[Notification],
    ) -> None:
        """See `NoticeStore.plan_notices`."""
        rows = [_row_of(queued) for queued, _ in planned]
        async with self._backend.writing() as connection:
            await self._backend.put(connection, notices, rows)
            for queued, notifications in planned:
                await self._file(connection, notifications, queued.notice.notice_id, queued.notice.time_ns)
            await self._backend.put(
                connection, notified_events, [_notified_row(each, "", each.event.updated_ns) for each in keep_back]
            )
            for each in drop:
                await connection.execute(sa.delete(notified_events).where(_KEPT_BACK, *_same(each)))
            await self._look_at(connection, looked_at)

    async def replace(
        self, replaced: Sequence[str], queued: QueuedNotice, notifications: Sequence[Notification]
    ) -> None:
        """See `NoticeStore.replace_notices`."""
        notice = queued.notice
        over = {"state": NoticeState.REPLACED.value, "ended_ns": notice.time_ns}
        these = self._backend.among(notices.c.notice_id, list(replaced))
        moved = self._backend.among(notified_events.c.notice_id, list(replaced))
        async with self._backend.writing() as connection:
            await self._backend.put(connection, notices, [_row_of(queued)])
            await connection.execute(sa.update(notices).where(_WAITING, these).values(**over))
            await connection.execute(sa.update(notified_events).where(moved).values(notice_id=notice.notice_id))
            await self._file(connection, notifications, notice.notice_id, notice.time_ns)

    async def waiting(self, recipient: str, limit: int) -> tuple[QueuedNotice, ...]:
        """See `NoticeStore.waiting_notices`."""
        wanted = sa.select(notices).where(_WAITING, notices.c.recipient == recipient)
        return await self._found(wanted.order_by(notices.c.made_ns, notices.c.notice_id).limit(limit))

    async def recent(self, limit: int, recipient: str | None, state: NoticeState | None) -> tuple[QueuedNotice, ...]:
        """See `NoticeStore.recent_notices`."""
        wanted = sa.select(notices)
        wanted = wanted if recipient is None else wanted.where(notices.c.recipient == recipient)
        wanted = wanted if state is None else wanted.where(notices.c.state == state.value)
        return await self._found(wanted.order_by(notices.c.made_ns.desc(), notices.c.notice_id).limit(limit))

    async def postpone(self, notice_id: str, recipient: str, due_ns: int, fault: str) -> None:
        """See `NoticeStore.postpone_notices`."""
        check_texts("notice", fault)
        this = notices.c.notice_id == notice_id
        async with self._backend.writing() as connection:
            everything = sa.update(notices).where(_WAITING, notices.c.recipient == recipient)
            await connection.execute(everything.values(due_ns=due_ns))
            failed = sa.update(notices).where(_WAITING, this)
            await connection.execute(failed.values(attempts=notices.c.attempts + 1, fault=fault))

    async def end(self, notice_id: str, state: NoticeState, time_ns: int, fault: str, entry: AuditEntry | None) -> None:
        """See `NoticeStore.end_notice`."""
        check_texts("notice", fault)
        over: dict[str, object] = {"state": state.value, "ended_ns": time_ns, "fault": fault}
        async with self._backend.writing() as connection:
            ended = sa.update(notices).where(_WAITING, notices.c.notice_id == notice_id).values(**over)
            if (await connection.execute(ended)).rowcount and entry is not None:
                await self._audit.append(connection, entry)

    async def add_test(self, queued: QueuedNotice, entry: AuditEntry | None) -> bool:
        """See `NoticeStore.add_test`."""
        async with self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            same = sa.select(notices.c.notice_id).where(notices.c.notice_id == queued.notice.notice_id)
            if (await connection.execute(same)).one_or_none() is not None:
                return False
            await self._backend.put(connection, notices, [_row_of(queued)])
            if entry is not None:
                await self._audit.append(connection, entry)
        return True

    async def times(self, recipient: str, since_ns: int) -> tuple[int, ...]:
        """See `NoticeStore.notice_times`."""
        columns = notices.c
        wanted = sa.select(columns.made_ns).where(
            columns.recipient == recipient, columns.made_ns >= since_ns, columns.kind != NoticeKind.TEST.value
        )
        async with self._backend.reading() as connection:
            return tuple((await connection.execute(wanted.order_by(columns.made_ns))).scalars())

    async def standings(self) -> tuple[RecipientStanding, ...]:
        """See `NoticeStore.recipient_standings`."""
        columns = notices.c
        counts = [
            sa.func.count().filter(columns.state == state.value).label(state.value)
            for state in (NoticeState.WAITING, NoticeState.DELIVERED, NoticeState.FAILED)
        ]
        delivered, failed = (columns.state == state.value for state in (NoticeState.DELIVERED, NoticeState.FAILED))
        times = [
            sa.func.min(columns.made_ns).filter(_WAITING).label("oldest_waiting_ns"),
            sa.func.max(columns.ended_ns).filter(delivered).label("delivered_ns"),
            sa.func.max(columns.ended_ns).filter(failed).label("failed_ns"),
            sa.func.max(columns.made_ns).filter(columns.kind == NoticeKind.TEST.value).label("test_ns"),
            sa.func.max(columns.fault).filter(_WAITING).label("fault"),
        ]
        wanted = sa.select(columns.recipient, *counts, *times).group_by(columns.recipient).order_by(columns.recipient)
        newest = sa.select(columns.recipient, columns.state).where(columns.kind == NoticeKind.TEST.value)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).mappings().all()
            tests = (await connection.execute(newest.order_by(columns.made_ns))).all()
        states = {row.recipient: NoticeState(row.state) for row in tests}
        return tuple(
            RecipientStanding(**{**row, "fault": row["fault"] or ""}, test_state=states.get(row["recipient"]))
            for row in found
        )

    async def _found(self, wanted: sa.Select[Any]) -> tuple[QueuedNotice, ...]:
        async with self._backend.reading() as connection:
            return tuple(map(_queued, (await connection.execute(wanted)).all()))

    async def _file(
        self, connection: AsyncConnection, notifications: Sequence[Notification], notice_id: str, time_ns: int
    ) -> None:
        """Files what a notice is about; what was kept back is in it now."""
        for each in notifications:
            kept = sa.update(notified_events).where(_KEPT_BACK, *_same(each))
            await connection.execute(kept.values(notice_id=notice_id))
        await self._backend.put(
            connection, notified_events, [_notified_row(each, notice_id, time_ns) for each in notifications]
        )

    async def _look_at(self, connection: AsyncConnection, looked_at: Sequence[PlaceEvent]) -> None:
        columns = place_events.c
        for level in (_RAISED_SEEN, _ALL_SEEN):
            ids = [each.event_id for each in looked_at if (each.state is EventState.CLOSED) == (level == _ALL_SEEN)]
            if ids:
                these = self._backend.among(columns.event_id, ids)
                seen = sa.update(place_events).where(these, columns.noticed < level)
                await connection.execute(seen.values(noticed=level))


async def delete_notices_before(connection: AsyncConnection, cutoff_ns: int) -> None:
    """Deletes notices that were made before then, and what they were about."""
    await connection.execute(sa.delete(notices).where(notices.c.made_ns < cutoff_ns))
    await connection.execute(sa.delete(notified_events).where(notified_events.c.time_ns < cutoff_ns))


def _same(notification: Notification) -> tuple[sa.ColumnElement[bool], ...]:
    columns = notified_events.c
    return (
        columns.recipient == notification.recipient,
        columns.event_id == notification.event.event_id,
        columns.what == notification.what.value,
    )


def _notified_row(notification: Notification, notice_id: str, time_ns: int) -> Row:
    return {
        "recipient": notification.recipient,
        "event_id": notification.event.event_id,
        "what": notification.what.value,
        "notice_id": notice_id,
        "time_ns": time_ns,
    }


def _row_of(queued: QueuedNotice) -> Row:
    notice = queued.notice
    events = [_event_json(each) for each in notice.events]
    content = {
        "site": notice.site, "subject": notice.subject, "text": notice.text, "link": notice.link, "events": events,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    check_texts("notice", notice.notice_id, queued.recipient, text, queued.fault)
    return {
        "notice_id": notice.notice_id,
        "recipient": queued.recipient,
        "kind": notice.kind.value,
        "made_ns": notice.time_ns,
        "content": text,
        "due_ns": queued.due_ns,
        "give_up_ns": queued.give_up_ns,
        "state": queued.state.value,
        "attempts": queued.attempts,
        "ended_ns": queued.ended_ns,
        "fault": queued.fault,
    }


def _event_json(event: PlaceEvent) -> Row:
    return {name: value for name, value in row_of_event(event).items() if name != "samples"}


def _queued(row: sa.Row[Any]) -> QueuedNotice:
    content = json.loads(row.content)
    events = tuple(event_of_row(SimpleNamespace(**each)) for each in content.pop("events"))
    notice = Notice(row.notice_id, NoticeKind(row.kind), row.made_ns, **content, events=events)
    return QueuedNotice(
        notice, row.recipient, row.due_ns, row.give_up_ns, NoticeState(row.state), row.attempts, row.ended_ns, row.fault
    )
