"""The keys of place-safety rules and of the profiles that switch them: one model a kind, units in the keys' names."""

from typing import Annotated, Final, Literal

from pydantic import Field

from passerby.config.values import ClockTime, Day, Days, Keys, NamedBefore, PedestrianOrCycleLabels, VehicleLabels
from passerby.domain.event_rules import WEEK
from passerby.events.subjects import MIN_SPEEDS

MAX_RULES: Final = 100
"""Rules of one camera: far more than a place has, and few enough to be read by people."""
MAX_PER_M2: Final = 10.0
"""More people than this do not fit on a square metre: the densest crowds that were measured had 9 to 10
(Helbing, Johansson and Al-Abideen, Phys. Rev. E 75, 046109, 2007)."""
MAX_KMH: Final = 300.0


class HoursKeys(Keys):
    """Hours of the week by the site's clock; `to` is of the next day where it is not after `from`."""

    days: Days = WEEK
    start: ClockTime = Field(default="00:00", alias="from")
    end: ClockTime = Field(default="24:00", alias="to")


HoursList = Annotated[tuple[HoursKeys, ...], Field(max_length=50)]


class ProfileKeys(Keys):
    """A profile: hours of each week and single dates in which it is on without a hand."""

    hours: HoursList = ()
    dates: Annotated[tuple[Day, ...], Field(max_length=400)] = ()


class BaseRuleKeys(Keys):
    """What every rule has."""

    severity: Literal["notice", "warning", "critical"] = "warning"
    cool_down_s: Annotated[float, Field(ge=0, le=86_400)] = 60
    hours: HoursList = ()
    profiles: Annotated[tuple[NamedBefore, ...], Field(max_length=50)] = ()
    silent: bool = False


class HeldRuleKeys(BaseRuleKeys):
    """What a rule has whose threshold has to be passed for a while."""

    hold_s: Annotated[float, Field(ge=0, le=3600)] = 10


People = Annotated[int, Field(ge=1, le=100_000)]
PerSquareMetre = Annotated[float, Field(gt=0, le=MAX_PER_M2)]
WaitS = Annotated[float, Field(ge=1, le=86_400)]
OfMany = Annotated[int, Field(ge=MIN_SPEEDS, le=10_000)]


class OvercrowdingKeys(HeldRuleKeys):
    """More people in a zone than a number, or than a number for each square metre."""

    kind: Literal["overcrowding"]
    zone: NamedBefore
    above_people: People | None = None
    above_per_m2: PerSquareMetre | None = None


class DensestAreaKeys(HeldRuleKeys):
    """More people for each square metre in the densest 10 m2 of a zone."""

    kind: Literal["densest_area"]
    zone: NamedBefore
    above_per_m2: PerSquareMetre


class CrowdRisingKeys(HeldRuleKeys):
    """The people in a zone become more, faster than this."""

    kind: Literal["crowd_rising"]
    zone: NamedBefore
    above_people_per_min: Annotated[float, Field(ge=1, le=100_000)]


class CounterFlowKeys(HeldRuleKeys):
    """The share of people who go over a line against the allowed way."""

    kind: Literal["counter_flow"]
    line: NamedBefore
    allowed_way: NamedBefore
    above_share: Annotated[float, Field(gt=0, lt=1)]
    min_count: OfMany = 30
    count: PedestrianOrCycleLabels | None = None


class VehicleInZoneKeys(HeldRuleKeys):
    """Vehicles are in a zone that is closed to them."""

    kind: Literal["vehicle_in_zone"]
    zone: NamedBefore
    from_vehicles: Annotated[int, Field(ge=1, le=1000)] = 1
    count: VehicleLabels | None = None


class WrongWayKeys(BaseRuleKeys):
    """A vehicle goes over a line against the allowed way."""

    kind: Literal["wrong_way"]
    line: NamedBefore
    allowed_way: NamedBefore
    count: VehicleLabels | None = None


class StoppedVehicleKeys(BaseRuleKeys):
    """A vehicle stands still in a zone."""

    kind: Literal["stopped_vehicle"]
    zone: NamedBefore
    longer_than_s: WaitS
    count: VehicleLabels | None = None


class QueueKeys(HeldRuleKeys):
    """A queue of vehicles in a zone, in metres or in vehicles."""

    kind: Literal["queue"]
    zone: NamedBefore
    longer_than_m: Annotated[float, Field(gt=0, le=1000)] | None = None
    longer_than_vehicles: Annotated[int, Field(ge=1, le=1000)] | None = None
    count: VehicleLabels | None = None


class ObstacleKeys(BaseRuleKeys):
    """Something that is no person stays still in a zone."""

    kind: Literal["obstacle"]
    zone: NamedBefore
    longer_than_s: WaitS


class SpeedsKeys(HeldRuleKeys):
    """The speed over a line that 85 % do not exceed; never a single vehicle's."""

    kind: Literal["speeds"]
    line: NamedBefore
    above_kmh: Annotated[float, Field(gt=0, le=MAX_KMH)]
    min_count: OfMany = 30
    count: VehicleLabels | None = None


class NearMissesKeys(HeldRuleKeys):
    """Near misses for each watched hour, in a zone or in all that is in view."""

    kind: Literal["near_misses"]
    zone: NamedBefore | None = None
    above_per_hour: Annotated[float, Field(ge=1, le=10_000)]


class SaturatedKeys(HeldRuleKeys):
    """A zone is too full for people to be distinguished."""

    kind: Literal["saturated"]
    zone: NamedBefore


class CameraStateKeys(BaseRuleKeys):
    """The camera is dark, moved, offline or loses frames."""

    kind: Literal["camera_state"]
    longer_than_s: WaitS


AnyRuleKeys = (
    OvercrowdingKeys | DensestAreaKeys | CrowdRisingKeys | CounterFlowKeys | VehicleInZoneKeys | WrongWayKeys
    | StoppedVehicleKeys | QueueKeys | ObstacleKeys | SpeedsKeys | NearMissesKeys | SaturatedKeys | CameraStateKeys
)  # fmt: skip

RuleKeys = Annotated[AnyRuleKeys, Field(discriminator="kind")]
