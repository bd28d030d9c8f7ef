"""The recordings that labelled events are made of: labels where there are any, else passerby's own tracks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from benchmarks.counting.ground import calibration_pairs
from benchmarks.counting.matching import Labels, match, read_labels
from benchmarks.counting.our_tracks import Looked, look
from benchmarks.events.world import NOT_FOUND, Extras, Way, World
from benchmarks.footage import PETS, TOWN_CENTRE, Footage, Recording
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.geometry.calibration import fit_point_pairs

FPS = 5.0
FILE_FPS = {PETS.name: 10, TOWN_CENTRE.name: 30}
_LEAST_ROWS = 3
"""Frames that a way has at least."""

_WEAKEST = 0.35
"""Weaker detections continue no track, and are left out."""

TOWN_GROUND = GroundPlane(
    np.array([[16.6346, -29.98170, 29.93344], [-34.39651, -15.83692, 37.09873], [0.11458, 2.57078, 1.0]]),
    0.1,
    np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32),
)
"""From the calibration that Oxford published with the recording; by it, boxes of people are 1.85 m high, as their boxes
have margins, and walkers go at 1.0 to 1.9 m/s. The 0.1 m are a guess."""

TRAFFIC = {
    "motorway": "motorway/video.mp4",
    "turning-junction": "turning-junction/video.mp4",
    "near-overhead": "near-overhead/video.mp4",
    "tunnel": "tunnel/video.mp4",
}
"""Recordings of vehicles, which have no labels."""


class Bases:
    """Reads recordings once, when they are asked for.

    Args:
        footage: where they lie.
        report: gets a line of what is being looked at.
        detect: whether the detector looks at them; without it the films of labels can only be shown as they are.
    """

    def __init__(
        self, footage: Footage, report: Callable[[str], None] = lambda _: None, *, detect: bool = True
    ) -> None:
        self._footage, self._report, self._detect = footage, report, detect
        self.base = cache(self._base)

    def _base(self, name: str) -> World:
        self._report(f"detecting on {name}")
        if name in TRAFFIC:
            looked = look(self._footage.recordings / TRAFFIC[name], FPS)
            return world_of(name, tracked(looked), looked, None, labelled=False)
        recording = {"PETS": PETS, "Town Centre": TOWN_CENTRE}[name]
        labels = read_labels(self._footage.boxes(recording))
        looked = look(self._footage.video(recording), FPS) if self._detect else unseen(recording)
        return world_of(name, labels, looked, self._ground(recording, labels, looked), labelled=True)

    @staticmethod
    def _ground(recording: Recording, labels: dict[int, Labels], looked: Sequence[Looked]) -> GroundPlane:
        if recording is TOWN_CENTRE:
            return TOWN_GROUND
        seen = {frame.number for frame in looked}
        pairs = calibration_pairs({n: found for n, found in labels.items() if n not in seen}, recording.size_px)
        return fit_point_pairs(pairs.points01, pairs.xy_m)


def unseen(recording: Recording) -> list[Looked]:
    """The frames that would be analysed, without anything found in them."""
    step = round(FILE_FPS[recording.name] / FPS)
    numbers = range(1, round(recording.duration_s * FILE_FPS[recording.name]) + 1, step)
    stamps = [
        FrameStamp(recording.name, number - 1, 0, (number - 1) / step / FPS, recording.size_px) for number in numbers
    ]
    return [Looked(stamp.index + 1, Tracks.none(stamp)) for stamp in stamps]


def tracked(looked: Sequence[Looked]) -> dict[int, Labels]:
    """Passerby's own confirmed tracks in the shape of labels."""
    return {frame.number: _as_labels(frame.tracks) for frame in looked}


def _as_labels(tracks: Tracks) -> Labels:
    rows = tracks.confirmed
    boxes = tracks.xyxy_px[rows].astype(np.float64)
    return Labels(tracks.track_id[rows], boxes, np.ones(len(boxes)), np.zeros((len(boxes), 2)))


def world_of(
    name: str, labels: dict[int, Labels], looked: Sequence[Looked], ground: GroundPlane | None, *, labelled: bool
) -> World:
    """A film of labels, with what was detected of each, and what was detected besides.

    Args:
        name: the recording's.
        labels: by the frame's number in the file.
        looked: the analysed frames, evenly spaced.
        ground: the ground plane.
        labelled: the labels are labels; else passerby's tracks.
    """
    boxes: dict[int, dict[int, npt.NDArray[np.float64]]] = defaultdict(dict)
    seen: dict[int, dict[int, tuple[npt.NDArray[np.float64], float, int]]] = defaultdict(dict)
    extra: list[tuple[int, npt.NDArray[np.float64], float, int]] = []
    classes: dict[int, Counter[int]] = defaultdict(Counter)
    for number, frame in enumerate(looked):
        here, found = labels.get(frame.number), frame.found
        if here is not None:
            for track_id, box in zip(here.ids.tolist(), here.xyxy_px, strict=True):
                boxes[track_id][number] = box
        if not labelled:
            for track_id, user in zip(frame.tracks.track_id.tolist(), frame.tracks.road_user.tolist(), strict=True):
                classes[track_id][user] += 1
        if found is None:
            continue
        strong = found[found.confidence >= _WEAKEST]
        pairs = dict(match(strong.xyxy_px, here.xyxy_px)) if here is not None and len(here.ids) else {}
        for row, box in enumerate(strong.xyxy_px.astype(np.float64)):
            sure, user = float(strong.confidence[row]), int(strong.road_user[row])
            if here is not None and row in pairs:
                seen[int(here.ids[pairs[row]])][number] = box, sure, user
            else:
                extra.append((number, box, sure, user))
    ways = []
    for track_id, path in boxes.items():
        user = RoadUser(classes[track_id].most_common(1)[0][0]) if not labelled else RoadUser.PEDESTRIAN
        if len(path) >= _LEAST_ROWS:
            ways.append(_way(path, seen[track_id], user))
    stamp = looked[0].tracks.stamp
    step_s = (looked[-1].tracks.stamp.stream_s - stamp.stream_s) / (len(looked) - 1)
    extras = Extras(
        np.array([each[0] for each in extra], np.int64),
        np.array([each[1] for each in extra], np.float64).reshape(-1, 4),
        np.array([each[2] for each in extra], np.float64),
        np.array([each[3] for each in extra], np.int16),
    )
    return World(name, stamp.size_px, 1 / step_s, len(looked), tuple(ways), extras, ground, labelled)


def _way(
    path: dict[int, npt.NDArray[np.float64]],
    seen: dict[int, tuple[npt.NDArray[np.float64], float, int]],
    user: RoadUser,
) -> Way:
    """A way without gaps: where a label is missing for a while, the road user went straight and was not found."""
    known = sorted(path)
    frames = np.arange(known[0], known[-1] + 1)
    true = np.column_stack([np.interp(frames, known, [path[n][side] for n in known]) for side in range(4)])
    off, sure = np.zeros((len(frames), 4)), np.zeros(len(frames))
    seen_as = np.full(len(frames), NOT_FOUND, np.int16)
    for row, number in enumerate(frames.tolist()):
        if number in seen:
            box, sure[row], seen_as[row] = seen[number]
            off[row] = (box - true[row]) / np.tile(true[row, 2:] - true[row, :2], 2)
    return Way(known[0], true, user, off, sure, seen_as)
