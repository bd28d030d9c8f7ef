"""What a rule would have raised by stored minutes: hold and cool-down in minutes, nothing where nothing was watched."""

from typing import Any

import pytest

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.health import CameraState
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.rule_trial import past_camera_trial, past_trial
from testing.web.made import health_report, observation

START_S = 1_790_553_600
NS_PER_S = 1_000_000_000


def rule(kind: RuleKind, threshold: float, unit: str = "1", **more: Any) -> EventRule:
    known: dict[str, Any] = {"hold_s": 60.0, "cool_down_s": 60.0, "min_count": 10, "direction": Direction.FORWARD}
    return EventRule("draft", kind, "place", threshold, unit, **(known | more))


def row(minute: int, quantity: Quantity, value: float | None, **more: Any) -> Observation:
    known: dict[str, Any] = {"direction": None, "count": 1, "series": "place"} | more
    return observation(START_S + 60 * minute, value, quantity=quantity, **known)


def occupied(means: list[float | None], highest: list[float | None] | None = None) -> list[Observation]:
    rows = [row(number, Quantity.OCCUPANCY_MEAN, value) for number, value in enumerate(means)]
    return rows + [row(number, Quantity.OCCUPANCY_MAX, value) for number, value in enumerate(highest or means)]


def minutes_of(times_ns: tuple[int, ...]) -> list[int]:
    return [(time_ns // NS_PER_S - START_S) // 60 for time_ns in times_ns]


@pytest.mark.parametrize(
    ("hold_s", "cool_down_s", "times"),
    [(60, 60, [1, 5, 7]), (61, 60, [1, 7]), (180, 60, [1]), (240, 60, []), (60, 120, [1, 5]), (0, 0, [1, 5, 7])],
)
def test_hold_time_and_cool_down_are_rounded_up_to_whole_minutes(
    hold_s: float, cool_down_s: float, times: list[int]
) -> None:
    means: list[float | None] = [5, 11, 12, 13, 4, 11, 10, 11, 11, 3]
    found = past_trial(rule(RuleKind.OVERCROWDING, 10, hold_s=hold_s, cool_down_s=cool_down_s), occupied(means))
    if cool_down_s == 120:
        times = [1]  # one minute below is within the cool-down
    assert minutes_of(found.times_ns) == times


def test_minutes_that_were_not_watched_break_a_hold_and_are_no_cool_down() -> None:
    draft = rule(RuleKind.OVERCROWDING, 10, hold_s=120)
    assert past_trial(draft, occupied([11, None, 11, 11])).times_ns == ((START_S + 120) * NS_PER_S,)
    gap = [one for one in occupied([11, 5, 11, 11]) if one.start_ns != (START_S + 60) * NS_PER_S]
    assert minutes_of(past_trial(draft, gap).times_ns) == [2]


def test_what_was_sure_and_what_there_can_have_been_at_most() -> None:
    found = past_trial(rule(RuleKind.OVERCROWDING, 10), occupied([5, 11, 5, 5], [12, 12, 5, 12]))
    assert (minutes_of(found.times_ns), found.at_most) == ([1], 2)
    assert found.watched_days == pytest.approx(4 / 1440)
    assert found.per_day == pytest.approx(360)
    assert past_trial(rule(RuleKind.OVERCROWDING, 10), []).per_day is None


def test_a_vehicle_and_a_density_go_by_their_own_quantities() -> None:
    car = {"road_user": RoadUser.CAR}
    rows = [row(0, Quantity.OCCUPANCY_MEAN, 0.2, **car), row(0, Quantity.OCCUPANCY_MAX, 1, **car)]
    found = past_trial(rule(RuleKind.VEHICLE_IN_ZONE, 1), [*rows, *occupied([30])])
    assert (found.times_ns, found.at_most) == ((), 1)
    dense = [row(0, Quantity.DENSITY_MEAN, 2.5), row(0, Quantity.DENSITY_MAX, 3.0), *occupied([1])]
    assert len(past_trial(rule(RuleKind.OVERCROWDING, 2, "m-2"), dense).times_ns) == 1


def test_a_crowd_rises_from_one_minute_to_the_next() -> None:
    found = past_trial(rule(RuleKind.CROWD_RISING, 8, "/min"), occupied([1, 5, 20, 22, None, 40]))
    assert minutes_of(found.times_ns) == [2]


def flows(forward: list[float], backward: list[float], user: RoadUser = RoadUser.PEDESTRIAN) -> list[Observation]:
    return [
        row(number, Quantity.FLOW, value, direction=direction, road_user=user)
        for direction, values in (("forward", forward), ("backward", backward))
        for number, value in enumerate(values)
    ]


def test_a_share_is_taken_of_enough_people_within_five_minutes() -> None:
    draft = rule(RuleKind.COUNTER_FLOW, 0.5)
    assert minutes_of(past_trial(draft, flows([2, 1, 1, 9], [3, 3, 3, 0])).times_ns) == [2]
    assert past_trial(draft, flows([0] * 8, [1] * 8)).times_ns == ()


def test_each_vehicle_against_the_direction_counts() -> None:
    found = past_trial(rule(RuleKind.WRONG_WAY, 1), flows([5, 5, 5], [0, 1, 0], RoadUser.CAR))
    assert minutes_of(found.times_ns) == [1]


def test_speeds_of_classes_are_taken_together_by_their_counts() -> None:
    def speeds(car_mps: float, bus_mps: float) -> list[Observation]:
        car, bus = RoadUser.CAR, RoadUser.BUS
        return [
            row(0, Quantity.SPEED_P85, car_mps, road_user=car, count=9),
            row(0, Quantity.SPEED_P85, bus_mps, road_user=bus, count=3),
        ]

    draft = rule(RuleKind.SPEEDS, 10, "m/s")
    assert len(past_trial(draft, speeds(11, 9)).times_ns) == 1
    assert past_trial(draft, speeds(10, 9)).times_ns == ()
    assert past_trial(rule(RuleKind.SPEEDS, 10, "m/s", min_count=13), speeds(30, 30)).times_ns == ()


def test_a_camera_in_trouble_for_longer_than_the_threshold_would_have_raised_it() -> None:
    def at(second: int, state: CameraState) -> Any:
        return health_report(state=state, time_ns=(START_S + second) * NS_PER_S)

    reports = [
        at(0, CameraState.ONLINE), at(10, CameraState.DARK), at(60, CameraState.OFFLINE), at(71, CameraState.ONLINE),
        at(100, CameraState.DARK), at(160, CameraState.ONLINE), at(200, CameraState.MOVED),
    ]  # fmt: skip
    start_ns, end_ns = START_S * NS_PER_S, (START_S + 86_400) * NS_PER_S
    found = past_camera_trial(rule(RuleKind.CAMERA_STATE, 60, "s"), reports, start_ns, end_ns)
    assert [time_ns // NS_PER_S - START_S for time_ns in found.times_ns] == [70, 260]
    assert (found.watched_days, found.per_day) == (1.0, 2.0)
    assert past_camera_trial(rule(RuleKind.CAMERA_STATE, 60, "s"), [], start_ns, end_ns).per_day is None
