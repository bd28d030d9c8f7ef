"""Pictures on their way from the worker to the hub wait for nothing but the connection."""

import asyncio
from contextlib import suppress
from pathlib import Path

from passerby.domain.isolation import Isolation
from testing.waiting import WITHIN_S, until_true
from tests.unit.engine.hub.test_client_to_server import Scene, picture, played


def test_a_picture_does_not_wait_for_the_journal(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        scene.hub.send_isolation("square", Isolation(3, ()))
        await until_true(scene.live.isolations)
        async with asyncio.timeout(WITHIN_S), scene.live.previews("square") as pictures:
            # The journal is busy for as long as the disk takes, and the client waits to read from it.
            with scene.journal._lock:
                scene.hub.minutes_changed("square")
                with suppress(TimeoutError):  # an earlier reading may wait for the journal already
                    await until_true(lambda: not scene.hub._wake.is_set(), within_s=0.5)
                scene.hub.send_preview(picture(7))
                assert (await anext(pictures)).time_ns == 7

    played(tmp_path, scene_of)


def test_pictures_and_results_do_not_mix_on_their_way(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        async with asyncio.timeout(WITHIN_S), scene.live.previews("square") as pictures:
            for number in range(1, 40):
                scene.finish_minute(number)
                scene.hub.send_preview(picture(number))
                assert (await anext(pictures)).time_ns == number
            await scene.until_empty()
        assert len(await scene.stored()) == 39

    played(tmp_path, scene_of)
