"""Looks at a camera's frames as much as is at stake: at all of one now and then, in between at what is known or moves.

Whole looks find whom no one knew of. Between them the network is given one small picture, made of the places where
known tracks will be and where something moves that none of them explains, each about as large as it finds people best.
All follows from the frames and their times alone: the same file gives the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.frames import FrameStamp
from passerby.geometry.boxes import box_areas, pairwise_ioa
from passerby.ingest.attention.canvas import Canvas, packed
from passerby.ingest.attention.frame_detector import FrameDetector, Stopwatch, one_each
from passerby.ingest.attention.places import Floats, joined, known_places, wishes
from passerby.ingest.attention.rate import RateSettings, Segments, wanted_s
from passerby.ingest.attention.whole_side import WholeSide
from passerby.ingest.crops import (
    CROP_GAIN,
    CROP_SIDE_PX,
    FULL_FRAME_SIDE_PX,
    CropPlan,
    CropSettings,
    full_frame_size,
    tiles,
)
from passerby.ingest.detectors.detector import Boxes, Detector
from passerby.ingest.detectors.riders import join_riders
from passerby.ingest.moving_things.motion import MotionFinder
from passerby.ingest.raw import RawFrame

SLACK_S: Final = 0.011
"""So much earlier than wanted a frame is taken: times of pictures are rounded."""

NOTHING_MOVED: Final = np.empty((0, 4), np.float32)

HELD_BACK_S: Final = 60.0
"""The time over which it is judged whether a camera's share is too small for what is at stake."""

FORGOTTEN_S: Final = 1.0
"""Frames farther apart than this are not compared: over a longer time light changes too."""

MOVEMENTS: Final = 12
"""Movements that are taken at once, the largest: in rain and snow there are hundreds."""


@dataclass(frozen=True, slots=True)
class AttentionSettings:
    """How often all of a frame is looked at, and what is looked at in between.

    Attributes:
        whole_s: from one look at a whole frame to the next while something is followed or moves.
        calm_s: the same while nothing is or does.
        again_s: where something on a canvas is larger than its place, all is looked at; not sooner after the last time.
        largest_share: a canvas that takes more of a whole look's pixels is not worth it: all is looked at.
        floor: least confidence of what is found on a canvas: so faint a vehicle gives what moves there its class.
        explained: a movement of which so much lies in a known place is that one's.
        motions: the most places of movement in a frame.
        motion_share: least side of such a place, in shares of the picture's height.
        motion_gain: how much larger they are shown than in a whole look.
        sure: what is found less surely at a movement does not explain it.
        rest_s: a movement that was no road user is not looked at for so long,
        longest_rest_s: and twice as long each time that it is none again, up to this: trees wave for ever.
    """

    whole_s: float = 1.0
    calm_s: float = 2.4
    again_s: float = 0.3
    largest_share: float = 0.6
    floor: float = 0.1
    explained: float = 0.5
    motions: int = 3
    motion_share: float = 0.17
    motion_gain: float = 1.2
    sure: float = 0.45
    rest_s: float = 0.25
    longest_rest_s: float = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Rest:
    """A place where something moved that was no road user: float64 (4,), in px; until when it rests, and how long."""

    place: Floats
    until_s: float
    length_s: float


class AttentiveDetector:
    """Finds the road users of one camera; call `find` for each frame that `is_due`, and `expect` after it.

    Attributes:
        whole_looks, canvas_looks: how many there were.
    """

    def __init__(
        self,
        detector: Detector,
        stopwatch: Stopwatch,
        *,
        closer_areas: tuple[npt.NDArray[np.float32], ...] = (),
        borders: Segments | None = None,
        settings: AttentionSettings | None = None,
        rate: RateSettings | None = None,
    ) -> None:
        """Knows nothing yet: the first frame is looked at as a whole.

        Args:
            detector: finds road users in pictures.
            stopwatch: gets the name of each part of the work as it begins.
            closer_areas: polygons, 0-1 of the picture, that are looked at closer in every frame.
            borders: lines and edges of zones, float32 (S, 4), 0-1 of the picture.
            settings: None for the defaults.
            rate: how the times of looks are chosen; None looks at every frame that comes.
        """
        self._detector, self._stopwatch, self._closer = detector, stopwatch, closer_areas
        self._side = WholeSide()
        self._borders = np.empty((0, 4), np.float32) if borders is None else borders
        self._settings, self._rate = settings or AttentionSettings(), rate
        self._whole = FrameDetector(detector, CropPlan(closer_areas), stopwatch)
        self._plain = FrameDetector(detector, CropPlan(closer_areas, CropSettings(crops_a_frame=0)), stopwatch)
        self._beside = FrameDetector(detector, CropPlan(closer_areas), stopwatch)
        self._held_back = 0.0
        self._begin(None)
        self.whole_looks = self.canvas_looks = 0

    def _begin(self, kind: tuple[int, tuple[int, int]] | None) -> None:
        """Begins anew, with another size or stretch of time."""
        self._kind = kind
        self._motion = MotionFinder()
        self._expected = ExpectedBoxes.none()
        self._resting: list[_Rest] = []
        self._whole_s, self._due_s, self._moving = -np.inf, -np.inf, True
        self._newest_whole_s = -np.inf
        self._closely_s, self._seen_s = -np.inf, -np.inf
        self._found: Detections | None = None
        self._saw_all = False
        self._area_px = 0
        self._side = WholeSide()

    @property
    def due_s(self) -> float:
        """Stream time before which no frame is wanted."""
        return float(self._due_s - SLACK_S)

    @property
    def saw_all(self) -> bool:
        """Whether the newest look was one at the whole frame, as large and as closely as it is ever looked at."""
        return self._saw_all

    @property
    def saw_whole(self) -> bool:
        """Whether it was one at the whole frame, of whatever size."""
        return self._found is not None and self._found.stamp.stream_s == self._newest_whole_s

    def is_due(self, stamp: FrameStamp) -> bool:
        """Returns whether this frame is to be looked at."""
        return self._kind != (stamp.stretch, stamp.size_px) or stamp.stream_s >= self.due_s

    def expect(self, expected: ExpectedBoxes) -> None:
        """Takes what is followed after a frame, and chooses from it when the next one is due."""
        before, self._expected = self._expected, expected
        if self._kind is not None and self._newest_whole_s == expected.stream_s:
            self._side.see(expected, self._kind[1])
        if self._rate is None:
            return
        wanted, pause_s = self._rate.calm_s, 0.0
        if self._kind is not None:
            wanted = wanted_s(expected, self._borders, self._kind[1], self._rate)
            pause_s = self._area_px / (_whole_px(self._kind[1]) * self._rate.whole_looks_s)
        step_s = min(max(expected.stream_s - before.stream_s, 0.0), HELD_BACK_S)
        self._held_back += ((pause_s > wanted + SLACK_S) - self._held_back) * step_s / HELD_BACK_S
        if len(expected):
            self._due_s = expected.stream_s + max(wanted, pause_s)
        else:
            self._due_s = _cell(expected.stream_s, wanted) + wanted

    @property
    def held_back(self) -> float:
        """The share of the last minute, 0-1, in which more was at stake than a camera may look at."""
        return self._held_back

    @property
    def small_share(self) -> float:
        """How high the small ones of those are who are followed; see `FrameFinder`."""
        return self._side.small_share if self.saw_whole else 0.0

    def find(self, raw: RawFrame) -> Detections:
        """Returns the road users in a frame, as far as it is looked at; riders are joined with what they ride."""
        kind = raw.stamp.stretch, raw.size_px
        if kind != self._kind:
            self._begin(kind)
        self._stopwatch.start("scale")
        if raw.stamp.stream_s - self._seen_s > FORGOTTEN_S:
            self._motion = MotionFinder()
        self._seen_s = raw.stamp.stream_s
        moved = self._motion.update(raw)
        self._moving = self._moving or bool(len(moved))
        if self._is_whole_due(raw.stamp.stream_s):
            return self._look_at_all(raw, moved)
        self._stopwatch.start("attend")
        whole_scale = full_frame_size(raw.size_px, self._side.side_px)[0] / raw.size_px[0]
        regions, scales = known_places(self._expected, raw.stamp.stream_s, whole_scale, large=self._side.large)
        new = self._unexplained(moved, regions, raw)
        canvas, fits = self._canvas(regions, scales, new, raw)
        found = self._look_at(canvas, raw) if fits else None
        if found is None:
            return self._look_at_all(raw, moved)
        self._found, self._saw_all = found, False
        self._rest(new, found)
        return found

    @property
    def _busy(self) -> bool:
        return self._moving or len(self._expected) > 0

    def _is_whole_due(self, now_s: float) -> bool:
        """Returns whether all of a frame is to be looked at.

        While nothing is followed or moves, looks have their fixed times. So they do not depend on which frames there
        were before: a camera whose decoder has slept goes on with the same looks as one that was always awake.
        """
        if self._busy:
            return now_s - self._whole_s >= self._settings.whole_s - SLACK_S
        return _cell(now_s, self._settings.calm_s) > self._whole_s

    def whole(self, raw: RawFrame) -> Detections:
        """Returns all that a whole look at the newest frame finds, however weak; the choice of looks stays as it is.

        Args:
            raw: the frame that `find` was given last.
        """
        if self._saw_all and self._found is not None and self._found.stamp is raw.stamp:
            return self._found
        found = self._beside.find(raw)
        self._found, self._saw_all = found, True
        return found

    def _look_at_all(self, raw: RawFrame, moved_xyxy_px: npt.NDArray[np.float32]) -> Detections:
        """Looks at all of a frame, and now and then larger, and closer at what is small and moves."""
        now_s = raw.stamp.stream_s
        if not self._busy:  # what was learned before a sleep does not depend on how long the decoder slept
            self._side = WholeSide()
        self._newest_whole_s = now_s
        self._whole_s = now_s if self._busy else _cell(now_s, self._settings.calm_s)
        self._moving = False
        side_px = self._side.next_px(now_s)
        self._area_px, self.whole_looks = _whole_px(raw.size_px, side_px), self.whole_looks + 1
        seldom = now_s - self._closely_s >= self._settings.whole_s - SLACK_S
        self._saw_all = seldom and side_px == FULL_FRAME_SIDE_PX
        if self._saw_all:
            self._closely_s = self._whole_s
            self._found = self._whole.find(raw, moved_xyxy_px, side_px)
        else:
            self._found = self._plain.find(raw, NOTHING_MOVED, side_px)
        return self._found

    def _larger(self, cut: Boxes, found: Boxes) -> bool:
        """Returns whether something sure is larger than the place where it was looked for."""
        sure = cut.xyxy_px[cut.confidence >= self._settings.sure]
        if not len(sure) or not len(found):
            return bool(len(sure))
        return bool((pairwise_ioa(sure, found.xyxy_px).max(1) < self._settings.explained).any())

    def _look_at(self, canvas: Canvas | None, raw: RawFrame) -> Detections | None:
        """Returns what is found on a canvas; None where something in it is larger than its place."""
        if canvas is None:
            self._area_px = 0
            return Detections.none(raw.stamp)
        self._stopwatch.start("scale")
        picture = canvas.picture(raw)
        self._stopwatch.start("detect")
        boxes = self._detector.find(picture)
        self._area_px, self.canvas_looks = canvas.area_px, self.canvas_looks + 1
        found, cut = canvas.unpacked(boxes[boxes.confidence >= self._settings.floor], raw.size_px)
        if raw.stamp.stream_s - self._whole_s >= self._settings.again_s and self._larger(cut, found):
            return None
        found = join_riders(one_each(found))
        return Detections(raw.stamp, found.xyxy_px, found.confidence, found.road_user)

    def _canvas(self, regions: Floats, scales: Floats, new: Floats, raw: RawFrame) -> tuple[Canvas | None, bool]:
        """Returns the canvas, None where nothing is to be looked at; and whether it is worth it."""
        size_px = raw.size_px
        full_px = full_frame_size(size_px, self._side.side_px)
        full_scale = full_frame_size(size_px)[0] / size_px[0]
        closer = self._closer_tiles(full_scale, size_px)
        regions = np.concatenate([regions, new, closer])
        new_scale = self._settings.motion_gain * full_scale
        scales = np.concatenate([scales, np.full(len(new), new_scale), np.full(len(closer), CROP_GAIN * full_scale)])
        wanted = wishes(*joined(regions, scales), size_px)
        if not wanted:
            return None, True
        canvas = packed(wanted, int(self._settings.largest_share * full_px[0] * full_px[1]))
        return canvas, canvas is not None

    def _closer_tiles(self, full_scale: float, size_px: tuple[int, int]) -> Floats:
        side_px = round(CROP_SIDE_PX / (CROP_GAIN * full_scale))
        if side_px >= min(size_px):
            return np.empty((0, 4))
        found: Sequence[tuple[int, int, int, int]] = [t for area in self._closer for t in tiles(area, side_px, size_px)]
        return np.array(found, np.float64).reshape(-1, 4)

    def _unexplained(self, moved_xyxy_px: npt.NDArray[np.float32], known: Floats, raw: RawFrame) -> Floats:
        """Returns where something moves that no known track explains, the largest first: float64 (M, 4)."""
        now_s = raw.stamp.stream_s
        self._resting = [one for one in self._resting if one.until_s + one.length_s > now_s]
        moved = moved_xyxy_px.astype(np.float64)
        if len(known) and len(moved):
            moved = moved[pairwise_ioa(moved, known).max(1) < self._settings.explained]
        moved = _largest(moved, MOVEMENTS)
        sides = moved[:, 2:] - moved[:, :2]
        half = np.maximum(0.75 * sides, 0.5 * self._settings.motion_share * raw.size_px[1])
        centre = (moved[:, 2:] + moved[:, :2]) / 2
        places, _ = joined(np.concatenate([centre - half, centre + half], axis=1), np.ones(len(moved)))
        resting = np.array([one.place for one in self._resting if one.until_s > now_s])
        if len(resting) and len(places):
            places = places[pairwise_ioa(places, resting).max(1) < self._settings.explained]
        return _largest(places, self._settings.motions)

    def _rest(self, places: Floats, found: Detections) -> None:
        """Puts places to rest whose movement was no road user."""
        sure = found.xyxy_px[found.confidence >= self._settings.sure]
        now_s = found.stamp.stream_s
        for place in places:
            if len(sure) and pairwise_ioa(sure, place[None]).max() >= self._settings.explained:
                continue
            before = [one for one in self._resting if pairwise_ioa(place[None], one.place[None])[0, 0] > 0.5]
            length_s = max([self._settings.rest_s, *(2 * one.length_s for one in before)])
            length_s = min(length_s, self._settings.longest_rest_s)
            self._resting = [one for one in self._resting if one not in before]
            self._resting.append(_Rest(place, now_s + length_s, length_s))


def _cell(now_s: float, length_s: float) -> float:
    """Returns when the stretch of that length began in which a frame lies; all stretches follow one another from 0."""
    return math.floor((now_s + SLACK_S) / length_s) * length_s


def _whole_px(size_px: tuple[int, int], side_px: int | None = None) -> int:
    """Returns how many pixels the network gets in a whole look, in one of the largest where nothing else is said."""
    width_px, height_px = full_frame_size(size_px, side_px)
    return width_px * height_px


def _largest(boxes: Floats, count: int) -> Floats:
    """Returns so many boxes at most, the largest first: float64 (N, 4)."""
    return boxes[np.argsort(-box_areas(boxes), kind="stable")[:count]]
