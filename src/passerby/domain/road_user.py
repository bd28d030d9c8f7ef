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
