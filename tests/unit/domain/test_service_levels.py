"""Fruin's two tables, apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.service_levels import LEVELS, ServiceLevels, service_levels, walkway_level


@pytest.mark.parametrize(
    ("density", "walkway", "queue"),
    [
        (0, "A", "A"),
        (0.31, "A", "A"),
        (0.32, "B", "A"),
        (0.9, "D", "B"),
        (2.15, "E", "D"),
        (2.2, "F", "D"),
        (6, "F", "F"),
    ],
)
def test_each_table_has_its_own_level(density: float, walkway: str, queue: str) -> None:
    assert service_levels(density) == ServiceLevels(walkway, queue)


@given(st.floats(0, 20), st.floats(0, 20))
def test_a_fuller_place_has_no_better_level_and_who_waits_takes_less_room(one: float, other: float) -> None:
    low, high = service_levels(min(one, other)), service_levels(max(one, other))
    assert LEVELS.index(low.walkway) <= LEVELS.index(high.walkway)
    assert LEVELS.index(low.queue) <= LEVELS.index(high.queue)
    assert LEVELS.index(low.queue) <= LEVELS.index(low.walkway)


@pytest.mark.parametrize(
    ("flow", "level"), [(0, "A"), (23, "A"), (23.1, "B"), (49, "C"), (66, "D"), (82, "E"), (83, "F")]
)
def test_flows_have_a_scale_of_their_own(flow: float, level: str) -> None:
    assert walkway_level(flow) == level
