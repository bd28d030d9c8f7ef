"""Who is where in a film, and what rules are shown of it: the truth, or what a detector makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState
from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.events.scene import EventFrame
from passerby.geometry.ground import to_ground
from passerby.measure.camera_measures import Measured
from passerby.track.tracker import Tracker
from passerby.units import NS_PER_S

Floats = npt.NDArray[np.float64]
START_NS = 1_700_000_000 * NS_PER_S

HIDDEN_SHARE = 0.6
"""A box that nearer ones cover to so much is not found: labels go on behind others, detections do not."""

NOT_FOUND = -1
BETWEEN_S = 3.0
"""A track is dropped two seconds after it was last seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One road user's way through a film, and what the detector made of it.

    Attributes:
        first: number of its first frame, from 0; it is there in every frame from then on.
        xyxy_px: float64 (T, 4).
        user: what it is.
        off: float64 (T, 4), each side of the box that was detected less the true one, in widths and heights.
        confidence: float64 (T,).
        seen_as: int16 (T,), the class that was detected; `NOT_FOUND` where nothing was.
    """

    first: int
    xyxy_px: Floats
    user: RoadUser
    off: Floats
    confidence: Floats
    seen_as: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.xyxy_px)

    @property
    def end(self) -> int:
        """Number of the frame after its last."""
        return self.first + len(self)

    @property
    def foot_px(self) -> Floats:
        """float64 (T, 2)."""
        return np.column_stack([(self.xyxy_px[:, 0] + self.xyxy_px[:, 2]) / 2, self.xyxy_px[:, 3]])

    @property
    def size_px(self) -> Floats:
        """float64 (T,): square root of the box's area."""
        return np.asarray(np.sqrt((self.xyxy_px[:, 2:] - self.xyxy_px[:, :2]).prod(axis=1)))

    def part(self, start: int, end: int) -> "Way | None":
        """Returns what lies in some frames; None where nothing does."""
        low, high = max(start, self.first) - self.first, min(end, self.end) - self.first
        return self.taken(np.arange(low, high), self.first + low) if high > low else None

    def taken(self, rows: npt.NDArray[np.intp], first: int) -> "Way":
        """Returns a way of chosen moments of this one, from a frame on."""
        return Way(first, self.xyxy_px[rows], self.user, self.off[rows], self.confidence[rows], self.seen_as[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Extras:
    """Detections that no label explains.

    Attributes:
        frame: int64 (N,).
        xyxy_px: float64 (N, 4).
        confidence: float64 (N,).
        seen_as: int16 (N,).
    """

    frame: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    xyxy_px: Floats = field(default_factory=lambda: np.empty((0, 4)))
    confidence: Floats = field(default_factory=lambda: np.empty(0))
    seen_as: npt.NDArray[np.int16] = field(default_factory=lambda: np.empty(0, np.int16))

    def at(self, rows: npt.NDArray[np.intp], frame: npt.NDArray[np.int64]) -> "Extras":
        """Returns chosen ones, each in another frame."""
        return Extras(frame, self.xyxy_px[rows], self.confidence[rows], self.seen_as[rows])


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A film without its pictures.

    Attributes:
        name: the recording's.
        size_px: width and height of the picture.
        fps: frames a second.
        frames: how many.
        ways: who is there.
        extras: what the detector finds besides.
        ground: None without calibration.
        labelled: the ways are labels; else they are passerby's own tracks.
    """

    name: str
    size_px: tuple[int, int]
    fps: float
    frames: int
    ways: tuple[Way, ...]
    extras: Extras
    ground: GroundPlane | None
    labelled: bool

    @property
    def times_s(self) -> Floats:
        """float64 (F,)."""
        return np.arange(self.frames) / self.fps

    def frame_at(self, second: float) -> int:
        """Returns the number of the frame at a second."""
        return round(second * self.fps)

    def with_ways(self, ways: Sequence[Way]) -> "World":
        """Returns the film with others in it, cut to its length."""
        parts = (way.part(0, self.frames) for way in ways)
        return replace(self, ways=tuple(part for part in parts if part is not None))

    def feet01(self, ways: Sequence[Way] | None = None) -> Floats:
        """Returns float64 (W, F, 2): foot points as 0-1 of the picture, NaN where a road user is not there."""
        chosen = self.ways if ways is None else ways
        feet = np.full((len(chosen), self.frames, 2), np.nan)
        for row, way in enumerate(chosen):
            feet[row, way.first : way.end] = way.foot_px / self.size_px
        return feet

    def feet_m(self, ways: Sequence[Way]) -> Floats:
        """Returns float64 (W, F, 2): where they stand in metres, NaN where they are not there or it is not known."""
        if self.ground is None:
            raise ValueError(f"{self.name} has no calibrated ground")
        feet = self.feet01(ways)
        points = to_ground(self.ground, np.nan_to_num(feet.reshape(-1, 2)))
        there = np.isfinite(feet[..., 0]).ravel() & points.on_ground
        return np.asarray(np.where(there[:, None], points.xy_m, np.nan).reshape(feet.shape))


def played(world: World, order: npt.NDArray[np.intp], *, seams: bool) -> World:
    """Returns a film of chosen frames of another one.

    Args:
        world: the film.
        order: intp (F,), which of its frames is shown when; -1 for an empty one.
        seams: where the order jumps, all who are there end and begin anew; else they go on.
    """
    ways = []
    jumps = np.flatnonzero(np.abs(np.diff(order)) != 1) + 1 if seams else np.empty(0, np.intp)
    for start, end in zip([0, *jumps.tolist()], [*jumps.tolist(), len(order)], strict=True):
        for way in world.ways:
            rows = order[start:end] - way.first
            there = np.flatnonzero((rows >= 0) & (rows < len(way)))
            for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
                if not len(run):
                    continue
                ways.append(way.taken(rows[run], start + int(run[0])))
    extras = world.extras
    shown = [(np.flatnonzero(extras.frame == source), number) for number, source in enumerate(order.tolist())]
    rows = np.concatenate([found for found, _ in shown]) if shown else np.empty(0, np.intp)
    frame = np.repeat(np.arange(len(order)), [len(found) for found, _ in shown])
    return replace(world, frames=len(order), ways=tuple(ways), extras=extras.at(rows, frame))


def there_and_back(world: World, seconds: float, start: int = 0) -> World:
    """Returns a film of any length: from some frame to the last, back to the first, and so on."""
    cycle = np.concatenate([np.arange(world.frames), np.arange(world.frames - 2, 0, -1)])
    return played(world, np.resize(np.roll(cycle, -start), world.frame_at(seconds)), seams=False)


def again_and_again(world: World, seconds: float) -> World:
    """Returns a film of any length: from the beginning each time, with other road users on the same ways.

    Between two times the place is empty for `BETWEEN_S`: nobody begins where another one was just lost.
    """
    once = np.concatenate([np.arange(world.frames), np.full(world.frame_at(BETWEEN_S), -1)])
    return played(world, np.resize(once, world.frame_at(seconds)), seams=True)


def _rows_by_frame(world: World) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Way and moment of every box, by frame, and where each frame's begin."""
    lengths = [len(way) for way in world.ways]
    which = np.repeat(np.arange(len(world.ways)), lengths)
    moment = np.concatenate([np.arange(length) for length in lengths]) if lengths else np.empty(0, np.intp)
    frame = moment + np.array([way.first for way in world.ways], np.intp)[which]
    order = np.argsort(frame, kind="stable")
    return which[order], moment[order], np.searchsorted(frame[order], np.arange(world.frames + 1))


def _stamp(world: World, frame: int) -> FrameStamp:
    second = frame / world.fps
    return FrameStamp(world.name, frame, START_NS + round(second * NS_PER_S), second, world.size_px)


def true_tracks(world: World) -> Iterator[Tracks]:
    """Returns the truth, frame by frame, as tracks."""
    which, moment, starts = _rows_by_frame(world)
    boxes = _gathered(world, which, moment, "xyxy_px", 4)
    users = np.array([way.user for way in world.ways], np.int16)
    ends = np.array([way.end for way in world.ways], np.int64)
    for frame in range(world.frames):
        rows = slice(starts[frame], starts[frame + 1])
        ids = which[rows].astype(np.int64)
        yield Tracks(
            _stamp(world, frame), ids, boxes[rows].astype(np.float32), np.ones(len(ids), np.float32),
            users[ids], np.ones(len(ids), np.bool_), np.flatnonzero(ends == frame).astype(np.int64),
        )  # fmt: skip


def event_frame(
    tracks: Tracks, measured: Measured, state: CameraState = CameraState.ONLINE, *, reliable: bool = True
) -> EventFrame:
    """Returns tracks with what was measured of them, as the rules of a running camera get them."""
    return EventFrame(
        tracks,
        measured.crossings,
        measured.occupancy,
        state,
        reliable,
        measured.encounters,
        feet_in_zones=measured.feet_in_zones,
    )


def found_tracks(world: World) -> Iterator[Tracks]:
    """Returns what passerby's tracker makes of what its detector finds of a film, frame by frame.

    Each box stands for what the detector made of its original: off by the same share of its size, as sure, taken for
    the same class, and missed where it was missed; and where nearer boxes cover it, it is not found.
    """
    tracker = Tracker()
    for found in detections(world):
        yield tracker.update(found)


def detections(world: World) -> Iterator[Detections]:
    """Returns what the detector finds, frame by frame; see `found_tracks`."""
    which, moment, starts = _rows_by_frame(world)
    seen = _seen_boxes(world, which, moment)
    confidence = _gathered(world, which, moment, "confidence", 0)
    seen_as = _gathered(world, which, moment, "seen_as", 0).astype(np.int16)
    extras = world.extras
    for frame in range(world.frames):
        rows = _found_rows(np.arange(starts[frame], starts[frame + 1]), seen, seen_as)
        more = extras.frame == frame
        yield Detections(
            _stamp(world, frame),
            np.concatenate([seen[rows], extras.xyxy_px[more]]).astype(np.float32),
            np.concatenate([confidence[rows], extras.confidence[more]]).astype(np.float32),
            np.concatenate([seen_as[rows], extras.seen_as[more]]).astype(np.int16),
        )


def detected(world: World) -> npt.NDArray[np.bool_]:
    """Returns bool (W, F): which of the true boxes are among the `detections`."""
    which, moment, starts = _rows_by_frame(world)
    seen, seen_as = _seen_boxes(world, which, moment), _gathered(world, which, moment, "seen_as", 0)
    found = np.zeros((len(world.ways), world.frames), np.bool_)
    for frame in range(world.frames):
        rows = _found_rows(np.arange(starts[frame], starts[frame + 1]), seen, seen_as)
        found[which[rows], frame] = True
    return found


def _seen_boxes(world: World, which: npt.NDArray[np.intp], moment: npt.NDArray[np.intp]) -> Floats:
    """Each box as the detector sees it, within the picture."""
    boxes = _gathered(world, which, moment, "xyxy_px", 4)
    size = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    return np.clip(boxes + _gathered(world, which, moment, "off", 4) * size, 0, np.tile(world.size_px, 2))


def _found_rows(rows: npt.NDArray[np.intp], seen: Floats, seen_as: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Those of a frame's boxes that are found."""
    rows = rows[(seen_as[rows] != NOT_FOUND) & (seen[rows, 2:] - seen[rows, :2] > 1).all(axis=1)]
    return rows[~hidden(seen[rows])]


def hidden_ways(world: World, frames: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Returns bool (W, F): which of the true boxes are `hidden` behind others, in some of the frames.

    Args:
        world: the film.
        frames: bool (F,), the frames that are looked at; in others none is.
    """
    which, moment, starts = _rows_by_frame(world)
    boxes = _gathered(world, which, moment, "xyxy_px", 4)
    behind = np.zeros((len(world.ways), world.frames), np.bool_)
    for frame in np.flatnonzero(frames).tolist():
        rows = slice(starts[frame], starts[frame + 1])
        behind[which[rows], frame] = hidden(boxes[rows])
    return behind


def hidden(boxes: Floats) -> npt.NDArray[np.bool_]:
    """Returns bool (N,): boxes that a single nearer one, whose foot is lower, covers to `HIDDEN_SHARE` or more."""
    if len(boxes) < 2:
        return np.zeros(len(boxes), np.bool_)
    left_top = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = (
        np.clip(right_bottom - left_top, 0, None).prod(axis=2) / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)[:, None]
    )
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    return np.asarray((shared * nearer >= HIDDEN_SHARE).any(axis=1))


def _gathered(
    world: World, which: npt.NDArray[np.intp], moment: npt.NDArray[np.intp], name: str, width: int
) -> npt.NDArray[np.float64]:
    shape = (0, width) if width else (0,)
    values = np.concatenate([np.empty(shape), *(getattr(way, name) for way in world.ways)])
    starts = np.cumsum([0, *(len(way) for way in world.ways)])
    return np.asarray(values[starts[which] + moment], np.float64) if len(which) else values[:0]
