"""States fitted to ways: exact for constant acceleration at any rate, and nothing where nothing was seen."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.measure.near_misses.fits import KNOT_S
from passerby.measure.near_misses.motion import LOOK_KNOTS, Ways
from passerby.measure.slots import TrackSlots

BEGIN_S = 1000.0


@pytest.fixture
def watched(ground, film_of):
    def knots(way, fps, times=(0.0, 5.0)):
        ways, slots = Ways(ground, keep_s=5.0), TrackSlots()
        found: dict[float, np.ndarray] = {}
        for tracks in film_of([way], fps, times):
            slotted = slots.update(tracks)
            ways.add(slotted)
            while ways.due(slotted.stamp.stream_s):
                for slot in ways.look():
                    numbers = ways.end + np.arange(1 - LOOK_KNOTS, 1)
                    states = ways.knots(np.array([slot]), numbers)[0]
                    found |= {n * KNOT_S - BEGIN_S: s for n, s in zip(numbers, states, strict=True)}
        return found

    return knots


@pytest.mark.parametrize("fps", [4, 5, 12.5, 25])
@pytest.mark.parametrize("turn_per_m", [0.0, 0.05])
def test_position_velocity_and_heading_are_those_of_the_way(way, watched, fps, turn_per_m):
    made = way(-20, 5, 0.7, 8, -1.0 if not turn_per_m else 0.0, turn_per_m)
    found = {t: state for t, state in watched(made, fps).items() if 0.6 <= t <= 4.4}
    assert len(found) >= 10
    for t, state in found.items():
        at, along = made.state(np.array([t]))
        off = 0.01 if not turn_per_m else 0.04
        assert state[:2] == pytest.approx(at[0], abs=off)
        assert np.hypot(*state[2:4]) == pytest.approx(float(made.speed(t)), abs=0.03)
        assert state[4:] == pytest.approx(along[0], abs=0.02)


def test_nothing_is_known_long_before_or_after_it_was_seen(way, watched):
    made = way(0, 0, 0, 1.4, user=RoadUser.PEDESTRIAN, since=1.0, until=3.0)
    known = [t for t, state in watched(made, 10).items() if not np.isnan(state[0])]
    assert min(known) >= 1.0 - KNOT_S
    assert max(known) <= 3.0 + KNOT_S


def test_between_two_knots_a_way_is_a_cubic_and_outside_what_was_seen_it_is_not_known(way, ground, film_of):
    made = way(-10, 0, 0.3, 6, turn_per_m=0.04)
    ways, slots = Ways(ground, keep_s=5.0), TrackSlots()
    for tracks in film_of([made], 10, (0.0, 5.0)):
        slotted = slots.update(tracks)
        ways.add(slotted)
        while ways.due(slotted.stamp.stream_s):
            ways.look()
    slot = slotted.slot[0]
    times_s = np.array([1.61, 2.13, 2.87, 9.0])
    states = ways.states(np.array([slot]), BEGIN_S + times_s)
    assert states.known.tolist() == [True, True, True, False]
    at, along = made.state(times_s[:3])
    assert states.shapes.xy_m[:3] == pytest.approx(at, abs=0.04)
    assert states.shapes.along[:3] == pytest.approx(along, abs=0.02)
    assert states.turn_per_s[:3] == pytest.approx(0.24, abs=0.06)
