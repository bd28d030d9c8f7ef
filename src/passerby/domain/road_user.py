"""The classes of road users that passerby distinguishes."""

from enum import IntEnum
from typing import Self


class RoadUser(IntEnum):
    """A class of road user; a rider and the bicycle under them are one BICYCLE."""

    PEDESTRIAN = 0
    BICYCLE = 1
    CAR = 2
    MOTORCYCLE = 3
    BUS = 4
    TRUCK = 5

    @property
    def label(self) -> str:
        """The lower-case word used in files and on screens.

        >>> RoadUser.PEDESTRIAN.label
        'pedestrian'
        """
        return self.name.lower()

    @classmethod
    def from_label(cls, label: str) -> Self:
        """The class for its word; raises KeyError for an unknown one.

        >>> RoadUser.from_label("truck").name
        'TRUCK'
        """
        return cls[label.upper()]


RIDDEN = (RoadUser.BICYCLE, RoadUser.MOTORCYCLE)
"""Classes that carry a rider whom a detector also finds as a pedestrian."""

LENGTH_M = (0.5, 1.8, 4.5, 2.2, 12.0, 8.0)
WIDTH_M = (0.5, 0.6, 1.8, 0.8, 2.55, 2.5)
"""Of a pedestrian, bicycle, car, motorcycle, bus and truck, by the number of the class. A person is taken as a disc of
0.5 m (Fruin's body ellipse is 0.46 m by 0.61 m); 2.55 m is the widest that a bus may be in the EU (96/53/EC); the rest
are usual sizes, since a detector does not measure them."""
