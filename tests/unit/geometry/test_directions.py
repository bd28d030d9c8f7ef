"""Forward is to the right hand of somebody who walks along the line."""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.check import check_lines
from passerby.domain.events import Direction
from passerby.geometry.directions import ASSUMED_SIZE_PX, direction_vector, heading
from testing.reports import B, F, line

share = st.floats(0, 1, width=32)


SIZES_PX = st.sampled_from([(640, 480), (640, 360), (768, 576), (352, 288), (480, 640), (1920, 1080), (16.0, 9.0)])

RIGHT, DOWN, DOWN_LEFT, LEFT, UP, UP_RIGHT = 0, 2, 3, 4, 6, 7


@pytest.mark.parametrize(
    ("points", "forward", "backward"),
    [
        ([[0.5, 0.0], [0.5, 1.0]], LEFT, RIGHT),  # walking down the picture, the right hand is on its left side
        ([[0.5, 1.0], [0.5, 0.0]], RIGHT, LEFT),
        ([[0.0, 0.5], [1.0, 0.5]], DOWN, UP),
        ([[1.0, 0.5], [0.0, 0.5]], UP, DOWN),
        ([[0.0, 0.0], [0.5, 0.9]], DOWN_LEFT, UP_RIGHT),
    ],
)
def test_headings(points: list[list[float]], forward: int, backward: int) -> None:
    assert heading(line("gate", points), F, (16, 9)) == forward
    assert heading(line("gate", points), B, (16, 9)) == backward


def test_a_heading_depends_on_the_shape_of_the_picture() -> None:
    gate = line("gate", [[0.5, 0.5], [0.6, 0.86]])
    assert heading(gate, F, (16, 9)) == 3
    assert heading(gate, F, (4, 3)) == 4


@given(share, share, share, share, SIZES_PX, st.sampled_from(Direction))
def test_the_heading_is_the_one_nearest_to_the_vector(
    x1: float, y1: float, x2: float, y2: float, size_px: tuple[float, float], direction: Direction
) -> None:
    gate = line("gate", [[x1, y1], [x2, y2]])
    x, y = direction_vector(gate, direction, size_px)
    if math.hypot(x, y) == 0:
        return
    angle = heading(gate, direction, size_px) * math.pi / 4
    assert x * math.cos(angle) + y * math.sin(angle) >= math.cos(math.pi / 8) - 1e-9


@settings(max_examples=30)
@given(share, share, share, share)
def test_check_shows_the_heading_of_the_same_rule(x1: float, y1: float, x2: float, y2: float) -> None:
    """With an aspect ratio of its own, `check` once disagreed with the report on one line of thirteen."""
    if math.hypot(x2 - x1, y2 - y1) < 0.01:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.yaml"
        path.write_text(f"lines:\n  gate: {{points: [[{x1!r}, {y1!r}], [{x2!r}, {y2!r}]]}}\n", encoding="utf-8")
        (checked,) = check_lines(path).cameras[0].lines
    gate = line("gate", [[x1, y1], [x2, y2]])
    for shown, direction in ((checked.forward, F), (checked.backward, B)):
        assert shown.arrow == "→↘↓↙←↖↑↗"[heading(gate, direction, ASSUMED_SIZE_PX)]


@given(share, share, share, share)
def test_both_ways_are_opposite_unit_vectors_across_the_line(x1: float, y1: float, x2: float, y2: float) -> None:
    gate = line("gate", [[x1, y1], [x2, y2]])
    forward, backward = direction_vector(gate, F, (960, 540)), direction_vector(gate, B, (960, 540))
    assert forward == pytest.approx((-backward[0], -backward[1]))
    along = ((x2 - x1) * 960, (y2 - y1) * 540)
    if math.hypot(*along) == 0:
        assert forward == (0, 0)
    else:
        assert math.hypot(*forward) == pytest.approx(1)
        assert forward[0] * along[0] + forward[1] * along[1] == pytest.approx(0, abs=1e-6)


def test_a_line_of_no_length_has_a_heading_all_the_same() -> None:
    assert heading(line("dot", [[0.5, 0.5], [0.5, 0.5]]), F, (16, 9)) == RIGHT
