"""Of events of a camera that was handed over each machine's own are taken, and none of them twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.fleet import NodeReport
from passerby.domain.leases import Holder, Lease
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.held_events import HANDED_OVER, held_events
from passerby.engine.hub.link import Peer, Serve, UnixListener, unix_connection
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import SendToWorker
from passerby.messages.cluster_messages import CameraCosts, ClusterReport, WorkerStarted
from passerby.messages.hub_messages import (
    SitePartHeld,
)
from passerby.units import MINUTE_S, NS_PER_S
from testing.waiting import until_true
from testing.web.made import closed, open_event
from tests.unit.engine.hub.test_client_to_server import START_NS, Scene, played

MINUTE_NS = MINUTE_S * NS_PER_S


def lease(number: int, node: str, at_minute: int | None) -> Lease:
    began_ns = None if at_minute is None else START_NS + at_minute * MINUTE_NS
    return Lease("square", number, node, "", began_ns or 0, began_ns)


LEASES = [lease(1, "quay", 0), lease(2, "mole", 10), lease(3, "quay", 20)]


def taken(node: str, event: PlaceEvent, leases: Sequence[Lease] = LEASES) -> PlaceEvent | None:
    return next(iter(held_events(node, [event], {"square": leases})), None)


def event_at(minute: float) -> PlaceEvent:
    return open_event("square", "full", START_NS + round(minute * MINUTE_NS))


def test_who_holds_the_camera_now_reports_as_it_is() -> None:
    for minute in (20, 25, 1000):
        assert taken("quay", event_at(minute)) == event_at(minute)


def test_what_was_raised_before_the_hand_over_ends_with_it() -> None:
    event = taken("mole", event_at(15))
    assert event is not None
    assert (event.state, event.end_ns, event.value) == (EventState.CLOSED, START_NS + 20 * MINUTE_NS, None)
    assert event.why.endswith(HANDED_OVER)
    ended = closed(event_at(15))
    assert taken("mole", ended) == ended
    late = taken("mole", closed(event_at(15), after_s=3600))
    assert late is not None
    assert late.end_ns == START_NS + 20 * MINUTE_NS


def test_what_was_raised_after_it_or_by_who_never_held_the_camera_is_left_out() -> None:
    assert taken("mole", event_at(25)) is None
    assert taken("quay", event_at(15)) is None
    assert taken("pier", event_at(15)) is None
    assert taken("", event_at(15)) is None


def test_the_hub_s_own_machine_held_it_before_the_first_lease() -> None:
    event = taken("", event_at(-1))
    assert event is not None
    assert event.end_ns == START_NS
    assert taken("", event_at(15), []) == event_at(15)
    assert taken("pier", event_at(15), []) == event_at(15)


def test_a_clock_that_is_half_a_minute_behind_costs_no_event() -> None:
    assert taken("quay", event_at(19.5)) == event_at(19.5)


@given(st.lists(st.sampled_from(["", "quay", "mole"]), min_size=1, max_size=6), st.integers(-5, 70))
def test_of_what_two_machines_raise_at_one_moment_one_is_taken_but_for_a_minute(nodes: list[str], minute: int) -> None:
    leases = [lease(number + 1, node, 10 * number) for number, node in enumerate(nodes)]
    event = event_at(minute + 0.5)
    takers = [node for node in ("", "quay", "mole") if taken(node, event, leases) is not None]
    assert 1 <= len(takers) <= (2 if minute % 10 == 9 else 1)


def is_empty(journal: Journal) -> bool:
    return not journal.outbox_rows


class Nodes:
    """Knows which node watches the camera now."""

    def __init__(self, node: str) -> None:
        self.node = node

    async def held(self, node: str, held: SitePartHeld, send: SendToWorker) -> None:
        """No part is sent here."""

    async def started(self, node: str, message: WorkerStarted, send: SendToWorker) -> None:
        """No part is sent here."""

    def reported(self, node: str, report: NodeReport) -> None:
        """No work is reported here."""

    def measured(self, node: str, costs: CameraCosts) -> None:
        """No cluster has placed a camera here."""

    def cluster_reported(self, report: ClusterReport, send: SendToWorker) -> None:
        """There is no cluster here."""

    def gone(self, send: SendToWorker) -> None:
        """No part is sent here."""

    def watches(self, node: str, camera: str) -> bool:
        return node == self.node


class From:
    """A socket whose connections are those of a node."""

    def __init__(self, path: Path, node: str) -> None:
        self._inner, self._peer = UnixListener(path), Peer(node)

    async def listen(self, serve: Serve) -> None:
        await self._inner.listen(lambda reader, writer, _peer: serve(reader, writer, self._peer))


def test_a_machine_that_comes_back_after_the_hand_over_neither_ends_nor_doubles_what_goes_on(tmp_path: Path) -> None:
    before, doubled = open_event("square", "jam", START_NS), open_event("square", "full", START_NS + 2 * MINUTE_NS)
    goes_on = open_event("square", "full", doubled.start_ns + NS_PER_S)

    async def scene_of(scene: Scene) -> None:
        for node in ("quay", "mole"):
            await scene.store.leases.take_many({"square": Holder(node, "")})
        leases = await scene.store.leases.of_cameras(["square"])
        began = {1: START_NS, 2: START_NS + MINUTE_NS}
        of_cameras = scene.store.leases.of_cameras

        async def begun(cameras: Sequence[str]) -> tuple[Lease, ...]:
            found = await of_cameras(cameras)
            return tuple(replace(one, since_ns=began[one.number], began_ns=began[one.number]) for one in found)

        scene.store.leases.of_cameras = begun  # type: ignore[method-assign]
        assert [one.node for one in leases] == ["quay", "mole"]
        sockets = {node: tmp_path / f"{node}.sock" for node in ("quay", "mole")}
        listeners = [From(path, node) for node, path in sockets.items()]
        server = HubServer(listeners, scene.store, scene.live, nodes=Nodes("mole"))
        scene.tasks["hub"] = asyncio.create_task(server.run())
        with Journal(tmp_path / "quay.sqlite") as old, Journal(tmp_path / "mole.sqlite") as new:
            clients = {
                node: HubClient("worker-1", unix_connection(sockets[node]), journal, lambda _: None)
                for node, journal in (("quay", old), ("mole", new))
            }
            new.events.store("square", [goes_on])
            old.events.store("square", [before, doubled])
            for node, journal in (("mole", new), ("quay", old)):
                clients[node].set_cameras(("square",))
                scene.tasks[node] = asyncio.create_task(clients[node].run())
                await until_true(partial(is_empty, journal))
            await until_true(lambda: not server.waiting)
            stored = {name: await scene.store.event(name) for name in (before.event_id, goes_on.event_id)}
            assert await scene.store.event(doubled.event_id) is None
            states = [None if one is None else one.state for one in stored.values()]
            assert states == [EventState.CLOSED, EventState.OPEN]
            assert {one.event_id: one.state for one in scene.live.events()} == {
                before.event_id: EventState.CLOSED, goes_on.event_id: EventState.OPEN,
            }  # fmt: skip
            for name in ("quay", "mole"):
                await scene.end(name)

    played(tmp_path, scene_of)
