"""What a live camera reports, when, and what it marks as unreliable."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.draft_trial import Draft, DraftNumbers
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraHealth, CameraState, FrameCounts, ImageQuality, SourceCondition
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.ingest.stage import FrameResult
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.columns import observations_of
from passerby.messages.sandbox_messages import Message, Minutes, ViewMemory
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.draft_trial import DraftTrials
from passerby.pipeline.live_reporter import (
    HELD_BACK,
    INHERITED_S,
    VIEW_EVERY_S,
    LiveReporter,
    LiveRules,
    UnreliableSpans,
)
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker, TrackerSettings

NS = 1_000_000_000
START_NS = 1_700_000_040 * NS
LINE = Line("gate", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), frozenset({RoadUser.PEDESTRIAN}))


@dataclass
class Stage:
    condition: SourceCondition = field(default_factory=lambda: SourceCondition(CameraState.ONLINE, START_NS, "well"))
    accepted: int = 0
    previews: int = 0
    learned_quietly: list[bool] = field(default_factory=list)
    things: StandingThings | None = None
    asked_for_things: int = 0
    held_back: float = 0.0

    def take_counts(self) -> tuple[int, int, int]:
        return 2, 1, 0

    def detect_ms(self) -> tuple[float, float]:
        return 20.0, 30.0

    def preview(self, _tracks: object) -> None:
        self.previews += 1

    def learn_place(self, *, quietly: bool = False) -> None:
        self.learned_quietly.append(quietly)

    def standing_things(self, _tracks: object) -> StandingThings | None:
        self.asked_for_things += 1
        return self.things

    def view_signature(self) -> np.ndarray[Any, np.dtype[np.int8]]:
        return np.zeros((36, 64, 2), np.int8)

    def accept_view(self) -> None:
        self.accepted += 1


@dataclass
class Health:
    reliable: bool = True
    confirmed: list[int] = field(default_factory=list)
    counts: list[FrameCounts] = field(default_factory=list)
    says: CameraHealth | None = None

    def update(
        self,
        now_ns: int,
        condition: SourceCondition,
        signs: ImageQuality | None,
        counts: FrameCounts,
        share: float | None = None,
    ) -> CameraHealth | None:
        self.counts.append(counts)
        return self.says

    @property
    def state(self) -> CameraState:
        return self.says.state if self.says is not None else CameraState.ONLINE

    def confirm(self, now_ns: int) -> None:
        self.confirmed.append(now_ns)

    def shift(self, by_ns: int) -> None: ...


class Scene:
    """A walker who crosses the gate once, looked at five times a second."""

    def __init__(
        self, *, unreliable: bool = False, zones: tuple[Zone, ...] = (), rules: LiveRules | None = None
    ) -> None:
        self.now_s = 0.0
        self.stage, self.health = Stage(), Health()
        self.sent: list[Message] = []
        self.loop = CameraLoop(
            (),
            Tracker(TrackerSettings()),
            lambda: CameraMeasures("square", (LINE,), zones=zones, settings=MeasureSettings(report_interval_s=None)),
            StageTimes(),
        )
        self.camera = LiveReporter(
            self.loop,
            cast("Any", self.stage),
            cast("Any", self.health),
            self.sent.append,
            unreliable=unreliable,
            rules=rules,
            drafts=DraftTrials("square", hidden_s=2.0, clock=SiteClock(), timer=lambda: self.now_s),
            clock=lambda: START_NS + round(self.now_s * NS),
            timer=lambda: self.now_s,
        )

    def walk(self, seconds: float, from_x: float = 100.0) -> None:
        for step in range(round(seconds * 5)):
            left = from_x + 20.0 * step
            stamp = FrameStamp("square", step, START_NS + round(self.now_s * NS), self.now_s, (640, 480))
            box = np.array([[left, 200, left + 40, 300]], np.float32)
            one = Detections(stamp, box, np.array([0.9], np.float32), np.zeros(1, np.int16))
            self.camera.update(self.loop.step(FrameResult(one)))
            self.now_s += 0.2

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.now_s += 0.5
            self.camera.update(self.loop.step(FrameResult(None)))

    def minutes(self) -> list[Minutes]:
        return [message for message in self.sent if isinstance(message, Minutes)]

    def open_rows(self) -> tuple[Observation, ...]:
        return observations_of(self.minutes()[-1].open)


def test_a_crossing_is_reported_at_once_and_silence_keeps_the_beat() -> None:
    scene = Scene()
    scene.walk(5)
    flows = [sum(one.value or 0 for one in observations_of(said.open)) for said in scene.minutes()]
    assert flows == sorted(flows)
    assert flows[-1] == 1
    before = len(scene.minutes())
    scene.wait(40)
    assert 3 <= len(scene.minutes()) - before <= 5  # what was counted last, and the beat of a camera at rest


def test_counts_and_coverage_are_reported_together() -> None:
    scene = Scene()
    scene.walk(5)
    (coverage,) = {one.coverage for one in scene.open_rows()}
    assert coverage == pytest.approx(5 / 60, abs=0.06)
    scene.wait(20)
    # There was no viewer in that time.
    assert all(one.coverage == pytest.approx(5 / 60, abs=0.02) for one in scene.open_rows())


def test_each_minute_is_reported_with_its_first_and_last_moment() -> None:
    scene = Scene()
    scene.walk(5)
    scene.now_s += 57
    scene.walk(20)
    watched = {one.start_ns: one for said in scene.minutes() for one in said.watched}
    rows = {one.start_ns: one for said in scene.minutes() for one in observations_of(said.open)}
    first, *others = (watched[start_ns] for start_ns in sorted(watched))
    assert others
    begun_ms = (START_NS - first.start_ns) // 10**6
    assert (first.from_ms, first.to_ms) == (begun_ms, begun_ms + 4800)
    assert all(rows[each.start_ns].coverage * 60_000 <= each.to_ms - each.from_ms + 1 for each in watched.values())


def test_a_picture_is_asked_for_only_while_somebody_looks() -> None:
    scene = Scene()
    scene.walk(1)
    assert scene.stage.previews == 0
    scene.camera.previewing = True
    scene.walk(1)
    assert scene.stage.previews == 5
    scene.wait(1)
    assert scene.stage.previews == 5


def test_the_place_is_learned_quietly_while_no_one_looks() -> None:
    scene = Scene()
    scene.walk(1)
    assert scene.stage.learned_quietly == [True] * 5
    scene.camera.previewing = True
    scene.walk(1)
    assert scene.stage.learned_quietly == [True] * 5


def test_frames_are_counted_from_report_to_report() -> None:
    scene = Scene()
    scene.wait(1.5)
    assert [one.frames_in for one in scene.health.counts] == [2, 4, 6]
    scene.health.says = CameraHealth("square", 1, CameraState.ONLINE, 1, "well")
    scene.wait(0.5)
    scene.health.says = None
    scene.wait(0.5)
    assert [one.frames_in for one in scene.health.counts[3:]] == [8, 2]
    assert scene.sent.count(CameraHealth("square", 1, CameraState.ONLINE, 1, "well")) == 1


def test_minutes_of_a_moved_camera_are_unreliable_until_somebody_confirms() -> None:
    scene = Scene()
    scene.walk(3)
    assert all(one.reliable for one in scene.open_rows())
    scene.health.reliable = False
    scene.walk(3)
    assert not any(one.reliable for one in scene.open_rows())
    scene.camera.confirm_view()
    assert (len(scene.health.confirmed), scene.stage.accepted) == (1, 1)
    scene.health.reliable = True
    scene.walk(3)
    # The minute stays unreliable: part of it was counted at the wrong place. The next one is not.
    assert not any(one.reliable for one in scene.open_rows())
    scene.wait(60)
    scene.walk(3)
    assert {one.start_ns: one.reliable for one in scene.open_rows()}[START_NS + 60 * NS]


def test_a_doubt_outlives_the_process_for_a_while() -> None:
    scene = Scene(unreliable=True)
    scene.walk(2)
    assert not scene.camera.reliable
    scene.wait(INHERITED_S + 1)
    assert scene.camera.reliable
    again = Scene(unreliable=True)
    again.camera.confirm_view()
    assert again.camera.reliable


def test_the_view_is_remembered_now_and_then_and_when_it_is_confirmed() -> None:
    scene = Scene()
    scene.wait(VIEW_EVERY_S - 2)
    assert not [message for message in scene.sent if isinstance(message, ViewMemory)]
    scene.wait(3)
    memories = [message for message in scene.sent if isinstance(message, ViewMemory)]
    assert [one.doubted for one in memories] == [False]
    scene.health.reliable = False
    scene.camera.confirm_view()
    scene.wait(1)
    assert len([message for message in scene.sent if isinstance(message, ViewMemory)]) == 2


def test_a_doubt_ends_and_is_forgotten() -> None:
    spans = UnreliableSpans()
    spans.update(START_NS, reliable=False)
    spans.update(START_NS + 30 * NS, reliable=True)

    def flow(start_ns: int) -> Observation:
        return Observation("square", "gate", Quantity.FLOW, None, None, start_ns, 60, 1.0, 1, 1.0)

    assert not spans.marked(flow(START_NS)).reliable
    assert not spans.marked(flow(START_NS - 50 * NS)).reliable
    assert spans.marked(flow(START_NS + 60 * NS)).reliable
    spans.update(START_NS + 2 * 3600 * NS, reliable=True)
    assert spans.marked(flow(START_NS)).reliable


def test_a_camera_that_is_decoded_in_the_same_process_says_so_while_it_is_online() -> None:
    scene = Scene()
    scene.camera._note = "Decoded and analysed in one process"
    for state in (CameraState.ONLINE, CameraState.DARK):
        scene.health.says = CameraHealth("square", 1, state, 1, "well")
        scene.wait(0.5)
    said = [one.why for one in scene.sent if isinstance(one, CameraHealth)]
    assert said == ["well. Decoded and analysed in one process", "well"]


def test_a_camera_at_which_more_moves_than_may_be_looked_at_says_so() -> None:
    scene = Scene()
    for held_back in (0.2, 0.4):
        scene.stage.held_back = held_back
        scene.health.says = CameraHealth("square", 1, CameraState.ONLINE, 1, "Pictures come.")
        scene.wait(0.5)
    said = [one.why for one in scene.sent if isinstance(one, CameraHealth)]
    assert said == ["Pictures come.", f"Pictures come. {HELD_BACK}"]


def test_speeds_and_dwell_times_by_a_wrong_clock_are_unreliable_and_counts_are_not() -> None:
    spans = UnreliableSpans()
    minute = Observation("square", "gate", Quantity.SPEED_MEAN, None, None, START_NS, 60, 1.4, 3, 1.0)
    later = replace(minute, start_ns=START_NS + 60 * NS)
    for _ in range(3):
        spans.mistime(START_NS + 20 * NS, START_NS + 50 * NS)
    assert [spans.marked(one).reliable for one in (minute, later)] == [False, True]
    timed = {one for one in Quantity if not spans.marked(replace(minute, quantity=one)).reliable}
    speeds, stays = {Quantity.SPEED_MEAN, Quantity.SPEED_P85}, {Quantity.DWELL_P50, Quantity.DWELL_P85}
    assert timed == speeds | stays | {Quantity.HEADWAY_MEAN}


def test_what_the_source_finds_of_its_clock_marks_the_minutes_it_concerns() -> None:
    scene = Scene()
    scene.stage.condition = replace(scene.stage.condition, mistimed_from_ns=START_NS, mistimed_to_ns=START_NS + 3 * NS)
    scene.walk(5)
    assert all(one.reliable is not one.quantity.timed for one in scene.open_rows())


def test_a_draft_is_tried_beside_and_its_numbers_go_out_until_it_is_withdrawn() -> None:
    scene = Scene()
    scene.camera.withdraw_draft("d1")
    scene.camera.try_draft(Draft("d1", START_NS + 600 * NS, Layout((LINE,), (), (), None)))
    scene.walk(4)
    said = [one for one in scene.sent if isinstance(one, DraftNumbers)]
    assert len(said) == 3
    assert [count.line for count in said[-1].counts] == ["gate"]
    scene.camera.withdraw_draft("d1")
    scene.walk(4)
    assert sum(isinstance(one, DraftNumbers) for one in scene.sent) == 3
