"""Made traffic: what a simulated camera measures in each second, the same in every run, whoever watches it then."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from passerby.domain.leases import MINUTE_MS, MinuteSpan
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.units import MINUTE_S, NS_PER_S

_WALKER, _BICYCLE, _CAR = RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR
MINUTE_NS: Final = MINUTE_S * NS_PER_S

FLOWS: Final = tuple(("gate", user, way) for way in ("forward", "backward") for user in (_WALKER, _BICYCLE, _CAR))
OCCUPANCIES: Final = tuple((quantity, user) for quantity in (Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX)
                           for user in (_WALKER, _CAR))  # fmt: skip
VISITS: Final = tuple((quantity, user) for quantity in (Quantity.ENTRIES, Quantity.EXITS) for user in (_WALKER, _CAR))
ROWS_A_MINUTE: Final = len(FLOWS) + len(OCCUPANCIES) + len(VISITS)
"""Of one camera, with one line and one zone."""


def crossings(camera: int, series: int, minute: int, from_s: int = 0, to_s: int = MINUTE_S) -> int:
    """Returns how many cross in some seconds of a minute: in one of some 12 seconds one person or vehicle.

    >>> crossings(7, 2, 30) == crossings(7, 2, 30, 0, 20) + crossings(7, 2, 30, 20)
    True
    """
    return _crossings((camera * 7919 + series * 104_729 + minute * 31) % 12, from_s, to_s)


@lru_cache(maxsize=1 << 16)
def _crossings(seed: int, from_s: int, to_s: int) -> int:
    return sum((seed + second * 17) % 12 == 0 for second in range(from_s, to_s))


def rows(camera: int, name: str, start_ns: int, from_s: int = 0, to_s: int = MINUTE_S) -> Iterator[Observation]:
    """Yields what a camera has measured in some seconds of a minute.

    Args:
        camera: its number, of which the traffic is made.
        name: its name.
        start_ns: the minute's beginning, UTC nanoseconds.
        from_s, to_s: the seconds that were watched.
    """
    minute, coverage = start_ns // MINUTE_NS, (to_s - from_s) / MINUTE_S
    for place, (line, user, way) in enumerate(FLOWS):
        count = crossings(camera, place, minute, from_s, to_s)
        yield Observation(name, line, Quantity.FLOW, user, way, start_ns, MINUTE_S, float(count), count, coverage)
    for place, (quantity, user) in enumerate((*OCCUPANCIES, *VISITS)):
        count = crossings(camera, len(FLOWS) + place, minute, from_s, to_s)
        yield Observation(name, "square", quantity, user, None, start_ns, MINUTE_S, float(count), count, coverage)


def span(start_ns: int, from_s: int = 0, to_s: int = MINUTE_S) -> MinuteSpan:
    """Returns the part of the minute that these seconds are."""
    return MinuteSpan(start_ns, from_s * MINUTE_MS // MINUTE_S, to_s * MINUTE_MS // MINUTE_S)
