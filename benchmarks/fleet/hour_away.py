"""A city without its database for an hour, and with a machine cut off: `python -m benchmarks.fleet.hour_away`.

Hub, PostgreSQL, links and outboxes are real; what the cameras see is made (see `testing.city`), so that what an
undisturbed twin stores is the same to the last crossing. The twin is run, too: a second city with the same minutes, in
which nothing fails. Both are compared row by row with what was measured, and with one another by the API's hours.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.service.separate import memory_mb
from passerby.telemetry.logs import configure_logs
from passerby.units import NS_PER_S
from testing.city.city import City, Size, running_city
from testing.city.script import DATABASE, Failure, Step
from testing.city.site_file import machine_name
from testing.city.traffic import MINUTE_NS
from testing.city.twin import Difference, difference, minutes_before
from testing.servers import postgresql_server

AROUND = 1
"""Minutes before and after in which all is well."""
LOOK_S = 10.0
HOUR_NS = 60 * MINUTE_NS


@dataclass(slots=True)
class Run:
    """What came of one city.

    Attributes:
        difference: of what is stored from what was measured.
        hours: the crossings of each hour, as the API gives them.
        drained_s: how long it took after the last minute until nothing waited.
        outbox_rows: the most that waited.
        hub_mb: memory of the hub, from time to time.
    """

    difference: Difference
    hours: list[dict[str, Any]]
    drained_s: float
    outbox_rows: int = 0
    hub_mb: list[float] = field(default_factory=list)


def tell(line: str) -> None:
    """Says what happens."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def hours(city: City, starts_ns: range) -> list[dict[str, Any]]:
    """Returns the crossings of each hour, as the API gives them."""
    # The link of the start has ended by now; a hub that starts anew gives another one.
    city.service.stop()
    (city.service.data / "link").unlink(missing_ok=True)
    city.service.start()
    city.service.enter()
    first, last = starts_ns[0] // HOUR_NS * HOUR_NS, starts_ns[-1] // HOUR_NS * HOUR_NS + HOUR_NS
    start, end = (datetime.fromtimestamp(ns / NS_PER_S, UTC).isoformat() for ns in (first, last))
    rows = city.service.rows(start=start, end=end, bin="hour", quantity="flow")
    return sorted(
        rows, key=lambda row: [str(row[name]) for name in ("camera", "series", "road_user", "direction", "start")]
    )


async def run(folder: Path, size: Size, starts_ns: range, minute_s: float, script: Sequence[Step] = ()) -> Run:
    """Runs a city through these minutes."""
    most, hub_mb = 0, list[float]()

    async def look(city: City) -> None:
        nonlocal most
        while True:
            most = max(most, city.outbox_rows)
            hub_mb.append(round(memory_mb([city.service.processes()["hub"]]), 1))
            await asyncio.sleep(LOOK_S)

    async with running_city(folder, size, tell) as city:
        looking = asyncio.create_task(look(city))
        await city.run(starts_ns, minute_s, script)
        begun_s = time.monotonic()
        await city.drained()
        drained_s = time.monotonic() - begun_s
        looking.cancel()
        found = await difference(city.url, size.cameras, starts_ns, city.watched)
        by_hour = await asyncio.to_thread(hours, city, starts_ns)
    return Run(found, by_hour, round(drained_s, 1), most, hub_mb)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it as JSON; returns 1 where the two cities differ, or either from what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=("database", "machine", "both"), default="both", help="what is away")
    parser.add_argument("--minutes", type=int, default=60, help="how long it is away")
    parser.add_argument("--minute-s", type=float, default=60.0, help="seconds that a minute takes")
    parser.add_argument("--cameras", type=int, default=60)
    parser.add_argument("--machines", type=int, default=6)
    given = parser.parse_args(arguments)
    if (why := postgresql_server.missing()) is not None:
        print(why, file=sys.stderr)
        return 2
    configure_logs("city")
    script = []
    if given.what != "machine":
        script.append(Step(AROUND, DATABASE, Failure.DIES, given.minutes))
    if given.what != "database":
        script.append(Step(AROUND, machine_name(0), Failure.CUT_OFF, given.minutes))
    size = Size(given.cameras, given.machines)
    starts_ns = minutes_before(time.time_ns(), given.minutes + 2 * AROUND)
    with tempfile.TemporaryDirectory(prefix="city") as folder:
        ours, twin = Path(folder, "a"), Path(folder, "b")
        ours.mkdir()
        twin.mkdir()
        harmed = asyncio.run(run(ours, size, starts_ns, given.minute_s, script))
        tell("the undisturbed twin")
        alone = asyncio.run(run(twin, size, starts_ns, 0.0))
    equal = harmed.hours == alone.hours and len(alone.hours) > 0
    found = {
        "away": [asdict(step) for step in script], "minutes": len(starts_ns), "hours_equal": equal,
        "hour_rows": len(alone.hours), "drained_s": harmed.drained_s, "outbox_rows_most": harmed.outbox_rows,
        "hub_mb": {"first": harmed.hub_mb[:1], "most": max(harmed.hub_mb)},
        "harmed": asdict(harmed.difference), "twin": asdict(alone.difference),
    }  # fmt: skip
    print(json.dumps(found, indent=1))
    bad = [one for run in (harmed, alone) for one in (run.difference.lost, run.difference.doubled)]
    return int(any(bad) or not equal)


if __name__ == "__main__":
    sys.exit(main())
