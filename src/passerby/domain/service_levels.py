"""Fruin's levels of service: how comfortable a density of people is to walk in, and to wait in.

Source: J. J. Fruin, Pedestrian Planning and Design, 1971. The two tables must not be mixed, and neither is a danger
limit.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

LEVELS: Final = "ABCDEF"
"""From the emptiest to the fullest."""

WALKWAY_PER_M2: Final = (0.31, 0.43, 0.71, 1.08, 2.15)
"""The highest densities of levels A to E on walkways, in people for each square metre."""

QUEUE_PER_M2: Final = (0.83, 1.08, 1.54, 3.59, 5.38)
"""The same of queues, and of others who stand and wait."""

WALKWAY_PER_M_MIN: Final = (23.0, 33.0, 49.0, 66.0, 82.0)
"""The highest flows of levels A to E on walkways, in people a minute for each metre of width (7, 10, 15, 20 and 25 a
foot). Where people stand in one another's way fewer come through than at level E: a low flow is no proof of room."""


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What a density is for those who walk and for those who wait.

    Attributes:
        walkway: A to F.
        queue: A to F.
    """

    walkway: str
    queue: str


def service_levels(density_per_m2: float) -> ServiceLevels:
    """Returns the levels of a density.

    >>> service_levels(1.2)
    ServiceLevels(walkway='E', queue='C')

    Args:
        density_per_m2: people for each square metre, 0 or more.
    """
    walkway, queue = (LEVELS[bisect_left(table, density_per_m2)] for table in (WALKWAY_PER_M2, QUEUE_PER_M2))
    return ServiceLevels(walkway, queue)


def walkway_level(flow_per_m_min: float) -> str:
    """Returns the level of a flow on a walkway, A to F.

    >>> walkway_level(23.0), walkway_level(50.0), walkway_level(90.0)
    ('A', 'D', 'F')

    Args:
        flow_per_m_min: people a minute for each metre of the walkway's width, 0 or more.
    """
    return LEVELS[bisect_left(WALKWAY_PER_M_MIN, flow_per_m_min)]
