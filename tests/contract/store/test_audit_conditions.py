"""The audit log on a full disk and with a clock that is wrong: the act is refused or stands, and the log is whole."""

import resource

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from testing.store_keeper import Keeper
from tests.contract.store.test_audit_log import entry, filled, findings


def test_a_full_disk_refuses_the_act_and_leaves_the_log_sound(sqlite_path):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        store = filled(keeper, 3)

        async def limit(pages: int) -> None:
            backend = store.audit_log._backend
            async with backend._writer.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                await raw.execute(f"PRAGMA max_page_count = {pages}")

        keeper.run(limit(1))  # SQLite's own limit gives the error that a full disk gives
        with pytest.raises(StoreError, match="full"):
            for number in range(200):
                keeper.run(store.append_audit(entry(number, "x" * 3000)))
        size = keeper.run(store.audit_log.heads())[0].size
        with pytest.raises(StoreError, match="full"):
            keeper.run(store.add_configuration("a: " + "1" * 9000, "ada"))
        assert keeper.run(store.configurations()) == ()
        assert keeper.run(store.audit_log.heads())[0].size == size
        keeper.run(limit(1_000_000))
        keeper.run(store.append_audit(entry(4)))
        assert findings(keeper, store) == []


def test_a_file_system_that_takes_no_more_refuses_the_act_and_leaves_the_log_sound(sqlite_path):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        store = filled(keeper, 3)
        written = sqlite_path.with_name(sqlite_path.name + "-wal").stat().st_size
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (written + 60_000, hard))
        try:
            with pytest.raises(StoreError, match=r"disk I/O error\. Is the disk full\?"):
                for number in range(200):
                    keeper.run(store.append_audit(entry(number, "x" * 3000)))
            size = keeper.run(store.audit_log.heads())[0].size
            with pytest.raises(StoreError, match="Is the disk full"):
                keeper.run(store.add_configuration("a: " + "1" * 9000, "ada"))
            assert keeper.run(store.configurations()) == ()
            assert keeper.run(store.audit_log.heads())[0].size == size
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        keeper.run(store.append_audit(entry(4)))
        assert findings(keeper, store) == []


def test_a_clock_that_is_an_hour_off_breaks_no_log(keeper):
    store = filled(keeper, 3)
    now_ns = 1_800_000_000 * 10**9
    for shift_s in (0, 3600, -3600, 0):
        keeper.run(store.append_audit(AuditEntry(now_ns + shift_s * 10**9, "ada", "a.b", f"{shift_s}")))
    assert findings(keeper, store) == []
    page = keeper.run(store.audit_log.leaves(EventQuery(now_ns - 7200 * 10**9, now_ns + 7200 * 10**9, limit=10)))
    assert [row.entry.subject for row in page.rows] == ["-3600", "0", "0", "3600"]
