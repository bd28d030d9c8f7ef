"""Each class is in one group."""

from passerby.domain.class_groups import ClassGroup, group_of, groups_of
from passerby.domain.road_user import RoadUser


def test_every_class_has_a_group_and_groups_are_in_order() -> None:
    assert group_of(RoadUser.PEDESTRIAN) is ClassGroup.ON_FOOT
    assert group_of(RoadUser.TRUCK) is group_of(RoadUser.MOTORCYCLE) is ClassGroup.MOTOR_VEHICLES
    assert groups_of([RoadUser.BUS, RoadUser.PEDESTRIAN, RoadUser.CAR]) == (
        ClassGroup.ON_FOOT, ClassGroup.MOTOR_VEHICLES,
    )  # fmt: skip
