"""A small city with a real hub and database: machines, hub and database fail, and nothing is lost or doubled."""

import asyncio
from pathlib import Path

import pytest

from testing.city.city import Size, running_city
from testing.city.script import steps_of
from testing.city.twin import Difference, difference
from testing.servers import postgresql_server

pytestmark = pytest.mark.slow

SIZE = Size(cameras=30, machines=5, each=4)
SCRIPT = """
minute 1: machine-001 dies for 2
minute 2: machine-002 is cut off for 3
minute 2: machine-003 has a slow disk for 2
minute 3: machine-004 has a wrong clock for 2
minute 4: hub dies
minute 5: database dies for 1
"""


@pytest.mark.skipif(postgresql_server.missing() is not None, reason=str(postgresql_server.missing()))
def test_a_city_in_which_all_kinds_of_things_fail_stores_what_one_stores_in_which_nothing_does(folder: Path) -> None:
    async def play() -> Difference:
        async with running_city(folder, SIZE) as city:
            steps = tuple(steps_of(SCRIPT, frozenset(city.machines)))
            starts_ns = await city.run(7, 1.0, steps)
            await city.drained()
            return await difference(city.url, SIZE.cameras, starts_ns, city.watched)

    found = asyncio.run(play())
    assert (found.lost, found.doubled) == (0, 0)
    # The machine that was dead for two minutes has six cameras; all others are watched whatever happens.
    assert found.unwatched == 12
    assert found.rows == (7 * 30 - 12) * 14
