"""What a hub shows of this moment: values that change, minutes on their way to the store, and who is looking."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.engine.live_state import MAX_CLOSED, LiveState
from passerby.messages.hub_messages import DraftReport, DraftWanted, DraftWithdrawn, ToWorker
from passerby.messages.live_requests import PreviewWanted, ViewConfirmed
from passerby.units import MINUTE_S, NS_PER_S
from testing.waiting import WITHIN_S
from testing.web.made import closed, open_event
from tests.unit.engine.hub.test_client_to_server import picture
from tests.unit.engine.plausible.test_drafts import DRAFT, NUMBERS

MINUTE_NS = MINUTE_S * NS_PER_S


def flow(minute: int, value: float, camera: str = "square") -> Observation:
    start_ns = minute * MINUTE_NS
    return Observation(
        camera, "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", start_ns, MINUTE_S, value, int(value), 1.0
    )


def report(camera: str) -> CameraHealth:
    return CameraHealth(camera, 1, CameraState.ONLINE, 1, "it answers")


def values(live: LiveState, camera: str = "square") -> list[float | None]:
    return [one.value for one in live.open_observations(camera)]


def in_loop(scene: Callable[[LiveState], Awaitable[None]], *cameras: str) -> None:
    async def play() -> None:
        await scene(LiveState(lambda: cameras or ("square",)))

    asyncio.run(play())


def test_events_are_shown_as_they_were_reported_last_and_closed_ones_for_a_while() -> None:
    event = open_event("square", "full", 0)

    async def scene(live: LiveState) -> None:
        live.set_events([event, open_event("elsewhere", "full", 0)])
        assert live.events() == (event,)
        change = live.change
        live.set_events([closed(event)])
        live.set_events([event])  # sent once more, and late
        live.set_events([replace(closed(event), why="Written anew, at the same time.")])
        assert live.events() == (closed(event),)
        assert live.change > change
        live.set_events([closed(open_event("square", "full", number)) for number in range(1, MAX_CLOSED + 1)])
        assert len(live.events()) == MAX_CLOSED
        assert event.event_id not in {one.event_id for one in live.events()}

    in_loop(scene)


def test_a_minute_is_counted_once_while_it_goes_from_open_to_stored() -> None:
    async def scene(live: LiveState) -> None:
        live.set_open_minutes("square", [flow(1, 4.0), flow(2, 1.0)])
        live.set_open_minutes("harbour", [flow(1, 9.0, "harbour")])
        live.finish_minutes([flow(1, 5.0)])
        assert values(live) == [5.0, 1.0]
        # Sent once more, because the hub's acknowledgement was lost on the way.
        live.finish_minutes([flow(1, 5.0), flow(2, 2.0)])
        assert values(live) == [5.0, 2.0]
        live.remove_stored([flow(1, 5.0)])
        assert values(live) == [2.0]
        live.remove_stored([flow(2, 2.0)])
        assert values(live) == []
        assert values(live, "harbour") == [9.0]
        live.set_open_minutes("square", [flow(3, 7.0)])
        assert values(live) == [7.0]

    in_loop(scene)


def test_each_change_has_a_number_and_wakes_those_who_wait() -> None:
    async def scene(live: LiveState) -> None:
        assert (live.change, await live.changed(after=-1, timeout_s=60)) == (0, 0)
        waiting = [asyncio.create_task(live.changed(after=0, timeout_s=60)) for _ in range(2)]
        await asyncio.sleep(0)
        live.set_health(report("square"))
        async with asyncio.timeout(WITHIN_S):
            assert await asyncio.gather(*waiting) == [1, 1]
        assert await live.changed(after=1, timeout_s=0.0) == 1
        live.set_isolation("square", Isolation(3, ()))
        live.set_open_minutes("square", ())
        live.remove_stored([])
        assert live.change == 4

    in_loop(scene)


@pytest.mark.parametrize(("cameras", "pace_s"), [(3, 0.0), (800, 0.0), (2000, 5.0), (8000, 20.0)])
def test_open_minutes_of_a_city_are_to_come_seldom_and_of_a_town_as_they_come(cameras: int, pace_s: float) -> None:
    assert LiveState(lambda: map(str, range(cameras))).pace_s == pace_s


def test_only_cameras_of_the_running_configuration_are_shown() -> None:
    async def scene(live: LiveState) -> None:
        for camera in ("square", "gone", "harbour"):
            live.set_health(report(camera))
            live.set_isolation(camera, Isolation(3, ()))
        assert [each.camera for each in live.health()] == ["harbour", "square"]
        assert set(live.isolations()) == {"harbour", "square"}
        with pytest.raises(KeyError, match="gone"):
            async with live.previews("gone"):
                pass

    in_loop(scene, "square", "harbour")


def test_previews_are_asked_for_with_the_first_viewer_and_end_with_the_last() -> None:
    async def scene(live: LiveState) -> None:
        asked: list[ToWorker] = []
        to_worker = asked.append
        live.set_worker(("square",), to_worker)
        async with live.previews("square") as first:
            async with live.previews("square") as second:
                live.send_preview(picture(1))
                assert [(await anext(each)).time_ns for each in (first, second)] == [1, 1]
            assert asked == [PreviewWanted("square", True)]
            # A worker that comes back in the meantime does not know of the viewer.
            live.remove_worker(to_worker)
            again: list[ToWorker] = []
            live.set_worker(("square", "harbour"), again.append)
            assert again == [PreviewWanted("square", True)]
        assert again == [PreviewWanted("square", True), PreviewWanted("square", False)]
        live.send_preview(picture(2))

    in_loop(scene)


def test_a_slow_viewer_misses_pictures_and_gets_the_newest() -> None:
    async def scene(live: LiveState) -> None:
        async with live.previews("square") as pictures:
            for number in (1, 2, 3):
                live.send_preview(picture(number))
            assert (await anext(pictures)).time_ns == 3
            nothing_yet = asyncio.ensure_future(anext(pictures))
            await asyncio.sleep(0)
            assert not nothing_yet.done()
            live.send_preview(picture(4))
            async with asyncio.timeout(WITHIN_S):
                assert (await nothing_yet).time_ns == 4

    in_loop(scene)


def test_a_confirmation_reaches_the_cameras_worker_or_says_that_there_is_none() -> None:
    async def scene(live: LiveState) -> None:
        first: list[ToWorker] = []
        second: list[ToWorker] = []
        to_first, to_second = first.append, second.append
        assert not await live.confirm_view("square")
        live.set_worker(("square", "harbour"), to_first)
        live.set_worker(("station",), to_second)
        assert live.workers == 2
        assert await live.confirm_view("harbour")
        assert (first, second) == ([ViewConfirmed("harbour")], [])
        # The camera moves to the other worker.
        live.set_worker(("square",), to_first)
        live.set_worker(("station", "harbour"), to_second)
        assert await live.confirm_view("harbour")
        assert second == [ViewConfirmed("harbour")]
        live.remove_worker(to_second)
        assert live.workers == 1
        assert not await live.confirm_view("harbour")
        assert await live.confirm_view("square")

    in_loop(scene, "square", "harbour", "station")


def test_a_camera_that_does_not_run_has_its_own_report_and_nothing_from_before() -> None:
    async def scene(live: LiveState) -> None:
        live.set_health(report("square"))
        live.set_isolation("square", Isolation(3, ()))
        live.set_open_minutes("square", [flow(0, 1)])
        stopped = CameraHealth("square", 10, CameraState.NOT_REGISTERED, 10, "not registered")
        live.set_stopped([stopped])
        assert live.health() == (stopped,)
        assert live.isolations() == {}
        assert values(live) == []
        live.set_health(report("square"))  # what was on its way still
        assert live.health() == (stopped,)
        live.set_stopped([CameraHealth("square", 20, CameraState.NOT_REGISTERED, 20, "not registered, still")])
        assert [(one.time_ns, one.since_ns) for one in live.health()] == [(20, 10)]
        live.set_stopped([])
        assert live.health() == ()
        live.set_health(report("square"))
        assert live.health() == (report("square"),)

    in_loop(scene)


def test_the_newest_draft_of_a_camera_and_what_comes_of_it() -> None:
    async def scene(live: LiveState) -> None:
        sent: list[ToWorker] = []
        assert not live.try_draft("square", DRAFT, 7)
        assert live.draft("square") is None
        live.set_worker(["square"], sent.append)
        assert live.try_draft("square", DRAFT, 7)
        assert isinstance(sent[-1], DraftWanted)
        live.set_draft(DraftReport("square", "another", replace(NUMBERS, draft_id="another")))
        state = live.draft("square")
        assert state is not None
        assert (state.numbers, state.why_over(999), state.why_over(1000)) == (None, "", "Its time is over.")
        live.set_draft(DraftReport("square", "d1", NUMBERS))
        live.remove_worker(sent.append)
        live.set_draft(DraftReport("square", "d1", None))
        assert "process" in why_over(live)
        live.set_draft(DraftReport("square", "d1", NUMBERS))  # the connection alone had broken off
        assert why_over(live) == ""
        live.withdraw_draft("square")
        live.set_draft(DraftReport("square", "d1", NUMBERS))
        assert why_over(live) == "It was withdrawn."
        live.set_worker(["square"], sent.append)
        live.try_draft("square", replace(DRAFT, draft_id="d2"), 8)
        live.withdraw_draft("square")
        assert sent[-1] == DraftWithdrawn("square", "d2")

    in_loop(scene)


def why_over(live: LiveState) -> str:
    state = live.draft("square")
    assert state is not None
    return state.why_over(8)
