"""PostgreSQL is killed in mid-batch, over and over: what was sent again is stored once, and nothing is lost."""

import asyncio
import random

import asyncpg
import pytest

from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, ObservationQuery
from passerby.ports import Store, StoreUnavailableError
from testing.servers import postgresql_server
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, asyncpg_place, minute

ROWS = 10_000
BATCHES = 8
KILLS = 6


def batch(number: int) -> list[Observation]:
    return [minute(number, float(line % 7), series=f"line-{line}") for line in range(ROWS)]


class Sender:
    """Stores batch after batch, each until it has a receipt, as a worker's outbox does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failed = self.stored = 0
        self.busy = asyncio.Event()

    async def send(self) -> None:
        for number in range(BATCHES):
            rows = batch(number)
            while True:
                self.busy.set()
                try:
                    receipt = await self._store.store_observations(rows)
                except StoreUnavailableError:
                    self.failed += 1
                    await asyncio.sleep(0.1)
                    continue
                assert receipt.new + receipt.repeated == ROWS
                assert receipt.new in (0, ROWS)
                self.stored += 1
                break


async def killed_and_started(server: postgresql_server.Server, sender: Sender) -> None:
    chosen = random.Random(4)
    for _ in range(KILLS):
        await sender.busy.wait()
        if sender.stored == BATCHES:
            return
        await asyncio.sleep(chosen.uniform(0.01, 0.15))
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        await asyncio.sleep(chosen.uniform(0.0, 0.3))


async def storm(server: postgresql_server.Server, sender: Sender) -> None:
    async with asyncio.timeout(240):
        await asyncio.gather(sender.send(), killed_and_started(server, sender))


async def made(server: postgresql_server.Server) -> None:
    connection = await asyncpg.connect(**asyncpg_place(server.url.format(database="postgres")))
    await connection.execute("CREATE DATABASE passerby")
    await connection.close()


@pytest.mark.slow
def test_a_killed_database_loses_nothing_and_doubles_nothing(tmp_path):
    why_not = postgresql_server.missing()
    if why_not:
        pytest.skip(why_not)
    # Without a sync to the disk it is quicker, and what the system has been given outlives the process all the same.
    with postgresql_server.serving(tmp_path) as server:
        asyncio.run(made(server))
        with Keeper(server.url.format(database="passerby")) as keeper:
            store = keeper.open()
            # Numbers first, so that a kill meets the rows and not the names.
            keeper.run(store.store_observations(batch(BATCHES)))
            sender = Sender(store)
            keeper.run(storm(server, sender))
            assert sender.stored == BATCHES
            assert sender.failed > 0, "no kill met a batch"
            keeper.run(store.roll_up())
            query = ObservationQuery(MONDAY_S * NS_PER_S, (MONDAY_S + 900) * NS_PER_S, bin=Bin.QUARTER, limit=10_000)
            rows = keeper.run(store.observations(query)).rows
            assert len(rows) == ROWS
            assert {(one.series, one.value, one.coverage) for one in rows} == {
                (f"line-{line}", float(line % 7 * (BATCHES + 1)), (BATCHES + 1) * 60 / 900) for line in range(ROWS)
            }
            assert keeper.execute("SELECT count(*) FROM observations_60") == [((BATCHES + 1) * ROWS,)]
