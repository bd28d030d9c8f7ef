"""The recording as a camera: its place once it is learned, and drafts that are tried on all of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.draft_trial import Draft
from passerby.domain.errors import SourceError
from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.layout import Layout, Line
from passerby.domain.preview import Preview
from passerby.domain.progress import Progress
from passerby.domain.report import CountResult, LineTotal
from passerby.domain.road_user import RoadUser
from passerby.recordings.drawing.live import ENDED, LEARNS_S, Enough, RecordingLive
from testing.reports import empty_report

LINE = Line("gate", np.array([[0.5, 0.2], [0.5, 0.8]], np.float32))
DRAFT = Draft("d1", 10**18, Layout((LINE,), (), (), None))
SCENE = AnonymousFrame(FrameStamp("c", 0, 0, 0.0, (6, 4)), np.full((4, 6, 3), 90, np.uint8), "redrawn")


class Counter:
    """Counts without a recording: each run goes on until it has enough."""

    def __init__(self, *, scene: AnonymousFrame | None = SCENE, fault: str = "") -> None:
        self.scene, self.fault = scene, fault
        self.runs: list[tuple[Layout, bool, float]] = []

    def __call__(self, layout: Layout, with_picture: bool, enough: Enough) -> CountResult:
        if self.fault:
            raise SourceError(self.fault)
        done_s = 0.0
        while not enough(Progress(done_s, 1000.0, 0)) and done_s < 1000.0:
            done_s += 10.0
        self.runs.append((layout, with_picture, done_s))
        counts = {RoadUser.PEDESTRIAN: {Direction.FORWARD: 3, Direction.BACKWARD: 0}}
        report = replace(empty_report(), lines=tuple(LineTotal(line, counts) for line in layout.lines), coverage=0.9)
        return CountResult(report, {}, True, self.scene if with_picture else None)


async def first(live: RecordingLive, wanted: Callable[[Preview], bool] = lambda _: True) -> Preview:
    async with live.previews("c") as pictures:
        async for picture in pictures:
            if wanted(picture):
                return picture
    raise AssertionError("no picture comes")


def test_the_place_is_shown_once_it_has_been_learned() -> None:
    async def scene() -> tuple[Preview, Preview]:
        live = RecordingLive("c", counter)
        before = await first(live)
        await live.learn()
        return before, await first(live)

    counter = Counter()
    before, after = asyncio.run(scene())
    assert (before.method, "being learned" in before.why, len(before.jpeg)) == ("masked", True, 0)
    assert (after.method, after.size_px, bytes(after.jpeg[:2])) == ("redrawn", (6, 4), b"\xff\xd8")
    assert [(len(layout.lines), picture, done) for layout, picture, done in counter.runs] == [(0, True, LEARNS_S)]


@pytest.mark.parametrize(
    ("counter", "why"),
    [(Counter(scene=None), "too little of the place"), (Counter(fault="x.mp4: no video"), "no video")],
)
def test_a_place_that_cannot_be_learned_says_why(counter: Counter, why: str) -> None:
    async def scene() -> Preview:
        live = RecordingLive("c", counter)
        await live.learn()
        return await first(live)

    picture = asyncio.run(scene())
    assert (picture.method, why in picture.why) == ("masked", True)


def test_a_draft_is_counted_over_the_recording() -> None:
    async def scene() -> RecordingLive:
        live = RecordingLive("c", Counter())
        assert live.draft("c") is None
        assert live.try_draft("c", DRAFT, 5)
        state = live.draft("c")
        assert state is not None
        assert state.numbers is None
        assert live._trial is not None
        await live._trial
        return live

    state = asyncio.run(scene()).draft("c")
    assert state is not None
    assert state.numbers is not None
    assert [(one.line, one.direction, one.count) for one in state.numbers.counts] == [("gate", Direction.FORWARD, 3)]
    assert (state.numbers.coverage, state.ended) == (0.9, ENDED)


def test_the_newest_draft_is_the_one_that_counts() -> None:
    async def scene() -> RecordingLive:
        live = RecordingLive("c", Counter())
        live.try_draft("c", DRAFT, 5)
        live.try_draft("c", replace(DRAFT, draft_id="d2"), 6)
        assert live._trial is not None
        await live._trial
        live.withdraw_draft("c")
        return live

    state = asyncio.run(scene()).draft("c")
    assert state is not None
    assert (state.draft.draft_id, state.ended) == ("d2", ENDED)


def test_no_other_camera_is_there() -> None:
    live = RecordingLive("c", Counter())

    async def scene() -> None:
        async with live.previews("other"):
            pass

    with pytest.raises(KeyError):
        asyncio.run(scene())
    assert live.draft("other") is None
