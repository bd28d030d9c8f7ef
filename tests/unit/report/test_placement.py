"""Labels that never lie over one another."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.report.placement import Box, Wanted, place_labels
from testing.reports import overlap

PICTURE = Box(0, 0, 960, 540)
CALM = np.zeros((54, 96))

wishes = st.lists(
    st.builds(
        Wanted,
        st.tuples(st.floats(10, 500), st.floats(10, 300)),
        st.tuples(st.floats(-50, 1000), st.floats(-50, 600)),
    ),
    max_size=20,
)
obstacles = st.lists(
    st.tuples(st.floats(0, 900), st.floats(0, 500)).map(lambda xy: Box(xy[0], xy[1], xy[0] + 40, xy[1] + 40)),
    max_size=8,
)


@settings(deadline=None)
@given(wishes, obstacles)
def test_no_two_meet_none_covers_an_arrow_and_all_are_inside(wanted: list[Wanted], taken: list[Box]) -> None:
    places = place_labels(wanted, PICTURE, taken, CALM, 3, 2000)
    assert len(places) == len(wanted)
    boxes = [box for box in places if box is not None]
    for one, other in combinations(boxes, 2):
        assert not overlap(one, other)
    for box in boxes:
        assert not any(overlap(box, each) for each in taken)
        assert box.left_px >= 0
        assert box.top_px >= 0
        assert box.right_px <= 960
        assert box.bottom_px <= 540
    for place, wish in zip(places, wanted, strict=True):
        if place is not None:
            assert np.allclose((place.right_px - place.left_px, place.bottom_px - place.top_px), wish.wh_px)


def test_a_label_stands_by_its_anchor() -> None:
    (box,) = place_labels([Wanted((100, 40), (480, 270))], PICTURE, [], CALM, 3, 2000)
    assert box is not None
    assert overlap(box.grown(10), Box(480, 270, 481, 271))


def test_a_label_steps_off_what_is_busy() -> None:
    busy = CALM.copy()
    busy[:, 40:56] = 3
    (box,) = place_labels([Wanted((100, 40), (480, 270))], PICTURE, [], busy, 3, 2000)
    assert box is not None
    assert not overlap(box, Box(410, 0, 550, 540))


def test_what_does_not_fit_is_said_so() -> None:
    assert place_labels([Wanted((2000, 40), (480, 270))], PICTURE, [], CALM, 3, 2000) == [None]
    assert place_labels([Wanted((100, 40), (480, 270))], PICTURE, [PICTURE], CALM, 3, 2000) == [None]
    first, second = place_labels(
        [Wanted((900, 500), (480, 270)), Wanted((800, 400), (480, 270))], PICTURE, [], CALM, 3, 2000
    )
    assert first is not None
    assert second is None
    assert place_labels([Wanted((100, 40), (480, 270))], PICTURE, [Box(200, 0, 760, 540)], CALM, 3, 150) == [None]
