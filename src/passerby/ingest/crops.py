"""Chooses the crops that the detector gets besides the full frame: small things that move, and zones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.geometry.boxes import pairwise_ioa

Region = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the frame."""

FULL_FRAME_SIDE_PX = 448
"""Shorter side of the full frame as the detector gets it. Less loses far people, more loses near ones and costs more:
chosen on six recordings, each left out once (`benchmarks.counting.tune`)."""

FULL_FRAME_MAX_PX = 380_000
"""Largest area of the full frame as the detector gets it, for pictures much wider than 16:9."""

MAX_ENLARGED = 1.5
"""A small picture is enlarged by no more than this: more does not show more."""

CROP_SIDE_PX = 320
"""Side of the square that the detector gets for a crop: half the cost of a full-frame pass."""

CROP_GAIN = 1.8
"""How much larger a crop shows things than the full-frame pass does; less is not worth its time."""

SMALL_PX = 32.0
"""Things lower than this in the full-frame pass are cropped. Above it the full-frame pass finds them as well."""

STRIDE_PX = 32
"""Sides of what the detector gets are multiples of its coarsest stride."""


@dataclass(frozen=True, slots=True)
class CropSettings:
    """How many crops a frame is worth.

    Attributes:
        crops_a_frame: the most crops for motion and unsure finds; those of zones that are always cropped come on top.
        trials_a_frame: so many of them may be where a crop has not lately shown a new road user.
        sure_confidence: what is found this surely needs no crop.
        weak_confidence: what is found less surely is not worth one.
        rest_s: where a crop showed no new road user, none is taken for so long: trees wave, and shadows move, for ever.
        proven_s: where one did, more may be taken for so long.
    """

    crops_a_frame: int = 4
    trials_a_frame: int = 1
    sure_confidence: float = 0.5
    weak_confidence: float = 0.3
    rest_s: float = 8.0
    proven_s: float = 4.0


def full_frame_size(size_px: tuple[int, int], side_px: int | None = None) -> tuple[int, int]:
    """Returns the width and height at which the detector gets a whole frame of `size_px`, multiples of 32 px.

    Args:
        size_px: width and height of the frame.
        side_px: the shorter side, where the frame is neither much wider than 16:9 nor much smaller;
            None for the largest.

    >>> full_frame_size((1920, 1080)), full_frame_size((768, 576)), full_frame_size((352, 288))
    ((800, 448), (608, 448), (512, 448))
    """
    side_px = side_px or FULL_FRAME_SIDE_PX
    area_scale = (FULL_FRAME_MAX_PX / (size_px[0] * size_px[1])) ** 0.5
    scale = min(side_px / min(size_px), area_scale * side_px / FULL_FRAME_SIDE_PX, MAX_ENLARGED)
    width_px, height_px = (max(STRIDE_PX, round(side * scale / STRIDE_PX) * STRIDE_PX) for side in size_px)
    return width_px, height_px


class CropPlan:
    """Chooses the crops of one camera."""

    def __init__(
        self, closer_areas: tuple[npt.NDArray[np.float32], ...] = (), settings: CropSettings | None = None
    ) -> None:
        """Starts without any knowledge of where crops pay.

        Args:
            closer_areas: polygons, float32 (P, 2) each, 0-1 of the picture, that are cropped in every frame.
            settings: how many crops a frame is worth.
        """
        self._areas = closer_areas
        self._settings = settings or CropSettings()
        self._turn = 0
        self._resting: list[tuple[float, Region]] = []
        self._proven: list[tuple[float, Region]] = []

    def crops(self, found: Detections, moved_xyxy_px: npt.NDArray[np.float32]) -> list[Region]:
        """Returns the regions to crop in this frame.

        Args:
            found: what the full-frame pass found in it.
            moved_xyxy_px: float32 (M, 4), where something moved.
        """
        size_px = found.stamp.size_px
        self._resting = [kept for kept in self._resting if kept[0] > found.stamp.stream_s]
        self._proven = [kept for kept in self._proven if kept[0] > found.stamp.stream_s]
        full_scale = full_frame_size(size_px)[0] / size_px[0]
        side_px = round(CROP_SIDE_PX / (CROP_GAIN * full_scale))
        if side_px >= min(size_px):
            return []
        regions = [tile for area in self._areas for tile in tiles(area, side_px, size_px)]
        wanted = self._unsure(found, moved_xyxy_px, SMALL_PX / full_scale)
        chosen: list[Region] = []
        trials = 0
        for number in range(len(wanted)):
            # Starting somewhere else each frame, so that a tree in the wind does not take every crop.
            box = wanted[(number + self._turn) % len(wanted)]
            if _within(box, regions + chosen) or _within(box, [region for _, region in self._resting]):
                continue
            proven = _within(box, [region for _, region in self._proven])
            if len(chosen) < self._settings.crops_a_frame and (proven or trials < self._settings.trials_a_frame):
                chosen.append(square_around(box, side_px, size_px))
                trials += not proven
        self._turn += len(chosen)
        return regions + chosen

    def report(self, region: Region, stream_s: float, *, found_new: bool) -> None:
        """Takes whether a crop showed a road user whom the full-frame pass had not found."""
        if found_new:
            self._proven.append((stream_s + self._settings.proven_s, region))
        else:
            self._resting.append((stream_s + self._settings.rest_s, region))

    def _unsure(
        self, found: Detections, moved_xyxy_px: npt.NDArray[np.float32], small_px: float
    ) -> npt.NDArray[np.float32]:
        """Returns small things that moved and were not found, or were found without being sure; float32 (D, 4)."""
        height_px = found.xyxy_px[:, 3] - found.xyxy_px[:, 1]
        sure = found.confidence >= self._settings.sure_confidence
        weak = ~sure & (found.confidence >= self._settings.weak_confidence) & (height_px < small_px)
        moved_height_px = moved_xyxy_px[:, 3] - moved_xyxy_px[:, 1]
        moved = moved_xyxy_px[(moved_height_px < 1.5 * small_px) & (moved_height_px > small_px / 6)]
        if sure.any() and len(moved):
            moved = moved[pairwise_ioa(moved, found.xyxy_px[sure]).max(1) < 0.3]
        return np.concatenate([found.xyxy_px[weak], moved]).astype(np.float32)


def square_around(box: npt.NDArray[np.float32], side_px: int, size_px: tuple[int, int]) -> Region:
    """Returns a square region with the box in its middle, moved into the frame; even corners for the chroma planes."""
    corners = []
    for low, high, limit in ((box[0], box[2], size_px[0]), (box[1], box[3], size_px[1])):
        corners.append(int(min(max((low + high - side_px) / 2, 0), limit - side_px)) // 2 * 2)
    left, top = corners
    return left, top, left + side_px, top + side_px


def tiles(area: npt.NDArray[np.float32], side_px: int, size_px: tuple[int, int]) -> list[Region]:
    """Returns square regions that cover an area's bounding box, a quarter over each other at least.

    Args:
        area: float32 (P, 2), 0-1 of the picture.
        side_px: of a square.
        size_px: of the frame.
    """
    starts = []
    for axis in (0, 1):
        low, high = area[:, axis].min() * size_px[axis], area[:, axis].max() * size_px[axis]
        count = max(1, int(np.ceil((high - low - 0.25 * side_px) / (0.75 * side_px))))
        centres = (low + high) / 2 + (np.arange(count) - (count - 1) / 2) * max(high - low - side_px, 0) / max(
            count - 1, 1
        )
        starts.append(np.clip(centres - side_px / 2, 0, size_px[axis] - side_px).astype(int) // 2 * 2)
    return [(int(x), int(y), int(x) + side_px, int(y) + side_px) for y in starts[1] for x in starts[0]]


def _within(box: npt.NDArray[np.float32], regions: Sequence[Region]) -> bool:
    """Returns whether a box lies wholly in one of the regions."""
    left, top, right, bottom = box.tolist()
    return any(r[0] <= left and r[1] <= top and r[2] >= right and r[3] >= bottom for r in regions)
