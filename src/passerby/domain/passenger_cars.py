"""Passenger-car units: what each vehicle takes of a road's capacity, in cars.

No table holds everywhere: a lorry on a hill, or a bicycle in a lane of its own, is worth something else. The defaults
are those of level roads and of junctions, and each can be replaced.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.domain.road_user import RoadUser

HCM: Final = "Highway Capacity Manual, 6th edition: heavy vehicles on level ground and at signals"
BRITISH: Final = "Kimber, McDonald and Hounsell, TRRL Research Report 67, 1986, as in British practice"
CONVENTION: Final = "by definition"
ASSUMED: Final = "our assumption: as a car, until it is known what it was"


@dataclass(frozen=True, slots=True)
class CarEquivalent:
    """What one class counts for.

    Attributes:
        road_user: the class's word.
        units: passenger cars.
        source: where that is from.
    """

    road_user: str
    units: float
    source: str


DEFAULTS: Final = (
    CarEquivalent("bicycle", 0.2, BRITISH),
    CarEquivalent("motorcycle", 0.4, BRITISH),
    CarEquivalent("car", 1.0, CONVENTION),
    CarEquivalent("bus", 2.0, HCM),
    CarEquivalent("truck", 2.0, HCM),
    CarEquivalent("heavy_vehicle", 2.0, HCM),
    CarEquivalent("unclassified", 1.0, ASSUMED),
)
"""Who walks is no vehicle, and counts for none."""

MAX_UNITS: Final = 20.0


def car_equivalents(changes: Mapping[str, float]) -> tuple[CarEquivalent, ...]:
    """Returns the table of the classes that there are, with some values replaced.

    Args:
        changes: class's word -> units.

    Raises:
        PasserbyError: a class that there is not or that is no vehicle, or a number that is not 0 to `MAX_UNITS`.
    """
    words = {road_user.label for road_user in RoadUser}
    table = {each.road_user: each for each in DEFAULTS if each.road_user in words}
    for word, units in changes.items():
        if word not in table:
            raise PasserbyError(f"--pcu {word}: one of {', '.join(table)} is needed, got {word}.")
        if not math.isfinite(units) or not 0 <= units <= MAX_UNITS:
            raise PasserbyError(f"--pcu {word}: a number from 0 to {MAX_UNITS:.0f} is needed, got {units}.")
        table[word] = CarEquivalent(word, units, "as asked for")
    return tuple(table.values())


def passenger_cars(counts: Mapping[RoadUser, float], table: tuple[CarEquivalent, ...]) -> float:
    """Returns counts in passenger-car units.

    >>> passenger_cars({RoadUser.CAR: 10, RoadUser.BUS: 2, RoadUser.PEDESTRIAN: 7}, DEFAULTS)
    14.0
    """
    units = {each.road_user: each.units for each in table}
    return float(sum(count * units.get(road_user.label, 0.0) for road_user, count in counts.items()))
