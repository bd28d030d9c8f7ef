"""Who is in a zone is the same whether measuring has found it or it is worked out here."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.events.scene import Places, Scene
from passerby.measure.camera_measures import CameraMeasures

PEOPLE = frozenset({RoadUser.PEDESTRIAN})


def test_feet_in_zones_are_those_that_measuring_has_found(frame, box, layout):
    rng = np.random.default_rng(5)
    measures, places = CameraMeasures("cam", zones=layout.zones), Places(layout)
    inside = 0
    for number in range(50):
        feet = rng.uniform((0, 0), (80, 45), (12, 2)).tolist()
        here = frame(0.2 * number, boxes=[box(each, (x, y), confirmed=each > 2) for each, (x, y) in enumerate(feet)])
        measured = replace(here, feet_in_zones=measures.update(here.tracks).feet_in_zones)
        by_measuring, by_itself = (Scene(each, places, 0.0, ()).chosen(PEOPLE, 0) for each in (measured, here))
        assert by_measuring.tolist() == by_itself.tolist()
        inside += int(by_itself.sum())
    assert 50 < inside < 300


def test_boxes_are_measured_at_the_scale_of_their_feet(frame, box, layout):
    here = frame(0.0, boxes=[box(1, (20.0, 12.0), RoadUser.CAR, (90.0, 30.0))])
    first = np.array([0])
    assert Scene(here, Places(layout), 0.0, ()).boxes_m2(first) == pytest.approx([4.5 * 1.5])
    assert Scene(here, Places(replace(layout, ground=None)), 0.0, ()).boxes_m2(first) is None
