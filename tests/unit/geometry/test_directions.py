"""Forward is to the right hand of somebody who walks along the line."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.geometry.directions import way_arrow, way_vector
from testing.reports import B, F, line

share = st.floats(0, 1, width=32)


@pytest.mark.parametrize(
    ("points", "forward", "backward"),
    [
        ([[0.5, 0.0], [0.5, 1.0]], "←", "→"),  # walking down the picture, the right hand is on its left side
        ([[0.5, 1.0], [0.5, 0.0]], "→", "←"),
        ([[0.0, 0.5], [1.0, 0.5]], "↓", "↑"),
        ([[1.0, 0.5], [0.0, 0.5]], "↑", "↓"),
        ([[0.0, 0.0], [0.5, 0.9]], "↙", "↗"),
    ],
)
def test_arrows(points: list[list[float]], forward: str, backward: str) -> None:
    assert way_arrow(line("gate", points), F) == forward
    assert way_arrow(line("gate", points), B) == backward


def test_arrows_of_plain_letters() -> None:
    gate = line("gate", [[0.5, 1.0], [0.5, 0.0]])
    assert (way_arrow(gate, F, ascii_only=True), way_arrow(gate, B, ascii_only=True)) == ("->", "<-")


@settings(deadline=None)
@given(share, share, share, share)
def test_both_ways_are_opposite_unit_vectors_across_the_line(x1: float, y1: float, x2: float, y2: float) -> None:
    gate = line("gate", [[x1, y1], [x2, y2]])
    forward, backward = way_vector(gate, F, (960, 540)), way_vector(gate, B, (960, 540))
    assert forward == pytest.approx((-backward[0], -backward[1]))
    along = ((x2 - x1) * 960, (y2 - y1) * 540)
    if math.hypot(*along) == 0:
        assert forward == (0, 0)
    else:
        assert math.hypot(*forward) == pytest.approx(1)
        assert forward[0] * along[0] + forward[1] * along[1] == pytest.approx(0, abs=1e-6)


def test_a_line_of_no_length_has_an_arrow_all_the_same() -> None:
    assert way_arrow(line("dot", [[0.5, 0.5], [0.5, 0.5]]), F) == "→"
