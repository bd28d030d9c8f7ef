"""A calibration while it is made: its plane, its errors in metres, and the grid that shows them in the picture."""

from collections.abc import Mapping

import numpy as np

from passerby.config.check import ground_check
from passerby.config.document import Document, point_in
from passerby.config.loader import camera_faults, plain
from passerby.config.rules.ground_rules import MIN_POINTS
from passerby.config.site import GroundKeys
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.drawings import DRAWN_KEYS, GroundFit
from passerby.domain.layout import GroundPlane
from passerby.geometry.ground import to_ground
from passerby.geometry.ground_grid import ground_grid
from passerby.geometry.local_metres import local_metres

_MILLIMETRES = 3
_CAMERA = "camera"
_NOTHING = Document({"cameras": {_CAMERA: {}}}, {}, [])


def fitted(keys: Mapping[str, object]) -> GroundFit:
    """Returns the ground plane of a calibration, see `Drawings.fit`.

    Raises:
        DraftError: it has faults, or fixes no plane.
    """
    metric = _in_metres(keys)
    faults, layout = camera_faults(_NOTHING, _CAMERA, {"ground": metric}, DRAWN_KEYS)
    if layout is None or layout.ground is None:
        found = [DraftFault(fault.where.removeprefix("ground").lstrip("."), fault.what) for fault in faults]
        raise DraftError(found or (DraftFault("", "points or distances are needed"),))
    plane, ground = layout.ground, GroundKeys.model_validate(plain(metric, ""))
    check = ground_check(ground, plane)
    errors_m = (None,) * MIN_POINTS if plane.rmse_m is None else _errors_m(ground, plane)
    grid = ground_grid(plane)
    return GroundFit(metric, plane.rmse_m, errors_m, check.sentence, grid.step_m, grid.strokes)


def _errors_m(ground: GroundKeys, plane: GroundPlane) -> tuple[float | None, ...]:
    """How far off each point is put, or by how much each distance is too long or too short."""
    if ground.points is not None:
        placed = to_ground(plane, np.array([pair.picture for pair in ground.points]))
        wanted = np.array([pair.metres for pair in ground.points])
        misses = np.linalg.norm(placed.xy_m - wanted, axis=1)
        return tuple(float(miss) if on else None for miss, on in zip(misses, placed.on_ground, strict=True))
    distances = ground.distances or ()
    starts = to_ground(plane, np.array([each.start for each in distances]).reshape(-1, 2))
    ends = to_ground(plane, np.array([each.end for each in distances]).reshape(-1, 2))
    lengths = np.linalg.norm(ends.xy_m - starts.xy_m, axis=1)
    return tuple(
        float(length) - each.metres if one and other else None
        for length, each, one, other in zip(lengths, distances, starts.on_ground, ends.on_ground, strict=True)
    )


def _in_metres(keys: Mapping[str, object]) -> Mapping[str, object]:
    """The calibration with metres in place of latitudes and longitudes, counted from the first point of the map."""
    points = keys.get("points")
    if not isinstance(points, (list, tuple)) or not any(isinstance(pair, Mapping) and "map" in pair for pair in points):
        return keys
    places = []
    for number, pair in enumerate(points):
        place = point_in(tuple(pair.get("map") or ())) if isinstance(pair, Mapping) else None
        if place is None or not isinstance(pair, Mapping) or "metres" in pair:
            raise _wrong(f"points[{number}].map", "each point needs its [latitude, longitude], or none has one")
        places.append(place)
    try:
        metres = local_metres(np.array(places)).round(_MILLIMETRES)
    except ValueError as error:
        raise _wrong("points", str(error)) from None
    pairs = zip(points, metres.tolist(), strict=True)
    return {**keys, "points": [{"picture": pair.get("picture"), "metres": place} for pair, place in pairs]}


def _wrong(where: str, what: str) -> DraftError:
    return DraftError((DraftFault(where, what),))
