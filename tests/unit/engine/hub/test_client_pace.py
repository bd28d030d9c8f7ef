"""A hub of thousands of cameras gets their open minutes as seldom as it wants, and at once where somebody looks."""

import asyncio
from pathlib import Path

from passerby.domain.observations import Observation
from passerby.engine.live_state import LiveState
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import Minutes
from testing.waiting import WITHIN_S, until_true
from tests.unit.engine.hub.test_client_to_server import START_NS, Scene, flow, played


def measured(scene: Scene, run: int, one: Observation) -> None:
    scene.journal.store_minutes("square", run, Minutes(columns_of([one]), columns_of(()), START_NS))
    scene.hub.minutes_changed("square")


def test_open_minutes_are_sent_as_far_apart_as_the_hub_wants(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.live = LiveState(lambda: ["square", *map(str, range(8000))])
        run = scene.journal.begin_run("square")
        measured(scene, run, flow(0, 1.0))
        for name in ("hub", "client"):
            scene.start(name)
        await until_true(lambda: scene.live.open_observations("square") == (flow(0, 1.0),))
        await until_true(lambda: scene.hub._pace_s == 8001 / 400)
        measured(scene, run, flow(0, 2.0))
        await until_true(lambda: not scene.hub._wake.is_set())
        await asyncio.sleep(0.1)
        assert scene.live.open_observations("square") == (flow(0, 1.0),)
        async with asyncio.timeout(WITHIN_S), scene.live.previews("square"):
            await until_true(lambda: scene.live.open_observations("square") == (flow(0, 2.0),))
            measured(scene, run, flow(0, 3.0))
            await until_true(lambda: scene.live.open_observations("square") == (flow(0, 3.0),))

    played(tmp_path, scene_of)


def test_what_waits_is_sent_when_its_time_has_come(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.live = LiveState(lambda: ["square", *map(str, range(999))])
        run = scene.journal.begin_run("square")
        measured(scene, run, flow(0, 1.0))
        for name in ("hub", "client"):
            scene.start(name)
        await until_true(lambda: scene.hub._pace_s == 2.5)
        measured(scene, run, flow(0, 2.0))
        await until_true(lambda: scene.live.open_observations("square") == (flow(0, 2.0),))

    played(tmp_path, scene_of)
