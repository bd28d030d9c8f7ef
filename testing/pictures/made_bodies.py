"""Bodies of known size that go over a made ground, as the boxes that a camera would see of them."""

import numpy as np

from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.measure.ground.sizes import GroundSizes
from passerby.measure.slots import TrackSlots
from testing.pictures.pinhole import Pinhole

CAMERA = Pinhole(7.0, 1.0, float(np.radians(25)))
GROUND = CAMERA.ground(12, 12, 45)
SIZE_PX = (1000, 1000)

WALKER, DOG, CYCLIST, CAR = (0.5, 0.6, 1.7), (0.9, 0.3, 0.6), (1.8, 0.6, 1.75), (4.4, 1.8, 1.5)
LORRY, BUS, GROUP = (8.5, 2.5, 3.4), (12.0, 2.55, 3.2), (4.5, 1.8, 1.7)
ACROSS, AWAY, ASLANT = 0.0, np.pi / 2, np.pi / 4
UNKNOWN = RoadUser.UNCLASSIFIED


def seen_as(
    body_m: tuple[float, float, float],
    mps: float,
    course: float = ACROSS,
    at_m: tuple[float, float] = (0.0, 25.0),
    user: RoadUser = UNKNOWN,
    unsure: bool = False,
    seconds: float = 1.6,
) -> RoadUser:
    """The class in the end of a body that goes through a place, seen ten times a second."""
    sizes, slots, found = GroundSizes(GROUND), TrackSlots(), int(user)
    along = np.array([np.cos(course), np.sin(course)])
    beside = np.array([-along[1], along[0]])
    length, width, height = body_m
    for number, now_s in enumerate(np.arange(0.0, seconds, 0.1).tolist()):
        middle = np.array(at_m) + (now_s - seconds / 2) * mps * along
        corners = [middle + a * length / 2 * along + b * width / 2 * beside for a in (-1, 1) for b in (-1, 1)]
        points = CAMERA.pictured([[*corner, z] for corner in corners for z in (0.0, height)])
        box = np.clip(np.concatenate([points.min(0), points.max(0)]), 0.0, 1.0) * SIZE_PX[0]
        tracks = Tracks(
            FrameStamp("street", number, round(now_s * 1e9), now_s, SIZE_PX),
            np.array([1]), box[None].astype(np.float32), np.array([0.5], np.float32), np.array([user], np.int16),
            np.array([True]), np.empty(0, np.int64), np.array([unsure]),
        )  # fmt: skip
        found = int(sizes.update(slots.update(tracks))[0])
    return RoadUser(found)
