"""Searches the learned background for people and vehicles that were learned into it by mistake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.canvas import Mask, Picture, filled, grown
from passerby.ingest.detectors.detector import Boxes

Finder = Callable[[Picture], Boxes]
"""Finds road users, or faces as pedestrians, in a BGR picture of any size."""


@dataclass(frozen=True, slots=True)
class Finders:
    """The detectors that search for what must not be learned.

    Attributes:
        road_users: sweep the live picture and inspect the learned background, e.g. the camera's own detector.
        faces: search the learned background for faces, and nothing else.
    """

    road_users: tuple[Finder, ...] = ()
    faces: tuple[Finder, ...] = ()


VEHICLES = (RoadUser.CAR, RoadUser.BUS, RoadUser.TRUCK)
_IS_VEHICLE = np.isin(np.arange(len(RoadUser)), VEHICLES)
PERSON_SUSPICION = 0.15
"""Least confidence at which a person found in the learned background counts: a wrong find costs a patch of mosaic."""

VEHICLE_SUSPICION = 0.3
"""The same for vehicles: benches and shop fronts resemble one a little, and what a weak find might hide is no face."""

LARGE_SHARE, LARGE_SUSPICION = 0.04, 0.25
"""A find that covers that part of the picture must be surer: a near person is found surely (Town Centre's nearest
covers 0.022), and a wrong one costs much."""

GROWTH = 0.2
"""Margin around a suspect, as a part of the box."""

BODY_FROM_FACE = (-1.5, -0.75, 1.5, 7.0)
"""From a face to the person it belongs to: how far the box reaches, in the face's widths and heights. A face that is
found is a person whom the detector has missed in every frame and every view."""

OVERLAP = 0.25
"""Of neighbouring tiles, as a part of their side, so that no person is cut in all of them."""


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, and how it is given to a detector.

    Attributes:
        region: left, top, right, bottom as 0-1 of the picture.
        scale: enlargement of the region.
        flipped: mirrored left to right, a second opinion of the same detector.
    """

    region: tuple[float, float, float, float]
    scale: float
    flipped: bool = False

    def pixels(self, size_px: tuple[int, int]) -> tuple[int, int, int, int]:
        """Returns the region in even pixels of a picture of that size."""
        width, height = size_px
        left, top, right, bottom = self.region
        return int(left * width) // 2 * 2, int(top * height) // 2 * 2, round(right * width), round(bottom * height)

    def find(self, picture: Picture, finder: Finder) -> Boxes:
        """Returns what the finder finds in this view of the picture, in the picture's pixels."""
        left, top, right, bottom = self.pixels((picture.shape[1], picture.shape[0]))
        size = round((right - left) * self.scale), round((bottom - top) * self.scale)
        sampling = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        view = np.asarray(cv2.resize(picture[top:bottom, left:right], size, interpolation=sampling), np.uint8)
        if self.flipped:
            view = np.ascontiguousarray(view[:, ::-1])
        found = finder(view)
        boxes = found.xyxy_px / np.float32(self.scale)
        if self.flipped:
            boxes = np.stack([right - left - boxes[:, 2], boxes[:, 1], right - left - boxes[:, 0], boxes[:, 3]], axis=1)
        return Boxes(boxes, found.confidence, found.road_user).moved((1, 1), (left, top))


def tiles(count: int) -> Iterator[tuple[float, float, float, float]]:
    """Yields overlapping regions, `count` a side, that cover the picture."""
    side = 1 / (count - (count - 1) * OVERLAP) if count > 1 else 1.0
    steps = [number * side * (1 - OVERLAP) for number in range(count)]
    for top in steps:
        for left in steps:
            yield left, top, min(left + side, 1.0), min(top + side, 1.0)


def vehicles(road_user: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Returns which rows are vehicles with a body around the people in them: bool (N,)."""
    return _IS_VEHICLE[road_user]


def suspicious(
    xyxy_px: npt.NDArray[np.float32],
    confidence: npt.NDArray[np.float32],
    road_user: npt.NDArray[np.int16],
    floor: float,
    size_px: tuple[int, int],
) -> npt.NDArray[np.bool_]:
    """Returns which finds may really be road users, bool (N,).

    Args:
        xyxy_px: float32 (N, 4).
        confidence: float32 (N,).
        road_user: int16 (N,).
        floor: least confidence of a person or a two-wheeler.
        size_px: width and height of the picture they were found in.
    """
    area = np.prod(xyxy_px[:, 2:] - xyxy_px[:, :2], axis=1) / (size_px[0] * size_px[1])
    limit = np.where(vehicles(road_user), VEHICLE_SUSPICION, floor)
    return np.asarray(confidence >= np.where(area > LARGE_SHARE, np.maximum(limit, LARGE_SUSPICION), limit))


WHOLE = (0.0, 0.0, 1.0, 1.0)


def views(*, thorough: bool) -> tuple[View, ...]:
    """Returns the views of one round: near people in the whole picture, far ones in tiles; mirrored too if thorough."""
    if not thorough:
        return (View(WHOLE, 0.67), *(View(tile, 1.2) for tile in tiles(2)))
    plain = [View(WHOLE, 0.5), View(WHOLE, 1.0), *(View(tile, 1.6) for tile in tiles(2))]
    plain += [View(tile, 2.0) for tile in tiles(3)]
    return tuple(plain + [View(view.region, view.scale, flipped=True) for view in plain])


def face_views(*, thorough: bool) -> tuple[View, ...]:
    """Returns the views in which faces are searched for: at least as large as a viewer sees them."""
    return (View(WHOLE, 1.0), View(WHOLE, 1.5)) if thorough else (View(WHOLE, 1.0),)


def bodies_of(faces_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns boxes of the people whose faces these are: float32 (N, 4) both."""
    width_height_px = np.tile(faces_px[:, 2:] - faces_px[:, :2], 2)
    return np.asarray(faces_px + width_height_px * np.array(BODY_FROM_FACE, np.float32), np.float32)


class Inspection:
    """One round over a still copy of what was learned, a view at a time, so that a live picture never waits for it."""

    def __init__(self, colour: Picture, candidate: Mask, finders: Finders, *, thorough: bool) -> None:
        """Starts a round.

        Args:
            colour: the learned background, uint8 (H, W, 3).
            candidate: where it may be shown sharp if nothing is found there.
            finders: the detectors.
            thorough: with every view, mirrored too.
        """
        self.candidate = candidate
        self.suspect = np.zeros(candidate.shape, np.uint8)
        self._colour, self._finders = colour, finders
        self._views = list(views(thorough=thorough)) if finders.road_users else []
        self._face_views = list(face_views(thorough=thorough)) if finders.faces else []

    @property
    def done(self) -> bool:
        """Whether every view has been searched."""
        return not self._views and not self._face_views

    def step(self) -> None:
        """Searches one more view with all its finders; a view in which one of them fails is searched again."""
        if self._views:
            self._search_road_users(self._views[-1])
            self._views.pop()
        elif self._face_views:
            self._search_faces(self._face_views[-1])
            self._face_views.pop()

    def _search_road_users(self, view: View) -> None:
        size_px = self._colour.shape[1], self._colour.shape[0]
        for finder in self._finders.road_users:
            found = view.find(self._colour, finder)
            suspects = suspicious(found.xyxy_px, found.confidence, found.road_user, PERSON_SUSPICION, size_px)
            filled(self.suspect, grown(found.xyxy_px[suspects], GROWTH, 4.0), 255)

    def _search_faces(self, view: View) -> None:
        for finder in self._finders.faces:
            faces = view.find(self._colour, finder)
            filled(self.suspect, grown(bodies_of(faces.xyxy_px), GROWTH, 4.0), 255)
