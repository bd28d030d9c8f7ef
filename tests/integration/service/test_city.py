"""A small city with a real hub and database: machines, hub and database fail, and nothing is lost or doubled."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from testing.city import network
from testing.city.city import Size, running_city
from testing.city.script import steps_of
from testing.city.twin import Difference, difference, minutes_before
from testing.servers import postgresql_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(postgresql_server.missing() is not None, reason=str(postgresql_server.missing())),
]

SIZE = Size(cameras=30, machines=5, each=4)
SCRIPT = """
minute 1: machine-001 dies for 2
minute 2: machine-002 is cut off for 3
minute 2: machine-003 has a slow disk for 2
minute 3: machine-004 has a wrong clock for 2
minute 4: hub dies
minute 5: database dies for 1
"""


def test_an_undisturbed_city_stores_what_the_others_are_compared_with(folder: Path) -> None:
    async def play() -> Difference:
        async with running_city(folder, SIZE) as city:
            starts_ns = minutes_before(time.time_ns(), 7)
            await city.run(starts_ns, 0.0)
            await city.drained()
            return await difference(city.url, SIZE.cameras, starts_ns, city.watched)

    assert asyncio.run(play()) == Difference(rows=7 * 30 * 14, leases=30)


def test_a_city_in_which_all_kinds_of_things_fail_stores_what_one_stores_in_which_nothing_does(folder: Path) -> None:
    async def play() -> Difference:
        async with running_city(folder, SIZE) as city:
            steps = tuple(steps_of(SCRIPT, frozenset(city.machines)))
            starts_ns = minutes_before(time.time_ns(), 7)
            await city.run(starts_ns, 1.0, steps)
            await city.drained()
            return await difference(city.url, SIZE.cameras, starts_ns, city.watched)

    found = asyncio.run(play())
    assert (found.lost, found.doubled) == (0, 0)
    # The machine that was dead for two minutes has six cameras; all others are watched whatever happens.
    assert found.unwatched == 12
    assert found.rows == (7 * 30 - 12) * 14


@pytest.mark.skipif(network.missing() is not None, reason=str(network.missing()))
def test_a_machine_whose_packets_get_lost_is_noticed_at_both_ends_and_keeps_its_leases(folder: Path) -> None:
    script = folder / "script"
    script.write_text("minute 1: machine-001 loses all packets for 3\n")
    size = ("--cameras", "9", "--machines", "3", "--each", "2", "--minutes", "5", "--minute-s", "12")
    command = ["unshare", "--net", sys.executable, "-m", "testing.city", *size, "--script", str(script)]
    played = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert played.returncode == 0, played.stderr[-3000:]
    found = json.loads(played.stdout.splitlines()[-1])
    assert found == {"rows": 5 * 9 * 14, "lost": 0, "doubled": 0, "unwatched": 0, "leases": 9, "stale": 0}
