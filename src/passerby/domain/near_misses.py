"""Near misses between road users: what counts as one, and the names under which they are stored."""

from dataclasses import dataclass
from itertools import combinations_with_replacement, product

from passerby.domain.road_user import KNOWN_ROAD_USERS, RoadUser

TTC_S = 1.5
PET_S = 5.0
"""The limits of the FHWA's Surrogate Safety Assessment Model (FHWA-HRT-08-051)."""

NO_MOVEMENT = "none"
"""Stands where a road user took part in none of the movements."""


@dataclass(frozen=True, slots=True)
class NearMissMeasure:
    """Which near misses a camera counts.

    Attributes:
        ttc_s: a near miss has at most so many seconds to a collision, if both kept their velocity.
        pet_s: and, where both ways crossed, at most so many between the first's leaving and the second's coming.
        road_users: the classes that are looked at.
        among_pedestrians: two pedestrians count, too.
        movements: movements of the camera by which the pairs are told apart.
    """

    ttc_s: float = TTC_S
    pet_s: float = PET_S
    road_users: frozenset[RoadUser] = KNOWN_ROAD_USERS
    among_pedestrians: bool = False
    movements: tuple[str, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[RoadUser, RoadUser], ...]:
        """The pairs of classes that are counted, the lower number first."""
        users = combinations_with_replacement(sorted(self.road_users), 2)
        return tuple(pair for pair in users if self.among_pedestrians or set(pair) != {RoadUser.PEDESTRIAN})

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which they are stored: of each pair of classes, and of each pair of movements of those."""
        names = [pair_name(pair) for pair in self.pairs]
        if self.movements:
            ends = (*self.movements, NO_MOVEMENT)
            names += [pair_name(pair, both) for pair in self.pairs for both in product(ends, ends)]
        return tuple(dict.fromkeys(names))


def pair_name(road_users: tuple[RoadUser, RoadUser], movements: tuple[str, str] | None = None) -> str:
    """Returns the name of a pair, the same in whichever order it is given.

    >>> pair_name((RoadUser.CAR, RoadUser.PEDESTRIAN))
    'pedestrian and car'
    >>> pair_name((RoadUser.CAR, RoadUser.PEDESTRIAN), ("turning right", NO_MOVEMENT))
    'pedestrian (none) and car (turning right)'
    """
    ways = movements or ("", "")
    both = sorted(zip(road_users, ways, strict=True))
    return " and ".join(f"{user.words} ({way})" if way else user.words for user, way in both)
