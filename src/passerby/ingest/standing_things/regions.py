"""Regions that are new in a still view, and whether they are things or only light, or a place that was left."""

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.standing_things.views import Colours, Grid, Plane

MIN_AREA_PX: Final = 8
MIN_SIDE_PX: Final = 3
"""Smaller, or thinner, is what is left of compression and shake."""

DARKEST_SHADOW: Final = 0.45
"""Luma that ground in full shadow keeps of its luma in the sun: a fifth of the light, in the camera's gamma of 2.2."""

OTHER_CHROMA: Final = 9.0
"""Levels by which the colour differs where something else is to be seen; in shadow it becomes a little bluer."""

NEW_EDGE: Final = 7.0
"""Luma levels a pixel by which edges differ from those of the ground in other light."""

THING_SHARE: Final = 0.2
"""Share of a region that light cannot explain, from which it is a thing."""

OWN_TEXTURE: Final = 5.0
OWN_TEXTURE_NOISES: Final = 4.0
"""Luma levels, and times the usual change from sample to sample, by which detail differs from that of the ground in the
region's light: light and shadow leave the ground's detail as it is, and a thing has its own."""

SAME_TEXTURE: Final = 0.5
"""Correlation of the detail with the ground's from which it is the ground's own, however strong light makes it."""

MIN_TEXTURE_PX: Final = 6
ENOUGH_TEXTURE_PX: Final = 12
"""Pixels of a region without its border, from which detail is compared, and from which a second row is left out."""

SHARP_SHARE: Final = 0.04
"""Steepness of a region's border, as a share of its step a pixel: a lamp's light fades out over more pixels."""

REVEALED: Final = 1.0
"""Edges along the border in the still view, over those of the empty one: fewer are of a place that something left."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Something new.

    Attributes:
        mask: bool (H, W), of the grid.
        box: left, top, right, bottom in pixels of the grid; right and bottom lie outside.
        since_s: when most of it had come, by the stream's clock.
    """

    mask: Grid
    box: tuple[int, int, int, int]
    since_s: float

    @property
    def area_px(self) -> int:
        """Pixels of the grid."""
        return int(self.mask.sum())

    def overlap(self, other: Self) -> float:
        """Returns what two regions share, as a share of the smaller one."""
        return int((self.mask & other.mask).sum()) / max(1, min(self.area_px, other.area_px))

    def around(self, margin_px: int) -> tuple[slice, slice]:
        """Returns the rows and columns of the grid in the box and so far around it."""
        left, top, right, bottom = self.box
        rows, columns = self.mask.shape
        return (
            slice(max(0, top - margin_px), min(rows, bottom + margin_px)),
            slice(max(0, left - margin_px), min(columns, right + margin_px)),
        )


def regions_of(new: Grid, since_s: npt.NDArray[np.float64]) -> list[Region]:
    """Returns the connected regions of what is new, in the grid's order.

    Args:
        new: bool (H, W).
        since_s: float64 (H, W), since when each pixel has been as it is.
    """
    closed = cv2.morphologyEx(new.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, columns, rows, area = (int(value) for value in stats[number])
        if area >= MIN_AREA_PX and min(columns, rows) >= MIN_SIDE_PX:
            mask = labels == number
            seen = since_s[mask & new]
            found.append(Region(mask, (left, top, left + columns, top + rows), float(np.median(seen))))
    return found


def steepness(luma: Plane) -> Plane:
    """Returns luma levels a pixel: float32 (H, W)."""
    across, down = (cv2.Scharr(luma, cv2.CV_32F, *axis, scale=1 / 32) for axis in ((1, 0), (0, 1)))
    return np.asarray(np.hypot(across, down), np.float32)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a region looks like.

    Attributes:
        unexplained: share of it that no light on the ground explains, 0-1.
        own_texture: it has detail of its own, in place of the ground's.
        sharpness: steepness of its border over the step to the ground.
        border: edges along its border, over those that the empty place has there.
    """

    unexplained: float
    own_texture: bool
    sharpness: float
    border: float

    @property
    def left(self) -> bool:
        """Something stood here when the place was learned, and has left it."""
        return self.border <= REVEALED

    @property
    def thing(self) -> bool:
        """It is neither light, nor shadow, nor a place that something has left."""
        other = self.unexplained >= THING_SHARE or self.own_texture
        return other and self.sharpness >= SHARP_SHARE and not self.left


def appearance_of(region: Region, still: Colours, empty: Colours, noise: Colours) -> Appearance:
    """Returns what a region looks like.

    Args:
        region: the region.
        still: float32 (H, W, 3), the view as it is.
        empty: float32 (H, W, 3), the empty place.
        noise: float32 (H, W, 3), levels by which each pixel usually changes from sample to sample.
    """
    part = region.around(4)
    mask, now, was = region.mask[part], still[part], empty[part]
    edges_now, edges_was = steepness(now[..., 0]), steepness(was[..., 0])
    ratio = now[..., 0] / np.maximum(was[..., 0], 4.0)
    chroma = np.abs(now[..., 1:] - was[..., 1:]).max(axis=2)
    kernel = np.ones((3, 3), np.uint8)
    inner = cv2.erode(mask.astype(np.uint8), kernel) > 0
    edged = (np.abs(edges_now - ratio * edges_was) > NEW_EDGE) & (cv2.erode(inner.astype(np.uint8), kernel) > 0)
    other = (chroma > OTHER_CHROMA) | (ratio < DARKEST_SHADOW)
    unexplained = float((other | edged)[mask].mean())
    band = (cv2.dilate(mask.astype(np.uint8), kernel) > 0) & ~inner
    step = float(np.abs(now[..., 0] - was[..., 0])[mask].mean()) + float(chroma[mask].mean())
    sharpness = float(edges_now[band].mean()) / max(step, 1.0)
    border = (float(edges_now[band].mean()) + 0.5) / (float(edges_was[band].mean()) + 0.5)
    own_texture = _has_own_texture(mask, now[..., 0], was[..., 0], float(noise[part][mask, 0].mean()))
    return Appearance(unexplained, own_texture, sharpness, border)


def _has_own_texture(mask: Grid, now: Plane, was: Plane, noise: float) -> bool:
    """Returns whether a region shows other detail than the ground does in any light.

    Light multiplies luma, so it adds the same to the logarithm of neighbouring pixels: what is left once a region's own
    means over five pixels are taken off is the ground's detail.
    """
    kernel = np.ones((3, 3), np.uint8)
    inner = cv2.erode(mask.astype(np.uint8), kernel)
    inmost = cv2.erode(inner, kernel)
    use = (inmost if inmost.sum() >= ENOUGH_TEXTURE_PX else inner) > 0
    if use.sum() < MIN_TEXTURE_PX:
        return False
    detail, ground = (_detail(mask, luma)[use] for luma in (now, was))
    differs = float(np.sqrt(np.square(detail - ground).mean()) * np.median(now[use]))
    strength = float(np.sqrt(np.square(detail).sum() * np.square(ground).sum()))
    same = float((detail * ground).sum()) / max(strength, 1e-9)
    return differs >= max(OWN_TEXTURE, OWN_TEXTURE_NOISES * noise) and same < SAME_TEXTURE


def _detail(mask: Grid, luma: Plane) -> Plane:
    """Returns the logarithm of luma less its mean around, of the region's pixels alone: float32 (H, W)."""
    log = np.where(mask, np.log(np.maximum(luma, 4.0)), 0.0).astype(np.float32)
    weight = cv2.blur(mask.astype(np.float32), (5, 5))
    return np.asarray(log - cv2.blur(log, (5, 5)) / np.maximum(weight, 0.04), np.float32)
