"""What a worker must not lose, on disk: open minutes and events, results that the hub has not stored, learned views.

Three stages: the *parts* of minutes that each run of a camera's process measured, the *outbox* of finished results (see
`Outbox`), and the *memories* of the cameras' views. `runs` holds the runs that are alive; of events see `EventJournal`.
"""

import io
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Self

from passerby.domain.event_rules import BY_CALENDAR, ProfileSwitch
from passerby.domain.health import CameraHealth
from passerby.domain.intervals import regroup
from passerby.domain.leases import NO_LEASE, WatchedPart, parts_of
from passerby.domain.observations import Observation
from passerby.engine.event_journal import EventJournal, oldest_waiting_ns
from passerby.engine.outbox import Outbox, decoded
from passerby.engine.replays.outbox import ReplayOutbox
from passerby.engine.transactions import transaction
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, TO_WORKER, Delivery, ProfilesSwitched
from passerby.messages.sandbox_messages import STORED_VIEWS, Message, Minutes, ViewMemory
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
CREATE TABLE IF NOT EXISTS memories (camera TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS switched_profiles (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL);
"""


class Journal:
    """A worker's journal: one SQLite file, synced to the disk before a call returns.

    Each start of a camera's process is a run. While it is alive it reports its open minutes again and again, and each
    report replaces the one before; when it is killed, its last report stands. The parts of one minute that several runs
    watched are added up when none of them can change any more.

    Safe to call from several threads.

    Attributes:
        events: the events of the cameras.
        outbox: their finished minutes and health reports, until the hub has stored them.
        replays: their replays, encrypted.
    """

    def __init__(self, path: Path) -> None:
        """Opens the journal, or creates one.

        Args:
            path: its file; SQLite keeps two more beside it while it is open.

        Raises:
            sqlite3.Error: it cannot be opened, or is none.
        """
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # FULL: what was acknowledged to a camera's process survives a power cut, too.
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=10000"):
            self._database.execute(line)
        self._database.executescript(_TABLES)
        self.outbox = Outbox(self._database, self._lock)
        self.events = EventJournal(self._database, self._lock)
        self.replays = ReplayOutbox(self._database, self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def end_all_runs(self) -> None:
        """Ends all runs: after a start of the worker none of before is alive."""
        with self._lock, transaction(self._database):
            self._database.execute("DELETE FROM runs")

    def begin_run(self, camera: str) -> int:
        """Begins a run of a camera's process; returns its number, higher than all before."""
        with self._lock, transaction(self._database):
            last = self._database.execute(
                "SELECT max((SELECT coalesce(max(run), 0) FROM parts WHERE camera = ?1),"
                " (SELECT coalesce(max(run), 0) FROM runs WHERE camera = ?1))",
                (camera,),
            ).fetchone()[0]
            self._database.execute("INSERT INTO runs VALUES (?, ?, NULL)", (camera, last + 1))
        return int(last) + 1

    def end_run(self, camera: str, run: int) -> None:
        """Ends a run, however its process ended."""
        with self._lock, transaction(self._database):
            self._database.execute("DELETE FROM runs WHERE camera = ? AND run = ?", (camera, run))

    def store_minutes(self, camera: str, run: int, minutes: Minutes, lease: int = NO_LEASE) -> None:
        """Stores what a run has reported, measured under a lease; it is on disk when this returns."""
        rows = []
        for columns in (minutes.closed, minutes.open):
            by_minute = _by_minute(observations_of(columns))
            parts = parts_of(camera, lease, minutes.watched, dict(by_minute)) if lease else {}
            rows += [(camera, run, start_ns, _body(part, parts.get(start_ns))) for start_ns, part in by_minute]
        with self._lock, transaction(self._database):
            self._database.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", rows)
            if minutes.open_from_ns is not None:
                self._database.execute(
                    "UPDATE runs SET from_ns = ? WHERE camera = ? AND run = ?", (minutes.open_from_ns, camera, run)
                )

    def store_health(self, report: CameraHealth) -> None:
        """Puts a health report into the outbox."""
        with self._lock, transaction(self._database):
            self.outbox.put(Delivery(0, columns_of(()), (report,), ()), 1)

    def store_memory(self, camera: str, memory: ViewMemory) -> None:
        """Stores what a camera has learned of its view."""
        body = STORED_VIEWS.frame(memory)
        with self._lock, transaction(self._database):
            self._database.execute("INSERT OR REPLACE INTO memories VALUES (?, ?)", (camera, body))

    def memory(self, camera: str) -> ViewMemory | None:
        """Returns what a camera learned last; None where there is nothing, or of another version."""
        with self._lock:
            row = self._database.execute("SELECT body FROM memories WHERE camera = ?", (camera,)).fetchone()
        try:
            message: Message | None = None if row is None else STORED_VIEWS.receive(io.BytesIO(row[0]))
        except (CodecError, EOFError):
            return None
        return message if isinstance(message, ViewMemory) else None

    def store_switch(self, switched: ProfilesSwitched) -> None:
        """Stores which profiles an operator has switched on, for a start of the worker while the hub is away."""
        with self._lock, transaction(self._database):
            body = TO_WORKER.frame(switched)
            self._database.execute("INSERT OR REPLACE INTO switched_profiles VALUES (1, ?)", (body,))

    def switch(self) -> ProfileSwitch:
        """Returns which profiles an operator had switched on when that was stored last."""
        with self._lock:
            row = self._database.execute("SELECT body FROM switched_profiles").fetchone()
        try:
            message = None if row is None else TO_WORKER.receive(io.BytesIO(row[0]))
        except (CodecError, EOFError):
            return BY_CALENDAR
        return message.by_hand if isinstance(message, ProfilesSwitched) else BY_CALENDAR

    def finish_minutes(self, now_ns: int) -> int:
        """Moves the minutes that can change no more to the outbox; returns how many camera-minutes they were.

        Args:
            now_ns: UTC nanoseconds; a run that has reported no frame yet can only add to minutes from now on.
        """
        with self._lock, transaction(self._database):
            minutes = self._database.execute(
                "SELECT DISTINCT camera, start_ns FROM parts ORDER BY start_ns, camera"
            ).fetchall()
            ready = [(camera, start_ns) for camera, start_ns in minutes if self._is_finished(camera, start_ns, now_ns)]
            waiting = _Minutes([], [])
            for camera, start_ns in ready:
                first, *others = self._joined(camera, start_ns)
                for other in others:  # a lease that was lost and taken again within the minute
                    self.outbox.put(other.delivery(), len(other.rows))
                waiting.rows.extend(first.rows)
                waiting.parts.extend(first.parts)
                if len(waiting.rows) >= ROWS_PER_DELIVERY:
                    self.outbox.put(waiting.delivery(), len(waiting.rows))
                    waiting = _Minutes([], [])
            if waiting.rows:
                self.outbox.put(waiting.delivery(), len(waiting.rows))
            self._database.executemany("DELETE FROM parts WHERE camera = ? AND start_ns = ?", ready)
        return len(ready)

    def open_minutes(self, camera: str) -> tuple[Observation, ...]:
        """Returns a camera's minutes that are not in the outbox yet, the parts of all runs added up."""
        with self._lock:
            starts = self._database.execute(
                "SELECT DISTINCT start_ns FROM parts WHERE camera = ? ORDER BY start_ns", (camera,)
            ).fetchall()
            joined = [part for (start_ns,) in starts for part in self._joined(camera, start_ns)]
        return tuple(one for part in joined for one in part.rows)

    @property
    def outbox_rows(self) -> int:
        """How many rows, events and replays wait for the hub."""
        return self.outbox.rows + self.events.waiting_rows + self.replays.waiting

    @property
    def holds_results(self) -> bool:
        """Whether something waits for the hub, or a minute is not over yet."""
        with self._lock:
            unfinished = self._database.execute("SELECT 1 FROM parts LIMIT 1").fetchone()
        return unfinished is not None or self.outbox_rows > 0

    def _is_finished(self, camera: str, start_ns: int, now_ns: int) -> bool:
        """Returns whether a minute is past, and no run of the camera that is alive can add to it any more."""
        end_ns = start_ns + MINUTE_S * NS_PER_S
        if start_ns >= now_ns + AHEAD_NS:
            return True
        if now_ns < end_ns:
            return False
        floors = self._database.execute("SELECT from_ns FROM runs WHERE camera = ?", (camera,))
        return all((now_ns if from_ns is None else from_ns) >= end_ns for (from_ns,) in floors)

    def _joined(self, camera: str, start_ns: int) -> list["_Minutes"]:
        """Returns a minute's rows, what all runs under one lease measured added up; of most there is one lease."""
        bodies = self._database.execute(
            "SELECT body FROM parts WHERE camera = ? AND start_ns = ? ORDER BY run", (camera, start_ns)
        ).fetchall()
        by_lease: dict[int, list[Delivery]] = {}
        for (body,) in bodies:
            one = decoded(body)
            by_lease.setdefault(one.parts[0].lease if one.parts else NO_LEASE, []).append(one)
        return [_together(some) for some in by_lease.values()]


def waiting_since(path: Path) -> int | None:
    """Returns from when the oldest result in a journal is (UTC ns); None where none waits.

    Args:
        path: the journal's file, which a worker may be using; it is only read.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            oldest = database.execute("SELECT min(start_ns) FROM parts").fetchone()[0]
            first = database.execute("SELECT body FROM outbox ORDER BY number LIMIT 1").fetchone()
            event_ns = oldest_waiting_ns(database)
        times = [int(time_ns) for time_ns in (oldest, event_ns) if time_ns is not None]
        if first is not None:
            delivery = decoded(first[0])
            times += [one.start_ns for one in observations_of(delivery.observations)]
            times += [one.time_ns for one in delivery.health]
            times += [one.time_ns for one in delivery.alerts]
    except (sqlite3.Error, CodecError) as error:
        raise OSError(f"{path}: the journal cannot be read: {error}") from None
    return min(times, default=None)


_RESULTS = """
SELECT (SELECT coalesce(sum(rows), 0) FROM outbox) + (SELECT count(*) FROM parts)
    + (SELECT count(*) FROM events WHERE stored = 0) + (SELECT count(*) FROM replays)
"""


def results_in(path: Path) -> int:
    """Returns how many rows, events, replays and minutes that are not over a journal holds.

    Args:
        path: the journal's file, which a worker may be using; it is only read.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute(_RESULTS).fetchone()[0])
    except sqlite3.Error as error:
        raise OSError(f"{path}: the journal cannot be read: {error}") from None


def _by_minute(observations: Sequence[Observation]) -> list[tuple[int, list[Observation]]]:
    minutes: dict[int, list[Observation]] = {}
    for one in observations:
        minutes.setdefault(one.start_ns, []).append(one)
    return sorted(minutes.items())


@dataclass(frozen=True, slots=True)
class _Minutes:
    """Rows of minutes, and the parts that they are of where they were measured under a lease."""

    rows: list[Observation]
    parts: list[WatchedPart]

    def delivery(self) -> Delivery:
        return Delivery(0, columns_of(self.rows), (), (), tuple(self.parts))


def _together(some: Sequence[Delivery]) -> _Minutes:
    """Returns what several runs measured of one minute under one lease, added up."""
    rows = [list(observations_of(one.observations)) for one in some]
    joined = rows[0] if len(rows) == 1 else regroup((one for each in rows for one in each), MINUTE_S)
    parts = [part for one in some for part in one.parts]
    return _Minutes(joined, [reduce(WatchedPart.plus, parts).around(joined)] if parts else [])


def _body(observations: Sequence[Observation], part: WatchedPart | None) -> bytes:
    return TO_HUB.frame(Delivery(0, columns_of(observations), (), (), () if part is None else (part,)))
