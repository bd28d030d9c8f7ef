"""Benchmark `ground`: positions and walking speeds on PETS against the truth's metres."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.bench import Bench
from benchmarks.counting.matching import Labels, match, read_labels
from benchmarks.counting.our_tracks import Looked, look
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import PETS
from passerby.domain.layout import GroundPlane
from passerby.geometry.calibration import fit_point_pairs
from passerby.geometry.ground import to_ground
from passerby.measure.ground.speed import SpeedMeter
from passerby.measure.slots import TrackSlots

Metres = npt.NDArray[np.float64]

CALIBRATION_PAIRS = 8
BORDER_PX = 4.0
"""A box at the picture's edge is cut off, and its foot point is not where somebody stands."""

WINDOW_S = 2.0
WALKING_MPS = 0.3
"""Slower is standing, and has no walking speed."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Points known in the picture and on the ground.

    Attributes:
        points01: float64 (N, 2), as 0-1 of the picture.
        xy_m: float64 (N, 2), metres.
    """

    points01: Metres
    xy_m: Metres


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Ours beside the truth.

    Attributes:
        off_m: float64 (N,), distance between our position and the truth's.
        speed_off_mps: float64 (M,), our speed less the truth's, of walkers.
        true_mps: float64 (M,), the truth's speed.
    """

    off_m: Metres
    speed_off_mps: Metres
    true_mps: Metres


def measure(bench: Bench) -> Chapter:
    """Calibrates on a few labelled foot points and scores on frames that none of them is from."""
    labels = read_labels(bench.footage.boxes(PETS))
    bench.report("passerby's tracks on PETS, for positions and speeds")
    looked = look(bench.footage.video(PETS), PETS.analysed_fps)
    scored = {frame.number for frame in looked}
    pairs = calibration_pairs({number: found for number, found in labels.items() if number not in scored}, PETS.size_px)
    plane = fit_point_pairs(pairs.points01, pairs.xy_m)
    found = compare(looked, labels, plane)
    off, speed_off = np.abs(found.off_m), np.abs(found.speed_off_mps)
    where = f"{PETS.name}, {PETS.analysed_fps:g} fps"
    return Chapter(
        "ground",
        "Positions on the ground and walking speeds",
        (
            Figure(where, "distance to the truth, median, m", _median(off), must=0.4, note=f"{len(off)} positions"),
            Figure(where, "distance to the truth, 90 %, m", _high(off)),
            Figure(where, "walking speed's error, median, m/s", _median(speed_off), must=0.2, note=_paces(found)),
            Figure(where, "walking speed's error, 90 %, m/s", _high(speed_off)),
            Figure(where, "walking speed's bias, median, m/s", _median(found.speed_off_mps)),
            Figure(where, "calibration's own error, m", float(plane.rmse_m or 0.0), note=f"{len(pairs.xy_m)} pairs"),
        ),
        _REMARKS,
    )


def calibration_pairs(labels: dict[int, Labels], size_px: tuple[int, int], wanted: int = CALIBRATION_PAIRS) -> Pairs:
    """A handful of labelled foot points, each as far as can be from those already taken."""
    width, height = size_px
    points, metres = [], []
    for found in labels.values():
        left, top, right, bottom = found.xyxy_px.T
        inside = (left > BORDER_PX) & (top > BORDER_PX) & (right < width - BORDER_PX) & (bottom < height - BORDER_PX)
        usable = inside & (found.flag > 0)
        points.append(np.column_stack([(left + right) / 2 / width, bottom / height])[usable])
        metres.append(found.xy_m[usable])
    points01, xy_m = np.concatenate(points), np.concatenate(metres)
    taken = [int(points01.sum(axis=1).argmin())]
    while len(taken) < min(wanted, len(points01)):
        nearest = np.linalg.norm(points01[:, None] - points01[taken][None], axis=2).min(axis=1)
        taken.append(int(nearest.argmax()))
    return Pairs(points01[taken], xy_m[taken])


def compare(looked: Sequence[Looked], labels: dict[int, Labels], plane: GroundPlane) -> Comparison:
    """Our positions and speeds, by the product's own meter, beside the truth's for every matched person."""
    slots, meter = TrackSlots(), SpeedMeter(plane)
    truth = _true_paths(looked, labels)
    off_m, speed_off, true_mps = [], [], []
    for frame in looked:
        sightings = slots.update(frame.tracks)
        meter.update(sightings)
        found = labels.get(frame.number)
        if found is None or not len(frame.tracks):
            continue
        here = to_ground(plane, frame.tracks.foot_xy_px / np.array(frame.tracks.stamp.size_px))
        now_s = frame.tracks.stamp.stream_s
        for row, column in match(frame.tracks.xyxy_px, found.xyxy_px):
            if not (here.on_ground[row] and frame.tracks.confirmed[row] and found.flag[column]):
                continue
            off_m.append(float(np.linalg.norm(here.xy_m[row] - found.xy_m[column])))
            true = path_speed(truth[int(found.ids[column])], now_s)
            ours = meter.speed(int(sightings.slot[row]), now_s)
            if true is not None and ours is not None and true >= WALKING_MPS:
                speed_off.append(ours.mps - true)
                true_mps.append(true)
    return Comparison(np.array(off_m), np.array(speed_off), np.array(true_mps))


def path_speed(path: Metres, now_s: float) -> float | None:
    """Metres per second of the straight line through the last two seconds, None when less than one second is known.

    Args:
        path: float64 (N, 3), seconds and metres x, y, in order of time.
        now_s: the window's end.
    """
    recent = path[(path[:, 0] >= now_s - WINDOW_S) & (path[:, 0] <= now_s)]
    if len(recent) < 3 or np.ptp(recent[:, 0]) < WINDOW_S / 2:
        return None
    times = recent[:, 0] - recent[:, 0].mean()
    slope = times @ recent[:, 1:] / (times @ times)
    return float(np.hypot(*slope))


def _true_paths(looked: Sequence[Looked], labels: dict[int, Labels]) -> dict[int, Metres]:
    """Label id -> float64 (N, 3): the source's seconds and the truth's metres, at the analysed frames."""
    paths: dict[int, list[tuple[float, float, float]]] = {}
    for frame in looked:
        found = labels.get(frame.number)
        if found is None:
            continue
        for label_id, (x_m, y_m) in zip(found.ids.tolist(), found.xy_m.tolist(), strict=True):
            paths.setdefault(label_id, []).append((frame.tracks.stamp.stream_s, x_m, y_m))
    return {label_id: np.array(path) for label_id, path in paths.items()}


def _median(values: Metres) -> float | None:
    return float(np.median(values)) if len(values) else None


def _high(values: Metres) -> float | None:
    return float(np.percentile(values, 90)) if len(values) else None


def _paces(found: Comparison) -> str:
    middle = _median(found.true_mps)
    return f"{len(found.true_mps)} sightings" + (f", true median {middle:.2f}" if middle is not None else "")


_REMARKS = (
    f"Calibrated on {CALIBRATION_PAIRS} labelled foot points spread over the picture, none from a scored frame. "
    "Positions are those of matched, confirmed tracks (IoU 0.5), as they are live: no smoothing afterwards.",
    "The recording plays at 10 frames/s but was taken at 7: both speeds are in the file's own seconds.",
)
