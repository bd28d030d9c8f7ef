"""The classes of road users that passerby distinguishes."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, Self


class RoadUser(IntEnum):
    """A class of road user; a rider and the bicycle under them are one BICYCLE.

    The numbers are stored: a new class comes at the end. No detector answers with the last two.

    Attributes:
        UNCLASSIFIED: something that moves as a road user does, and that no detection explains.
        HEAVY_VEHICLE: a bus or a truck that could not be told apart.
    """

    PEDESTRIAN = 0
    BICYCLE = 1
    CAR = 2
    MOTORCYCLE = 3
    BUS = 4
    TRUCK = 5
    UNCLASSIFIED = 6
    HEAVY_VEHICLE = 7

    @property
    def label(self) -> str:
        """The lower-case word used in files and as a key.

        >>> RoadUser.PEDESTRIAN.label, RoadUser.HEAVY_VEHICLE.label
        ('pedestrian', 'heavy_vehicle')
        """
        return self.name.lower()

    @property
    def words(self) -> str:
        """What a person reads.

        >>> RoadUser.HEAVY_VEHICLE.words
        'heavy vehicle'
        """
        return self.label.replace("_", " ")

    @classmethod
    def from_label(cls, label: str) -> Self:
        """The class for its word; raises KeyError for an unknown one.

        >>> RoadUser.from_label("truck").name
        'TRUCK'
        """
        return cls[label.upper()]


RIDDEN = (RoadUser.BICYCLE, RoadUser.MOTORCYCLE)
"""Classes that carry a rider whom a detector also finds as a pedestrian."""

HEAVY: Final = frozenset({RoadUser.BUS, RoadUser.TRUCK, RoadUser.HEAVY_VEHICLE})

ALL_ROAD_USERS: Final = frozenset(RoadUser)
"""What a line counts where nothing else is said: unclassified road users too, as a class of their own."""

KNOWN_ROAD_USERS: Final = ALL_ROAD_USERS - {RoadUser.UNCLASSIFIED}
"""What is measured where a size or a stay matters: nothing is known of an unclassified road user but that it moves."""

LENGTH_M = (0.5, 1.8, 4.5, 2.2, 12.0, 8.0, 4.5, 10.0)
WIDTH_M = (0.5, 0.6, 1.8, 0.8, 2.55, 2.5, 1.8, 2.5)
"""Of a pedestrian, bicycle, car, motorcycle, bus, truck, an unclassified road user (taken as a car) and a heavy vehicle
(between a bus and a truck), by the number of the class. A person is taken as a disc of 0.5 m (Fruin's body ellipse is
0.46 m by 0.61 m); 2.55 m is the widest that a bus may be in the EU (96/53/EC); the rest are usual sizes, since a
detector does not measure them."""


def compared_with(by_hand: Iterable[RoadUser]) -> frozenset[RoadUser]:
    """Returns the classes that a count by hand of these is compared with: a bus may have been any heavy vehicle.

    >>> sorted(user.label for user in compared_with([RoadUser.BUS, RoadUser.TRUCK]))
    ['bus', 'heavy_vehicle', 'truck']
    >>> sorted(user.label for user in compared_with([RoadUser.CAR, RoadUser.BUS]))
    ['bus', 'car']
    """
    users = frozenset(by_hand)
    return users | {RoadUser.HEAVY_VEHICLE} if {RoadUser.BUS, RoadUser.TRUCK} <= users else users
