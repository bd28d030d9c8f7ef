"""The rules of a live camera: watched frame by frame, and told of its state; events go out as they change."""

import numpy as np
import pytest

from passerby.domain.event_rules import EventRule, Profile, RuleKind
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout, Zone
from passerby.domain.place_events import EventState, PlaceEvent, event_id_of
from passerby.domain.standing_things import StandingThings
from passerby.events.event_rules import EventRules
from passerby.messages.sandbox_messages import EventReports
from passerby.pipeline.live_reporter import LiveRules
from tests.unit.pipeline.test_live_reporter import LINE, NS, START_NS, Scene

WHOLE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
ZONES = (Zone("square", WHOLE),)
LAYOUT = Layout((LINE,), ZONES, (), None)
FULL = EventRule("full", RuleKind.OVERCROWDING, "square", 0.5, "1", hold_s=2.0, cool_down_s=2.0)
TROUBLE = EventRule("trouble", RuleKind.CAMERA_STATE, "", 3.0, "s", hold_s=0.0, cool_down_s=1.0)


def scene_of(*rules: EventRule, profiles: tuple[Profile, ...] = (), open_events: tuple[PlaceEvent, ...] = ()) -> Scene:
    watched = EventRules("square", rules, LAYOUT, open_events=open_events)
    return Scene(zones=ZONES, rules=LiveRules(watched, profiles, SiteClock()))


def reports(scene: Scene) -> list[PlaceEvent]:
    return [event for message in scene.sent if isinstance(message, EventReports) for event in message.events]


def test_a_crowd_raises_an_event_which_waits_while_the_camera_cannot_see() -> None:
    scene = scene_of(FULL)
    scene.walk(4)
    (raised,) = reports(scene)
    assert (raised.camera, raised.rule, raised.place, raised.state) == ("square", "full", "square", EventState.OPEN)
    assert raised.event_id == event_id_of("square", "full", raised.start_ns)
    assert START_NS <= raised.start_ns < raised.raised_ns <= START_NS + 4 * NS
    scene.health.says = CameraHealth("square", START_NS, CameraState.DARK, START_NS, "It is dark.")
    scene.wait(3)
    suspended = reports(scene)[-1]
    assert (suspended.event_id, suspended.state, suspended.value) == (raised.event_id, EventState.SUSPENDED, None)
    assert "dark" in suspended.why


def test_an_event_of_the_process_before_goes_on_under_its_number() -> None:
    first = scene_of(FULL)
    first.walk(4)
    (raised,) = reports(first)
    second = scene_of(FULL, open_events=(raised,))
    second.walk(4)
    assert {event.event_id for event in reports(second)} == {raised.event_id}
    assert reports(second)[-1].updated_ns > raised.updated_ns


def test_what_stands_in_the_way_raises_an_event_and_is_not_looked_for_in_a_moved_view() -> None:
    scene = scene_of(EventRule("clear", RuleKind.OBSTACLE, "square", 20.0, "s"))
    stamp = FrameStamp("square", 0, START_NS, 0.0, (640, 480))
    box = np.array([[300, 200, 320, 220]], np.float32)
    scene.stage.things = StandingThings(stamp, box, np.ones(1, np.float32), np.array([-30.0]))
    scene.walk(2)
    (raised,) = reports(scene)
    assert (raised.rule, raised.confidence) == ("clear", 1.0)
    asked = scene.stage.asked_for_things
    assert asked > 0
    scene.health.says = CameraHealth("square", START_NS, CameraState.MOVED, START_NS, "It was turned.")
    scene.walk(2)
    assert scene.stage.asked_for_things - asked <= 1


def test_a_camera_in_trouble_raises_an_event_without_any_frame() -> None:
    scene = scene_of(TROUBLE)
    scene.health.says = CameraHealth("square", START_NS, CameraState.OFFLINE, START_NS, "No answer.")
    scene.wait(2)
    assert reports(scene) == []
    scene.wait(6)
    assert [event.state for event in reports(scene)][:1] == [EventState.OPEN]


@pytest.mark.parametrize(("date", "raised"), [("2023-11-14", True), ("2023-11-15", False)])
def test_a_rule_of_a_profile_is_watched_while_the_calendar_has_that_on(date: str, raised: bool) -> None:
    rule = EventRule("full", RuleKind.OVERCROWDING, "square", 0.5, "1", hold_s=2.0, profiles=frozenset(["market"]))
    scene = scene_of(rule, profiles=(Profile("market", dates=frozenset([date])),))
    scene.walk(4)
    assert bool(reports(scene)) is raised


def test_without_rules_there_are_no_events() -> None:
    scene = Scene()
    scene.walk(4)
    assert reports(scene) == []
