"""The replays of a worker's events on their way to the hub, on disk: encrypted, few, and not for long."""

import sqlite3
import threading
from collections.abc import Iterable
from typing import Final

import numpy as np

from passerby.domain.replays import EncryptedReplay
from passerby.engine.transactions import transaction

MAX_WAITING: Final = 20
"""Of one camera: 1 MB on a quiet square, 12 MB in the densest crowd. In an outage with more events the
oldest replays go, and the events stay."""

TABLE: Final = """
CREATE TABLE IF NOT EXISTS replays (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, camera TEXT NOT NULL,
    time_ns INTEGER NOT NULL, box BLOB NOT NULL
);
"""


class ReplayOutbox:
    """The part of a journal that holds encrypted replays; safe to call from several threads."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        """Takes the journal's database, and the lock that all its users take."""
        self._database, self._lock = database, lock
        with lock:
            database.executescript(TABLE)

    def store(self, replay: EncryptedReplay) -> None:
        """Stores a replay; it is on disk when this returns. The first one of an event stays."""
        row = (replay.event_id, replay.camera, replay.time_ns, replay.box.tobytes())
        kept = "SELECT number FROM replays WHERE camera = ?1 ORDER BY number DESC LIMIT ?2"
        with self._lock, transaction(self._database):
            self._database.execute(
                "INSERT OR IGNORE INTO replays (event_id, camera, time_ns, box) VALUES (?, ?, ?, ?)", row
            )
            self._database.execute(
                f"DELETE FROM replays WHERE camera = ?1 AND number NOT IN ({kept})",  # noqa: S608  # nosec B608
                (replay.camera, MAX_WAITING),
            )

    def next(self) -> EncryptedReplay | None:
        """Returns the one that has waited for longest; None where none waits."""
        with self._lock:
            row = self._database.execute(
                "SELECT event_id, camera, time_ns, box FROM replays ORDER BY number LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        event_id, camera, time_ns, box = row
        return EncryptedReplay(event_id, camera, time_ns, np.frombuffer(box, np.uint8))

    def delete(self, event_ids: Iterable[str]) -> None:
        """Deletes what the hub has stored, or does not want."""
        with self._lock, transaction(self._database):
            self._database.executemany("DELETE FROM replays WHERE event_id = ?", [(one,) for one in event_ids])

    def keep_only(self, cameras: Iterable[str], from_ns: int) -> None:
        """Deletes what is of other cameras, or from before `from_ns`."""
        kept = set(cameras)
        with self._lock:
            rows = self._database.execute("SELECT number, camera, time_ns FROM replays").fetchall()
            gone = [(number,) for number, camera, time_ns in rows if camera not in kept or time_ns < from_ns]
            if gone:
                with transaction(self._database):
                    self._database.executemany("DELETE FROM replays WHERE number = ?", gone)

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM replays").fetchone()[0])
