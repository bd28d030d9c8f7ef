"""One active hub a database: on real servers, with two hubs, a hub that shows no life, and a pooler in between."""

import asyncio
import time

import pytest

from passerby.ports import StoreError, StoreUnavailableError
from passerby.store.databases import postgresql_claim
from passerby.store.databases.postgresql_claim import PostgresqlClaim
from passerby.store.opening import claim_of, open_store
from testing.servers import pgbouncer
from testing.servers.pgbouncer import pooled
from testing.store_keeper import Keeper, minute


async def taken(claim: PostgresqlClaim, within_s: float = 10.0) -> float:
    """Takes a claim as a hub that waits does; returns after how many seconds."""
    begun_s = time.monotonic()
    async with asyncio.timeout(within_s):
        while await claim.take():
            await asyncio.sleep(0.05)
    return time.monotonic() - begun_s


def claim(keeper: Keeper, place: str) -> PostgresqlClaim:
    made = claim_of(keeper.url, place)
    assert isinstance(made, PostgresqlClaim)
    return made


def test_the_second_hub_waits_and_takes_over_as_soon_as_the_first_one_ends(postgresql_keeper: Keeper) -> None:
    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a /data"), claim(postgresql_keeper, "host-b /data")
        assert await first.take() == ""
        await first.begin()
        assert await second.take() == "host-a /data"
        await first.close()
        await taken(second)
        assert await second.last() == "host-a /data"
        await second.begin()
        assert await second.last() == "host-b /data"
        await second.close()

    postgresql_keeper.run(tried())


def test_what_a_replaced_hub_writes_is_refused_from_the_moment_that_another_one_is_active(
    postgresql_keeper: Keeper,
) -> None:
    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a"), claim(postgresql_keeper, "host-b")
        await first.take()
        old = await open_store(postgresql_keeper.url, claim=first)
        await first.begin()
        await old.store_observations([minute(0)])
        # The lock's session ends while the others of that hub live, as where one of its connections breaks.
        first._connection.terminate()
        await taken(second)
        first.held = True  # as far as it knows: it has been stopped since
        for _ in range(10):
            with pytest.raises(StoreUnavailableError):
                await old.store_observations([minute(1)])
        new = await open_store(postgresql_keeper.url, claim=second)
        await second.begin()
        assert (await new.store_observations([minute(1)])).new == 1
        watching = asyncio.create_task(first.watch())
        await asyncio.wait_for(watching, 10)
        assert not first.held
        for one in (old, new, first, second):
            await one.close()

    postgresql_keeper.run(tried())


def test_a_hub_in_the_middle_of_a_transaction_ends_with_it(postgresql_keeper: Keeper) -> None:
    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a"), claim(postgresql_keeper, "host-b")
        await first.take()
        old = await open_store(postgresql_keeper.url, claim=first)
        backend = old._backend  # type: ignore[attr-defined]
        first._connection.terminate()
        with pytest.raises(StoreUnavailableError):
            async with backend.failures.reported("storing"), backend.writing() as connection:
                await connection.exec_driver_sql("INSERT INTO store_settings VALUES ('late', '1')")
                await taken(second)
                await connection.exec_driver_sql("INSERT INTO store_settings VALUES ('later', '1')")
        for one in (old, first, second):
            await one.close()

    postgresql_keeper.run(tried())
    assert postgresql_keeper.execute("SELECT count(*) FROM store_settings WHERE name LIKE 'late%'") == [(0,)]


def test_a_hub_that_shows_no_life_is_replaced_though_its_connection_stands(
    postgresql_keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_claim, "SILENT_S", 0.5)

    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a"), claim(postgresql_keeper, "host-b")
        await first.take()  # and does nothing more, as a process that was stopped
        assert await taken(second) >= 0.4
        await first.close()
        await second.close()

    postgresql_keeper.run(tried())


def test_a_hub_that_lives_is_not_replaced(postgresql_keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_claim, "SILENT_S", 0.5)
    monkeypatch.setattr(postgresql_claim, "BEAT_S", 0.05)

    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a"), claim(postgresql_keeper, "host-b")
        await first.take()
        await open_and_close(postgresql_keeper, first)
        watching = asyncio.create_task(first.watch())
        with pytest.raises(TimeoutError):
            await taken(second, within_s=1.5)
        assert first.held
        watching.cancel()
        await first.close()
        await second.close()

    postgresql_keeper.run(tried())


async def open_and_close(keeper: Keeper, first: PostgresqlClaim) -> None:
    await (await open_store(keeper.url, claim=first)).close()
    await first.begin()


def test_a_hub_whose_session_broke_off_goes_on_where_no_other_was_active_meanwhile(
    postgresql_keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_claim, "BEAT_S", 0.05)

    async def tried() -> None:
        first, second = claim(postgresql_keeper, "host-a"), claim(postgresql_keeper, "host-b")
        await first.take()
        store = await open_store(postgresql_keeper.url, claim=first)
        await first.begin()
        watching = asyncio.create_task(first.watch())
        await end_sessions(postgresql_keeper)
        async with asyncio.timeout(10):
            while not watching.done():
                try:
                    await store.store_observations([minute(0)])
                except StoreUnavailableError:
                    await asyncio.sleep(0.05)
                else:
                    break
        assert first.held
        assert not watching.done()
        # Once another one was active in between, what this one has in memory is old.
        watching.cancel()
        await first.close()
        await second.take()
        await second.begin()
        await second.close()
        await asyncio.wait_for(first.watch(), 10)
        await store.close()

    postgresql_keeper.run(tried())


async def end_sessions(keeper: Keeper) -> None:
    await keeper._execute(
        (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()",
        )
    )


@pytest.mark.parametrize("mode", ["transaction", "statement", "session"])
def test_a_pool_of_transactions_is_refused_and_one_of_sessions_is_not(
    postgresql_keeper: Keeper, tmp_path, mode: str
) -> None:
    if (why_not := pgbouncer.missing()) is not None:
        pytest.skip(why_not)
    with pooled(postgresql_keeper.url, tmp_path, mode) as url:

        async def tried() -> None:
            one = claim_of(url, "host-a")
            try:
                await one.take()
            finally:
                await one.close()

        if mode == "session":
            postgresql_keeper.run(tried())
        else:
            with pytest.raises(StoreError, match="a pooler that gives each transaction another session"):
                postgresql_keeper.run(tried())


def test_an_sqlite_file_is_for_one_hub(tmp_path) -> None:
    async def tried() -> None:
        url = f"sqlite:///{tmp_path / 'passerby.db'}"
        first, second = claim_of(url, "host-a"), claim_of(url, "host-b")
        assert await first.take() == ""
        with pytest.raises(StoreError, match="another hub uses this file, and SQLite is for one hub alone"):
            await second.take()
        await first.close()
        assert await second.take() == ""
        await second.close()

    asyncio.run(tried())
