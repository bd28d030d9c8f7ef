"""What is found of things that are put into real places, and whether a person, or light, is ever taken for one.

Every film goes through detector, tracker, finder and the rule; the things' and people's places and times are known.
What of the things can be seen at all is said by their pixels, before anything looks at a film: see `hindrances`.
"""

import argparse
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.events.composited import (
    APPEARS_S,
    FPS,
    SCENES,
    Film,
    Put,
    Scene,
    base,
    films_of_people,
    films_of_things,
    frames,
    pictures_at,
    quiet_films,
)
from benchmarks.events.cuts import CHANGED, Grey
from benchmarks.footage import Footage, find_footage
from passerby.domain.detections import Detections
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout, Zone
from passerby.domain.road_user import RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame
from passerby.geometry.boxes import pairwise_ioa, pairwise_iou
from passerby.ingest.attention.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.detector import Detector
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.standing_things.finder import StandingThingFinder
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

WAIT_S = 20.0
ALERT_S = 5.0
"""An event is in time when it comes at most so long after the thing has been there for `WAIT_S`."""

LEAST_PX = 8.0
LEAST_OF_PERSON_PX, PERSON_FROM_M = 24.0, 0.6
"""Larger side from which a thing can be seen; from 0.6 m on it may be a person, who is not always found below 24 px."""
LEAST_OTHER = 0.5
"""Share of its pixels that differ by `CHANGED` levels and more from the place without it."""
TAKEN, TAKEN_SHARE = 0.3, 0.4
"""Confidence of a find at what was put in, and what both have in common, as a share of both together."""
AT_SHARE = 0.2
"""Of a box and of what was put in, whichever is smaller: more of it lies in the other where both are the same."""
PEOPLE, FOUR_WHEELED = (RoadUser.PEDESTRIAN,), (RoadUser.CAR, RoadUser.BUS, RoadUser.TRUCK)
NOTHING = "nothing new is seen there"
COVERED, LEAST_UNCOVERED = 0.1, 0.5
"""Share of it that something moving covers, and share of its pictures in which less of it is covered."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What came of one film.

    Attributes:
        alerts_s: of each thing or person that was put in, seconds from when an event was due to when it was reported as
            a thing for long enough; None where it never was.
        doubts: of each, what spoke against it most often from when it was due.
        taken: of each, in which share of its pictures the detector takes it for a person, and for a motor vehicle.
        others: places at which something else was reported for long enough.
        events: that the rule raised.
        detect_s, find_s: CPU seconds of the detector and of the finder.
    """

    alerts_s: tuple[float | None, ...]
    doubts: tuple[str, ...]
    taken: tuple[tuple[float, float], ...]
    others: int
    events: int
    detect_s: float
    find_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: no person and no light was taken for a thing; 1: something was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.obstacles", description=__doc__)
    parser.add_argument("--scenes", help="folders of recordings, with commas between; all where it is left out")
    parser.add_argument("--without-ground", action="store_true", help="let the scale be learned from people")
    parser.add_argument("--kinds", default="people,things,quiet", help="which films, with commas between")
    asked = parser.parse_args(arguments)
    use_one_thread()
    footage, detector = find_footage(), open_detector()
    chosen = [scene for scene in SCENES if not asked.scenes or scene.folder in asked.scenes.split(",")]
    wrong = 0
    for kind in asked.kinds.split(","):
        rows = Counter[str]()
        for scene in chosen:
            wrong += _report(kind, scene, rows, footage, detector, calibrated=not asked.without_ground)
        print(f"{kind}: {dict(rows)}")
    return int(wrong > 0)


def _report(
    kind: str, scene: Scene, rows: Counter[str], footage: Footage, detector: Detector, *, calibrated: bool
) -> int:
    """Prints a line for each film of a scene; returns how many people, lights and shadows were taken for things."""
    base.cache_clear()
    wrong = 0
    for name, film in _films(kind, scene, footage):
        seen = watch(footage, film, detector, calibrated=calibrated)
        group = "tuned on" if scene.tuned else "not tuned on"
        hindered = hindrances(footage, film) if kind == "things" else [""] * len(film.puts)
        for put, alert_s, doubt, as_user, why in zip(
            film.puts, seen.alerts_s, seen.doubts, seen.taken, hindered, strict=True
        ):
            rows[f"{group}: put in"] += 1
            rows[f"{group}: found"] += alert_s is not None
            rows[f"{group}: found in time"] += alert_s is not None and alert_s <= ALERT_S
            wrong += kind == "people" and alert_s is not None
            rows[f"{group}: can be seen"] += not why
            rows[f"{group}: can be seen and found"] += not why and alert_s is not None
            if alert_s is None and not why:
                rows[f"{group}: can be seen, missed: {doubt}"] += 1
            taken = "taken for a person in {:.0%}, for a motor vehicle in {:.0%}".format(*as_user)
            late = f"- ({doubt})" if alert_s is None else f"{alert_s:.1f} s"
            what = f"{put.cut.name}{', fidgets' if put.fidgets else ''} {put.cut.metres} m"
            print(f"  {scene.folder} {what}: {late}{why and f' ({why})'}; {taken}")
        rows[f"{group}: others"] += seen.others
        rows[f"{group}: events"] += seen.events
        wrong += seen.others
        detect_ms, find_ms = (1e3 * cpu_s / film.seconds for cpu_s in (seen.detect_s, seen.find_s))
        cost = f"CPU of a second: detector {detect_ms:.0f} ms at {FPS:g} fps, finder {find_ms:.0f} ms"
        print(f"{name}: {seen.events} events, {seen.others} others; {cost}", flush=True)
    return wrong


def _films(kind: str, scene: Scene, footage: Footage) -> Iterable[tuple[str, Film]]:
    if kind == "quiet":
        return quiet_films([scene]).items()
    made = films_of_things(footage, scene) if kind == "things" else films_of_people(footage, scene)
    return [(f"{scene.folder}, {kind} {number}", film) for number, film in enumerate(made)]


def hindrances(footage: Footage, film: Film) -> list[str]:
    """Returns why each thing of a film cannot be seen: too small, too faint, or covered; nothing where it can."""
    _, empty = base(footage, film.scene)
    shown = [pictures_at(footage, film, float(second)) for second in np.arange(APPEARS_S, film.seconds, 2.0)]
    placed, moving = shown[0][1], [each for each, _ in shown]
    other = np.abs(placed - empty).max(axis=2) >= CHANGED
    return [_hindrance(put, other, moving) for put in film.puts]


def _hindrance(put: Put, other: Grey, moving: Sequence[Grey]) -> str:
    least_px = LEAST_OF_PERSON_PX if put.cut.metres >= PERSON_FROM_M else LEAST_PX
    if max(put.cut.alpha.shape) < least_px:
        return "too small"
    rows, columns = put.cut.alpha.shape
    x, y = put.foot[0] * other.shape[1], put.foot[1] * other.shape[0]
    left, top = round(x - columns / 2), round(y - rows)
    part, solid = (slice(top, top + rows), slice(left, left + columns)), put.cut.alpha > 0.5
    if float(other[part][solid].mean()) < LEAST_OTHER:
        return "too faint"
    uncovered = [float(each[part][solid].mean()) <= COVERED for each in moving]
    return "" if np.mean(uncovered) >= LEAST_UNCOVERED else "covered"


def watch(footage: Footage, film: Film, detector: Detector, *, calibrated: bool = True) -> Seen:
    """Lets passerby watch one film."""
    zone, ground = np.array(film.scene.zone, np.float32), film.scene.ground if calibrated else None
    layout = Layout((), (Zone("clear", zone),), (), ground)
    rules = EventRules("made", [EventRule("clear", RuleKind.OBSTACLE, "clear", WAIT_S, "s")], layout)
    looking, finder, tracker = (
        FrameDetector(detector, CropPlan(), StageTimes()),
        StandingThingFinder([zone], ground, detector),
        Tracker(),
    )
    alerts: list[float | None] = [None] * len(film.puts)
    doubts = [Counter[str]() for _ in film.puts]
    taken: list[list[tuple[bool, bool]]] = [[] for _ in film.puts]
    others: set[tuple[int, int]] = set()
    events: set[str] = set()
    detect_s = find_s = 0.0
    for raw in frames(footage, film):
        start_s = time.process_time()
        found = looking.find(raw)
        tracks = tracker.update(found)
        between_s = time.process_time()
        things = finder.update(raw, found, tracks)
        detect_s, find_s = detect_s + between_s - start_s, find_s + time.process_time() - between_s
        # The detector's own vehicles raise events of their own: only things are looked at here.
        events |= {event.event_id for event in rules.update(EventFrame(tracks, things=things))}
        for place, number in _stood(things, film.puts):
            if number is None:
                others.add(place)
            elif alerts[number] is None:
                alerts[number] = raw.stamp.stream_s - APPEARS_S - WAIT_S
        if raw.stamp.stream_s > APPEARS_S:
            for each, put in zip(taken, film.puts, strict=True):
                each.append((_is_taken_for(found, put, PEOPLE), _is_taken_for(found, put, FOUR_WHEELED)))
        if raw.stamp.stream_s > APPEARS_S + WAIT_S:
            _count_doubts(doubts, finder, film.puts, raw.size_px)
    most = tuple(each.most_common(1)[0][0] if each else NOTHING for each in doubts)
    shares = tuple((float(np.mean([a for a, _ in each])), float(np.mean([b for _, b in each]))) for each in taken)
    return Seen(tuple(alerts), most, shares, len(others), len(events), detect_s, find_s)


def _count_doubts(
    doubts: Sequence[Counter[str]], finder: StandingThingFinder, puts: Sequence[Put], size_px: tuple[int, int]
) -> None:
    """Adds what speaks against each thing at this moment."""
    against = {_number_of(box, puts, size_px): doubt for _, box, doubt in finder.judged()}
    for number, counted in enumerate(doubts):
        counted[against.get(number, NOTHING) or "nothing"] += 1


def _stood(things: StandingThings, puts: Sequence[Put]) -> Iterator[tuple[tuple[int, int], int | None]]:
    """Returns the things that have stood for long enough: roughly where, and which of those put in each is."""
    for box, since_s in zip(things.xyxy_px.astype(np.float64), things.since_s, strict=True):
        if things.stamp.stream_s - since_s > WAIT_S:
            middle = ((box[:2] + box[2:]) / 2 / np.array(things.stamp.size_px) * 40).astype(int).tolist()
            yield (middle[0], middle[1]), _number_of(box, puts, things.stamp.size_px)


def _number_of(box: npt.NDArray[np.float64], puts: Sequence[Put], size_px: tuple[int, int]) -> int | None:
    """Returns which of those put in lies at a box; None where none does."""
    own = np.array([_box_of(put, size_px) for put in puts]).reshape(-1, 4)
    shared = np.maximum(pairwise_ioa(box[None], own)[0], pairwise_ioa(own, box[None])[:, 0])
    at = np.flatnonzero(shared > AT_SHARE)
    return int(at[-1]) if len(at) else None


def _is_taken_for(found: Detections, put: Put, users: Collection[RoadUser]) -> bool:
    """Returns whether the detector finds one of these classes at what was put in."""
    of = np.isin(found.road_user, [int(user) for user in users]) & (found.confidence >= TAKEN)
    return bool((pairwise_iou(found.xyxy_px[of], _box_of(put, found.stamp.size_px)[None]) >= TAKEN_SHARE).any())


def _box_of(put: Put, size_px: tuple[int, int]) -> npt.NDArray[np.float64]:
    rows, columns = put.cut.alpha.shape
    x, y = np.array(put.foot) * size_px
    return np.array([x - columns / 2, y - rows, x + columns / 2, y])


if __name__ == "__main__":
    raise SystemExit(main())
