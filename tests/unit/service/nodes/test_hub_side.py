"""The hub's side of nodes: without a fleet nothing changes, and a port that is taken does not end the hub."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from passerby.domain.service import FleetPlan, SitePlan
from passerby.engine.hub.link import Serve
from passerby.engine.live_state import LiveState
from passerby.fleet.authority import SiteAuthority
from passerby.service.nodes.hub_side import HubNodes, Persistent
from passerby.service.nodes.placement import Placement
from passerby.store import open_store
from testing.waiting import until_true

PLAN = SitePlan("Harbour", "UTC", ())
FLEET = replace(PLAN, fleet=FleetPlan("127.0.0.1:8443", ("hub.example:8443",), 0))


def opened(tmp_path: Path, plan: SitePlan) -> HubNodes:
    async def open_() -> HubNodes:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        try:
            nodes = HubNodes.open(
                tmp_path / "site.yaml", tmp_path, {}, store, lambda: plan, Placement(store.leases, tmp_path)
            )
            await nodes.changed()
            return nodes
        finally:
            await store.close()

    return asyncio.run(open_())


def test_without_a_fleet_only_this_machines_workers_are_listened_for(tmp_path: Path) -> None:
    nodes = opened(tmp_path, PLAN)
    assert (len(nodes.listeners), nodes.listener, nodes.parts) == (1, None, None)


def test_a_fleet_without_an_authority_is_reported_and_the_hub_runs_on(tmp_path: Path) -> None:
    with capture_logs() as logs:
        nodes = opened(tmp_path, FLEET)
    assert (len(nodes.listeners), nodes.parts) == (1, None)
    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["no node can connect"]


def test_a_fleet_is_listened_for_and_its_nodes_get_parts(tmp_path: Path) -> None:
    SiteAuthority.make(tmp_path, "Harbour")
    nodes = opened(tmp_path, FLEET)
    assert len(nodes.listeners) == 2
    assert nodes.authority is not None
    assert nodes.authority.site == "Harbour"
    assert nodes.parts is not None
    assert nodes.parts.connected == frozenset()


def test_an_authority_that_is_made_later_is_taken_in(tmp_path: Path) -> None:
    nodes, made = opened(tmp_path, FLEET), asyncio.Event()

    async def scene() -> None:
        running = asyncio.create_task(nodes.run(LiveState(list), lambda: FLEET, made.set))
        await asyncio.sleep(0)
        assert not made.is_set()
        SiteAuthority.make(tmp_path, "Harbour")
        await until_true(made.is_set)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scene())


class Taken:
    """A listener whose port another program has at first."""

    def __init__(self) -> None:
        self.tries, self.listens = 0, False

    async def listen(self, _serve: Serve) -> None:
        self.tries += 1
        if self.tries < 4:
            raise OSError("address already in use")
        self.listens = True
        await asyncio.Event().wait()


def test_a_port_that_is_taken_is_tried_again_and_reported_once() -> None:
    async def scene() -> None:
        listener = Taken()
        listening = asyncio.create_task(Persistent(listener, 0.0).listen(_nothing))
        await until_true(lambda: listener.listens)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening

    async def _nothing(*_: object) -> None:
        return None

    with capture_logs() as logs:
        asyncio.run(scene())
    assert [(one["event"], one["why"]) for one in logs] == [
        ("nodes cannot connect; tried again", "address already in use")
    ]
