"""What a worker must not lose: minutes that are not over yet, and results that the hub has not acknowledged."""

import io
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from passerby.domain.health import CameraHealth
from passerby.domain.observations import Observation
from passerby.measure.aggregate import regroup
from passerby.messages.codec import CodecError
from passerby.messages.columns import ObservationColumns, columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery, ToHub
from passerby.messages.sandbox_messages import SEALED, Message, Minutes, ViewMemory
from passerby.units import MINUTE_S, NS_PER_S

AHEAD_NS = MINUTE_S * NS_PER_S
"""A minute that begins later than this was measured before the clock was set back. It must not wait until the time has
come, and be added up with what is measured then: the store keeps whichever of the two is covered better."""

ROWS_PER_DELIVERY = 2000
"""Where the stores take the most rows a second; see docs/explanation/store.md."""

_TABLES = """
CREATE TABLE IF NOT EXISTS parts (
    camera TEXT NOT NULL, run INTEGER NOT NULL, start_ns INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (camera, run, start_ns)
);
CREATE TABLE IF NOT EXISTS runs (
    camera TEXT NOT NULL, run INTEGER NOT NULL, from_ns INTEGER,
    PRIMARY KEY (camera, run)
);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS memories (camera TEXT PRIMARY KEY, body BLOB NOT NULL);
"""


class Journal:
    """A worker's book, on disk before anything is said to be kept; one file a worker.

    A camera's process is a run. While it lives it tells its open minutes again and again, and each telling replaces the
    one before; when it is killed, what it told last stands. The parts of one minute that several runs watched are added
    up when none of them can change any more.

    Safe to call from several threads.
    """

    def __init__(self, path: Path) -> None:
        """Opens the book, or begins one.

        Args:
            path: its file; another one may stand beside it while it is open.

        Raises:
            sqlite3.Error: it cannot be opened, or is none.
        """
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # FULL: what was acknowledged to a camera's process survives a power cut, too.
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=10000"):
            self._database.execute(line)
        self._database.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def begin(self) -> None:
        """After a start of the worker: no run of before lives any more."""
        with self._lock, _transaction(self._database):
            self._database.execute("DELETE FROM runs")

    def begin_run(self, camera: str) -> int:
        """A camera's process starts: the number of its run, higher than all before."""
        with self._lock, _transaction(self._database):
            last = self._database.execute(
                "SELECT max((SELECT coalesce(max(run), 0) FROM parts WHERE camera = ?1),"
                " (SELECT coalesce(max(run), 0) FROM runs WHERE camera = ?1))",
                (camera,),
            ).fetchone()[0]
            self._database.execute("INSERT INTO runs VALUES (?, ?, NULL)", (camera, last + 1))
        return int(last) + 1

    def end_run(self, camera: str, run: int) -> None:
        """A camera's process has ended, however it did."""
        with self._lock, _transaction(self._database):
            self._database.execute("DELETE FROM runs WHERE camera = ? AND run = ?", (camera, run))

    def keep(self, camera: str, run: int, minutes: Minutes) -> None:
        """Takes what a run has told; when this returns, it is on disk."""
        rows = [
            (camera, run, start_ns, _body(part))
            for columns in (minutes.closed, minutes.open)
            for start_ns, part in _by_minute(observations_of(columns))
        ]
        with self._lock, _transaction(self._database):
            self._database.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", rows)
            if minutes.open_from_ns is not None:
                self._database.execute(
                    "UPDATE runs SET from_ns = ? WHERE camera = ? AND run = ?", (minutes.open_from_ns, camera, run)
                )

    def keep_health(self, report: CameraHealth) -> None:
        """Puts a health report into the outbox."""
        with self._lock, _transaction(self._database):
            self._put(Delivery(0, columns_of(()), (report,), ()), 1)

    def keep_memory(self, camera: str, memory: ViewMemory) -> None:
        """Keeps what a camera remembers of its view."""
        body = b"".join(map(bytes, SEALED.packed(memory)))
        with self._lock, _transaction(self._database):
            self._database.execute("INSERT OR REPLACE INTO memories VALUES (?, ?)", (camera, body))

    def memory(self, camera: str) -> ViewMemory | None:
        """What a camera remembered last; None where nothing, or of another version."""
        with self._lock:
            row = self._database.execute("SELECT body FROM memories WHERE camera = ?", (camera,)).fetchone()
        try:
            message: Message | None = None if row is None else SEALED.receive(io.BytesIO(row[0]))
        except (CodecError, EOFError):
            return None
        return message if isinstance(message, ViewMemory) else None

    def settle(self, now_ns: int) -> int:
        """Moves the minutes that can change no more to the outbox; returns how many camera-minutes they were.

        Args:
            now_ns: UTC nanoseconds; a run that has told no frame yet can only add to minutes from now on.
        """
        with self._lock, _transaction(self._database):
            minutes = self._database.execute(
                "SELECT DISTINCT camera, start_ns FROM parts ORDER BY start_ns, camera"
            ).fetchall()
            ready = [(camera, start_ns) for camera, start_ns in minutes if self._settled(camera, start_ns, now_ns)]
            waiting: list[Observation] = []
            for camera, start_ns in ready:
                waiting += self._joined(camera, start_ns)
                if len(waiting) >= ROWS_PER_DELIVERY:
                    self._put(Delivery(0, columns_of(waiting), (), ()), len(waiting))
                    waiting = []
            if waiting:
                self._put(Delivery(0, columns_of(waiting), (), ()), len(waiting))
            self._database.executemany("DELETE FROM parts WHERE camera = ? AND start_ns = ?", ready)
        return len(ready)

    def open_minutes(self, camera: str) -> tuple[Observation, ...]:
        """A camera's minutes that are not in the outbox yet, the parts of all runs added up."""
        with self._lock:
            starts = self._database.execute(
                "SELECT DISTINCT start_ns FROM parts WHERE camera = ? ORDER BY start_ns", (camera,)
            ).fetchall()
            return tuple(one for (start_ns,) in starts for one in self._joined(camera, start_ns))

    def waiting(self, after: int, most: int) -> list[tuple[int, Delivery]]:
        """The next deliveries of the outbox after that number, oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, body FROM outbox WHERE number > ? ORDER BY number LIMIT ?", (after, most)
            ).fetchall()
        return [(number, _delivery(number, body)) for number, body in rows]

    def forget(self, numbers: Iterable[int]) -> None:
        """Takes acknowledged deliveries out of the outbox."""
        with self._lock, _transaction(self._database):
            self._database.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    @property
    def outbox_rows(self) -> int:
        """Results that wait for the hub."""
        with self._lock:
            return int(self._database.execute("SELECT coalesce(sum(rows), 0) FROM outbox").fetchone()[0])

    def _settled(self, camera: str, start_ns: int, now_ns: int) -> bool:
        """The minute is past, and no living run of the camera can add to it any more."""
        end_ns = start_ns + MINUTE_S * NS_PER_S
        if start_ns >= now_ns + AHEAD_NS:
            return True
        if now_ns < end_ns:
            return False
        floors = self._database.execute("SELECT from_ns FROM runs WHERE camera = ?", (camera,))
        return all((now_ns if from_ns is None else from_ns) >= end_ns for (from_ns,) in floors)

    def _joined(self, camera: str, start_ns: int) -> list[Observation]:
        bodies = self._database.execute(
            "SELECT body FROM parts WHERE camera = ? AND start_ns = ? ORDER BY run", (camera, start_ns)
        ).fetchall()
        parts = [_delivery(0, body).observations for (body,) in bodies]
        if len(parts) == 1:
            return list(observations_of(parts[0]))
        return regroup((one for part in parts for one in observations_of(part)), MINUTE_S)

    def _put(self, delivery: Delivery, rows: int) -> None:
        self._database.execute("INSERT INTO outbox (rows, body) VALUES (?, ?)", (rows, _packed(delivery)))


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _by_minute(observations: Sequence[Observation]) -> list[tuple[int, list[Observation]]]:
    minutes: dict[int, list[Observation]] = {}
    for one in observations:
        minutes.setdefault(one.start_ns, []).append(one)
    return sorted(minutes.items())


def _body(observations: Sequence[Observation]) -> bytes:
    return _packed(Delivery(0, columns_of(observations), (), ()))


def _packed(message: ToHub) -> bytes:
    return b"".join(map(bytes, TO_HUB.packed(message)))


def _delivery(number: int, body: bytes) -> Delivery:
    with closing(io.BytesIO(body)) as source:
        message = TO_HUB.receive(source)
    if not isinstance(message, Delivery):
        raise CodecError("the outbox holds what is no delivery")
    columns: ObservationColumns = message.observations
    return Delivery(number, columns, message.health, message.alerts)
