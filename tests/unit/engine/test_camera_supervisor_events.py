"""Events of a camera's process: they outlive it, each process goes on with them, and false ones end it."""

import itertools
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from passerby.back_off import BackOffSettings
from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule, ProfileSwitch, RuleKind
from passerby.domain.intervals import SiteClock
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine.camera_supervisor import CameraListener, CameraSupervisor, Starter
from passerby.engine.journal import Journal
from passerby.engine.unwatched.offline_rules import OfflineRules
from passerby.messages.sandbox_messages import EventReports, ViewMemory
from passerby.messages.sandbox_orders import SwitchProfiles
from testing.waiting import WITHIN_S, until
from testing.web.made import NOW_S, NS_PER_S, closed, open_event
from tests.unit.engine.scripted_process import ScriptedProcess

NOW_NS = NOW_S * NS_PER_S
EVENT = open_event("square", "full", NOW_NS - 20 * NS_PER_S)
RULE = EventRule("full", RuleKind.OVERCROWDING, "benches", 2.0, "m-2")


class Listener(CameraListener):
    def __init__(self) -> None:
        self.changes = 0
        self.ends: queue.Queue[str] = queue.Queue()

    def events_changed(self) -> None:
        self.changes += 1

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        self.ends.put(why)


class Scene:
    def __init__(
        self,
        journal: Journal,
        *rules: EventRule,
        offline_rules: OfflineRules | None = None,
        clock: Callable[[], int] = lambda: NOW_NS,
        timer: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.journal, self.listener = journal, Listener()
        self.started: queue.Queue[tuple[ScriptedProcess, tuple[PlaceEvent, ...]]] = queue.Queue()
        self.supervisor = CameraSupervisor(
            "square",
            cast("Starter", self.start),
            journal,
            self.listener,
            places=frozenset(),
            rules=rules,
            waits=BackOffSettings(first_s=0.01, max_s=0.02),
            offline_rules=offline_rules,
            clock=clock,
            timer=timer,
        )

    @contextmanager
    def start(self, _memory: ViewMemory | None, events: tuple[PlaceEvent, ...]) -> Iterator[ScriptedProcess]:
        process = ScriptedProcess()
        self.started.put((process, events))
        yield process

    def next_process(self) -> tuple[ScriptedProcess, tuple[PlaceEvent, ...]]:
        return self.started.get(timeout=WITHIN_S)

    @property
    def waiting(self) -> list[PlaceEvent]:
        return [one.event for one in self.journal.events.waiting(100)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "worker.sqlite") as journal:
        yield journal


@contextmanager
def watched(journal: Journal, *rules: EventRule, **more: Any) -> Iterator[Scene]:
    scene = Scene(journal, *rules, **more)
    try:
        yield scene
    finally:
        scene.supervisor.stop()


def test_a_killed_process_leaves_its_event_to_the_next_one_which_closes_it(journal: Journal) -> None:
    with watched(journal, RULE) as scene:
        process, known = scene.next_process()
        assert known == ()
        process.to_send.put(EventReports((EVENT,)))
        process.to_send.put(WorkerError("it was killed (SIGKILL)."))
        process, (known_event,) = scene.next_process()
        assert known_event.event_id == EVENT.event_id
        assert known_event.state is EventState.SUSPENDED
        assert known_event.why == f"{EVENT.why} It is suspended: the process that watches the camera has ended."
        over = replace(closed(EVENT, 20), updated_ns=known_event.updated_ns + 1)
        process.to_send.put(EventReports((over,)))
        until(lambda: scene.waiting == [over])
        assert journal.events.open_events("square") == ()
        assert scene.listener.changes >= 3


def test_a_process_that_cannot_start_raises_the_event_of_its_camera_which_the_next_one_goes_on_with(
    journal: Journal,
) -> None:
    dead = EventRule("dead", RuleKind.CAMERA_STATE, "", 20.0, "s")
    seconds = itertools.count()  # each look at a clock is a second later
    offline_rules = OfflineRules("square", [dead], (), SiteClock)
    clocks: dict[str, Any] = {"clock": lambda: NOW_NS + next(seconds) * NS_PER_S, "timer": lambda: float(next(seconds))}
    with watched(journal, dead, offline_rules=offline_rules, **clocks) as scene:
        for _ in range(30):
            scene.next_process()[0].to_send.put(WorkerError("there is no such program."))
            if journal.events.open_events("square"):
                break
        (event,) = journal.events.open_events("square")
        assert (event.kind, event.state) == (RuleKind.CAMERA_STATE, EventState.OPEN)
        until(lambda: any(known == event.event_id for known in _known(scene)))


def _known(scene: Scene) -> list[str]:
    process, known = scene.next_process()
    process.to_send.put(WorkerError("there is no such program."))
    return [event.event_id for event in known]


def test_profiles_reach_a_running_process_and_the_one_after_it(journal: Journal) -> None:
    by_hand = ProfileSwitch(frozenset({"night"}), NOW_NS + 1)
    with watched(journal, RULE) as scene:
        process, _ = scene.next_process()
        until(lambda: scene.supervisor.pid is not None)
        scene.supervisor.switch_profiles(by_hand)
        assert process.asked == [SwitchProfiles(by_hand)]
        process.to_send.put(WorkerError("it was killed (SIGKILL)."))
        process, _ = scene.next_process()
        until(lambda: process.asked == [SwitchProfiles(by_hand)])


def test_an_event_is_there_after_a_start_of_the_worker(journal: Journal) -> None:
    with watched(journal, RULE) as scene:
        scene.next_process()[0].to_send.put(EventReports((EVENT,)))
        until(lambda: scene.waiting)
    with watched(journal, RULE) as scene:
        assert scene.next_process()[1] == (EVENT,)


@pytest.mark.parametrize("rules", [(), (replace(RULE, place="fountain"),), (replace(RULE, kind=RuleKind.QUEUE),)])
def test_an_event_of_a_rule_that_is_gone_or_another_one_is_closed(
    journal: Journal, rules: tuple[EventRule, ...]
) -> None:
    journal.events.store("square", [EVENT])
    with watched(journal, *rules) as scene:
        assert scene.next_process()[1] == ()
        (found,) = scene.waiting
        assert (found.state, found.end_ns) == (EventState.CLOSED, EVENT.updated_ns)
        assert found.why.endswith("It ended because the rule is not watched any more.")


@pytest.mark.parametrize(
    "event", [replace(EVENT, camera="gate"), open_event("gate", "full", EVENT.start_ns), open_event("square", "x", 5)]
)
def test_a_process_that_reports_over_another_camera_is_ended_and_nothing_of_it_is_kept(
    journal: Journal, event: PlaceEvent
) -> None:
    with watched(journal, RULE) as scene:
        scene.next_process()[0].to_send.put(EventReports((EVENT, event)))
        assert "it reports an event" in scene.listener.ends.get(timeout=WITHIN_S)
        assert scene.waiting == []
        scene.next_process()
