"""The places of one frame that are worth a look: where known tracks will be, and where something moves unexplained."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.geometry.boxes import box_areas, pairwise_intersection
from passerby.ingest.attention.canvas import Wish, region_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """How large places are shown, and how much is shown round them.

    Attributes:
        aim_px: height of a road user on the canvas; the detector finds people of this height best,
        enough_px: and of this one well enough for what they cost, where all who are followed are large.
        widest: a box so many times as wide as high is shown at the aimed height; a wider one smaller.
        margin: shown round a box on each side, in shares of its longer side,
        spreads: and in standard deviations of its place,
        max_margin: at most so much in all, in shares of its longer side.
        largest: scale of a tile, canvas for frame: more does not show more.
        shrink: so many times as large as in a whole look at least: a lorry shown much smaller has another box.
        join: two places become one where that takes no more than this times their areas.
    """

    aim_px: float = 70.0
    enough_px: float = 48.0
    widest: float = 2.2
    margin: float = 0.25
    spreads: float = 1.0
    max_margin: float = 1.0
    largest: float = 1.5
    shrink: float = 0.7
    join: float = 1.1


SETTINGS: Final = PlaceSettings()


def heights_px(boxes: Floats, settings: PlaceSettings = SETTINGS) -> Floats:
    """Returns how high boxes count for their scale, 1 px at least: float64 (N,); those of float64 (N, 4)."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.maximum(np.maximum(sides[:, 1], sides[:, 0] / settings.widest), 1.0)


def known_places(
    expected: ExpectedBoxes,
    stream_s: float,
    whole_scale: float,
    settings: PlaceSettings = SETTINGS,
    *,
    large: bool = False,
) -> tuple[Floats, Floats]:
    """Returns where tracks are to be looked for: float64 (N, 4) regions, and (N,) the scales to show them at.

    Args:
        expected: the tracks.
        stream_s: the frame's time.
        whole_scale: scale of a look at the whole frame.
        settings: how large.
        large: those who are followed in this view are large.
    """
    boxes = expected.at(stream_s).astype(np.float64)
    side = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(1, initial=1.0), 1.0)
    high = heights_px(boxes, settings)
    aim_px = settings.enough_px if large else settings.aim_px
    around = np.minimum(
        settings.margin * side + settings.spreads * expected.spread_at(stream_s), settings.max_margin * side
    )
    regions = boxes + around[:, None] * np.array([-1.0, -1.0, 1.0, 1.0])
    return regions, np.clip(aim_px / high, settings.shrink * whole_scale, settings.largest)


def joined(regions: Floats, scales: Floats, share: float = SETTINGS.join) -> tuple[Floats, Floats]:
    """Returns regions of which those that overlap much have become one.

    Args:
        regions: float64 (N, 4).
        scales: float64 (N,); of two, the larger one holds.
        share: the union of two may be so much of both areas, as they are shown.
    """
    regions, scales = regions.copy(), scales.copy()
    while len(regions) > 1:
        scale = np.maximum(scales[:, None], scales[None, :])
        left_top = np.minimum(regions[:, None, :2], regions[None, :, :2])
        sides = np.maximum(regions[:, None, 2:], regions[None, :, 2:]) - left_top
        shown = box_areas(regions) * scales**2
        union = sides[..., 0] * sides[..., 1] * scale**2
        gain = share * (shown[:, None] + shown[None, :]) - union
        gain[pairwise_intersection(regions, regions) <= 0] = -1.0
        np.fill_diagonal(gain, -1.0)
        first, second = divmod(int(gain.argmax()), len(gain))
        if gain[first, second] < 0:
            break
        low, high = min(first, second), max(first, second)
        regions[low, :2] = np.minimum(regions[low, :2], regions[high, :2])
        regions[low, 2:] = np.maximum(regions[low, 2:], regions[high, 2:])
        scales[low] = max(scales[low], scales[high])
        keep = np.arange(len(regions)) != high
        regions, scales = regions[keep], scales[keep]
    return regions, scales


def wishes(regions: Floats, scales: Floats, size_px: tuple[int, int]) -> list[Wish]:
    """Returns the regions as far as they are inside the frame."""
    found = ((region_of(region, size_px), scale) for region, scale in zip(regions, scales.tolist(), strict=True))
    return [Wish(region, scale) for region, scale in found if region is not None]
