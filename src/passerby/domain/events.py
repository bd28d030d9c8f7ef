"""What happened at a line or in a zone; without any name of who it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from passerby.domain.road_user import RoadUser


class Direction(StrEnum):
    """Direction over a line, seen by a person who walks from its first point to its second."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class LineCrossing:
    """A road user went over a line.

    Attributes:
        line: the line's name.
        direction: which way.
        road_user: the class with the most evidence when it was counted.
        time_ns: UTC nanoseconds at which the foot point passed the line, interpolated between frames.
        speed_mps: metres per second over calibrated ground, None without calibration or enough path.
        speed_error_mps: standard error of `speed_mps`, from the calibration's and the boxes' own spread.
        headway_s: seconds since the crossing before it, the same way over the same line, of any class; None after a
            gap in the watched time.
        class_headway_s: the same since the one before of the same class.
    """

    line: str
    direction: Direction
    road_user: RoadUser
    time_ns: int
    speed_mps: float | None = None
    speed_error_mps: float | None = None
    headway_s: float | None = None
    class_headway_s: float | None = None


@dataclass(frozen=True, slots=True)
class MovementCount:
    """A road user went over one line and then over another: a turning movement."""

    movement: str
    road_user: RoadUser
    time_ns: int


@dataclass(frozen=True, slots=True)
class Encounter:
    """Two road users came near one another, in seconds; it is over. It stays within the process that measures.

    Attributes:
        road_users: both classes.
        movements: the movement that each took part in, `near_misses.NO_MOVEMENT` for none.
        time_ns: UTC nanoseconds at which they were nearest to a collision, or the second crossed the first's way.
        xy_m: where, in metres on the ground.
        ttc_s: the fewest seconds to a collision; None if they were never on a collision course.
        pet_s: post-encroachment time, 0 if they met; None if their ways did not cross.
        near_miss: it was within the limits of a near miss.
    """

    road_users: tuple[RoadUser, RoadUser]
    movements: tuple[str, str]
    time_ns: int
    xy_m: tuple[float, float]
    ttc_s: float | None
    pet_s: float | None
    near_miss: bool


@dataclass(frozen=True, slots=True)
class ZoneVisit:
    """A road user was in a zone and has left it, or was lost in it.

    Attributes:
        zone: the zone's name.
        road_user: the class with the most evidence.
        start_ns, end_ns: UTC nanoseconds of the first and the last time seen inside.
        dwell_s: seconds inside on the source's own clock.
        entered: it came in over the zone's edge (False: it was first seen inside).
        left: it went out over the zone's edge (False: it was lost, or the recording ended, inside).
    """

    zone: str
    road_user: RoadUser
    start_ns: int
    end_ns: int
    dwell_s: float
    entered: bool
    left: bool


@dataclass(frozen=True, slots=True)
class ZoneOccupancy:
    """The road users in a zone at one moment.

    Attributes:
        zone: the zone's name.
        counts: class -> road users inside; every class that the zone measures is present.
        density_per_m2: pedestrians per square metre, None without calibrated ground.
        saturated: it is so full of people that both are lower bounds; see `geometry.box_cover`.
    """

    zone: str
    counts: Mapping[RoadUser, int]
    density_per_m2: float | None
    saturated: bool = False

    @property
    def total(self) -> int:
        """Road users of all measured classes."""
        return sum(self.counts.values())
