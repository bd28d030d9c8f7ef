"""Replays from a worker's journal to the hub's store: encrypted, once, and for cameras that may have any."""

import asyncio
from pathlib import Path

from passerby.engine.hub.link import UnixListener
from passerby.engine.hub.server import HubServer
from testing.web.made import open_event
from testing.web.replays import encrypted
from tests.unit.engine.hub.test_client_to_server import Scene, played

EVENTS = [open_event("square", f"rule {number}", 2**62) for number in range(5)]
"""In the time to come, so that none is too old for the store's clock."""


def start(scene: Scene, *cameras: str) -> None:
    scene.start("client")
    scene.tasks["hub"] = asyncio.create_task(
        HubServer([UnixListener(scene.socket)], scene.store, scene.live, lambda: frozenset(cameras)).run()
    )


def test_they_arrive_as_they_were_sealed_after_both_ends_were_killed(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        for event in EVENTS[:3]:
            scene.journal.replays.store(encrypted(event, b"box of " + event.event_id.encode()))
        start(scene, "square")
        await scene.end("client")
        await scene.end("hub")
        start(scene, "square")
        for event in EVENTS[3:]:
            scene.journal.replays.store(encrypted(event, b"box of " + event.event_id.encode()))
        scene.hub.outbox_grew()
        await scene.until_empty()
        for event in EVENTS:
            found = await scene.store.replay(event.event_id)
            assert found is not None
            assert found.box.tobytes() == b"box of " + event.event_id.encode()

    played(tmp_path, scene_of)


def test_one_of_a_camera_that_may_have_none_is_dropped_and_holds_nothing_up(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.journal.replays.store(encrypted(EVENTS[0]))
        scene.finish_minute(0)
        start(scene, "gate")
        await scene.until_empty()
        assert await scene.store.replay(EVENTS[0].event_id) is None
        assert len(await scene.stored()) == 1

    played(tmp_path, scene_of)
