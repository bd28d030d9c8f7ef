"""Searches the learned background for people and vehicles that were learned into it by mistake."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import HEAVY, RoadUser
from passerby.ingest.anonymise.canvas import Mask, as_mask, filled, grown
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.detectors.lettering import SCALES, around_letters, lettering_at
from passerby.ingest.raw import Picture

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


VEHICLES = (RoadUser.CAR, *HEAVY)
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

WRITTEN_MIN_PX = 4.0
"""Margin around lettering beside its own, in pixels: for the smallest."""

BODY_FROM_FACE = (-1.5, -0.75, 1.5, 7.0)
"""From a face to the person it belongs to: how far the box reaches, in the face's widths and heights. A face that is
found is a person whom the detector has missed in every frame and every view."""

NEAR_SHARE, NEAR_INSIDE = 0.03, 0.02
"""Part of the picture that a find in a small view must cover, with and without what the border adds. Smaller ones are
found at larger scales; a head of seven cells covers 0.04, its half 0.02."""

VERY_NEAR_SHARE = 0.1
"""From this part on a weak find of a person counts, too; benches and lamp posts resemble people that are smaller."""

NEAR_VEHICLE = 0.5
"""Least confidence of a vehicle in a small view: whole places resemble a bus at that size (PETS: 0.38)."""

MIN_VIEW_PX = 40
"""Least height of a small view: at less any place resembles a person."""

OVERLAP = 0.25
"""Of neighbouring tiles, as a part of their side, so that no person is cut in all of them."""


UNSHARP_SIDE = 0.3
"""Side of a part that is checked for sharpness, as a part of the picture's height."""

SHAPE_PX = 4
"""Side of a pixel of the small picture in which shapes are looked for."""

MIN_SHAPES, UNSHARP_RATIO = 1.0, 0.12
"""Least mean contrast of shapes, in levels, at which a part is checked, and the ratio of detail to it."""


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, and how it is given to a detector.

    Attributes:
        region: left, top, right, bottom as 0-1 of the picture.
        scale: enlargement of the region.
        flipped: mirrored left to right, a second opinion of the same detector.
        border: width of a border in which the picture goes on mirrored, as a part of its sides; a face that the
            picture's edge cuts in half is nearly whole again in it.
    """

    region: tuple[float, float, float, float]
    scale: float
    flipped: bool = False
    border: float = 0.0

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
        border_x, border_y = (int(side_px * self.border) for side_px in size)
        if border_x and border_y:
            edges = (border_y, border_y, border_x, border_x)
            view = np.asarray(cv2.copyMakeBorder(view, *edges, cv2.BORDER_REFLECT), np.uint8)
        found = finder(view)
        offset_px = np.array([border_x, border_y, border_x, border_y], np.float32)
        boxes = (found.xyxy_px - offset_px) / np.float32(self.scale)
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


def near_views(height_px: int = 540) -> tuple[View, ...]:
    """Returns the small views in which the very near are searched for, bodies and faces.

    Who fills the picture is too large for a detector at any other size.
    """
    scales = (scale for scale in (1 / 3, 1 / 6, 1 / 12) if scale * height_px >= MIN_VIEW_PX)
    return tuple(View(WHOLE, scale, border=0.2) for scale in scales)


def near(found: Boxes, size_px: tuple[int, int]) -> Boxes:
    """Returns the finds of a small view that may be a very near road user.

    Args:
        found: in the picture's pixels; a box may reach beyond it.
        size_px: width and height of the picture.
    """
    inside_px = np.clip(found.xyxy_px, 0, np.array([*size_px, *size_px], np.float32))
    area, inside = (
        np.prod(xyxy[:, 2:] - xyxy[:, :2], axis=1) / np.prod(size_px) for xyxy in (found.xyxy_px, inside_px)
    )
    person = np.where(area >= VERY_NEAR_SHARE, PERSON_SUSPICION, LARGE_SUSPICION)
    floor = np.where(found.road_user == RoadUser.PEDESTRIAN, person, LARGE_SUSPICION)
    floor = np.where(vehicles(found.road_user), NEAR_VEHICLE, floor)
    return found[np.asarray((area >= NEAR_SHARE) & (inside >= NEAR_INSIDE) & (found.confidence >= floor))]


def unsharp(picture: Picture) -> Mask:
    """Returns where nothing has the finest detail although there are shapes: uint8 (H, W).

    What touches the lens or nearly fills the picture is out of focus, or was enlarged. A part of the picture counts
    whose detail of a pixel is less than an eighth of its shapes of ten pixels. Of eleven places it is at least 0.15 in
    95 parts of a hundred, also after strong compression; of 54 people enlarged to fill the picture it is 0.03 to 0.09.
    """
    height, width = picture.shape[:2]
    small_px = (max(width // SHAPE_PX, 1), max(height // SHAPE_PX, 1))
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)
    # What was not learned is black; it must look neither like a shape nor like a lack of detail.
    learned = np.asarray(picture.any(axis=2), np.float32)
    fine = np.abs(grey - _blurred(grey, learned, 1.0)) * learned
    # Shapes of ten pixels need no finer picture than this one, which costs a sixteenth.
    fine, total, weight = (
        np.asarray(cv2.resize(part, small_px, interpolation=cv2.INTER_AREA), np.float32)
        for part in (fine, grey * learned, learned)
    )
    small = np.asarray(total / np.maximum(weight, 1e-3), np.float32)
    rough, rougher = (_blurred(small, weight, sigma_px / SHAPE_PX) for sigma_px in (4.0, 12.0))
    side = max(round(UNSHARP_SIDE * small_px[1]), 1) | 1
    detail, shapes, counted = (
        np.asarray(cv2.blur(part, (side, side))) for part in (fine, np.abs(rough - rougher) * weight, weight)
    )
    found = as_mask((shapes > MIN_SHAPES * counted) & (detail < UNSHARP_RATIO * shapes))
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _blurred(plane: npt.NDArray[np.float32], weight: npt.NDArray[np.float32], sigma: float) -> npt.NDArray[np.float32]:
    """Returns the weighted mean around each pixel: float32 (H, W)."""
    total, weights = (cv2.GaussianBlur(part, (0, 0), sigma) for part in (plane * weight, weight))
    return np.asarray(total / np.maximum(weights, 1e-3), np.float32)


def without_holes(picture: Picture, known: Mask) -> Picture:
    """Returns the picture with soft colours of the surroundings where it is black because nothing was learned.

    Holes have the shapes of the people who kept them from being learned, and a black shape of a person is one to a
    detector.
    """
    if cv2.countNonZero(known) == known.size:
        return picture
    height, width = picture.shape[:2]
    small_px = (max(width // 8, 1), max(height // 8, 1))
    only = cv2.bitwise_and(picture, picture, mask=known)
    weight = cv2.resize(known, small_px, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    total = cv2.resize(only, small_px, interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = np.array(cv2.mean(picture, known)[:3], np.float32)
    near, near_weight = (np.asarray(cv2.GaussianBlur(part, (0, 0), 6.0)) for part in (total, weight))
    # Far from anything learned the picture's mean takes over.
    soft = np.clip((near + 0.01 * mean) / (near_weight + 0.01)[:, :, None], 1, 255).astype(np.uint8)
    filled_picture = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.copyTo(picture, known, filled_picture)
    return filled_picture


def face_views(*, thorough: bool) -> tuple[View, ...]:
    """Returns the views in which faces are searched for: at least as large as a viewer sees them."""
    return (View(WHOLE, 1.0), View(WHOLE, 1.5)) if thorough else (View(WHOLE, 1.0),)


def bodies_of(faces_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns boxes of the people whose faces these are: float32 (N, 4) both."""
    width_height_px = np.tile(faces_px[:, 2:] - faces_px[:, :2], 2)
    return np.asarray(faces_px + width_height_px * np.array(BODY_FROM_FACE, np.float32), np.float32)


class Inspection:
    """One round over a still copy of what was learned, a view at a time, so that a live picture never waits for it.

    Attributes:
        colour: the learned background that is inspected, uint8 (H, W, 3).
        candidate: where it may be shown sharp if nothing is found there.
        suspect: where road users or faces were found, so far: these colours may be theirs.
        written: where lettering was found, so far: these colours are right, and yet must not be shown.
    """

    def __init__(
        self, colour: Picture, candidate: Mask, finders: Finders, *, thorough: bool, known: Mask | None = None
    ) -> None:
        """Starts a round.

        Args:
            colour: as above.
            candidate: as above.
            finders: the detectors.
            thorough: with every view, mirrored too.
            known: where anything was learned; left out, everywhere.
        """
        self.colour, self.candidate = colour, candidate
        self._searched = colour if known is None else without_holes(colour, known)
        self.suspect: Mask = np.zeros(candidate.shape, np.uint8)
        self.written: Mask = np.zeros(candidate.shape, np.uint8)
        self._finders = finders
        self._size_px = colour.shape[1], colour.shape[0]
        self._steps: list[Callable[[], None]] = []
        if finders.faces:
            self._steps += [partial(self._search_faces, view) for view in face_views(thorough=thorough)]
        if finders.faces or finders.road_users:
            self._steps += [self._search_unsharp, partial(self._search_near, near_views(colour.shape[0]))]
            self._steps += [partial(self._search_lettering, scales) for scales in (SCALES[:1], SCALES[1:])]
        if finders.road_users:
            self._steps += [partial(self._search_road_users, view) for view in views(thorough=thorough)]

    @property
    def done(self) -> bool:
        """Whether every view has been searched."""
        return not self._steps

    def step(self) -> None:
        """Searches one more view with all its finders; a view in which one of them fails is searched again."""
        if self._steps:
            self._steps[-1]()
            self._steps.pop()

    def _search_road_users(self, view: View) -> None:
        for finder in self._finders.road_users:
            found = view.find(self._searched, finder)
            suspects = suspicious(found.xyxy_px, found.confidence, found.road_user, PERSON_SUSPICION, self._size_px)
            self._suspect(found.xyxy_px[suspects])

    def _search_near(self, seen: Iterable[View]) -> None:
        for view in seen:
            for finder in self._finders.road_users:
                self._suspect(near(view.find(self._searched, finder), self._size_px).xyxy_px)
            for finder in self._finders.faces:
                self._suspect(bodies_of(near(view.find(self._searched, finder), self._size_px).xyxy_px))

    def _search_faces(self, view: View) -> None:
        for finder in self._finders.faces:
            self._suspect(bodies_of(view.find(self._searched, finder).xyxy_px))

    def _search_unsharp(self) -> None:
        self.suspect |= unsharp(self.colour)

    def _search_lettering(self, scales: Iterable[float]) -> None:
        for scale in scales:
            letters = lettering_at(self._searched, scale)
            filled(self.written, grown(around_letters(letters), 0.0, WRITTEN_MIN_PX), 255)

    def _suspect(self, xyxy_px: npt.NDArray[np.float32]) -> None:
        filled(self.suspect, grown(xyxy_px, GROWTH, 4.0), 255)
