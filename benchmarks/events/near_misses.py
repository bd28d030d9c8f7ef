"""Near misses of PETS by passerby, beside those of a brute force over the labels' own metres on the ground.

The brute force shares nothing with the product: it goes through each labelled way at short steps, straight between two
labels, and takes velocities from where each was 0.6 s before and after. Both are asked for the same pairs: two
walkers, discs of 0.5 m. The product is given (1) the labels' metres as if a camera saw them from straight above, (2)
the labelled boxes through a calibration on eight points, and (3) its own detector's tracks, matched to the labels.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from benchmarks.counting.ground import calibration_pairs
from benchmarks.counting.matching import Labels, match, read_labels
from benchmarks.counting.our_tracks import look
from benchmarks.footage import PETS, find_footage
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.geometry.calibration import fit_point_pairs
from passerby.measure.near_misses.encounters import Encounters
from passerby.measure.slots import TrackSlots
from passerby.units import NS_PER_S

FPS = 7.0
"""Of the recording; the file plays it at 10."""
FRAME_S = 1 / FPS
WIDE_M = 100.0
ABOVE = GroundPlane(
    np.array([[WIDE_M, 0, -WIDE_M / 2], [0, WIDE_M, -WIDE_M / 2], [0, 0, 1.0]]),
    0.0,
    np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32),
)
TTC_S, PET_S, DISC_M, MIN_SINE = 1.5, 5.0, 0.5, 0.35
STEP_S, AHEAD_S, AROUND_S = 0.02, 0.01, 0.6

Metres = npt.NDArray[np.float64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Times:
    """The fewest seconds to a collision and the post-encroachment time of a pair; infinite for none."""

    ttc_s: float = np.inf
    pet_s: float = np.inf


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: on the labels' metres nine of ten post-encroachment times agree within a frame; 1: fewer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.near_misses", description=__doc__)
    parser.add_argument("--truth-only", action="store_true", help="leave out passerby's own tracks")
    asked = parser.parse_args(arguments)
    footage = find_footage()
    labels = read_labels(footage.boxes(PETS))
    truth = by_brute_force(labels)
    share = report("labels' metres", truth, by_passerby(seen_from_above(labels), ABOVE))
    every = {number: found for number, found in labels.items() if number % 2 == 0}
    pairs = calibration_pairs(every, PETS.size_px)
    plane = fit_point_pairs(pairs.points01, pairs.xy_m)
    report("labelled boxes", truth, by_passerby(boxes(labels), plane))
    if not asked.truth_only:
        looked = [(each.number, each.tracks) for each in look(footage.video(PETS), 10.0)]
        report("passerby's tracks", truth, by_passerby(with_labels(looked, labels), plane))
    return int(share < 0.9)


def report(name: str, truth: Mapping[Pair, Times], found: Mapping[Pair, Times]) -> float:
    """Prints how far both agree; returns the share of post-encroachment times within a frame."""
    both = [(truth.get(pair, Times()), found.get(pair, Times())) for pair in {*truth, *found}]
    print(f"{name}:")
    share = 0.0
    for what, key, most in (("PET", "pet_s", PET_S), ("TTC", "ttc_s", TTC_S)):
        off = np.array(
            [getattr(b, key) - getattr(a, key) for a, b in both if max(getattr(a, key), getattr(b, key)) <= most]
        )
        alone = sum(getattr(a, key) <= most - FRAME_S and getattr(b, key) > most + FRAME_S for a, b in both)
        more = sum(getattr(b, key) <= most - FRAME_S and getattr(a, key) > most + FRAME_S for a, b in both)
        if len(off):
            within = float((np.abs(off) <= FRAME_S).mean())
            share = within if what == "PET" else share
            print(
                f"  {what}: {len(off)} pairs in both, within a frame (0.14 s) {within:.0%}, median "
                f"{np.median(np.abs(off)):.3f} s, 90 % {np.quantile(np.abs(off), 0.9):.3f} s; "
                f"missed {alone}, more {more}"
            )
    true, ours = ({pair for pair, each in of.items() if near_miss(each)} for of in (truth, found))
    print(f"  near misses: {len(true)} by brute force, {len(ours)} by passerby, {len(true & ours)} the same pairs")
    return share


def near_miss(times: Times) -> bool:
    """Within both limits of SSAM."""
    return times.ttc_s <= TTC_S and (times.pet_s <= PET_S or np.isinf(times.pet_s))


def by_passerby(film: Iterable[Tracks], plane: GroundPlane) -> dict[Pair, Times]:
    """The product's encounters of a film, by the ids of its tracks."""
    slots = TrackSlots()
    encounters = Encounters(plane, frozenset(RoadUser), ttc_s=TTC_S, pet_s=PET_S, among_pedestrians=True)
    id_of: dict[int, int] = {}
    best: dict[Pair, Times] = {}
    for tracks in film:
        slotted = slots.update(tracks)
        for met in encounters.update(slotted):
            note(best, (id_of[met.slots[0]], id_of[met.slots[1]]), met.ttc_s, met.pet_s)
        id_of |= dict(zip(slotted.slot.tolist(), tracks.track_id.tolist(), strict=True))
    for met in encounters.finish():
        note(best, (id_of[met.slots[0]], id_of[met.slots[1]]), met.ttc_s, met.pet_s)
    return best


def note(best: dict[Pair, Times], pair: Pair, ttc_s: float | None, pet_s: float | None) -> None:
    """Keeps the fewest seconds of a pair; those whom the labels do not know (below 0) are left out."""
    one, other = sorted(pair)
    if one < 0 or one == other:
        return
    known = best.get((one, other), Times())
    least = (np.inf if each is None else each for each in (ttc_s, pet_s))
    best[one, other] = Times(*(min(a, b) for a, b in zip(least, (known.ttc_s, known.pet_s), strict=True)))


def seen_from_above(labels: Mapping[int, Labels]) -> Iterable[Tracks]:
    """The labels' metres as foot points of a camera straight above."""
    for number, found in labels.items():
        foot = (found.xy_m + WIDE_M / 2) / WIDE_M * 10_000
        yield film_frame(
            number,
            found.ids,
            np.column_stack([foot[:, 0] - 9, foot[:, 1] - 60, foot[:, 0] + 9, foot[:, 1]]),
            (10_000, 10_000),
        )


def boxes(labels: Mapping[int, Labels]) -> Iterable[Tracks]:
    """The labelled boxes."""
    for number, found in labels.items():
        yield film_frame(number, found.ids, found.xyxy_px, PETS.size_px)


def film_frame(number: int, ids: npt.NDArray[np.int64], xyxy_px: Metres, size_px: tuple[int, int]) -> Tracks:
    """A frame of walkers, in the recording's own time."""
    stamp = FrameStamp("pets", number, round(number / FPS * NS_PER_S), number / FPS, size_px)
    rows = len(ids)
    return Tracks(
        stamp, ids, xyxy_px.astype(np.float32), np.ones(rows, np.float32), np.zeros(rows, np.int16),
        np.ones(rows, np.bool_), np.empty(0, np.int64),
    )  # fmt: skip


def with_labels(looked: Iterable[tuple[int, Tracks]], labels: Mapping[int, Labels]) -> Iterable[Tracks]:
    """The detector's tracks in the recording's own time, each under its label's id where it is first matched."""
    label_of: dict[int, int] = {}
    for number, tracks in looked:
        found = labels.get(number)
        if found is not None:
            for row, column in match(tracks.xyxy_px, found.xyxy_px):
                label_of.setdefault(int(tracks.track_id[row]), int(found.ids[column]))
        ids, taken = [], set[int]()
        for track_id in tracks.track_id.tolist():
            label = label_of.get(track_id, -1 - track_id)
            ids.append(-1 - track_id if label in taken else label)
            taken.add(ids[-1])
        stamp = replace(tracks.stamp, stream_s=number / FPS, time_ns=round(number / FPS * NS_PER_S))
        users = np.zeros(len(tracks), np.int16)
        yield replace(
            tracks, stamp=stamp, track_id=np.array(ids, np.int64), road_user=users, ended=np.empty(0, np.int64)
        )


def by_brute_force(labels: Mapping[int, Labels]) -> dict[Pair, Times]:
    """Both measures of all pairs, by small steps over the labelled ways."""
    ways: dict[int, list[tuple[float, float, float]]] = {}
    for number, found in labels.items():
        for who, (x, y) in zip(found.ids.tolist(), found.xy_m.tolist(), strict=True):
            ways.setdefault(who, []).append((number / FPS, x, y))
    dense = {who: _dense(np.array(rows)) for who, rows in ways.items() if len(rows) > 2 * FPS}
    best: dict[Pair, Times] = {}
    for one, other in combinations(sorted(dense), 2):
        times = Times(_least_ttc(dense[one], dense[other]), _least_pet(dense[one], dense[other]))
        if min(times.ttc_s, times.pet_s) <= PET_S and not _together(dense[one], dense[other]):
            best[one, other] = times
    return best


def _dense(rows: Metres) -> Metres:
    """float64 (N, 5): second, x, y and velocity at short steps, straight between labels, none within a gap."""
    at = np.arange(np.ceil(rows[0, 0] / STEP_S), np.floor(rows[-1, 0] / STEP_S) + 1) * STEP_S

    def place(seconds: Metres) -> Metres:
        return np.column_stack([np.interp(seconds, rows[:, 0], rows[:, axis]) for axis in (1, 2)])

    before, after = np.maximum(at - AROUND_S, rows[0, 0]), np.minimum(at + AROUND_S, rows[-1, 0])
    velocity = (place(after) - place(before)) / (after - before)[:, None]
    return np.column_stack([at, place(at), velocity])


def _least_ttc(one: Metres, other: Metres) -> float:
    _, a, b = np.intersect1d(np.round(one[:, 0] / STEP_S), np.round(other[:, 0] / STEP_S), return_indices=True)
    if not len(a):
        return np.inf
    off, by = other[b, 1:3] - one[a, 1:3], other[b, 3:] - one[a, 3:]
    usable = (np.hypot(*by.T) >= 0.5) & (np.hypot(*off.T) > DISC_M) & (np.hypot(*off.T) < 20)
    off, by = off[usable], by[usable]
    ahead = np.arange(AHEAD_S, TTC_S + 0.5, AHEAD_S)
    least = np.inf
    for start in range(0, len(off), 500):
        gap = off[start : start + 500, None] + by[start : start + 500, None] * ahead[:, None]
        hit = np.hypot(gap[..., 0], gap[..., 1]) <= DISC_M
        if hit.any():
            least = min(least, float(ahead[hit.any(axis=0).argmax()]))
    return least


def _least_pet(one: Metres, other: Metres) -> float:
    least = np.inf
    for start in range(0, len(one), 200):
        part = one[start : start + 200]
        near = other[(other[:, 0] > part[0, 0] - PET_S) & (other[:, 0] < part[-1, 0] + PET_S)]
        if not len(near):
            continue
        touch = np.hypot(*(part[:, None, 1:3] - near[None, :, 1:3]).transpose(2, 0, 1)) <= DISC_M
        rows, columns = np.nonzero(touch)
        v, w = part[rows, 3:], near[columns, 3:]
        speeds = np.hypot(*v.T) * np.hypot(*w.T)
        crosses = np.abs(v[:, 0] * w[:, 1] - v[:, 1] * w[:, 0]) >= MIN_SINE * np.maximum(speeds, 1e-9)
        crosses &= (np.hypot(*v.T) >= 0.5) & (np.hypot(*w.T) >= 0.5)
        apart_s = np.abs(part[rows, 0] - near[columns, 0])[crosses]
        least = min(least, float(apart_s.min())) if len(apart_s) else least
    return least


def _together(one: Metres, other: Metres) -> bool:
    """Beside one another, at a like velocity, for two seconds in all."""
    _, a, b = np.intersect1d(np.round(one[:, 0] / STEP_S), np.round(other[:, 0] / STEP_S), return_indices=True)
    off, by = other[b, 1:3] - one[a, 1:3], other[b, 3:] - one[a, 3:]
    return bool(((np.hypot(*off.T) < 3.0) & (np.hypot(*by.T) < 0.5)).sum() * STEP_S >= 2.0)


if __name__ == "__main__":
    raise SystemExit(main())
