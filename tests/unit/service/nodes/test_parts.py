"""The hub sends each node its own part, when it differs, and reports the cameras of nodes that are away."""

import asyncio
from dataclasses import replace

from passerby.config.texts.site_part import part_sha256, signed_content
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.live_state import LiveState
from passerby.messages.hub_messages import SitePart, SitePartHeld, ToWorker
from passerby.service.nodes.parts import AwayNodes, NodeParts
from passerby.service.nodes.signed_part import GRACE_S
from testing.trial_service.site_register import registration
from testing.waiting import TUESDAY_S, Clock

CAMERA = CameraPlan("a", CameraSource(SourceKind.FILE), Layout((), (), (), None), registration=registration())
PLAN = SitePlan("Harbour", "UTC", (replace(CAMERA, node="quay"), replace(CAMERA, name="own")))
TUESDAY_MS = TUESDAY_S * 1000


def signed(content: bytes) -> bytes:
    return b"signed " + content


class Hub:
    """Parts of two nodes, and what was sent to each."""

    def __init__(self) -> None:
        self.texts = {"quay": "cameras: {a: {}}\n", "mole": "cameras: {b: {}}\n"}
        self.sent: dict[str, list[SitePart]] = {"quay": [], "mole": []}
        self.leases = {"quay": {"a": 1}, "mole": {"b": 1}}
        self.parts = NodeParts("Harbour", self.text, signed, lambda: PLAN, lambda node: self.leases[node], Clock())
        self.sends = {name: self._send(name) for name in self.texts}

    async def text(self, node: str) -> str:
        if node not in self.texts:
            raise PasserbyError("nothing is published yet")
        return self.texts[node]

    def _send(self, name: str):
        def send(message: ToWorker) -> None:
            assert isinstance(message, SitePart)
            self.sent[name].append(message)

        return send

    async def connect(self, name: str, number: int = 0, sha256: str = "") -> None:
        await self.parts.held(name, SitePartHeld(number, sha256), self.sends[name])


def test_a_node_gets_its_own_part_signed_and_numbered() -> None:
    hub = Hub()
    asyncio.run(hub.connect("quay"))
    (part,) = hub.sent["quay"]
    assert part.text.tobytes().decode() == hub.texts["quay"]
    assert part.number == TUESDAY_MS
    assert part.numbers == {"a": 1}
    content = signed_content("Harbour", "quay", part.number, {"a": 1}, part.text.tobytes())
    assert part.signature.tobytes() == b"signed " + content
    assert hub.sent["mole"] == []
    assert hub.parts.connected == {"quay"}


def test_a_node_that_has_it_gets_nothing() -> None:
    hub = Hub()
    asyncio.run(hub.connect("quay", 5, part_sha256({"a": 1}, hub.texts["quay"].encode())))
    assert hub.sent["quay"] == []


def test_a_number_is_higher_than_the_one_that_the_node_holds_whatever_the_clock_says() -> None:
    hub = Hub()
    asyncio.run(hub.connect("quay", TUESDAY_MS + 10_000))
    assert [part.number for part in hub.sent["quay"]] == [TUESDAY_MS + 10_001]


def test_a_change_is_sent_to_the_nodes_that_it_is_for_and_are_connected() -> None:
    async def scene(hub: Hub) -> None:
        await hub.connect("quay")
        await hub.connect("mole")
        hub.texts["quay"] = "cameras: {}\n"
        await hub.parts.changed()
        hub.parts.gone(hub.sends["quay"])
        hub.texts = {"quay": "detector: {}\n", "mole": "detector: {}\n"}
        await hub.parts.changed()

    hub = Hub()
    asyncio.run(scene(hub))
    assert [part.number - TUESDAY_MS for part in hub.sent["quay"]] == [0, 1]
    assert [part.text.tobytes() for part in hub.sent["mole"]] == [b"cameras: {b: {}}\n", b"detector: {}\n"]
    assert hub.parts.connected == {"mole"}


def test_a_camera_that_came_back_is_sent_with_its_higher_number() -> None:
    async def scene(hub: Hub) -> None:
        await hub.connect("quay")
        hub.leases["quay"] = {"a": 3}
        await hub.parts.changed()

    hub = Hub()
    asyncio.run(scene(hub))
    assert [part.numbers for part in hub.sent["quay"]] == [{"a": 1}, {"a": 3}]


def test_a_part_that_cannot_be_made_is_sent_once_it_can() -> None:
    async def scene(hub: Hub) -> None:
        kept = hub.texts.pop("quay")
        await hub.connect("quay")
        assert hub.sent["quay"] == []
        await hub.parts.catch_up()
        hub.texts["quay"] = kept
        await hub.parts.catch_up()

    hub = Hub()
    asyncio.run(scene(hub))
    assert len(hub.sent["quay"]) == 1


def test_the_cameras_of_a_node_that_is_away_are_reported_so() -> None:
    clock, connected = Clock(), {"quay"}
    live = LiveState(lambda: ["a", "own"])
    away = AwayNodes(live, lambda: PLAN, lambda: frozenset(connected), clock)
    live.set_health(CameraHealth("a", clock(), CameraState.ONLINE, clock(), "Pictures come."))
    connected.clear()
    away.look()
    assert [one.state for one in live.health()] == [CameraState.ONLINE], "a link may break off for a moment"
    left_ns = clock()
    clock.now_s += GRACE_S
    away.look()
    (report,) = live.health()
    assert (report.camera, report.state, report.since_ns) == ("a", CameraState.OFFLINE, left_ns)
    assert report.why.startswith("Its node quay is not connected")
    connected.add("quay")
    away.look()
    live.set_health(CameraHealth("a", clock(), CameraState.ONLINE, clock(), "Pictures come."))
    away.look()
    assert [one.state for one in live.health()] == [CameraState.ONLINE]
