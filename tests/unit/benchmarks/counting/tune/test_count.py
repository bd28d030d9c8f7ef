from pathlib import Path

import numpy as np

from benchmarks.counting.tune.count import count_tracks, score
from benchmarks.counting.tune.place import ON_FOOT, VEHICLES, WHOLE, Look, Place
from benchmarks.counting.tune.sightings import Run
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.ingest.stage import FrameResult
from passerby.track.tracker import TrackerSettings
from testing.pictures.walks import detections, walk

MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), frozenset(RoadUser))
TRUTH = {("middle", "backward", ON_FOOT): 1, ("middle", "forward", VEHICLES): 1}
PLACE = Place("lane", WHOLE, Path("lane.mp4"), (Look(10.0, 1),), (MIDDLE,), TRUTH)


def film() -> list[FrameResult]:
    """A walker to the right and a lorry to the left."""
    walker = walk((300, 300), (8, 0), 60)
    lorry = walk((900, 500), (-12, 0), 60, road_user=RoadUser.TRUCK, size_px=(120.0, 90.0))
    return [FrameResult(detections(number / 10, pair)) for number, pair in enumerate(zip(walker, lorry, strict=True))]


def test_a_walker_and_a_lorry_are_counted_by_group_and_way() -> None:
    assert dict(count_tracks(PLACE, film(), TrackerSettings())) == TRUTH
    assert score(Run(PLACE, 10.0, 0), film(), TrackerSettings()).wape == 0


def test_who_is_never_sure_enough_is_missed() -> None:
    scored = score(Run(PLACE, 10.0, 0), film(), TrackerSettings(start_confidence=0.95))
    assert (scored.off, scored.counted, scored.wape) == (2, 0, 1.0)
