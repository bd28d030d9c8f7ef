"""Which minutes can be a camera's: of its places, whole, each once, of a time at which its process ran."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.errors import WorkerError
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.engine.plausible.minutes import MAX_SETTINGS, ShownTimes, check_minutes, places_of
from passerby.messages.columns import columns_of
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S

NOW_S = 28_333_334 * MINUTE_S
DECADES_S = 50 * 365 * DAY_S
GATE = frozenset({"gate"})


class Machine:
    """A machine whose clock can be set."""

    def __init__(self, clock_s: int = NOW_S) -> None:
        self.clock_s, self.timer_s = clock_s, 0
        self.shown = ShownTimes(lambda: self.clock_s * NS_PER_S, lambda: self.timer_s)

    def passes(self, seconds: int, set_by_s: int = 0) -> None:
        """So much time passes, and the clock is set; then a message comes."""
        self.timer_s += seconds
        self.clock_s += seconds + set_by_s
        self.shown.update()

    def takes(self, *start_s: int) -> bool:
        """Whether minutes of these times are taken."""
        try:
            check(*(minute(each) for each in start_s), shown=self.shown)
        except WorkerError as fault:
            assert "more than a day from now, and from when it has run" in str(fault)
            return False
        return True


def minute(start_s: int = NOW_S, **changes: Any) -> Observation:
    one = Observation(
        "square", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", start_s * NS_PER_S, MINUTE_S, 1.0, 1, 1.0
    )
    return replace(one, **changes)


def check(*minutes: Observation, places: frozenset[str] = GATE, shown: ShownTimes | None = None) -> None:
    check_minutes(columns_of(minutes), places, shown or Machine().shown)


def test_the_places_of_a_camera_are_its_lines_movements_and_zones() -> None:
    points = np.array([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], np.float32)
    lines = (Line("gate", points[:2]), Line("exit", points[1:]))
    movements = (Movement("through", "gate", "forward", "exit", "forward"),)
    layout = Layout(lines, (Zone("square", points),), movements, None)
    assert places_of(layout) == {"gate", "exit", "through", "square"}


def test_minutes_of_now_and_none_at_all_are_taken() -> None:
    check()
    check(minute(), minute(NOW_S - MINUTE_S), minute(direction=None))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"length_s": 300}, "no whole minutes"),
        ({"start_ns": NOW_S * NS_PER_S + 1}, "no whole minutes"),
        ({"series": "elsewhere"}, "a place that its camera does not have"),
        ({"direction": "sideways"}, "a direction that there is not"),
        ({"direction": "gate"}, "a direction that there is not"),
        ({"start_ns": 0}, "more than a day"),
    ],
)
def test_what_cannot_be_the_camera_s_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(WorkerError, match=why):
        check(minute(), minute(NOW_S - MINUTE_S, **changes) if "start_ns" not in changes else minute(**changes))


def test_a_number_that_comes_twice_is_refused() -> None:
    with pytest.raises(WorkerError, match="the same number twice"):
        check(minute(), minute(value=2.0))


def test_a_camera_without_places_reports_none() -> None:
    with pytest.raises(WorkerError, match="a place that its camera does not have"):
        check(minute(), places=frozenset())


def test_a_day_from_now_is_taken_and_a_minute_more_is_not() -> None:
    machine = Machine()
    assert machine.takes(NOW_S - DAY_S, NOW_S + DAY_S)
    assert not machine.takes(NOW_S - DAY_S - MINUTE_S)
    assert not machine.takes(NOW_S, NOW_S + DAY_S + MINUTE_S)


def test_minutes_of_before_the_clock_was_set_are_taken() -> None:
    machine = Machine(clock_s=300)  # 1970: no battery
    machine.passes(600)
    machine.passes(1, set_by_s=NOW_S)
    for _ in range(100):
        machine.passes(30)
    assert machine.takes(300, 900, NOW_S, NOW_S + HOUR_S)
    assert not machine.takes(NOW_S // MINUTE_S // 2 * MINUTE_S)  # of no time that was shown
    assert not machine.takes(900 + 2 * DAY_S)
    machine.passes(60, set_by_s=-NOW_S)
    assert machine.takes(300, NOW_S)


def test_a_camera_that_is_silent_for_days_sets_no_clock_by_it() -> None:
    machine = Machine()
    for _ in range(MAX_SETTINGS + 2):
        machine.passes(2 * DAY_S)
    assert machine.takes(NOW_S, NOW_S + 3 * DAY_S)


def test_a_process_that_is_started_after_the_clock_was_set_has_not_run_before() -> None:
    assert not Machine(NOW_S + DECADES_S).takes(NOW_S)


@given(st.lists(st.tuples(st.integers(1, 45), st.integers(-DECADES_S // 9, DECADES_S)), max_size=MAX_SETTINGS))
def test_minutes_in_which_it_ran_are_taken_however_the_clock_was_set(steps: list[tuple[int, int]]) -> None:
    machine = Machine(NOW_S + DAY_S)
    ran = [machine.clock_s]
    for seconds, set_by_s in steps:
        machine.passes(seconds, set_by_s)
        ran.append(machine.clock_s)
    assert machine.takes(*{each // MINUTE_S * MINUTE_S for each in ran})


def test_a_clock_that_runs_for_years_makes_nothing_plausible_but_what_it_showed() -> None:
    machine = Machine()
    for _ in range(20_000):
        machine.passes(45, set_by_s=-1)  # set a little all the time
    assert machine.takes(NOW_S, machine.clock_s // MINUTE_S * MINUTE_S)
    assert not machine.takes(machine.clock_s // MINUTE_S * MINUTE_S + 2 * DAY_S)
