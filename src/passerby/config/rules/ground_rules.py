"""The ground plane of a site file's calibration, and whether its points fix one, key by key."""

import math
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from passerby.config.document import keys_in, number_in, point_in
from passerby.config.site import GroundKeys
from passerby.config.validation import Loc
from passerby.config.values import MAX_GROUND_M
from passerby.domain.errors import CalibrationError
from passerby.domain.layout import GroundPlane
from passerby.geometry.calibration import fit_distances, fit_point_pairs

MIN_POINTS = 4
MIN_DISTANCES = 4
_FLAT = 1e-3
"""Twice a triangle's area over its longest side squared, below which three points count as lying on one line."""

LocatedFaults = Iterator[tuple[Loc, str]]
Point = tuple[float, float]


def ground_of(ground: GroundKeys) -> GroundPlane:
    """Returns the ground plane of the point pairs or of the distances.

    Raises:
        CalibrationError: they do not fix a plane.
    """
    if ground.points is not None:
        picture = np.array([pair.picture for pair in ground.points], np.float64)
        return fit_point_pairs(picture, np.array([pair.metres for pair in ground.points], np.float64))
    distances = ground.distances or ()
    if ground.picture_px is None:
        raise CalibrationError("ground distances: they need picture_px, the picture's width and height")
    width_px, height_px = ground.picture_px
    return fit_distances(
        np.array([[distance.start, distance.end] for distance in distances], np.float64).reshape(-1, 2, 2),
        np.array([distance.metres for distance in distances], np.float64),
        width_px / height_px,
    )


def ground_faults(ground: Mapping[str, object]) -> LocatedFaults:
    """Returns what is wrong with one `ground`, each with where in it; what the types already check is left to them."""
    points, distances = ground.get("points"), ground.get("distances")
    if (points is None) == (distances is None):
        both = "not both" if points is not None else "neither is here"
        yield (), f"give either points or distances, {both}"
    if isinstance(points, tuple):
        yield from _point_faults(points)
        if distances is None and "picture_px" in ground:
            yield ("picture_px",), "this is for distances only: with points, take it away"
    if isinstance(distances, tuple):
        if "picture_px" not in ground:
            yield (), "distances need picture_px too: [width, height] of the picture, such as [1920, 1080]"
        yield from _distance_faults(distances, ground.get("picture_px"))


def _point_faults(pairs: tuple[object, ...]) -> LocatedFaults:
    if len(pairs) < MIN_POINTS:
        yield ("points",), f"the ground needs {MIN_POINTS} points, got {len(pairs)}"
        return
    picture = _read(pairs, "picture", 1.0)
    metres = _read(pairs, "metres", MAX_GROUND_M)
    found = [
        *(_spread_faults(picture, "picture", "in the picture") if picture is not None else ()),
        *(_spread_faults(metres, "metres", "on the ground") if metres is not None else ()),
    ]
    yield from found
    if picture is not None and metres is not None and not found:
        try:
            fit_point_pairs(np.array(picture), np.array(metres))
        except CalibrationError as error:
            yield ("points",), str(error).removeprefix("ground points: ")


def _read(pairs: tuple[object, ...], key: str, limit: float) -> list[Point] | None:
    """Every pair's point of one kind, or None when one of them is not of use."""
    read = [point_in(keys_in(pair).get(key)) for pair in pairs]
    points = [point for point in read if point is not None and max(map(abs, point)) <= limit]
    return points if len(points) == len(pairs) else None


def _spread_faults(points: list[Point], key: str, where: str) -> LocatedFaults:
    twins = [(one, two) for one, two in combinations(range(len(points)), 2) if points[one] == points[two]]
    for one, two in twins:
        yield ("points", two, key), f"this is the same point {where} as number {one + 1} of the list"
    if not twins and not _spans(points):
        yield ("points",), f"the points do not fix a plane: {where} all but one of them lie on one line"


def _distance_faults(distances: tuple[object, ...], picture_px: object) -> LocatedFaults:
    if len(distances) < MIN_DISTANCES:
        yield ("distances",), f"the ground needs {MIN_DISTANCES} distances, got {len(distances)}"
        return
    starts, ends, lengths_m = [], [], []
    for number, distance in enumerate(distances):
        keys = keys_in(distance)
        start, end, length_m = point_in(keys.get("from")), point_in(keys.get("to")), number_in(keys.get("metres"))
        if start is not None and start == end:
            yield ("distances", number), "from and to are the same point"
        elif start is not None and end is not None and length_m is not None and length_m > 0:
            starts.append(start)
            ends.append(end)
            lengths_m.append(length_m)
    size_px = point_in(picture_px)
    if size_px is None or min(size_px) < 1 or len(lengths_m) < len(distances):
        return
    try:
        fit_distances(
            np.stack([np.array(starts), np.array(ends)], axis=1), np.array(lengths_m), size_px[0] / size_px[1]
        )
    except CalibrationError as error:
        yield ("distances",), str(error).removeprefix("ground distances: ").removeprefix("ground points: ")


def _spans(points: list[Point]) -> bool:
    """Whether some four of the points have no three on one line: the minimum that fixes a homography.

    They do unless one line holds all points but one; such a line goes through two of the first three points.
    """
    for start, end in combinations(points[:3], 2):
        beside = sum(not _on_one_line(start, end, point) for point in points if point not in (start, end))
        if beside <= 1:
            return False
    return True


def _on_one_line(a: Point, b: Point, c: Point) -> bool:
    twice_area = abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    return twice_area <= _FLAT * max(math.dist(a, b), math.dist(b, c), math.dist(a, c)) ** 2
