"""Places are where tracks will be, with as much round them as is uncertain, at the size that suits the detector."""

import numpy as np
import pytest

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.ingest.attention.places import PlaceSettings, joined, known_places, wishes

SETTINGS = PlaceSettings(aim_px=60.0, enough_px=45.0, margin=0.2, spreads=2.0, max_margin=1.0)


def expected(*boxes: tuple[float, float, float, float], speed: tuple[float, float] = (0.0, 0.0), spread: float = 0.0):
    count = len(boxes)
    many = np.full(count, spread, np.float32)
    speeds = np.tile(np.array(speed, np.float32), (count, 1))
    none = np.zeros(count, np.float32)
    return ExpectedBoxes(
        1.0, np.array(boxes, np.float32).reshape(-1, 4), speeds, many, none, none, np.ones(count, np.bool_)
    )


def test_a_place_moves_with_its_track() -> None:
    regions, _ = known_places(expected((100, 100, 140, 200), speed=(50.0, -20.0)), 1.5, 0.5, SETTINGS)
    assert regions[0] == pytest.approx([125 - 20, 90 - 20, 165 + 20, 190 + 20])


def test_what_is_uncertain_has_more_round_it_up_to_a_limit() -> None:
    sure, _ = known_places(expected((100, 100, 140, 200)), 1.0, 0.5, SETTINGS)
    unsure, _ = known_places(expected((100, 100, 140, 200), spread=15.0), 1.0, 0.5, SETTINGS)
    lost, _ = known_places(expected((100, 100, 140, 200), spread=900.0), 1.0, 0.5, SETTINGS)
    assert unsure[0, 0] == pytest.approx(sure[0, 0] - 30)
    assert lost[0, 0] == pytest.approx(100 - 100)


@pytest.mark.parametrize(("high", "scale"), [(20.0, 1.5), (60.0, 1.0), (120.0, 0.5), (2400.0, 0.35)])
def test_small_people_are_shown_larger_and_large_ones_smaller(high: float, scale: float) -> None:
    _, scales = known_places(expected((0, 0, 10, high)), 1.0, 0.5, SETTINGS)
    assert scales[0] == pytest.approx(scale)


def test_where_all_are_large_places_are_shown_smaller() -> None:
    one = expected((0, 0, 10, 90))
    assert known_places(one, 1.0, 0.5, SETTINGS)[1] == pytest.approx([60 / 90])
    assert known_places(one, 1.0, 0.5, SETTINGS, large=True)[1] == pytest.approx([45 / 90])


def test_no_track_is_no_place() -> None:
    regions, scales = known_places(ExpectedBoxes.none(), 1.0, 0.5, SETTINGS)
    assert regions.shape == (0, 4)
    assert wishes(*joined(regions, scales), (640, 480)) == []


def test_places_that_overlap_much_become_one_and_others_stay() -> None:
    regions = np.array([[0, 0, 100, 100], [10, 5, 110, 105], [300, 0, 400, 100], [95, 95, 195, 195]], float)
    found, scales = joined(regions, np.array([0.5, 0.6, 0.7, 0.8]))
    assert sorted(map(tuple, found)) == [(0, 0, 110, 105), (95, 95, 195, 195), (300, 0, 400, 100)]
    assert scales.max() == 0.8


def test_a_place_outside_of_the_frame_is_not_looked_at() -> None:
    regions = np.array([[-300.0, 0, -200, 100], [600, 400, 700, 500]])
    (wish,) = wishes(regions, np.array([1.0, 1.0]), (640, 480))
    assert wish.region == (600, 400, 640, 480)
