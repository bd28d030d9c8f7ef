"""What a hub of 8,000 cameras on 200 machines costs: `python -m benchmarks.fleet.city`.

A real hub, a real PostgreSQL server, and real links and outboxes of all machines run on this one; only the cameras are
made (see `testing.city`). All machines hold a whole minute of all cameras before the first of them sends anything, so
that the hub gets it at once: in a city it comes over some seconds. Meanwhile the API is asked again and again, by a
process of its own, and some pages of all cameras are open.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.fleet.reader import Reader
from benchmarks.service.separate import memory_mb
from passerby.domain.camera_groups import CameraNeeds, GroupLimits, grouped
from passerby.telemetry.logs import configure_logs
from testing.city.city import City, Size, running_city
from testing.city.site_file import camera_name
from testing.city.traffic import ROWS_A_MINUTE
from testing.city.twin import difference, minutes_before
from testing.servers import postgresql_server
from testing.trial_service.service import children

ROUTES = (
    "/",
    "/api/v1/version",
    "/api/v1/account",
    "/api/v1/overview",
    "/api/v1/cameras?limit=100",
    "/api/v1/health?limit=100",
    "/api/v1/cameras",
    "/api/v1/health",
)
"""The page, what its overview asks for, a page of the two longest lists, and both as a whole."""

MINUTE_S, MEMORY_MB, ANSWER_MS = 10.0, 1024.0, 200.0
"""What a minute, the hub's memory and 95 of 100 answers are to keep to."""

REST_S = 15.0
LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Stored:
    """How a minute of all cameras was stored.

    Attributes:
        rows: how many there were.
        wall_s: until the last outbox was empty, seconds.
        hub_cpu_s, database_cpu_s: processor time of both meanwhile.
        hub_pss_mb: of the hub afterwards.
    """

    rows: int
    wall_s: float
    hub_cpu_s: float
    database_cpu_s: float
    hub_pss_mb: float


def grouped_s(cameras: int, each: int) -> float:
    """Returns how long grouping all cameras anew takes, seconds; the longer of none and most being placed before."""
    needs = [CameraNeeds(camera_name(number), 40.0 + number % 60, 90.0) for number in range(cameras)]
    limits = GroupLimits(each)
    taken_s = []
    before: dict[str, str] = {}
    for _ in range(2):
        begun_s = time.perf_counter()
        groups = grouped(needs, before, limits)
        taken_s.append(time.perf_counter() - begun_s)
        before = {camera: group.worker for group in groups[1:] for camera in group.cameras}
    return max(taken_s)


def cpu_s(pids: Sequence[int]) -> float:
    """Returns the processor time that processes, and children of theirs that have ended, have taken."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(map(int, Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


async def stored_minute(city: City, start_ns: int, reader: Reader | None) -> Stored:
    """Has all machines hold a minute, then send it while somebody reads; returns what storing it took."""
    for machine in city.machines.values():
        await asyncio.to_thread(machine.measure, start_ns)
    city.watched[start_ns] = frozenset(camera for machine in city.machines.values() for camera in machine.cameras)
    hub, database = city.service.processes()["hub"], city.database.pid
    servers = (database, *children(database))
    hub_s, database_s, rows = cpu_s([hub]), cpu_s(servers), city.size.cameras * ROWS_A_MINUTE
    if reader is not None:
        reader.meanwhile("storing")
    begun_s = time.perf_counter()
    for machine in city.machines.values():
        machine.send(start_ns)
    while city.outbox_rows:
        await asyncio.sleep(LOOK_S)
    wall_s = time.perf_counter() - begun_s
    if reader is not None:
        reader.meanwhile("")
    return Stored(rows, wall_s, cpu_s([hub]) - hub_s, cpu_s(servers) - database_s, memory_mb([hub]))


async def measured(folder: Path, size: Size, minutes: int, viewers: int) -> dict[str, object]:
    """Runs the city, and returns what was measured."""

    def tell(line: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)

    # Ended from outside it takes hub, database and machines with it.
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    async with running_city(folder, size, tell) as city:
        await asyncio.to_thread(city.service.enter)
        found, starts_ns = [], minutes_before(time.time_ns(), minutes)
        with Reader(city.service.address, city.service.cookie, ROUTES, viewers) as reader:
            for number, start_ns in enumerate(starts_ns):
                # The first one takes in when all leases have begun; the page is asked for after it.
                found.append(await stored_minute(city, start_ns, reader if number else None))
                tell(str(found[-1]))
            reader.meanwhile("at rest")
            await asyncio.sleep(REST_S)
            routes = await asyncio.to_thread(reader.ended)
        compared = await difference(city.url, size.cameras, starts_ns, city.watched)
    return {"minutes": [asdict(one) for one in found], "routes_ms": routes, "difference": asdict(compared)}


def told(found: Mapping[str, Any]) -> str:
    """Returns what was measured beside what is to be kept to, a line each."""
    minutes = found["minutes"]
    walls_s = [one["wall_s"] for one in minutes]
    lines = [
        f"minutes stored in {min(walls_s):.1f} to {max(walls_s):.1f} s (at most {MINUTE_S:.0f})",
        f"hub {max(one['hub_pss_mb'] for one in minutes):.0f} MB (at most {MEMORY_MB:.0f})",
    ]
    for route, (count, median, p95, most) in found["routes_ms"].items():
        mark = "" if p95 <= ANSWER_MS else f"  MORE THAN {ANSWER_MS:.0f}"
        lines.append(f"{route}: {count} answers, median {median} ms, p95 {p95} ms, most {most} ms{mark}")
    return "\n".join(lines)


def main() -> int:
    """Prints what was measured as JSON; returns 1 where rows are lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=8000)
    parser.add_argument("--machines", type=int, default=200)
    parser.add_argument("--each", type=int, default=40, help="cameras of one worker")
    parser.add_argument("--minutes", type=int, default=15)
    parser.add_argument("--viewers", type=int, default=5, help="open pages of all cameras")
    given = parser.parse_args()
    if (why := postgresql_server.missing()) is not None:
        print(why)
        return 1
    configure_logs("city")
    with tempfile.TemporaryDirectory(prefix="city") as folder:
        size = Size(given.cameras, given.machines, given.each)
        found = asyncio.run(measured(Path(folder), size, given.minutes, given.viewers))
    print(json.dumps({"grouped_s": grouped_s(given.cameras, given.each), **found}, indent=1))
    print(told(found), file=sys.stderr)
    lost = found["difference"]
    return int(not isinstance(lost, dict) or bool(lost["lost"] or lost["doubled"]))


if __name__ == "__main__":
    raise SystemExit(main())
