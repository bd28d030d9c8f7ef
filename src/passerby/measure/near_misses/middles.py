"""From where a box stands to the middle of what stands there.

The foot point of a box lies at the edge of a footprint that is nearest to the camera. How far the middle is behind it
follows from the class, from which way the road user points and from the direction of view. A vehicle that turns slides
along that edge: its foot point goes another way than its middle.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.geometry.ground import ground_jacobians
from passerby.measure.near_misses.footprints import SIZES_M, Metres

_HALF_M: Final = np.where(np.arange(len(RoadUser))[:, None] == RoadUser.PEDESTRIAN, 0.0, SIZES_M / 2)
"""A person's foot point is below the person."""


def directions_of_view(plane: GroundPlane, points01: Metres) -> Metres:
    """Returns float64 (N, 2): unit vectors on the ground, away from the camera: the way up the picture.

    Args:
        points01: float64 (N, 2), as 0-1 of the picture.
    """
    slopes, _ = ground_jacobians(plane, points01)
    away = -slopes[:, :, 1]
    length = np.hypot(away[:, 0], away[:, 1])
    return np.asarray(away / np.where(length > 0, length, 1.0)[:, None], np.float64)


def to_middles(away: Metres, along: Metres, road_user: npt.NDArray[np.int16]) -> Metres:
    """Returns float64 (N, M, 2): metres from each foot point to the middle of the footprint.

    Args:
        away: float64 (N, 2), the directions of view.
        along: float64 (N, M, 2), which way each points at M moments.
        road_user: int16 (N,).
    """
    half_m = _HALF_M[road_user]
    forth = np.abs(along[..., 0] * away[:, None, 0] + along[..., 1] * away[:, None, 1])
    aside = np.abs(along[..., 0] * away[:, None, 1] - along[..., 1] * away[:, None, 0])
    reach_m = forth * half_m[:, None, 0] + aside * half_m[:, None, 1]
    return np.asarray(reach_m[..., None] * away[:, None], np.float64)


def turn_rates(velocity_mps: Metres, step_s: float) -> Metres:
    """Returns float64 (N,), radians a second to the left, of road users that turn evenly.

    Args:
        velocity_mps: float64 (N, M, 2), at moments that are `step_s` apart.
    """
    angle = np.arctan2(velocity_mps[..., 1], velocity_mps[..., 0])
    turned = np.angle(np.exp(1j * (angle[:, -1] - angle[:, 0])))
    return np.asarray(turned / (step_s * (angle.shape[1] - 1)), np.float64)


def headings_of_turn(velocity_mps: Metres, rates_per_s: Metres, off_s: Metres) -> Metres:
    """Returns float64 (N, K, 2): which way road users that turn evenly point at other moments.

    Args:
        velocity_mps: float64 (N, 2), at a moment.
        rates_per_s: float64 (N,), see `turn_rates`.
        off_s: float64 (N, K), seconds from that moment.
    """
    at = np.arctan2(velocity_mps[:, 1], velocity_mps[:, 0])[:, None] + rates_per_s[:, None] * off_s
    return np.stack([np.cos(at), np.sin(at)], axis=-1)
