"""Entries from before the audit log was a tree become its first leaves."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from passerby.store import open_store
from passerby.store.migration import migrate

EVER = EventQuery(0, 2**62)


@pytest.fixture(scope="module")
def with_tables() -> bool:
    return False


def test_entries_from_before_the_tree_become_its_first_leaves(older_store):
    keeper, count = older_store
    store = keeper.run(open_store(keeper.url, clock=keeper.clock))
    keeper.stores.append(store)
    keeper.run(store.append_audit(AuditEntry(10_000, "ada", "a.b", "new")))
    assert keeper.run(store.audit_log.heads())[0].size == count + 1
    assert keeper.run(store.audit_log.verify())[0].sound
    rows = keeper.run(store.audit_log.leaves(EVER)).rows
    assert sorted((leaf.index, leaf.entry.subject) for leaf in rows)[:count] == [
        (number, f"old {number}") for number in range(count)
    ]


@pytest.fixture(params=[0, 3, 700])
def older_store(request, keeper):
    """A database of revision 0004 with entries."""
    url = keeper.url.replace("postgresql://", "postgresql+asyncpg://").replace("sqlite://", "sqlite+aiosqlite://")
    keeper.run(_make_older(url, request.param))
    return keeper, request.param


async def _make_older(url: str, count: int) -> None:
    def make(connection: sa.Connection) -> None:
        migrate(connection, "old", to="0004")
        for number in range(count):
            connection.execute(
                sa.text("INSERT INTO audit_entries (time_ns, actor, action, subject, detail) "
                        "VALUES (:time_ns, 'ada', 'a.b', :subject, 'é')"),
                {"time_ns": 5 + number, "subject": f"old {number}"},
            )  # fmt: skip

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(make)
    await engine.dispose()


@pytest.mark.slow
def test_a_long_reading_holds_up_the_scrubbing_and_no_act(postgresql_keeper):
    store = postgresql_keeper.open()
    postgresql_keeper.run(store.append_audit(AuditEntry(10_000, "ada", "a.b", "old")))
    url = postgresql_keeper.url.replace("postgresql://", "postgresql+asyncpg://")

    async def act() -> None:
        engine = create_async_engine(url)
        async with engine.connect() as reader:
            await reader.exec_driver_sql("SELECT count(*) FROM audit_leaves")
            with pytest.raises(StoreError, match="what was deleted is still in the files"):
                await store.audit_log.erase([0], "ada", "asked for")
            await store.append_audit(AuditEntry(10_001, "ada", "a.b", "new"))
        await engine.dispose()

    postgresql_keeper.run(act())
    (report,) = postgresql_keeper.run(store.audit_log.verify())
    assert (report.sound, report.size, report.erased) == (True, 3, 1)
