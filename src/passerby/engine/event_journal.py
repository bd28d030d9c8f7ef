"""The events of a worker's cameras, on disk: those that go on, and those that the hub has not stored yet.

Of each event only the newest report is kept, so that an outage costs no more than the events that there were in it.
"""

import io
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from passerby.domain.event_rules import RuleKind
from passerby.domain.layout import Layout
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine.transactions import transaction
from passerby.events.causes import Causes, Reported
from passerby.messages.codec import CodecError
from passerby.messages.hub_messages import TO_HUB, EventDelivery
from passerby.telemetry.logs import get_log

MAX_RECENT: Final = 200
"""Events of each camera by which the group of the next one is decided: as many as may begin in one burst."""

MAX_KNOWN: Final = 10_000
"""Events that a worker reports to the hub as known. What is left out is closed there, until its own end comes."""

TABLE: Final = """
CREATE TABLE IF NOT EXISTS events (
    event_id TEXT PRIMARY KEY, camera TEXT NOT NULL, open INTEGER NOT NULL, revision INTEGER NOT NULL,
    stored INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS recent_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, camera TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS recent_events_camera ON recent_events (camera);
CREATE INDEX IF NOT EXISTS events_stored ON events (stored);
"""
"""`revision` grows with every report of any event; `stored` is 1 where the hub has stored the newest one.
`recent_events` holds each camera's newest events as they were raised and as they were closed, also those that the hub
has stored: by them it is known which events have one cause."""

NO_CAUSES: Final = Causes(Layout((), (), (), None))
"""Of a camera without lines and zones: only events of one place go together."""


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """A report that the hub has not stored yet; `revision` says which one, as a newer one may come meanwhile."""

    event: PlaceEvent
    revision: int


class EventJournal:
    """The part of a journal that holds events; safe to call from several threads."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        """Takes the journal's database, and the lock that all its users take."""
        self._database, self._lock = database, lock
        with lock:
            database.executescript(TABLE)
            self._delete_unreadable()
            self._revision = int(database.execute("SELECT coalesce(max(revision), 0) FROM events").fetchone()[0])

    def store(self, camera: str, events: Sequence[PlaceEvent], causes: Causes = NO_CAUSES) -> None:
        """Stores reports of a camera's events; they are on disk when this returns.

        A report is later than those that came before it, whatever clock it was made by: a clock may have been set back.
        An event that was closed stays so. A new one gets its group, which no report changes.

        Args:
            camera: the camera's name.
            events: the reports.
            causes: by which an event is put into a group.
        """
        with self._lock, transaction(self._database):
            for event in events:
                before = self._event(event.event_id)
                if before is None:
                    self._put(camera, replace(event, group_id=self._group(camera, event, causes)))
                elif before.state is not EventState.CLOSED:
                    later_ns = max(event.updated_ns, before.updated_ns + 1)
                    self._put(camera, replace(event, updated_ns=later_ns, group_id=before.group_id))

    def open_events(self, camera: str) -> tuple[PlaceEvent, ...]:
        """Returns the events of a camera that are not closed, for the process that goes on with them."""
        with self._lock:
            return self._open(camera)

    def suspend(self, camera: str, now_ns: int, why: str) -> None:
        """Suspends the events of a camera that cannot be watched now; the next process goes on with them.

        Those of the camera's own state are about just that, and go on.
        """
        with self._lock, transaction(self._database):
            for event in self._open(camera):
                if event.state is EventState.OPEN and event.kind is not RuleKind.CAMERA_STATE:
                    later_ns, sentence = max(now_ns, event.updated_ns + 1), f"{event.why} {why}"
                    suspended = replace(
                        event, state=EventState.SUSPENDED, value=None, updated_ns=later_ns, why=sentence
                    )
                    self._put(camera, suspended)

    def close(self, events: Iterable[PlaceEvent], now_ns: int, why: str) -> None:
        """Closes events that no process will go on with, as of when they were reported last."""
        with self._lock, transaction(self._database):
            self._close(events, now_ns, why)

    def close_all_but(self, cameras: Iterable[str], now_ns: int, why: str) -> None:
        """Closes the events of all other cameras: no process of this worker will go on with them."""
        kept = set(cameras)
        with self._lock, transaction(self._database):
            named = self._database.execute("SELECT DISTINCT camera FROM events WHERE open = 1").fetchall()
            for (camera,) in named:
                if camera not in kept:
                    self._close(self._open(camera), now_ns, why)

    def waiting(self, count: int) -> list[WaitingEvent]:
        """Returns the next reports for the hub: those of events that go on first, then those of closed ones."""
        with self._lock:
            rows = self._database.execute(
                "SELECT revision, body FROM events WHERE stored = 0 ORDER BY open DESC, revision LIMIT ?", (count,)
            ).fetchall()
        return [WaitingEvent(event, revision) for revision, body in rows if (event := _decoded(body)) is not None]

    def set_stored(self, delivered: Iterable[WaitingEvent]) -> None:
        """Takes in that the hub has stored reports: closed events are deleted, open ones wait for the next report."""
        keys = [(one.event.event_id, one.revision) for one in delivered]
        same = "event_id = ? AND revision = ?"
        with self._lock, transaction(self._database):
            self._database.executemany(f"DELETE FROM events WHERE open = 0 AND {same}", keys)  # noqa: S608  # nosec B608
            self._database.executemany(f"UPDATE events SET stored = 1 WHERE {same}", keys)  # noqa: S608  # nosec B608

    def send_open_again(self) -> None:
        """Has all events that go on delivered anew: to a hub that has just been started they are new."""
        with self._lock, transaction(self._database):
            self._database.execute("UPDATE events SET stored = 0 WHERE open = 1")

    def known(self) -> tuple[str, ...]:
        """Returns the ids of the events that go on, and of those whose end waits for the hub."""
        with self._lock:
            rows = self._database.execute(
                "SELECT event_id FROM events ORDER BY open DESC, revision DESC LIMIT ?", (MAX_KNOWN,)
            ).fetchall()
        return tuple(event_id for (event_id,) in rows)

    @property
    def waiting_rows(self) -> int:
        """How many events wait for the hub."""
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM events WHERE stored = 0").fetchone()[0])

    def _delete_unreadable(self) -> None:
        """Deletes what another release has written in another way: it would wait for ever."""
        rows = self._database.execute("SELECT event_id, body FROM events").fetchall()
        gone = [(event_id,) for event_id, body in rows if _decoded(body) is None]
        if gone:
            self._database.executemany("DELETE FROM events WHERE event_id = ?", gone)
            get_log().error("events that this release cannot read were deleted from the journal", events=len(gone))

    def _open(self, camera: str) -> tuple[PlaceEvent, ...]:
        rows = self._database.execute(
            "SELECT body FROM events WHERE camera = ? AND open = 1 ORDER BY revision", (camera,)
        ).fetchall()
        return tuple(event for (body,) in rows if (event := _decoded(body)) is not None)

    def _close(self, events: Iterable[PlaceEvent], now_ns: int, why: str) -> None:
        for one in events:
            later_ns, sentence = max(now_ns, one.updated_ns + 1), f"{one.why} {why}"
            closed = replace(
                one, state=EventState.CLOSED, value=None, end_ns=one.updated_ns, updated_ns=later_ns, why=sentence
            )
            self._put(one.camera, closed)

    def _event(self, event_id: str) -> PlaceEvent | None:
        row = self._database.execute("SELECT body FROM events WHERE event_id = ?", (event_id,)).fetchone()
        return None if row is None else _decoded(row[0])

    def _group(self, camera: str, event: PlaceEvent, causes: Causes) -> str:
        """Returns the group of an event that is not in the journal, or not any more."""
        rows = self._database.execute(
            "SELECT body FROM recent_events WHERE camera = ? ORDER BY number", (camera,)
        ).fetchall()
        recent = [Reported(one.group_id, one) for (body,) in rows if (one := _decoded(body)) is not None]
        same = (one.group_id for one in recent if one.event.event_id == event.event_id)
        return next(same, None) or causes.group_of(event, recent)

    def _store_recent(self, camera: str, event: PlaceEvent) -> None:
        body = TO_HUB.frame(EventDelivery(0, (replace(event, samples=()),)))
        self._database.execute(
            "INSERT INTO recent_events (event_id, camera, body) VALUES (?, ?, ?)"
            " ON CONFLICT (event_id) DO UPDATE SET body = excluded.body",
            (event.event_id, camera, body),
        )
        self._database.execute(
            "DELETE FROM recent_events WHERE camera = ?1 AND number NOT IN"
            " (SELECT number FROM recent_events WHERE camera = ?1 ORDER BY number DESC LIMIT ?2)",
            (camera, MAX_RECENT),
        )

    def _put(self, camera: str, event: PlaceEvent) -> None:
        self._revision += 1
        if event.state is EventState.CLOSED or self._event(event.event_id) is None:
            self._store_recent(camera, event)
        body = TO_HUB.frame(EventDelivery(0, (event,)))
        is_open = int(event.state is not EventState.CLOSED)
        self._database.execute(
            "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, 0, ?)",
            (event.event_id, camera, is_open, self._revision, body),
        )


def oldest_waiting_ns(database: sqlite3.Connection) -> int | None:
    """Returns from when the oldest report is that waits for the hub (UTC ns); None where none waits."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'events'").fetchone():
        return None  # a journal of an earlier release that no worker has opened yet
    rows = database.execute("SELECT body FROM events WHERE stored = 0").fetchall()
    return min((event.updated_ns for (body,) in rows if (event := _decoded(body)) is not None), default=None)


def _decoded(body: bytes) -> PlaceEvent | None:
    """Returns the event of a row; None for one that another release has written in another way."""
    try:
        message = TO_HUB.receive(io.BytesIO(body))
    except (CodecError, EOFError):
        return None
    return message.events[0] if isinstance(message, EventDelivery) and message.events else None
