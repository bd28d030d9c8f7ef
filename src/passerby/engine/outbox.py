"""A worker's finished results that the hub has not stored yet, on disk: in order, compressed, and of bounded size."""

import io
import sqlite3
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from passerby.domain.health import CameraHealth, CameraState
from passerby.engine.transactions import transaction
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery
from passerby.telemetry.logs import get_log
from passerby.units import MINUTE_S, NS_PER_S

TABLE: Final = """
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_rows ON outbox (rows);
CREATE TABLE IF NOT EXISTS dropped (
    camera TEXT PRIMARY KEY, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL
);
"""
"""The index lets the rows be added up every other second without the bodies, which may be gigabytes, being read.
`dropped` holds what had to go for want of room, until it can be reported to the hub."""

_COMPRESSED: Final = b"\x78"
"""How zlib's output begins; an encoded message begins with another byte."""

_LEVEL: Final = 6
"""A minute of a camera with two lines and two zones shrinks from 9.2 to 1.0 KB, in 0.1 ms."""

_DROPPED_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class _Span:
    """Minutes of one camera that were dropped: UTC nanoseconds of the first one's start and of the last one's end."""

    camera: str
    from_ns: int
    to_ns: int

    def report(self) -> CameraHealth:
        """Returns the health report that takes the place of what was dropped."""
        start, end = (datetime.fromtimestamp(time // NS_PER_S, UTC) for time in (self.from_ns, self.to_ns))
        why = (
            f"What was measured from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC was dropped: the hub was away "
            "for longer than the disk space for waiting results lasts. It counts as not watched."
        )
        return CameraHealth(self.camera, self.to_ns, CameraState.OFFLINE, self.from_ns, why)


class Outbox:
    """The part of a journal that holds finished results; safe to call from several threads.

    Attributes:
        max_bytes: how large the journal's file may grow; None for as large as the disk allows. Beyond, the oldest
            results are dropped, and a health report of each camera says which. Pages that are free again do not count:
            they are used before the file grows.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        """Takes the journal's database, and the lock that all its users take."""
        self._database, self._lock = database, lock
        self.max_bytes: int | None = None
        with lock:
            database.executescript(TABLE)
            self._number_old_deliveries()

    def put(self, delivery: Delivery, rows: int) -> None:
        """Puts a delivery into the outbox, encoded with its number, so that it can be sent as it is there.

        To be called with the lock, within a transaction.

        Args:
            delivery: the delivery; its number is not looked at.
            rows: how many results it holds.
        """
        number = self._database.execute("INSERT INTO outbox (rows, body) VALUES (?, '')", (rows,)).lastrowid or 0
        self._set_number(number, delivery)
        if self.max_bytes is not None and self._used_bytes() > self.max_bytes:
            self._drop_oldest(self.max_bytes, number)

    def next(self, after: int, count: int) -> list[tuple[int, bytes]]:
        """Returns number and encoded message of the next deliveries after that number, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, body FROM outbox WHERE number > ? ORDER BY number LIMIT ?", (after, count)
            ).fetchall()
        return [(number, _frame(body)) for number, body in rows]

    def delete(self, numbers: Iterable[int]) -> None:
        """Deletes acknowledged deliveries; what was dropped before is reported now, as the hub is there."""
        with self._lock, transaction(self._database):
            self._database.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])
            dropped = self._dropped()
            if dropped:
                self._database.execute("DELETE FROM dropped")
                reports = tuple(span.report() for span in dropped)
                self.put(Delivery(0, columns_of(()), reports, ()), len(reports))

    @property
    def rows(self) -> int:
        """How many results wait."""
        with self._lock:
            return int(self._database.execute("SELECT coalesce(sum(rows), 0) FROM outbox").fetchone()[0])

    def _used_bytes(self) -> int:
        pages, free, size = (
            int(self._database.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def _drop_oldest(self, max_bytes: int, newest: int) -> None:
        """Drops deliveries until the file is small enough, but never the newest one."""
        spans = {span.camera: span for span in self._dropped()}
        first = not spans
        while self._used_bytes() > max_bytes:
            oldest = self._database.execute(
                "SELECT number, body FROM outbox WHERE number < ? ORDER BY number LIMIT ?", (newest, _DROPPED_AT_ONCE)
            ).fetchall()
            if not oldest:
                break
            for number, body in oldest:
                self._database.execute("DELETE FROM outbox WHERE number = ?", (number,))
                for one in observations_of(decoded(body).observations):
                    end_ns = one.start_ns + one.length_s * NS_PER_S
                    before = spans.get(one.camera, _Span(one.camera, one.start_ns, end_ns))
                    spans[one.camera] = _Span(one.camera, min(before.from_ns, one.start_ns), max(before.to_ns, end_ns))
        rows = [(span.camera, span.from_ns, span.to_ns) for span in spans.values()]
        self._database.executemany("INSERT OR REPLACE INTO dropped VALUES (?, ?, ?)", rows)
        if first and rows:
            get_log().error(
                "results that wait for the hub take all the space that they may; the oldest are dropped from now on",
                max_mb=max_bytes // 1_000_000,
                minutes=sum((to_ns - from_ns) // (MINUTE_S * NS_PER_S) for _, from_ns, to_ns in rows),
            )

    def _dropped(self) -> list[_Span]:
        return [_Span(*row) for row in self._database.execute("SELECT camera, from_ns, to_ns FROM dropped")]

    def _set_number(self, number: int, delivery: Delivery) -> None:
        body = zlib.compress(TO_HUB.frame(replace(delivery, number=number)), _LEVEL)
        self._database.execute("UPDATE outbox SET body = ? WHERE number = ?", (body, number))

    def _number_old_deliveries(self) -> None:
        """Encodes deliveries anew that the first release stored without their number."""
        following = "SELECT number, body FROM outbox WHERE number > ? ORDER BY number LIMIT 1"
        number = 0
        with transaction(self._database):
            while (row := self._database.execute(following, (number,)).fetchone()) is not None:
                number, delivery = row[0], decoded(row[1])
                if delivery.number == number:
                    break  # a later release wrote it, and all after it
                self._set_number(number, delivery)


def decoded(body: bytes) -> Delivery:
    """Returns the delivery of a row; raises CodecError where it is none."""
    message = TO_HUB.receive(io.BytesIO(_frame(body)))
    if not isinstance(message, Delivery):
        raise CodecError(f"a delivery is needed, got {type(message).__name__}")
    return message


def _frame(body: bytes) -> bytes:
    """Returns the encoded message of a row; those of earlier releases are not compressed."""
    if not body.startswith(_COMPRESSED):
        return body
    try:
        return zlib.decompress(body)
    except zlib.error as fault:
        raise CodecError(f"a delivery in the outbox is damaged: {fault}") from None
