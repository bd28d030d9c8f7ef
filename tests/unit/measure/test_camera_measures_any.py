"""Whatever is detected, at whatever times: ids end, coverage is a share, and no number is none."""

import math
from random import Random

import numpy as np
import pytest

from passerby.domain.observations import Observation
from passerby.measure.camera_measures import CameraMeasures
from passerby.track.tracker import Tracker, TrackerSettings
from testing.pictures.walks import SIZE_PX, SURE, Seen, detections
from tests.unit.measure.conftest import make_line, make_zone

STEPS_S = (0.0, 0.04, 0.5, 1.4, 1.5, 1.51, 2.0, 100.0, 1e5)


def jumped(chance: Random, seen: Seen) -> Seen:
    """The same one a frame later, mostly close by, now and then anywhere."""
    if chance.random() < 0.05:
        return Seen(
            (chance.uniform(-100, 1100), chance.uniform(-100, 700)), seen.confidence, seen.road_user, seen.size_px
        )
    foot = seen.foot[0] + chance.gauss(0, 5), seen.foot[1] + chance.gauss(0, 5)
    return Seen(foot, chance.choice((SURE, 0.42)), seen.road_user, seen.size_px)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_comes_makes_a_number_that_is_none(seed: int) -> None:
    chance, tracker, now_s = Random(seed), Tracker(), 0.0
    measures = CameraMeasures(
        "square", (make_line("a", (500, 0), (500, 500)), make_line("b", (0, 250), (1000, 250))),
        zones=(make_zone("z", (200, 100), (800, 100), (800, 400), (200, 400)),),
    )  # fmt: skip
    scene = [Seen((chance.uniform(0, SIZE_PX[0]), chance.uniform(0, SIZE_PX[1]))) for _ in range(4)]
    seen_s: dict[int, float] = {}
    closed: list[Observation] = []
    for _ in range(250):
        now_s += chance.choice(STEPS_S) if chance.random() < 0.3 else 0.1
        scene = [jumped(chance, seen) for seen in scene]
        if chance.random() < 0.03:
            tracker.start_anew()
            measures.start_anew()
        tracks = tracker.update(detections(now_s, (seen for seen in scene if chance.random() > 0.1)))
        for track_id in tracks.track_id.tolist():
            assert now_s - seen_s.get(track_id, now_s) <= TrackerSettings().hidden_s + 1e-9
            seen_s[track_id] = now_s
        assert not set(tracks.ended.tolist()) & set(tracks.track_id.tolist())
        measures.update(tracks)
        closed += measures.take_closed()
    measures.finish()
    closed += measures.take_closed()
    assert len(closed) > 100
    assert all(0.0 <= one.coverage <= 1.0 for one in closed)
    assert all(one.value is None or (math.isfinite(one.value) and one.value >= 0) for one in closed)
    assert np.isfinite(measures.totals.flow_map.passes).all()
