"""How flat figures look that stand for road users, wherever they are drawn: one colour a class, and no head."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from passerby.domain.road_user import RoadUser

COLOUR_RGB: Final[Mapping[RoadUser, tuple[int, int, int]]] = MappingProxyType(
    {
        RoadUser.PEDESTRIAN: (0, 114, 178),
        RoadUser.BICYCLE: (0, 158, 115),
        RoadUser.CAR: (213, 130, 0),
        RoadUser.MOTORCYCLE: (160, 90, 150),
        RoadUser.BUS: (170, 60, 60),
        RoadUser.TRUCK: (80, 90, 110),
        RoadUser.UNCLASSIFIED: (130, 130, 130),
        RoadUser.HEAVY_VEHICLE: (110, 65, 35),
    }
)
"""After Okabe and Ito's palette, which people with any kind of colour vision can distinguish."""

RIM_RGB: Final = (238, 242, 245)


def standing_edges(left: float, right: float, height: float) -> tuple[float, float]:
    """Returns the left and right edge of a pedestrian's figure, who keeps human proportions in a box that is too wide.

    >>> standing_edges(0.0, 100.0, 100.0)
    (26.0, 74.0)
    """
    middle, half = (left + right) / 2, min((right - left) / 2, 0.24 * height)
    half = max(half, 0.15 * height)
    return middle - half, middle + half
