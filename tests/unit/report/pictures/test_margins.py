"""Cards beside a place, with leaders that do not cross."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.report.pictures.margins import leaders_cross, stand
from passerby.report.pictures.scene import Box
from testing.reports import overlap

LEFT, RIGHT = Box(0, 0, 200, 700), Box(1160, 0, 1360, 700)

wishes = st.lists(
    st.tuples(
        st.tuples(st.floats(20, 200), st.floats(15, 120)),
        st.tuples(st.integers(210, 1150).map(float), st.integers(0, 700).map(float)),
    ),
    max_size=14,
    unique_by=lambda wish: wish[1],
)


@settings(deadline=None)
@given(wishes)
def test_all_stand_apart_in_a_margin_and_no_leaders_cross(
    wanted: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    margins = stand([size for size, _ in wanted], [anchor for _, anchor in wanted], LEFT, RIGHT, 6)
    boxes = [box for box in margins.boxes if box is not None]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    for box, (size, _) in zip(margins.boxes, wanted, strict=True):
        if box is not None:
            margin = LEFT if box.left_px < 600 else RIGHT
            assert margin.left_px <= box.left_px <= box.right_px <= margin.right_px + 1e-6
            assert margin.top_px - 1e-6 <= box.top_px <= box.bottom_px <= margin.bottom_px + 1e-6
            assert abs(box.size_px[1] - size[1]) < 1e-6
    leaders = [leader for leader in margins.leaders if leader is not None]
    assert len(leaders) == len(boxes)
    assert not any(leaders_cross(one, other) for one, other in combinations(leaders, 2))


@settings(deadline=None)
@given(wishes)
def test_nothing_is_left_out_while_there_is_room(
    wanted: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    margins = stand([size for size, _ in wanted], [anchor for _, anchor in wanted], LEFT, RIGHT, 6)
    if sum(size[1] + 6 for size, _ in wanted) <= 700:
        assert margins.complete


def test_each_stands_on_its_side_at_its_height() -> None:
    margins = stand([(100, 50)] * 3, [(300, 100), (1000, 200), (400, 600)], LEFT, RIGHT, 6)
    assert margins.boxes == (Box(100, 75, 200, 125), Box(1160, 175, 1260, 225), Box(100, 575, 200, 625))
    assert margins.leaders[0] == ((200, 100), (300, 100))


def test_crossing_is_told_from_touching() -> None:
    assert leaders_cross(((0, 0), (10, 10)), ((0, 10), (10, 0)))
    assert not leaders_cross(((0, 0), (10, 0)), ((0, 5), (10, 0)))
    assert not leaders_cross(((0, 0), (10, 0)), ((0, 5), (10, 5)))
