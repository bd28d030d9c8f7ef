"""The rules by which place-safety events are raised: what is watched where, and past which threshold.

A rule is about a place and its dangers, never about who a person is or what they might intend.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, get_args

from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser

DENSEST_AREA_M2: Final = 10.0
"""Area of the densest part of a zone that a crowd's density is also measured in."""

MIN_COUNT: Final = 30
"""Road users that a share or a percentile is taken of at least, unless a site says otherwise."""

WeekDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: Final[tuple[WeekDay, ...]] = get_args(WeekDay)
"""The days of `WeeklyHours`, in their order, as a site file and the register name them."""


class RuleKind(StrEnum):
    """What a rule watches for: a closed list. None of them is about a single person at the place."""

    OVERCROWDING = "overcrowding"
    """More people in a zone than the threshold: `m-2` on calibrated ground, else a number of people."""
    DENSEST_AREA = "densest_area"
    """More people for each square metre in the densest 10 m2 of a zone than the threshold (`m-2`)."""
    CROWD_RISING = "crowd_rising"
    """People in a zone grow by more than the threshold within a minute (`/min`)."""
    COUNTER_FLOW = "counter_flow"
    """The share of people who go over a line against its direction is above the threshold (0-1)."""
    VEHICLE_IN_ZONE = "vehicle_in_zone"
    """As many vehicles as the threshold, or more, are in a zone that is closed to them."""
    WRONG_WAY = "wrong_way"
    """A vehicle has gone over a line against its direction; the threshold is 1."""
    STOPPED_VEHICLE = "stopped_vehicle"
    """A vehicle has stood still on a carriageway for longer than the threshold (`s`)."""
    QUEUE = "queue"
    """A queue of vehicles in a zone is longer than the threshold: `m` on calibrated ground, else vehicles."""
    OBSTACLE = "obstacle"
    """Something that is no person has stayed still on a lane, a cycle path or an exit for longer than this (`s`)."""
    SPEEDS = "speeds"
    """The 85th percentile of the speeds over a line is above the threshold (`m/s`); never a single vehicle's speed."""
    NEAR_MISSES = "near_misses"
    """Near misses for each watched hour are above the threshold (`/h`)."""
    SATURATED = "saturated"
    """A zone is so full that people cannot be distinguished: its number is a lower bound."""
    CAMERA_STATE = "camera_state"
    """The camera is dark, moved, offline or loses frames for longer than the threshold (`s`)."""
    MASS_VIEWING = "mass_viewing"
    """One viewer has looked at more cameras within an hour than the threshold (`/h`); see `RAISED_BY_SERVICE`."""


RAISED_BY_SERVICE: Final = frozenset({RuleKind.MASS_VIEWING})
"""What the service itself watches for: no rule of a site file has such a kind, and no camera's process reports it."""

RAISED_BY_RULES: Final = tuple(kind for kind in RuleKind if kind not in RAISED_BY_SERVICE)
"""The kinds that rules of a site file have, in the order of `RuleKind`."""

KINDS_WITHOUT_HOLD: Final = frozenset(
    {RuleKind.WRONG_WAY, RuleKind.STOPPED_VEHICLE, RuleKind.OBSTACLE, RuleKind.CAMERA_STATE}
)
"""A crossing against the direction is over when it is certain; the others' threshold is itself a time to wait for."""

KINDS_REACHED: Final = frozenset({RuleKind.VEHICLE_IN_ZONE, RuleKind.WRONG_WAY})
"""Kinds whose threshold is passed when it is reached; the others' when it is exceeded."""


class Severity(StrEnum):
    """How much an event matters, lowest first."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours of the week in which a rule is watched, by the site's clock.

    Attributes:
        days: 0 for Monday to 6 for Sunday: the days on which the hours begin.
        start_s, end_s: seconds since midnight; an end that is not after the start lies on the next day.
    """

    days: frozenset[int]
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules that is switched on together, by the calendar or by hand.

    Attributes:
        name: unique within the site.
        hours: when it is on each week.
        dates: days on which it is on from midnight to midnight by the site's clock, as `2026-12-24`.
    """

    name: str
    hours: tuple[WeeklyHours, ...] = ()
    dates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProfileSwitch:
    """Profiles that an operator has switched on for a while, in place of those that the calendar has on.

    Attributes:
        profiles: their names; none for the rules alone that belong to no profile.
        until_ns: UTC nanoseconds until when; the calendar holds from then on.
    """

    profiles: frozenset[str]
    until_ns: int


BY_CALENDAR: Final = ProfileSwitch(frozenset(), 0)
"""No operator has switched any."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One rule of a camera.

    Attributes:
        name: unique within the camera.
        kind: what it watches for.
        place: name of the line or zone; empty for the camera as a whole.
        threshold: in `unit`.
        unit: UCUM-like unit, see `RuleKind`.
        hold_s: seconds for which the threshold has to be passed without a break before an event is raised; see
            `passing_s`.
        cool_down_s: seconds for which it has to be kept again before the event is closed, and within which a new
            passing goes on with the same event.
        severity: how much it matters.
        direction: the allowed direction over a line, where the kind needs one.
        road_users: the classes that it watches; empty for those that the kind is about.
        hours: when it is watched; empty for always.
        profiles: the profiles in which it is watched; empty for all.
        min_count: how many road users a share or a percentile needs at least.
        silent: it is being tried out: what it raises is stored, and is an alarm for no one.
    """

    name: str
    kind: RuleKind
    place: str
    threshold: float
    unit: str
    hold_s: float = 10.0
    cool_down_s: float = 60.0
    severity: Severity = Severity.WARNING
    direction: Direction | None = None
    road_users: frozenset[RoadUser] = frozenset()
    hours: tuple[WeeklyHours, ...] = ()
    profiles: frozenset[str] = frozenset()
    min_count: int = MIN_COUNT
    silent: bool = False

    @property
    def passing_s(self) -> float:
        """Seconds for which the threshold has to be passed: `hold_s`, but 0 for kinds that need no hold time."""
        return 0.0 if self.kind in KINDS_WITHOUT_HOLD else self.hold_s

    def passed_by(self, value: float | None) -> bool:
        """Returns whether a value, in `unit`, is past the threshold; no value is not."""
        if value is None:
            return False
        return value >= self.threshold if self.kind in KINDS_REACHED else value > self.threshold
