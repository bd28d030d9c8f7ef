"""How many observations the store takes, on both databases, and whether it keeps up with a city's cameras.

Usage: python -m benchmarks.store.load [--only sqlite|postgresql] [--cameras N] [--minutes N] [--leased]
                                       [--json OUT.json]

1. Batches: whole minutes are stored in batches of several sizes, one after the other, as fast as they go. Beside it, in
   the same run and in batches of the same size, the same rows by a plain `executemany` INSERT with a commit each: no
   receipt, no second row of a minute that may be better, nothing marked for the roll-ups.
2. As it comes, in real time: first the rows of a minute evenly over the minute, then minutes whose rows all come in
   their first six seconds (ten times as many a second; what happens when every camera's minute ends at once). A hub's
   loop stores what has come, in batches of the best size; a quarter of an hour of all cameras is rolled up meanwhile,
   and a chart asked for every second. The backlog is what has come and is not stored yet.

SQLite is given 200 cameras and PostgreSQL 8,000, of 20 series each; both sync the disk at each commit.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from rich.progress import Progress

from benchmarks.footage import RESULTS_FOLDER
from benchmarks.store.databases import KINDS, ServerMissingError, empty_database, machine
from benchmarks.store.leased import leased_store
from benchmarks.store.rows import NS_PER_S, SERIES, camera_name, observations, start_s, table_rows
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.ports import Store
from passerby.store import open_store
from testing.store_keeper import asyncpg_place

CAMERAS = {"sqlite": 200, "postgresql": 8000}
BATCHES = (100, 500, 1000, 2000, 5000, 10_000, 20_000)
ROWS_A_SIZE = 80_000
BURST_S = 6
EVEN_S = 58
"""Not 60: what has come in a minute's last moment would look like a backlog at its end."""

ROLL_UP_EVERY_S = 5
QUARTER = 15

PLAIN = "INSERT INTO plain VALUES ({})"
PLAIN_TABLE = (
    "CREATE TABLE plain (start_s BIGINT, key_id INTEGER, value DOUBLE PRECISION, error DOUBLE PRECISION, "
    "count BIGINT, coverage DOUBLE PRECISION, PRIMARY KEY (start_s, key_id))"
)

Tell = Callable[[str], None]


@dataclass(slots=True)
class Batch:
    """One size of batch: rows stored a second, CPU of this process a row, and the plain INSERT's rows a second."""

    size: int
    rows_a_s: float
    cpu_us_a_row: float
    plain_rows_a_s: float


@dataclass(slots=True)
class Minute:
    """One minute as it came: its rows, the seconds that they came in, and the backlog at its largest and at the end."""

    rows: int
    within_s: float
    largest_backlog: int
    backlog_at_end: int
    empty_after_s: float | None


@dataclass(slots=True)
class Load:
    """What was measured on one database."""

    kind: str
    cameras: int
    batches: list[Batch] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    quarter_s: float = 0.0
    quarter_intervals: int = 0
    chart_ms: dict[str, float] = field(default_factory=dict)


class Clock:
    """UTC nanoseconds; set by hand, so that a quarter is over when the benchmark says so."""

    def __init__(self) -> None:
        self.minute = 0

    def __call__(self) -> int:
        return start_s(self.minute) * NS_PER_S


class Hub:
    """A hub's loop: stores what has come in batches, rolls up, and is asked for a chart meanwhile."""

    def __init__(self, store: Store, batch: int) -> None:
        self._store = store
        self._batch = batch
        self._waiting: deque[Observation] = deque()
        self._storing = 0
        self.chart_ms: list[float] = []
        self.roll_ups: list[tuple[int, float]] = []

    @property
    def backlog(self) -> int:
        return len(self._waiting) + self._storing

    def take(self, rows: Sequence[Observation]) -> None:
        self._waiting.extend(rows)

    async def store_for_ever(self) -> None:
        while True:
            some = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            self._storing = len(some)
            if some:
                receipt = await self._store.store_observations(some)
                assert receipt.new == len(some)
            self._storing = 0
            await asyncio.sleep(0 if self._waiting else 0.02)

    async def roll_up_for_ever(self) -> None:
        while True:
            begun = time.perf_counter()
            written = await self._store.roll_up()
            if written:
                self.roll_ups.append((written, time.perf_counter() - begun))
            await asyncio.sleep(ROLL_UP_EVERY_S)

    async def chart_for_ever(self, cameras: int, minute: Callable[[], int]) -> None:
        number = 0
        while True:
            number = (number + 7919) % cameras
            begun = time.perf_counter()
            await self._store.observations(line_query(number, 0, minute() + 1))
            self.chart_ms.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(1)


def line_query(camera: int, first: int, last: int) -> ObservationQuery:
    return ObservationQuery(
        start_s(first) * NS_PER_S,
        start_s(last) * NS_PER_S,
        bin=Bin.QUARTER,
        cameras=(camera_name(camera),),
        series=("gate",),
        quantities=(Quantity.FLOW,),
        limit=10_000,
    )


async def measure(url: str, kind: str, cameras: int, minutes: int, tell: Tell, *, leased: bool = False) -> Load:
    load = Load(kind, cameras)
    clock = Clock()
    store: Store = await open_store(url, clock=clock)
    try:
        if leased:
            store = await leased_store(store, cameras)
        tell("giving each series its number")
        await _store(store, observations(range(cameras), 0), 5000)
        await _plain(url, kind, [], 1, make=True)
        minute = 1
        for size in BATCHES:
            tell(f"batches of {size:,}")
            batch, minute = await _batch(store, url, load, size, minute)
            load.batches.append(batch)
        best = max(load.batches, key=lambda one: one.rows_a_s).size
        while minute % QUARTER:
            tell("filling the quarter")
            await _store(store, observations(range(cameras), minute), best)
            minute += 1
        await store.roll_up()
        tell("rolling up what came so far")
        clock.minute = minute + 2
        # All quarters but the last one, which is rolled up while rows come in.
        await _roll_up_before(store, clock, minute - QUARTER + 2)
        await _as_it_comes(store, load, minute, minutes, best, tell)
    finally:
        await store.close()
    return load


async def _roll_up_before(store: Store, clock: Clock, minute: int) -> None:
    now, clock.minute = clock.minute, minute
    await store.roll_up()
    clock.minute = now


async def _batch(store: Store, url: str, load: Load, size: int, minute: int) -> tuple[Batch, int]:
    count = max(1, ROWS_A_SIZE // (load.cameras * len(SERIES)))
    ours_s = cpu_s = plain_s = 0.0
    stored = 0
    numbers = {(camera, place): camera * 32 + place for camera in range(load.cameras) for place in range(len(SERIES))}
    for number in range(minute, minute + count):
        rows = observations(range(load.cameras), number)
        begun, cpu = time.perf_counter(), time.process_time()
        await _store(store, rows, size)
        ours_s += time.perf_counter() - begun
        cpu_s += time.process_time() - cpu
        stored += len(rows)
        plain_s += await _plain(url, load.kind, list(table_rows(numbers, number)), size)
    return Batch(size, stored / ours_s, 1e6 * cpu_s / stored, stored / plain_s), minute + count


async def _store(store: Store, rows: Sequence[Observation], size: int) -> None:
    for first in range(0, len(rows), size):
        await store.store_observations(rows[first : first + size])


async def _plain(url: str, kind: str, rows: list[tuple[Any, ...]], size: int, *, make: bool = False) -> float:
    """Stores rows the plain way; returns the seconds that it took, without connecting."""
    if kind == "sqlite":
        return await asyncio.to_thread(_plain_sqlite, str(sa.make_url(url).database) + ".plain", rows, size, make)
    connection = await asyncpg.connect(**asyncpg_place(url))
    try:
        if make:
            await connection.execute(PLAIN_TABLE)
        begun = time.perf_counter()
        for first in range(0, len(rows), size):
            async with connection.transaction():
                await connection.executemany(PLAIN.format("$1, $2, $3, $4, $5, $6"), rows[first : first + size])
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _plain_sqlite(path: str, rows: list[tuple[Any, ...]], size: int, make: bool) -> float:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if make:
            connection.execute(PLAIN_TABLE + " WITHOUT ROWID")
        begun = time.perf_counter()
        for first in range(0, len(rows), size):
            with connection:
                connection.executemany(PLAIN.format("?, ?, ?, ?, ?, ?"), rows[first : first + size])
        return time.perf_counter() - begun
    finally:
        connection.close()


async def _as_it_comes(store: Store, load: Load, first: int, minutes: int, batch: int, tell: Tell) -> None:
    hub = Hub(store, batch)
    now = first
    tasks = [
        asyncio.create_task(hub.store_for_ever()),
        asyncio.create_task(hub.roll_up_for_ever()),
        asyncio.create_task(hub.chart_for_ever(load.cameras, lambda: now)),
    ]
    try:
        for number in range(minutes):
            now = first + number
            rows = observations(range(load.cameras), now)
            within_s = EVEN_S if number == 0 else BURST_S
            tell(f"minute {number + 1} of {minutes}: {len(rows):,} rows within {within_s} s")
            load.minutes.append(await _one_minute(hub, rows, within_s, tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    load.quarter_intervals, load.quarter_s = max(hub.roll_ups, default=(0, 0.0))
    ordered = sorted(hub.chart_ms)
    load.chart_ms = {"p50": ordered[len(ordered) // 2], "p95": ordered[int(0.95 * len(ordered))], "most": ordered[-1]}


async def _one_minute(
    hub: Hub, rows: Sequence[Observation], within_s: float, tasks: Sequence["asyncio.Task[None]"]
) -> Minute:
    begun = time.perf_counter()
    sent = largest = 0
    empty_after_s: float | None = None
    while (passed_s := time.perf_counter() - begun) < 60:
        due = min(len(rows), int(len(rows) * passed_s / within_s))
        hub.take(rows[sent:due])
        sent = due
        largest = max(largest, hub.backlog)
        if sent == len(rows) and hub.backlog == 0 and empty_after_s is None:
            empty_after_s = passed_s
        for task in tasks:
            if task.done():
                task.result()
        await asyncio.sleep(0.05)
    hub.take(rows[sent:])
    return Minute(len(rows), within_s, largest, hub.backlog, empty_after_s)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: no backlog is left at the end of any minute; 1: there is one; 2: nothing could be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--cameras", type=int, help="for both databases")
    parser.add_argument("--minutes", type=int, default=4, help="in real time; the first is even, the others are bursts")
    parser.add_argument("--leased", action="store_true", help="all rows are measured under a lease")
    parser.add_argument("--json", type=Path, default=RESULTS_FOLDER / "store_load.json")
    asked = parser.parse_args(arguments)
    before, loads = machine(), []
    with Progress() as progress:
        for kind in KINDS if asked.only is None else (asked.only,):
            task = progress.add_task(kind, total=len(BATCHES) + asked.minutes + 2)

            def tell(line: str, task: Any = task, kind: str = kind) -> None:
                progress.update(task, description=f"{kind}: {line}", advance=1)

            try:
                with empty_database(kind) as url:
                    cameras = asked.cameras or CAMERAS[kind]
                    work = measure(url, kind, cameras, asked.minutes, tell, leased=asked.leased)
                    loads.append(asyncio.run(work))
            except ServerMissingError as missing:
                print(missing, file=sys.stderr)
                return 2
            written = {"before": before, "after": machine(), "loads": [asdict(one) for one in loads]}
            asked.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written["loads"], indent=1))
    return 1 if any(minute.backlog_at_end for load in loads for minute in load.minutes) else 0


if __name__ == "__main__":
    sys.exit(main())
