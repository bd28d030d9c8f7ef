"""Events that are known: labelled walkers of PETS and passerby's own tracks of them, each with one controlled change.

The base is real; the change and when it happens are made, so that the truth is known. Each change is tried on several
road users, beside the same recording without it.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.counting.matching import read_labels
from benchmarks.counting.our_tracks import look
from benchmarks.footage import PETS, Footage, find_footage
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame
from passerby.measure.camera_measures import CameraMeasures
from passerby.units import NS_PER_S

Film = Sequence[Tracks]
HOLD_S = 5.0
ALERT_S = 5.0
"""An event counts as found when it is raised at most so long after its truth has lasted for the hold time."""

LAYOUT = Layout(
    (Line("gate", np.array([[0.5, 0.15], [0.5, 0.98]], np.float32)),),
    (Zone("all", np.array([[0.02, 0.1], [0.98, 0.1], [0.98, 0.99], [0.02, 0.99]], np.float32)),),
    (),
    None,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One changed film.

    Attributes:
        rule: what is to find the change.
        film: the changed tracks.
        due_s: stream seconds at which the event is due, its hold time included; None where none is.
    """

    rule: EventRule
    film: Film
    due_s: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: on truth tracks precision and recall of each rule are 0.95 or more; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.labelled", description=__doc__)
    parser.add_argument("--truth-only", action="store_true", help="leave out passerby's own tracks")
    asked = parser.parse_args(arguments)
    footage = find_footage()
    good = report("truth tracks", truth_film(footage), 0.95)
    if not asked.truth_only:
        looked = look(footage.video(PETS), PETS.analysed_fps)
        # Only the changes are vehicles here: whether a vehicle that the detector finds besides is there is not known,
        # since the labels are of people alone and it was not checked by eye.
        walkers = [replace(one.tracks, road_user=np.zeros(len(one.tracks), np.int16)) for one in looked]
        report("passerby's tracks", walkers, 0.85)
    return int(not good)


def truth_film(footage: Footage) -> Film:
    """The labelled boxes at the analysed rate, as tracks."""
    film, before = [], np.empty(0, np.int64)
    for frame, found in read_labels(footage.boxes(PETS)).items():
        if frame % 2 == 0:
            continue
        second = (frame - 1) / 10
        stamp = FrameStamp("pets", frame - 1, round(second * NS_PER_S), second, PETS.size_px)
        rows = len(found.ids)
        ended = np.setdiff1d(before, found.ids)
        film.append(
            Tracks(
                stamp,
                found.ids,
                found.xyxy_px.astype(np.float32),
                np.ones(rows, np.float32),
                np.zeros(rows, np.int16),
                np.ones(rows, np.bool_),
                ended,
            )
        )
        before = found.ids
    return film


def report(name: str, film: Film, must: float) -> bool:
    """Prints a row for each rule; returns whether all reach the bar."""
    good = True
    print(f"{name}: rule, found of due, false, precision, recall, seconds from due to alert (median)")
    for kind, make in MAKERS.items():
        found = due = false = 0
        late = []
        for case in make(film):
            raised_s = [event.raised_ns / NS_PER_S for event in raised(case)]
            hit = [at_s for at_s in raised_s if case.due_s is not None and abs(at_s - case.due_s) <= ALERT_S]
            due += case.due_s is not None
            found += bool(hit)
            false += len(raised_s) - len(hit)
            late += [at_s - case.due_s for at_s in hit[:1] if case.due_s is not None]
        precision, recall = found / max(1, found + false), found / max(1, due)
        good = good and min(precision, recall) >= must
        middle = f"{np.median(late):.1f}" if late else "-"
        print(f"  {kind}: {found}/{due}, {false}, {precision:.2f}, {recall:.2f}, {middle}")
    return good


def raised(case: Case) -> list[PlaceEvent]:
    """The first report of each event."""
    measures = CameraMeasures("pets", LAYOUT.lines, LAYOUT.movements, LAYOUT.zones, LAYOUT.ground)
    rules = EventRules("pets", [case.rule], LAYOUT)
    first: dict[str, PlaceEvent] = {}
    for tracks in case.film:
        measured = measures.update(tracks)
        for event in rules.update(
            EventFrame(tracks, measured.crossings, measured.occupancy, encounters=measured.encounters)
        ):
            first.setdefault(event.event_id, event)
    return list(first.values())


def long_tracks(film: Film, seconds: float) -> list[tuple[int, int]]:
    """Ids and first frames of the confirmed tracks that are seen in every frame for so long."""
    needed = round(seconds * PETS.analysed_fps)
    runs: dict[int, int] = {}
    found: dict[int, int] = {}
    for number, tracks in enumerate(film):
        here = set(tracks.track_id[tracks.confirmed].tolist())
        runs = {one: runs.get(one, number) for one in here}
        for one, first in runs.items():
            if number - first >= needed:
                found.setdefault(one, first)
    return list(found.items())


def with_class(tracks: Tracks, track_id: int, user: RoadUser) -> Tracks:
    """The frame with one track of another class."""
    users = np.where(tracks.track_id == track_id, user, tracks.road_user).astype(np.int16)
    return replace(tracks, road_user=users)


def vehicles(film: Film) -> list[Case]:
    """A walker becomes a car: it is in the zone, which is closed to it, from its first frame to its last."""
    rule = EventRule("r", RuleKind.VEHICLE_IN_ZONE, "all", 1, "1", hold_s=HOLD_S, cool_down_s=10)
    cases = [Case(rule, film, None)]
    for track_id, first in long_tracks(film, HOLD_S + 3.0)[:12]:
        seen = next(t for t in film if (t.track_id[t.confirmed] == track_id).any())
        if seen is not film[first]:
            continue  # hidden for a while at first: its time in the zone is not one stretch
        changed = [with_class(tracks, track_id, RoadUser.CAR) for tracks in film]
        cases.append(Case(rule, changed, seen.stamp.stream_s + HOLD_S))
    return cases


def stopped(film: Film) -> list[Case]:
    """A walker becomes a car and stops where it is, for 30 s; the other half goes on as a car that never stands."""
    rule = EventRule("r", RuleKind.STOPPED_VEHICLE, "all", 10, "s", cool_down_s=10)
    cases = [Case(rule, film, None)]
    for track_id, first in long_tracks(film, 3.0)[:12]:
        start = first + round(2 * PETS.analysed_fps)
        length = min(len(film) - start, round(30 * PETS.analysed_fps))
        if length < 16 * PETS.analysed_fps:
            continue
        box = _box(film[start], track_id)
        gone_px = float(np.abs(box - _box(film[first], track_id)).max())
        if gone_px < (box[0, 3] - box[0, 1]) / 2:
            continue  # it stood before the change, so that the truth is not known
        changed = [with_class(tracks, track_id, RoadUser.CAR) for tracks in film]
        for number in range(start, len(film)):
            changed[number] = _held(changed[number], track_id, box if number < start + length else None)
        cases.append(Case(rule, changed, film[start].stamp.stream_s + 10.0))
    return cases


def _box(tracks: Tracks, track_id: int) -> npt.NDArray[np.float32]:
    """float32 (1, 4): a track's box."""
    row = int(np.flatnonzero(tracks.track_id == track_id)[0])
    return tracks.xyxy_px[row : row + 1]


def _held(tracks: Tracks, track_id: int, box: npt.NDArray[np.float32] | None) -> Tracks:
    """The frame with a track at a place of its own, as a car, or without it."""
    rest = tracks.track_id != track_id
    if box is None:
        ended = tracks.ended[tracks.ended != track_id]
        return Tracks(
            tracks.stamp, tracks.track_id[rest], tracks.xyxy_px[rest], tracks.confidence[rest],
            tracks.road_user[rest], tracks.confirmed[rest], np.append(ended, track_id),
        )  # fmt: skip
    return Tracks(
        tracks.stamp,
        np.append(tracks.track_id[rest], track_id),
        np.concatenate([tracks.xyxy_px[rest], box]),
        np.append(tracks.confidence[rest], np.float32(0.9)),
        np.append(tracks.road_user[rest], np.int16(RoadUser.CAR)),
        np.append(tracks.confirmed[rest], True),
        tracks.ended[tracks.ended != track_id],
    )


def crowds(film: Film) -> list[Case]:
    """Everyone is there four times over, from some moment on."""
    rule = EventRule("r", RuleKind.OVERCROWDING, "all", 14, "1", hold_s=HOLD_S, cool_down_s=10)
    cases = [Case(rule, film, None)]
    for start_s in np.arange(8.0, 56.0, 6.0):
        changed = [_multiplied(tracks, 4) if tracks.stamp.stream_s >= start_s else tracks for tracks in film]
        numbers = [(t.stamp.stream_s, int(t.confirmed.sum())) for t in changed]
        over = [at_s for at_s, number in numbers if number > 14 and at_s >= start_s]
        if len(over) > 40 and over[0] == numbers[round(start_s * PETS.analysed_fps)][0]:
            stretch = changed[: round((start_s + 15) * PETS.analysed_fps)]
            if all(int(t.confirmed.sum()) > 14 for t in stretch if t.stamp.stream_s >= start_s):
                cases.append(Case(rule, stretch, start_s + HOLD_S))
    return cases


def _multiplied(tracks: Tracks, times: int) -> Tracks:
    copies = range(times)
    shift = [np.array([12.0 * n, 7.0 * n] * 2, np.float32) for n in copies]
    return Tracks(
        tracks.stamp,
        np.concatenate([tracks.track_id + 1_000_000 * n for n in copies]),
        np.concatenate([tracks.xyxy_px + shift[n] for n in copies]),
        np.tile(tracks.confidence, times),
        np.tile(tracks.road_user, times),
        np.tile(tracks.confirmed, times),
        np.concatenate([tracks.ended + 1_000_000 * n for n in copies]),
    )


def wrong_ways(film: Film) -> list[Case]:
    """A walker who goes over the line becomes a car: against the direction in one case, along it in the other."""
    crossings = []
    for track_id, _ in long_tracks(film, 5.0)[:20]:
        measures = CameraMeasures("pets", LAYOUT.lines)
        for tracks in film:
            only = with_class(tracks, track_id, RoadUser.CAR)
            over = [one for one in measures.update(only).crossings if one.road_user is RoadUser.CAR]
            crossings += [(track_id, tracks.stamp.stream_s, one.direction) for one in over]
    cases = []
    for track_id, at_s, direction in crossings:
        changed = [with_class(tracks, track_id, RoadUser.CAR) for tracks in film]
        if sum(one == track_id for one, _, _ in crossings) > 1:
            continue
        for allowed in Direction:
            rule = EventRule("r", RuleKind.WRONG_WAY, "gate", 1, "1", direction=allowed, cool_down_s=10)
            cases.append(Case(rule, changed, at_s if allowed is not direction else None))
    return cases


MAKERS: dict[str, Callable[[Film], list[Case]]] = {
    "vehicle_in_zone": vehicles,
    "stopped_vehicle": stopped,
    "overcrowding": crowds,
    "wrong_way": wrong_ways,
}

if __name__ == "__main__":
    raise SystemExit(main())
