"""Flat figures in class colours, drawn where road users are now; they carry a class, a position and a size, no more."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import log2
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.road_user import HEAVY, RoadUser
from passerby.domain.stencils import COLOUR_RGB, RIM_RGB, standing_edges
from passerby.domain.tracks import Tracks
from passerby.ingest.raw import Picture

COLOUR_BGR = {road_user: rgb[::-1] for road_user, rgb in COLOUR_RGB.items()}
RIM_BGR = RIM_RGB[::-1]
GLYPH_PX = 256
"""Height of the stencils that figures are scaled from."""

KEPT_AREA_PX = 96 * 96
"""Figures up to this size are kept for the next picture, in which most are as large as in this: 14 MB at most."""

_ALL = np.empty(0, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Silhouettes:
    """What is to be drawn in one picture, a row each.

    Attributes:
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of the camera's picture.
        road_user: int16 (N,), values of `RoadUser`.
        confirmed: bool (N,), all if left out; a track that is not confirmed yet is drawn pale.
    """

    xyxy_px: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 4), np.float32))
    road_user: npt.NDArray[np.int16] = field(default_factory=lambda: np.empty(0, np.int16))
    confirmed: npt.NDArray[np.bool_] = field(default_factory=lambda: _ALL)

    @classmethod
    def of(cls, tracks: Tracks) -> Self:
        """Returns all tracks of a frame, without their ids."""
        return cls(tracks.xyxy_px, tracks.road_user, tracks.confirmed)

    def __post_init__(self) -> None:
        rows = len(self.road_user)
        confirmed = np.ones(rows, np.bool_) if self.confirmed is _ALL else self.confirmed
        object.__setattr__(self, "confirmed", read_only_column("confirmed", confirmed, np.bool_, (rows,)))
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))


def draw(picture: Picture, figures: Silhouettes) -> None:
    """Draws figures in place, the farthest (highest foot) first.

    Args:
        picture: uint8 (H, W, 3).
        figures: boxes in the picture's pixels, may reach beyond it.
    """
    rows = zip(figures.xyxy_px.tolist(), figures.road_user.tolist(), figures.confirmed.tolist(), strict=True)
    for box, number, confirmed in sorted(rows, key=_foot):
        kind = RoadUser(number)
        left, top, right, bottom = _figure_box(box, kind)
        if right - left >= 2 and bottom - top >= 3:
            _stamp(picture, (left, top, right, bottom), kind, pale=not confirmed)


def _foot(row: tuple[list[float], int, bool]) -> float:
    return row[0][3]


def outline(picture: Picture, figures: Silhouettes) -> None:
    """Thin frames in class colours, in place; for the mosaic, which shows coarse cells of the road user itself.

    Every figure of `draw` has one, pale where the figure is, so that the same can be counted in both.
    """
    edges_px = np.rint(figures.xyxy_px).astype(int).tolist()
    rows = zip(edges_px, figures.road_user.tolist(), figures.confirmed.tolist(), strict=True)
    for (left, top, right, bottom), number, confirmed in rows:
        colour = np.array(COLOUR_BGR[RoadUser(number)])
        shade = colour if confirmed else (colour + RIM_BGR) // 2
        cv2.rectangle(picture, (left, top), (right, bottom), shade.tolist(), 1)


def _figure_box(box: list[float], kind: RoadUser) -> tuple[int, int, int, int]:
    """Returns the box to stamp into; a pedestrian keeps human proportions inside a box that is too wide."""
    left, top, right, bottom = box
    if kind is RoadUser.PEDESTRIAN:
        left, right = standing_edges(left, right, bottom - top)
    return round(left), round(top), round(right), round(bottom)


def _stamp(picture: Picture, box: tuple[int, int, int, int], kind: RoadUser, *, pale: bool) -> None:
    left, top, right, bottom = box
    size = right - left, bottom - top
    inner_left, inner_top = max(left, 0), max(top, 0)
    inner_right, inner_bottom = min(right, picture.shape[1]), min(bottom, picture.shape[0])
    if inner_right <= inner_left or inner_bottom <= inner_top:
        return
    inside = np.s_[inner_top - top : inner_bottom - top, inner_left - left : inner_right - left]
    region = picture[inner_top:inner_bottom, inner_left:inner_right]
    scaled = _kept_scaled if size[0] * size[1] <= KEPT_AREA_PX else _scaled
    paint, ground = scaled(kind, size)
    stamped = cv2.add(cv2.multiply(region, ground[inside], scale=1 / 255), paint[inside])
    region[:] = cv2.addWeighted(region, 0.5, stamped, 0.5, 0) if pale else stamped


def _scaled(kind: RoadUser, size_px: tuple[int, int]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Returns a figure of that width and height: its paint, and how much ground shows, both uint8 (H, W, 3)."""
    halvings = min(max(int(log2(GLYPH_PX / size_px[1])), 0), 4)
    paint, ground = (cv2.resize(layer, size_px, interpolation=cv2.INTER_LINEAR) for layer in _stencil(kind, halvings))
    return np.asarray(paint, np.uint8), np.asarray(ground, np.uint8)


_kept_scaled = lru_cache(maxsize=256)(_scaled)


@lru_cache(maxsize=64)
def _stencil(kind: RoadUser, halvings: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Returns a figure to be scaled by less than half: its paint, and how much ground shows, both uint8 (H, W, 3)."""
    figure, rim = _shapes(kind)
    height, width = figure.shape
    size = max(width >> halvings, 1), max(height >> halvings, 1)
    covers = (cv2.resize(layer, size, interpolation=cv2.INTER_AREA) / np.float32(255) for layer in (figure, rim))
    figure_cover, rim_cover = (cover[:, :, None] for cover in covers)
    rim_cover = 0.75 * rim_cover * (1 - figure_cover)
    paint = figure_cover * np.array(COLOUR_BGR[kind]) + rim_cover * np.array(RIM_BGR)
    ground = np.repeat(255 * (1 - figure_cover - rim_cover), 3, axis=2)
    return np.rint(paint).astype(np.uint8), np.rint(ground).astype(np.uint8)


def _shapes(kind: RoadUser) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Returns the cover of the figure and of the figure with its rim: uint8 (H, W) each."""
    width, painter = _PAINTERS.get(kind, (2 * GLYPH_PX, _heavy if kind in HEAVY else _car))
    shape = np.zeros((GLYPH_PX, width), np.uint8)
    painter(shape)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    rim = cv2.GaussianBlur(cv2.dilate(shape, disc), (0, 0), 1.5)
    return np.asarray(cv2.GaussianBlur(shape, (0, 0), 1.2), np.uint8), np.asarray(rim, np.uint8)


def _person(shape: npt.NDArray[np.uint8]) -> None:
    """Draws shoulders, arms and two legs in mid-step, no head: anything round on a neck is a face to a face finder."""
    height, width = shape.shape
    middle, hip, foot = width // 2, 148, height - 28
    _wedge(shape, (middle - 28, middle + 28, 28), (middle - 7, middle + 7, hip), 20)
    for elbow, hand in (((middle - 29, 84), (middle - 28, 126)), ((middle + 29, 84), (middle + 28, 124))):
        shoulder = (middle - 29 if elbow[0] < middle else middle + 29, 36)
        arm = np.array([shoulder, elbow, hand], np.int32)
        cv2.polylines(shape, [arm], False, 255, 13, cv2.LINE_AA)
    for knee, toe in (((middle - 14, 190), (middle - 30, foot)), ((middle + 20, 188), (middle + 27, foot))):
        leg = np.array([(middle + (knee[0] - middle) // 3, hip - 6), knee, toe], np.int32)
        cv2.polylines(shape, [leg], False, 255, 24, cv2.LINE_AA)


def _rider(shape: npt.NDArray[np.uint8]) -> None:
    """Draws a wedge on a solid two-wheeler, saddle left, bar right; wheels with spokes resemble faces, too."""
    height, width = shape.shape
    axle = height - 40
    _wedge(shape, (70, 130, 28), (74, 106, 140), 26)
    saddle, bar = [[30, axle], [52, 158], [112, 158]], [[152, 112], [172, 112], [170, axle]]
    frame = np.array([*saddle, [126, axle - 14], [142, axle - 14], *bar], np.int32)
    cv2.fillPoly(shape, [frame], 255, cv2.LINE_AA)
    cv2.polylines(shape, [frame], True, 255, 14, cv2.LINE_AA)
    for x in (42, width - 42):
        cv2.circle(shape, (x, axle + 4), 30, 255, -1, cv2.LINE_AA)


def _wedge(
    shape: npt.NDArray[np.uint8], above: tuple[int, int, int], below: tuple[int, int, int], round_px: int
) -> None:
    """Draws a body between two edges, left, right and row each, with corners rounded by half of `round_px`."""
    corners = [[above[0], above[2]], [above[1], above[2]], [below[1], below[2]], [below[0], below[2]]]
    body = np.array(corners, np.int32)
    cv2.fillPoly(shape, [body], 255, cv2.LINE_AA)
    cv2.polylines(shape, [body], True, 255, round_px, cv2.LINE_AA)


def _block(shape: npt.NDArray[np.uint8]) -> None:
    """Draws a plain block: of what it stands for nothing is known but where it is."""
    height, width = shape.shape
    _rounded(shape, (14, 14, width - 14, height - 14), 40)


def _car(shape: npt.NDArray[np.uint8]) -> None:
    _vehicle(shape, boxy=False)


def _heavy(shape: npt.NDArray[np.uint8]) -> None:
    _vehicle(shape, boxy=True)


def _vehicle(shape: npt.NDArray[np.uint8], *, boxy: bool) -> None:
    height, width = shape.shape
    top = 14 if boxy else 110
    _rounded(shape, (12, top, width - 12, height - 44), 26)
    if not boxy:
        roof = np.array([[110, 122], [165, 30], [340, 30], [415, 122]], np.int32)
        cv2.fillPoly(shape, [roof], 255, cv2.LINE_AA)
        cv2.polylines(shape, [roof], True, 255, 24, cv2.LINE_AA)
    for x in (width // 4 - 10, width * 3 // 4 + 10):
        cv2.circle(shape, (x, height - 46), 38, 255, -1, cv2.LINE_AA)


def _rounded(shape: npt.NDArray[np.uint8], box: tuple[int, int, int, int], radius: int) -> None:
    left, top, right, bottom = box
    corners = np.array(
        [
            [left + radius, top + radius],
            [right - radius, top + radius],
            [right - radius, bottom - radius],
            [left + radius, bottom - radius],
        ],
        np.int32,
    )
    cv2.fillPoly(shape, [corners], 255, cv2.LINE_AA)
    cv2.polylines(shape, [corners], True, 255, 2 * radius, cv2.LINE_AA)


_PAINTERS = {
    RoadUser.PEDESTRIAN: (110, _person),
    RoadUser.BICYCLE: (200, _rider),
    RoadUser.MOTORCYCLE: (200, _rider),
    RoadUser.UNCLASSIFIED: (GLYPH_PX, _block),
}
"""Width of the stencil, and what paints it."""
