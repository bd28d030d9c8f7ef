"""Whose way crossed whose: who was first, when the second came, and none twice."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.measure.near_misses.crossings import crossings, sines
from passerby.measure.near_misses.motion import Ways
from passerby.measure.slots import TrackSlots


def test_a_crossing_is_found_with_who_was_first_and_when_the_second_came(way, ground, film_of):
    both = way(-12, 0, 0, 6), way(0, -6 * 4, np.pi / 2, 6)
    ways, slots = Ways(ground, keep_s=6.0), TrackSlots()
    found: list[tuple[int, int, float, float]] = []
    for tracks in film_of(both, 10, (-4.0, 9.0)):
        slotted = slots.update(tracks)
        ways.add(slotted)
        while ways.due(slotted.stamp.stream_s):
            here = ways.look()
            if len(here) == 2:
                first, later, between_s, came_s = crossings(ways, here, np.array([0]), np.array([1]), 5.0)
                found += zip(here[first].tolist(), here[later].tolist(), between_s, came_s, strict=True)
    assert len({each[:2] for each in found}) == 1
    gone, came, between, at = found[0]
    assert ways.road_user[[gone, came]].tolist() == [RoadUser.CAR] * 2
    assert gone != came
    assert between == pytest.approx(2 - 2 * (2.25 + 0.9) / 6, abs=0.02)
    # Its front has come to the other's lane: 2.25 m and 0.9 m before its middle is there, at 4 s.
    assert at - 1000 == pytest.approx(4 - (2.25 + 0.9) / 6, abs=0.02)


def test_sines():
    one = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert sines(one, np.array([[0.0, -1.0], [0.6, 0.8]])).tolist() == [1.0, 0.8]
