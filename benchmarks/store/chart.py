"""How long a month's chart of one line takes, with 20 million one-minute rows stored, on both databases.

Usage: python -m benchmarks.store.chart [--only sqlite|postgresql] [--days N] [--rounds N] [--json OUT.json]

30 days of 25 cameras, 20 series each. The store rolls them up by itself; then come 22 minutes more, so that each chart
ends with a quarter of an hour that is over and not rolled up, and with one that is not over. Charts are asked for as
the API asks for them, of a camera drawn by lot each time. Beside it, in the same run, the same sums by a plain SELECT
from the minutes: what a store without roll-ups would do.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from rich.progress import Progress

from benchmarks.footage import RESULTS_FOLDER
from benchmarks.store.bulk import DAY, fill
from benchmarks.store.databases import KINDS, ServerMissingError, empty_database, machine
from benchmarks.store.load import Clock
from benchmarks.store.rows import NS_PER_S, camera_name, observations, start_s
from passerby.domain.observations import Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.service.hub.interpreter import answer_soon
from passerby.store import open_store
from testing.store_keeper import asyncpg_place

CAMERAS = 25
FRESH_MINUTES = 22
MUST_MS = 100.0
PLAIN_ROUNDS = 3

_WALKER = (RoadUser.PEDESTRIAN,)
CHARTS: dict[str, dict[str, Any]] = {
    "hours, a line both ways, all classes": {"bin": Bin.HOUR},
    "quarters, a line both ways, one class": {"bin": Bin.QUARTER, "road_users": _WALKER},
    "quarters, a line one way, one class": {"bin": Bin.QUARTER, "road_users": _WALKER, "directions": ("forward",)},
    "days, a line both ways, all classes": {"bin": Bin.DAY},
}
PLAIN = (
    "SELECT key_id, start_s / 3600, sum(value), sum(count), sum(coverage) FROM observations_60 "
    "WHERE start_s >= {first} AND start_s < {last} AND key_id IN (SELECT key_id FROM series_keys "
    "WHERE camera = '{camera}' AND series = 'gate' AND quantity = 'flow') GROUP BY 1, 2"
)

Tell = Callable[[str], None]


@dataclass(slots=True)
class Chart:
    """One kind of chart: its points, how long it took, and our own CPU for it, which a busy machine changes less."""

    what: str
    points: int
    p50_ms: float
    p95_ms: float
    most_ms: float
    cpu_ms: float


@dataclass(slots=True)
class Charts:
    """What was measured on one database."""

    kind: str
    rows: int = 0
    fill_s: float = 0.0
    roll_up_s: float = 0.0
    roll_up_intervals: int = 0
    plain_ms: float = 0.0
    charts: list[Chart] = field(default_factory=list)


async def measure(url: str, kind: str, days: int, rounds: int, tell: Tell) -> Charts:
    found = Charts(kind)
    clock = Clock()
    store = await open_store(url, clock=clock)
    try:
        begun = time.perf_counter()
        found.rows = await fill(store, url, CAMERAS, days, lambda: tell("filling"))
        found.fill_s = time.perf_counter() - begun
        tell("rolling up")
        clock.minute = days * DAY + 3
        begun = time.perf_counter()
        found.roll_up_intervals = await store.roll_up()
        found.roll_up_s = time.perf_counter() - begun
        clock.minute = days * DAY + FRESH_MINUTES
        for minute in range(days * DAY, clock.minute):
            await store.store_observations(observations(range(CAMERAS), minute))
        for what, asked in CHARTS.items():
            tell(what)
            found.charts.append(await _chart(store, what, clock.minute, asked, rounds))
        tell("the plain way")
        found.plain_ms = await _plain(url, clock.minute)
    finally:
        await store.close()
    return found


async def _chart(store: Store, what: str, last: int, asked: dict[str, Any], rounds: int) -> Chart:
    chosen, times_ms, points, cpu_s = random.Random(4), [], 0, time.process_time()
    for _ in range(rounds):
        query = ObservationQuery(
            start_s(last - 30 * DAY) * NS_PER_S,
            start_s(last) * NS_PER_S,
            cameras=(camera_name(chosen.randrange(CAMERAS)),),
            series=("gate",),
            quantities=(Quantity.FLOW,),
            limit=10_000,
            **asked,
        )
        begun = time.perf_counter()
        page = await store.observations(query)
        times_ms.append(1000 * (time.perf_counter() - begun))
        points = len(page.rows)
        assert page.after is None
        assert page.rows[-1].start_ns <= start_s(last) * NS_PER_S
    times_ms.sort()
    cpu_ms = 1000 * (time.process_time() - cpu_s) / rounds
    return Chart(what, points, times_ms[rounds // 2], times_ms[int(0.95 * rounds)], times_ms[-1], cpu_ms)


async def _plain(url: str, last: int) -> float:
    """Milliseconds of the median round."""
    times_ms = []
    for number in range(PLAIN_ROUNDS):
        query = PLAIN.format(first=start_s(last - 30 * DAY), last=start_s(last), camera=camera_name(number))
        if url.startswith("sqlite"):
            connection = sqlite3.connect(str(sa.make_url(url).database))
            begun = time.perf_counter()
            connection.execute(query).fetchall()
            times_ms.append(1000 * (time.perf_counter() - begun))
            connection.close()
        else:
            postgresql = await asyncpg.connect(**asyncpg_place(url))
            begun = time.perf_counter()
            await postgresql.fetch(query)
            times_ms.append(1000 * (time.perf_counter() - begun))
            await postgresql.close()
    return sorted(times_ms)[PLAIN_ROUNDS // 2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: every chart is there in time; 1: one is not; 2: nothing could be measured."""
    answer_soon()  # as the hub does
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", type=Path, default=RESULTS_FOLDER / "store_chart.json")
    asked = parser.parse_args(arguments)
    before, found = machine(), []
    with Progress() as progress:
        for kind in KINDS if asked.only is None else (asked.only,):
            task = progress.add_task(kind, total=asked.days + len(CHARTS) + 2)

            def tell(line: str, task: Any = task, kind: str = kind) -> None:
                progress.update(task, description=f"{kind}: {line}", advance=1)

            try:
                with empty_database(kind) as url:
                    found.append(asyncio.run(measure(url, kind, asked.days, asked.rounds, tell)))
            except ServerMissingError as missing:
                print(missing, file=sys.stderr)
                return 2
            written = {
                "before": before,
                "after": machine(),
                "must_ms": MUST_MS,
                "charts": [asdict(one) for one in found],
            }
            asked.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written["charts"], indent=1))
    return 1 if any(chart.p95_ms > MUST_MS for one in found for chart in one.charts) else 0


if __name__ == "__main__":
    sys.exit(main())
