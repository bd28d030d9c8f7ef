"""A camera that is dark, covered, blurred or moved for a while, or loses its pictures; and one that is well."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.events.world import START_NS
from benchmarks.health.changed_views import FILMS, Film, Rig, pictures_of
from benchmarks.health.changes import FAULTS, MOVES, WELL
from benchmarks.health.changes import Case as Change
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.domain.tracks import Tracks
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame
from passerby.pipeline.health.health_thresholds import HealthThresholds
from passerby.units import NS_PER_S

LENGTH_S = 110
COOL_DOWN_S = 600.0
REPORTED = ("Town Centre", "plaza", "motorway")
TUNED = ("PETS09-S2L1",)
LIMITS = HealthThresholds()
HOLD_S = {
    CameraState.DARK: LIMITS.dark_hold.enter_s,
    CameraState.COVERED: LIMITS.covered_hold.enter_s,
    CameraState.DEFOCUSED: LIMITS.defocused_hold.enter_s,
    CameraState.MOVED: LIMITS.unrecognised_hold.enter_s,
}
"""How long each state lasts before the camera's health says so; a view that is found elsewhere is said sooner."""

LEAST_HOLD_S = {**HOLD_S, CameraState.MOVED: LIMITS.displaced_hold.enter_s}


@dataclass(frozen=True, slots=True)
class CameraCase:
    """One change of a camera for a while.

    Attributes:
        film: the recording.
        change: what is done to its pictures; None where they are lost.
        start_s, end_s: from when until when.
        threshold_s: the rule's.
        due_s: earliest and latest second at which an event is due; None where none is.
    """

    film: Film
    change: Change | None
    start_s: int
    end_s: int
    threshold_s: float
    due_s: tuple[float, float] | None


def camera_cases(names: Sequence[str], rng: np.random.Generator, wanted: int) -> list[CameraCase]:
    """Draws cases: faults that last longer than hold time and threshold are due; shorter ones and weather are not."""
    films = [film for film in FILMS if film.name in names]
    cases: list[CameraCase] = []
    while films and len(cases) < 2 * wanted:
        case = _draw(films[int(rng.integers(len(films)))], rng)
        if case is not None and sum((each.due_s is None) == (case.due_s is None) for each in cases) < wanted:
            cases.append(case)
    return cases


def _draw(film: Film, rng: np.random.Generator) -> CameraCase | None:
    start_s, threshold_s = int(rng.integers(5, 20)), float(rng.choice([5.0, 10.0, 20.0]))
    if rng.random() < 0.25:
        lasts_s = int(rng.integers(1, 40))
        clear = abs(lasts_s - threshold_s) > 2
        due = (start_s + threshold_s, start_s + threshold_s + 1.0) if lasts_s > threshold_s else None
        return CameraCase(film, None, start_s, start_s + lasts_s, threshold_s, due) if clear else None
    change = (*FAULTS, *MOVES, *WELL)[int(rng.integers(len(FAULTS) + len(MOVES) + len(WELL)))]
    if change.state is None:
        return CameraCase(film, change, start_s, LENGTH_S, threshold_s, None)
    if rng.random() < 0.3:
        end_s = start_s + int(rng.integers(2, int(LEAST_HOLD_S[change.state]) - 2))
        return CameraCase(film, change, start_s, end_s, threshold_s, None)
    least_s, most_s = (holds[change.state] + start_s + threshold_s for holds in (LEAST_HOLD_S, HOLD_S))
    return CameraCase(film, change, start_s, LENGTH_S, threshold_s, (least_s, most_s))


class Cameras:
    """Plays cases to cameras that know their view.

    Args:
        folder: of the recordings.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rigs: dict[str, Rig] = {}

    def raised(self, case: CameraCase, *, by_pixels: bool) -> list[PlaceEvent]:
        """Returns the first report of each event.

        Args:
            case: the case.
            by_pixels: the camera's health looks at the changed pictures; else its state is the truth.
        """
        rule = EventRule("camera", RuleKind.CAMERA_STATE, "", case.threshold_s, "s", cool_down_s=COOL_DOWN_S)
        rules = EventRules("camera", [rule], Layout((), (), (), None))
        first: dict[str, PlaceEvent] = {}
        for second, state in enumerate(self._looked(case) if by_pixels else _truth(case)):
            time_ns = START_NS + second * NS_PER_S
            if state is None:
                events = rules.camera_changed(CameraState.ONLINE, time_ns)
            else:
                stamp = FrameStamp("camera", second, time_ns, float(second), (640, 360))
                events = rules.update(EventFrame(Tracks.none(stamp), state=state))
            for event in events:
                first.setdefault(event.event_id, event)
        return list(first.values())

    def _looked(self, case: CameraCase) -> Iterator[CameraState | None]:
        rig = copy.deepcopy(self._learned(case.film))
        chance = np.random.default_rng(7)
        for second in range(LENGTH_S):
            changed = case.start_s <= second < case.end_s
            if changed and case.change is None:
                rig.second += 1
                yield None
                continue
            luma = rig.pictures[rig.second % len(rig.pictures)]
            rig.look(case.change.change(luma, float(second), chance) if changed and case.change else luma)
            yield rig.watch.state

    def _learned(self, film: Film) -> Rig:
        if film.name not in self._rigs:
            rig = Rig(pictures_of(self._folder, film)[: film.most])
            rig.learn()
            self._rigs[film.name] = rig
        return self._rigs[film.name]


def _truth(case: CameraCase) -> Iterator[CameraState | None]:
    """The camera's state as its health should say it, once it has lasted."""
    for second in range(LENGTH_S):
        if case.change is None:
            yield None if case.start_s <= second < case.end_s else CameraState.ONLINE
            continue
        state = case.change.state
        since_s = case.start_s + (LEAST_HOLD_S[state] if state else 0.0)
        yield state if state and since_s <= second < case.end_s else CameraState.ONLINE
