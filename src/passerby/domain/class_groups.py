"""Classes of road users in the groups that engineers ask for: on foot, bicycles, motor vehicles, unclassified."""

from collections.abc import Iterable
from enum import StrEnum

from passerby.domain.road_user import RoadUser


class ClassGroup(StrEnum):
    """A group of classes that take the same part of a street."""

    ON_FOOT = "on foot"
    BICYCLES = "bicycles"
    MOTOR_VEHICLES = "motor vehicles"
    UNCLASSIFIED = "unclassified"


_GROUPS = {
    "pedestrian": ClassGroup.ON_FOOT,
    "bicycle": ClassGroup.BICYCLES,
    "unclassified": ClassGroup.UNCLASSIFIED,
}
"""By the classes' words; all others have a motor."""


def group_of(road_user: RoadUser) -> ClassGroup:
    """Returns the group that a class belongs to.

    >>> group_of(RoadUser.BUS)
    <ClassGroup.MOTOR_VEHICLES: 'motor vehicles'>
    """
    return _GROUPS.get(road_user.label, ClassGroup.MOTOR_VEHICLES)


def groups_of(road_users: Iterable[RoadUser]) -> tuple[ClassGroup, ...]:
    """Returns the groups that classes belong to, in order, each once."""
    found = {group_of(road_user) for road_user in road_users}
    return tuple(group for group in ClassGroup if group in found)
