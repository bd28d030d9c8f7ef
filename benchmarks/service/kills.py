"""Nothing lost, nothing doubled: `python -m benchmarks.service.kills` kills processes of one of two equal services.

Two services watch the same RTSP camera, which plays a real recording in a loop. One is left alone. Of the other, in the
first half only the hub and the database are killed: the camera is watched all the time, so both must store the same.
In the second half its worker and the camera's sealed process are killed too: what is missing must be what the coverage
says was not watched.
"""

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import Progress

from benchmarks.footage import RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.store.databases import machine
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.servers import postgresql_server
from testing.store_keeper import asyncpg_place
from testing.trial_service.service import Service

RESULTS = RESULTS_FOLDER / "kills.json"
MINUTE_S = 60
WHOLE = 0.998
"""Coverage from which a minute counts as watched wholly: one frame of six hundred may be late."""

LINES = """
      west lane: {points: [[0.27, 0.355], [0.245, 0.475]]}
      north road: {points: [[0.69, 0.325], [0.91, 0.365]]}
      east road: {points: [[0.895, 0.44], [0.855, 0.745]]}
      lawn edge: {points: [[0.27, 0.475], [0.82, 0.80]]}
"""
SPARING = ("hub", "database")
"""Processes without which the camera is watched all the same."""

ANY = (*SPARING, "worker", "sealed")

START_ATTEMPTS = 15

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of one service: coverage, and crossings by line, way and class."""

    coverage: float
    counts: dict[Key, int]

    @property
    def total(self) -> int:
        """All crossings."""
        return sum(self.counts.values())


def site_text(address: str, fps: float, store: str) -> str:
    """The site file of a service that watches the camera."""
    return (
        f"site: {{name: kills}}\nnetwork: {{cameras: [127.0.0.0/8]}}\nserver: {{port: {free_port()}}}\n{store}"
        f'cameras:\n  junction:\n    source: {{rtsp: "{address}"}}\n    analysed_fps: {fps:g}\n    lines:{LINES}'
    )


def minutes_of(service: Service) -> dict[int, Minute]:
    """The stored minutes by their start in seconds; raises ValueError where a row is stored twice."""
    found: dict[int, dict[Key, int]] = {}
    coverage: dict[int, float] = {}
    now = datetime.now(UTC)
    start, end = (now + timedelta(hours=hours) for hours in (-12, 1))
    for row in service.rows(start=start.isoformat(), end=end.isoformat(), bin="minute", quantity="flow"):
        start_s = int(datetime.fromisoformat(row["start"]).timestamp())
        key = (row["series"], row["direction"], row["road_user"])
        counts = found.setdefault(start_s, {})
        if key in counts:
            raise ValueError(f"stored twice: {start_s} {key}")
        counts[key] = int(row["value"] or 0)
        coverage[start_s] = float(row["coverage"])
    return {start_s: Minute(coverage[start_s], counts) for start_s, counts in found.items()}


class Killer:
    """Ends processes of a service at random moments."""

    def __init__(self, service: Service, database: postgresql_server.Server, chance: random.Random) -> None:
        self._service, self._database, self._chance = service, database, chance
        self.kills: Counter[str] = Counter()

    def kill(self, kinds: Sequence[str]) -> None:
        """Ends one process of one of these kinds that runs now."""
        kind = self._chance.choice(kinds)
        if kind == "database":
            self._database.kill()
            time.sleep(self._chance.uniform(0.0, 3.0))
            self._start_database()
        else:
            self._service.until(lambda: self._running(kind), f"a process to kill: {kind}")
            self._service.kill(self._chance.choice(self._running(kind)))
        self.kills[kind] += 1

    def _running(self, kind: str) -> list[int]:
        return [pid for name, pid in self._service.processes().items() if name.startswith(kind)]

    def _start_database(self) -> None:
        """As systemd would: again and again, for a moment after the kill its shared memory may still be held."""
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._database.start()
            except subprocess.CalledProcessError:
                time.sleep(1.0)
        return self._database.start()


def run(kills: int, pause_s: float, seed: int, console: Console) -> dict[str, Any]:
    """The whole trial; returns what came of it."""
    footage = find_footage()
    chance = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="psb-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        film = opened(footage.recordings / "pets09-s2l1" / "video.avi", folder)
        fps = len(film.pictures) / film.length_s
        camera = stack.enter_context(RtspCamera(film))
        url, database = stack.enter_context(_database(folder))
        (folder / "alone").mkdir()
        (folder / "harmed").mkdir()
        alone = stack.enter_context(Service(folder / "alone", site_text(camera.address, fps, "")))
        store = "store: {url_from: STORE_URL}\n"
        harmed = stack.enter_context(
            Service(folder / "harmed", site_text(camera.address, fps, store), {"STORE_URL": url})
        )
        for service in (alone, harmed):
            service.enter()
            service.until(partial(_reported, service), "health")
        # A loop of the film, so that both follow the same people.
        started_s = time.time() + film.length_s
        killer = Killer(harmed, database, chance)
        halves: list[float] = []
        with Progress(console=console) as progress:
            task = progress.add_task("killing", total=kills + 1)
            _sleep_until(started_s)
            for kinds, share in (
                (("hub", "database"), kills // 2),
                (("hub", "database", "worker", "sealed"), kills - kills // 2),
            ):
                for _ in range(share):
                    time.sleep(chance.uniform(0.5, 1.5) * pause_s)
                    killer.kill(kinds)
                    progress.advance(task)
                halves.append(time.time())
            _sleep_until(time.time() + 2.5 * MINUTE_S)  # the last minutes are over, and delivered
            progress.advance(task)
        for service in (alone, harmed):
            service.until(partial(_ready, service), "the hub, and an empty outbox")
        first, second = minutes_of(alone), minutes_of(harmed)
        return judged(first, second, (started_s, halves[0], halves[1]), dict(killer.kills), fps)


def _reported(service: Service) -> bool:
    return bool(service.ask("/api/v1/cameras").json()["rows"][0]["health"])


def _ready(service: Service) -> bool:
    return service.ask("/readyz").status == 200 and service.status()["outbox_rows"] == 0


def judged(
    alone: dict[int, Minute],
    harmed: dict[int, Minute],
    times: tuple[float, float, float],
    kills: dict[str, int],
    fps: float,
) -> dict[str, Any]:
    """The figures: minutes of the first part, and of the second."""
    shown = {
        name: [[start_s, round(minute.coverage, 4), minute.total] for start_s, minute in sorted(minutes.items())]
        for name, minutes in (("alone", alone), ("harmed", harmed))
    }
    parts = {
        "hub and database": _compared(alone, harmed, times[0], times[1] - MINUTE_S),
        "any process": _compared(alone, harmed, times[1], times[2]),
    }
    return {"kills": kills, "analysed_fps": fps, "parts": parts, "minutes": shown, "machine": machine()}


def _compared(alone: dict[int, Minute], harmed: dict[int, Minute], from_s: float, to_s: float) -> dict[str, Any]:
    starts = [start_s for start_s in sorted(alone) if from_s <= start_s <= to_s and alone[start_s].coverage >= WHOLE]
    empty = Minute(0.0, {})
    whole = [start_s for start_s in starts if harmed.get(start_s, empty).coverage >= WHOLE]
    differing = [
        {"start_s": start_s, "alone": alone[start_s].total, "harmed": harmed[start_s].total}
        for start_s in whole
        if alone[start_s].counts != harmed[start_s].counts
    ]
    total = sum(alone[start_s].total for start_s in starts)
    kept = sum(harmed.get(start_s, empty).total for start_s in starts)
    coverage = sum(harmed.get(start_s, empty).coverage for start_s in starts) / len(starts) if starts else 0.0
    return {
        "minutes": len(starts),
        "minutes_watched_wholly": len(whole),
        "of_these_differing": differing,
        "crossings_alone": total,
        "crossings_harmed": kept,
        "coverage_harmed": round(coverage, 4),
        "crossings_expected_of_the_coverage": round(total * coverage, 1),
        "crossings_too_many_in_any_minute": max(
            (harmed[start_s].total - alone[start_s].total for start_s in starts if start_s in harmed), default=0
        ),
    }


@contextmanager
def _database(folder: Path) -> Iterator[tuple[str, postgresql_server.Server]]:
    with postgresql_server.serving(folder, settings="-c shared_buffers=64MB") as server:
        asyncio.run(_create(server.url.format(database="postgres")))
        yield server.url.format(database="passerby"), server


async def _create(url: str) -> None:
    connection = await asyncpg.connect(**asyncpg_place(url))
    await connection.execute("CREATE DATABASE passerby")
    await connection.close()


def _sleep_until(time_s: float) -> None:
    time.sleep(max(0.0, time_s - time.time()))


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: nothing lost or doubled; 1: something was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pause-s", type=float, default=6.0, help="between two of them, on average")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)
    console = Console()
    why_not = postgresql_server.missing()
    if why_not:
        console.print(f"[yellow]Skipped:[/] {why_not}")
        return 0
    try:
        result = run(options.kills, options.pause_s, options.seed, console)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    console.print_json(json.dumps(result))
    wrong = any(
        part["of_these_differing"] or part["crossings_too_many_in_any_minute"] > 0 for part in result["parts"].values()
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
