"""A draft tried inside a camera's process: what it counts, when it ends, and that nothing but numbers comes of it."""

import json
from dataclasses import fields, replace
from typing import Any

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.draft_trial import Draft, DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.road_user import RoadUser
from passerby.ingest.stage import FrameResult
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.channel import HEAD
from passerby.messages.sandbox_messages import FROM_SANDBOX
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.draft_trial import DraftTrials
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker, TrackerSettings

NS = 1_000_000_000
START_NS = 1_700_000_040 * NS
WALKER = frozenset({RoadUser.PEDESTRIAN})
LINE = Line("gate", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), WALKER)
ZONE = Zone("square", np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), WALKER)
LAYOUT = Layout((LINE,), (ZONE,), (), None)
FULL = EventRule("full", RuleKind.OVERCROWDING, "square", 0.5, "1", hold_s=1.0, cool_down_s=2.0)
FAST = EventRule("fast", RuleKind.SPEEDS, "gate", 5.0, "m/s", hold_s=0.0)
DARK = EventRule("dark", RuleKind.CAMERA_STATE, "", 2.0, "s", hold_s=0.0)


def draft(*rules: EventRule, seconds: float = 600, draft_id: str = "d1") -> Draft:
    return Draft(draft_id, START_NS + round(seconds * NS), LAYOUT, rules)


class Scene:
    """A walker who crosses the gate, looked at five times a second."""

    def __init__(self) -> None:
        self.now_s, self.step, self.shift_s = 0.0, 0, 0.0
        self.said: list[DraftNumbers] = []
        self.trials = DraftTrials("square", hidden_s=2.0, clock=SiteClock(), timer=lambda: self.now_s)
        self.loop = CameraLoop(
            (),
            Tracker(TrackerSettings()),
            lambda: CameraMeasures("square", settings=MeasureSettings(report_interval_s=None)),
            StageTimes(),
        )

    @property
    def now_ns(self) -> int:
        return START_NS + round((self.now_s + self.shift_s) * NS)

    def begin(self, one: Draft) -> None:
        self.trials.begin(one, self.now_ns)

    def walk(self, seconds: float, from_x: float = 100.0) -> None:
        for number in range(round(seconds * 5)):
            left = from_x + 20.0 * number
            stamp = FrameStamp("square", self.step, self.now_ns, self.now_s, (640, 480))
            box = np.array([[left, 200, left + 40, 300]], np.float32)
            self._take(FrameResult(Detections(stamp, box, np.array([0.9], np.float32), np.zeros(1, np.int16))))
            self.step += 1

    def wait(self, seconds: float, state: CameraState = CameraState.ONLINE) -> None:
        for _ in range(round(seconds * 5)):
            self._take(FrameResult(None), state)

    def _take(self, frame: Any, state: CameraState = CameraState.ONLINE) -> None:
        numbers = self.trials.update(self.loop.step(frame), self.now_ns, state, reliable=True)
        self.said += [] if numbers is None else [numbers]
        self.now_s += 0.2


def test_it_counts_and_says_what_rules_would_have_raised_once_a_second() -> None:
    scene = Scene()
    scene.begin(draft(FULL, FAST))
    scene.walk(4.2)
    times_s = [(one.time_ns - START_NS) / NS for one in scene.said]
    assert all(0.99 < step < 1.3 for step in np.diff([0.0, *times_s]))
    first, last = scene.said[0], scene.said[-1]
    assert first.counts == ()
    assert last.counts == (DraftCount("gate", RoadUser.PEDESTRIAN, Direction.BACKWARD, 1),)
    assert last.occupancy == (DraftOccupancy("square", RoadUser.PEDESTRIAN, 1),)
    full, fast = last.rules
    assert full == DraftRule("full", 1.0, True, 1)
    assert (fast.value, fast.events) == (None, 0)
    assert "calibrat" in fast.why_not
    assert 0.9 < last.coverage <= 1.0
    assert not last.over


def test_the_reasons_why_a_rule_is_not_watched_are_separated() -> None:
    scene = Scene()
    scene.begin(draft(replace(FAST, min_count=1)))
    scene.walk(1.2)
    assert scene.said[0].rules[0].why_not.split("; ") == [
        "the camera has no calibrated ground, which m/s needs",
        "gate does not measure bicycle, car, motorcycle, bus, truck, heavy_vehicle",
        "it is never about a single vehicle: min_count is at least 5, not 1",
    ]


def test_nothing_but_numbers_and_the_draft_s_own_names_leaves() -> None:
    scene = Scene()
    scene.begin(draft(FULL))
    scene.walk(4.2)
    sent = json.loads(FROM_SANDBOX.frame(scene.said[-1])[HEAD.size :])
    words: set[str] = set()

    def gather(value: Any) -> None:
        for one in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            gather(one)
        if isinstance(value, str):
            words.add(value)

    gather(sent)
    assert words <= {"d1", "gate", "square", "full", "forward", "backward", ""}
    assert {field.name for kind in (DraftCount, DraftOccupancy, DraftRule) for field in fields(kind)} == {
        "line", "zone", "rule", "road_user", "direction", "count", "value", "passed", "events", "why_not",
    }  # fmt: skip


def test_it_ends_by_itself_at_its_time_with_one_last_word() -> None:
    scene = Scene()
    scene.begin(draft(FULL, seconds=2.5))
    scene.walk(5)
    assert [one.over for one in scene.said] == [False, False, True]
    assert scene.trials._trial is None


def test_no_clock_and_no_draft_makes_it_last_longer_than_ten_minutes() -> None:
    scene = Scene()
    scene.begin(draft(seconds=10_000))
    scene.shift_s = -5000  # the wall clock is set back
    scene.wait(599.6)
    assert not scene.said[-1].over
    scene.wait(1)
    assert scene.said[-1].over


def test_a_new_draft_takes_the_place_of_the_one_before_and_knows_nothing_of_it() -> None:
    scene = Scene()
    scene.begin(draft(FULL))
    scene.walk(4.2)
    scene.begin(draft(FULL, draft_id="d2"))
    scene.wait(1.2)
    last = scene.said[-1]
    assert (last.draft_id, last.counts, last.occupancy, last.rules) == (
        "d2",
        (),
        (),
        (DraftRule("full", None, False, 0),),
    )
    before = len(scene.said)
    scene.trials.withdraw("d1")
    scene.wait(1.2)
    assert len(scene.said) > before
    scene.trials.withdraw("d2")
    before = len(scene.said)
    scene.wait(3)
    assert len(scene.said) == before


def test_a_clock_that_is_set_back_loses_no_count() -> None:
    scene = Scene()
    scene.begin(draft())
    scene.walk(4.2)
    (count,) = scene.said[-1].counts
    scene.shift_s = -3600
    scene.walk(4.2, from_x=600)
    assert scene.said[-1].counts[0].count >= count.count
    assert scene.said[-1].coverage > 0.8


def test_a_camera_that_sees_nothing_has_nobody_in_its_zones_and_its_state_is_a_rule_s() -> None:
    scene = Scene()
    scene.begin(draft(FULL, DARK))
    scene.walk(2)
    scene.wait(4, CameraState.OFFLINE)
    last = scene.said[-1]
    assert last.occupancy == ()
    full, dark = last.rules
    assert (dark.passed, dark.events) == (True, 1)
    assert dark.value is not None
    assert dark.value > 2
    assert last.coverage < 0.5
    assert replace(full, events=0) == DraftRule("full", None, False, 0)
