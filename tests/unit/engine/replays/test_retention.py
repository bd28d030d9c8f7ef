"""Replays go as soon as the register does not allow them any more, and a store that is away is asked again."""

import asyncio

import pytest
from structlog.testing import capture_logs

from passerby.domain.audit import AuditEntry
from passerby.engine.replays import retention
from passerby.engine.replays.retention import REPLAYS_EVERY_S, keep_replays
from passerby.ports import StoreUnavailableError
from testing.waiting import until_true
from testing.web.fakes import FakeStore
from testing.web.made import open_event
from testing.web.replays import encrypted

BOTH = [encrypted(open_event("square", "full", 5)), encrypted(open_event("gate", "full", 5))]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "REPLAYS_LOOK_S", 0.001)


def test_another_site_file_deletes_at_once_and_else_each_minute_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        store, allowed, now_s, asked = FakeStore(), {"square"}, 0.0, 0
        store.replay_rows = list(BOTH)
        keep = store.keep_replays

        async def counted(cameras: frozenset[str]) -> int:
            nonlocal asked
            asked += 1
            return await keep(cameras)

        monkeypatch.setattr(store, "keep_replays", counted)
        running = asyncio.create_task(keep_replays(store, lambda: frozenset(allowed), lambda: now_s))  # type: ignore[arg-type]
        with capture_logs() as logs:
            await until_true(lambda: [row.camera for row in store.replay_rows] == ["square"])
            allowed.clear()
            await until_true(lambda: not store.replay_rows)
            assert asked == 2
            now_s = REPLAYS_EVERY_S
            await until_true(lambda: asked == 3)
        running.cancel()
        assert [log["deleted"] for log in logs] == [1, 1]
        assert [row.action for row in store.audit_rows] == ["replays.deleted"] * 2

    asyncio.run(scene())


def test_a_store_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        store, asked = FakeStore(), 0

        async def away(_: object) -> int:
            nonlocal asked
            asked += 1
            raise StoreUnavailableError("it does not answer")

        monkeypatch.setattr(store, "keep_replays", away)
        running = asyncio.create_task(keep_replays(store, frozenset, lambda: 0.0))  # type: ignore[arg-type]
        await until_true(lambda: asked > 2)
        running.cancel()

    asyncio.run(scene())


def test_a_deletion_is_audited_also_where_its_entry_is_not_taken_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        store, refused = FakeStore(), [0]
        store.replay_rows = list(BOTH)
        append = store.append_audit

        async def refusing_once(entry: AuditEntry) -> None:
            refused[0] += 1
            if refused[0] == 1:
                raise StoreUnavailableError("it does not answer")
            await append(entry)

        monkeypatch.setattr(store, "append_audit", refusing_once)
        running = asyncio.create_task(keep_replays(store, frozenset, lambda: 0.0))  # type: ignore[arg-type]
        await until_true(lambda: store.audit_rows)
        running.cancel()
        (entry,) = store.audit_rows
        assert (entry.action, entry.detail.split()[0], store.replay_rows) == ("replays.deleted", "2", [])

    asyncio.run(scene())
