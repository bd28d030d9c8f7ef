"""Places of a map in metres around one of them."""

import numpy as np
import numpy.typing as npt

_A_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
"""The ellipsoid of WGS 84 (NGA.STND.0036)."""

MAX_REACH_DEG = 0.2
"""Farther from the origin, 22 km, the plane that touches the earth there is no map any more."""


def local_metres(latitude_longitude_deg: npt.NDArray[np.float64], origin: int = 0) -> npt.NDArray[np.float64]:
    """Returns places as metres to the east and to the north of one of them.

    On the plane that touches the ellipsoid there, with its radii of curvature: within 2 km it is right to 2 mm a metre.

    Args:
        latitude_longitude_deg: float64 (N, 2), degrees of WGS 84.
        origin: which of them the metres are counted from.

    Returns:
        float64 (N, 2), x to the east and y to the north.

    Raises:
        ValueError: they are no places, or farther from the origin than a camera sees.
    """
    places = np.asarray(latitude_longitude_deg, np.float64).reshape(-1, 2)
    if not np.isfinite(places).all() or (np.abs(places) > (89.0, 180.0)).any():
        raise ValueError("latitude from -89 to 89 and longitude from -180 to 180 are needed")
    away = places - places[origin]
    away[:, 1] = (away[:, 1] + 180.0) % 360.0 - 180.0
    if (np.abs(away) > MAX_REACH_DEG).any():
        raise ValueError("they lie more than 20 km apart, which no camera sees")
    latitude = np.deg2rad(places[origin, 0])
    squared = _FLATTENING * (2 - _FLATTENING)
    bend = 1 - squared * np.sin(latitude) ** 2
    north_m = _A_M * (1 - squared) / bend**1.5
    east_m = _A_M / np.sqrt(bend) * np.cos(latitude)
    return np.column_stack([np.deg2rad(away[:, 1]) * east_m, np.deg2rad(away[:, 0]) * north_m])
