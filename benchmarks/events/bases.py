"""The recordings that labelled events are made of: labels where there are any, else passerby's own tracks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from benchmarks.counting.ground import calibration_pairs
from benchmarks.counting.matching import Labels, iou, match, read_labels
from benchmarks.counting.our_tracks import Looked, look
from benchmarks.events.world import NOT_FOUND, Extras, Floats, Way, World
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

WITH_BICYCLES = {TOWN_CENTRE.name: (5, 6, 10)}
"""Labels, seen by eye, of people who push a bicycle or walk close beside one: neither walkers nor bicycles for certain.
Nothing of them is in any film, nor what is detected of the bicycles."""

_BESIDE = 0.1
"""A detection that overlaps one of them by so much is of them, or of what they push."""

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
        ground = self._ground(recording, labels, looked)
        labelled_from = [frame for frame in looked if frame.number >= min(labels)]
        left_out = frozenset(WITH_BICYCLES.get(recording.name, ()))
        return world_of(name, labels, labelled_from, ground, labelled=True, left_out=left_out)

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
    """Passerby's own tracks in the shape of labels, each from its first sighting, where it is ever confirmed."""
    known = {track_id for frame in looked for track_id in frame.tracks.track_id[frame.tracks.confirmed].tolist()}
    return {frame.number: _as_labels(frame.tracks, known) for frame in looked}


def _as_labels(tracks: Tracks, known: Collection[int]) -> Labels:
    rows = np.isin(tracks.track_id, list(known))
    boxes = tracks.xyxy_px[rows].astype(np.float64)
    return Labels(tracks.track_id[rows], boxes, np.ones(len(boxes)), np.zeros((len(boxes), 2)))


@dataclass(slots=True)
class _Seen:
    """What was made of the labels, by label and frame; and detections that no label explains."""

    boxes: dict[int, dict[int, Floats]] = field(default_factory=lambda: defaultdict(dict))
    found: dict[int, dict[int, tuple[Floats, float, int]]] = field(default_factory=lambda: defaultdict(dict))
    classes: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    extra: list[tuple[int, Floats, float, int]] = field(default_factory=list)

    def extras(self) -> Extras:
        """Returns the latter as columns."""
        return Extras(
            np.array([each[0] for each in self.extra], np.int64),
            np.array([each[1] for each in self.extra], np.float64).reshape(-1, 4),
            np.array([each[2] for each in self.extra], np.float64),
            np.array([each[3] for each in self.extra], np.int16),
        )


def world_of(
    name: str,
    labels: dict[int, Labels],
    looked: Sequence[Looked],
    ground: GroundPlane | None,
    *,
    labelled: bool,
    left_out: frozenset[int] = frozenset(),
) -> World:
    """A film of labels, with what was detected of each, and what was detected besides.

    Args:
        name: the recording's.
        labels: by the frame's number in the file.
        looked: the analysed frames, evenly spaced.
        ground: the ground plane.
        labelled: the labels are labels; else passerby's tracks.
        left_out: labels of which nothing is in the film.
    """
    stamp, seen = looked[0].tracks.stamp, _Seen()
    for number, frame in enumerate(looked):
        _take(seen, number, labels.get(frame.number), frame, left_out)
        if not labelled:
            for track_id, user in zip(frame.tracks.track_id.tolist(), frame.tracks.road_user.tolist(), strict=True):
                seen.classes[track_id][user] += 1
    ways = []
    for track_id, path in seen.boxes.items():
        user = RoadUser.PEDESTRIAN if labelled else RoadUser(seen.classes[track_id].most_common(1)[0][0])
        if len(path) >= _LEAST_ROWS and track_id not in left_out:
            ways.append(_way(path, seen.found[track_id], user, stamp.size_px))
    step_s = (looked[-1].tracks.stamp.stream_s - stamp.stream_s) / (len(looked) - 1)
    return World(name, stamp.size_px, 1 / step_s, len(looked), tuple(ways), seen.extras(), ground, labelled)


def _take(seen: _Seen, number: int, here: Labels | None, frame: Looked, left_out: frozenset[int]) -> None:
    """Adds one frame: a detection is of the label that it overlaps by half, as far as that lies in the picture."""
    ids = [] if here is None else here.ids.tolist()
    boxes = np.empty((0, 4)) if here is None else here.xyxy_px
    for track_id, box in zip(ids, boxes, strict=True):
        seen.boxes[track_id][number] = box
    if frame.found is None:
        return
    strong = frame.found[frame.found.confidence >= _WEAKEST]
    within = np.clip(boxes, 0, np.tile(frame.tracks.stamp.size_px, 2))
    pairs = dict(match(strong.xyxy_px, within)) if len(ids) else {}
    theirs = within[np.isin(ids, list(left_out))] if left_out and ids else boxes[:0]
    beside = iou(strong.xyxy_px, theirs).max(axis=1, initial=0.0) >= _BESIDE
    for row, box in enumerate(strong.xyxy_px.astype(np.float64)):
        sure, user = float(strong.confidence[row]), int(strong.road_user[row])
        if row in pairs:
            seen.found[ids[pairs[row]]][number] = box, sure, user
        elif not beside[row]:
            seen.extra.append((number, box, sure, user))


def _way(
    path: dict[int, Floats], seen: dict[int, tuple[Floats, float, int]], user: RoadUser, size_px: tuple[int, int]
) -> Way:
    """A way without gaps: where a label is missing for a while, the road user went straight and was not found.

    Where a label reaches out of the picture, the detection ends there, which is no error of that side.
    """
    known = sorted(path)
    frames = np.arange(known[0], known[-1] + 1)
    true = np.column_stack([np.interp(frames, known, [path[n][side] for n in known]) for side in range(4)])
    off, sure = np.zeros((len(frames), 4)), np.zeros(len(frames))
    seen_as = np.full(len(frames), NOT_FOUND, np.int16)
    outside = (true < 0) | (true > np.tile(size_px, 2))
    for row, number in enumerate(frames.tolist()):
        if number in seen:
            box, sure[row], seen_as[row] = seen[number]
            off[row] = (box - true[row]) / np.tile(true[row, 2:] - true[row, :2], 2)
    return Way(known[0], true, user, np.where(outside, 0.0, off), sure, seen_as)
