import numpy as np

from benchmarks.counting.our_tracks import Looked
from benchmarks.counting.tracking import mot_rows
from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks


def test_only_confirmed_people_and_cyclists_are_handed_to_the_evaluator() -> None:
    kinds = [RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR, RoadUser.PEDESTRIAN]
    boxes = np.array([[0, 10, 20, 70]] * 4, np.float32) + np.arange(4, dtype=np.float32)[:, None]
    tracks = Tracks(
        FrameStamp("camera", 6, 0, 0.6, (100, 100)),
        np.array([1, 2, 3, 4], np.int64),
        boxes,
        np.ones(4, np.float32),
        np.array(kinds, np.int16),
        np.array([True, True, True, False]),
        np.empty(0, np.int64),
    )
    assert mot_rows([Looked(7, tracks)]) == [
        "7,1,0.00,10.00,20.00,60.00,1,1,1\n",
        "7,2,1.00,11.00,20.00,60.00,1,1,1\n",
    ]
