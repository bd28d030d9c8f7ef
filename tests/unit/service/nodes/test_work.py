"""A node reports its work; the hub stores that of all together, and follows which nodes are drained."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.fleet import FleetNode, NodeInvitation, NodeReport, NodeState
from passerby.domain.health import CameraHealth, CameraState
from passerby.engine.live_state import LiveState
from passerby.engine.service_folder import STATUS_FILE, ServiceFolder
from passerby.ports import Store, StoreUnavailableError
from passerby.service.nodes.work import NodeWork, why_drained, work_report
from passerby.store import open_store
from testing.waiting import Clock
from tests.unit.service.nodes.test_parts import PLAN

ENTRY = AuditEntry(0, "root", "node.drained", "quay")


def played(tmp_path: Path, scene: Callable[[Store, NodeWork, Clock], Awaitable[None]]) -> None:
    async def play() -> None:
        clock = Clock()
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        now_ns = clock()
        await store.fleet.add_invitation(NodeInvitation("ab" * 32, "quay", "", now_ns, now_ns * 2), ENTRY)
        node = FleetNode("quay", "e1" * 8, NodeState.JOINED, "", now_ns, now_ns, now_ns, now_ns * 2)
        assert await store.fleet.join("ab" * 32, node, ENTRY)
        try:
            await scene(store, NodeWork(store.fleet, clock), clock)
        finally:
            await store.close()

    asyncio.run(play())


def test_a_drained_node_is_noticed_and_its_cameras_say_so(tmp_path: Path) -> None:
    async def scene(store: Store, work: NodeWork, clock: Clock) -> None:
        live = LiveState(lambda: ["a", "own"])
        assert not await work.look()
        work.show(live, PLAN)
        assert live.health() == ()
        assert await store.fleet.set_drained("quay", clock(), ENTRY)
        assert not await work.look(), "it is asked for every two seconds"
        clock.now_s += 2
        assert await work.look()
        assert work.drained == {"quay"}
        live.set_health(CameraHealth("a", clock(), CameraState.ONLINE, clock(), ""))
        work.show(live, PLAN)
        (report,) = live.health()
        assert (report.camera, report.state, report.why) == ("a", CameraState.OFFLINE, why_drained("quay"))
        assert await store.fleet.set_drained("quay", None, ENTRY)
        clock.now_s += 2
        assert await work.look()
        assert work.drained == frozenset()

    played(tmp_path, scene)


def test_reports_are_stored_together_and_say_when_a_drained_node_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(store: Store, work: NodeWork, clock: Clock) -> None:
        async def node() -> FleetNode:
            found = await store.fleet.node("quay")
            assert found is not None
            return found

        work.reported("quay", NodeReport(0, 0, 0))
        await work.look()
        assert (await node()).report == NodeReport(0, 0, 0)
        assert not (await node()).is_empty, "it is not drained"
        await store.fleet.set_drained("quay", clock() + 1, ENTRY)
        assert not (await node()).is_empty, "it has not reported since"
        for number, report in enumerate((NodeReport(1, 1, 0), NodeReport(0, 1, 0), NodeReport(0, 0, 7))):
            clock.now_s += 4
            work.reported("quay", report)
            await work.look()
            assert ((await node()).report, (await node()).is_empty) == (report, False), number
        clock.now_s += 4
        work.reported("quay", NodeReport(0, 0, 0))
        await work.look()
        assert (await node()).is_empty
        store_nodes = store.fleet.nodes
        await store.fleet.set_drained("quay", None, ENTRY)

        async def refusing() -> tuple[FleetNode, ...]:
            raise StoreUnavailableError("it does not answer now")

        monkeypatch.setattr(store.fleet, "nodes", refusing)
        clock.now_s += 4
        assert not await work.look()
        monkeypatch.setattr(store.fleet, "nodes", store_nodes)
        assert await work.look()
        assert work.drained == frozenset()
        assert [one.name for one in work.nodes] == ["quay"]

    played(tmp_path, scene)


PROCESSES = [{"name": name} for name in ("link", "worker-1", "worker-3")]


def written(folder: Path, **changes: Any) -> ServiceFolder:
    status = {"time_ns": time.time_ns(), "processes": PROCESSES, "outbox_rows": 17, "assigned": 5, **changes}
    (folder / STATUS_FILE).write_text(json.dumps(status))
    return ServiceFolder(folder)


def test_workers_cameras_and_what_waits(tmp_path: Path) -> None:
    assert work_report(written(tmp_path)) == NodeReport(5, 2, 17)


@pytest.mark.parametrize("changes", [{"time_ns": 5}, {"assigned": None}, {"processes": ["link"]}, {"outbox_rows": "x"}])
def test_nothing_where_it_is_not_known(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert work_report(written(tmp_path, **changes)) is None


def test_nothing_where_nothing_was_written_or_it_is_damaged(tmp_path: Path) -> None:
    assert work_report(ServiceFolder(tmp_path)) is None
    (tmp_path / STATUS_FILE).write_text("{")
    assert work_report(ServiceFolder(tmp_path)) is None
