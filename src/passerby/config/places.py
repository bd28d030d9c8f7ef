"""A camera's places as the domain knows them, made from the typed keys of a site file or a lines file."""

import numpy as np

from passerby.config.rules import way_of
from passerby.config.site import CrossingKeys, GroundKeys, LayoutKeys, LineKeys
from passerby.domain.errors import CalibrationError
from passerby.domain.layout import GroundPlane, Layout, Line, Movement, Zone
from passerby.domain.road_user import RoadUser
from passerby.geometry.calibration import fit_distances, fit_point_pairs


def layout_of(keys: LayoutKeys) -> Layout:
    """The lines, zones, movements and the ground plane of one camera, in the order of the file.

    Raises:
        CalibrationError: the ground's points do not fix a plane.
    """
    return Layout(
        lines=tuple(_line(name, line) for name, line in keys.lines.items()),
        zones=tuple(
            Zone(name, np.array(zone.points, np.float32), _road_users(zone.count), zone.margin)
            for name, zone in keys.zones.items()
        ),
        movements=tuple(
            Movement(name, *_crossing(movement.entry, keys), *_crossing(movement.exit, keys))
            for name, movement in keys.movements.items()
        ),
        ground=ground_of(keys.ground) if keys.ground is not None else None,
    )


def _line(name: str, line: LineKeys) -> Line:
    points = np.array(line.points, np.float32)
    return Line(name, points, _road_users(line.count), line.forward, line.backward)


def _road_users(labels: tuple[str, ...]) -> frozenset[RoadUser]:
    return frozenset(RoadUser.from_label(label) for label in labels)


def _crossing(crossing: CrossingKeys, keys: LayoutKeys) -> tuple[str, str]:
    """Line and direction; the loader has made sure that both are known."""
    line = keys.lines[crossing.line]
    direction = way_of(crossing.way, {"forward": line.forward, "backward": line.backward})
    if not direction:
        raise ValueError(f"{crossing.way} is not one way over {crossing.line}")
    return crossing.line, direction


def ground_of(ground: GroundKeys) -> GroundPlane:
    """The ground plane of the point pairs or of the distances.

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
