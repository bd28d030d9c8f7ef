"""Replays of events, made by hand."""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.domain.place_events import PlaceEvent
from passerby.domain.replays import Boxes, EmptyPlace, EncryptedReplay, EventReplay, order_of
from passerby.domain.road_user import RoadUser

SIZE_PX = (160, 120)
Row = tuple[int, tuple[float, float, float, float], RoadUser]


def empty_place(size_px: tuple[int, int] = SIZE_PX, grey: int = 120) -> EmptyPlace:
    """An even ground, encoded as pictures are."""
    _, jpeg = cv2.imencode(".jpg", np.full((size_px[1], size_px[0], 3), grey, np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])
    return EmptyPlace(size_px, np.asarray(jpeg, np.uint8).reshape(-1), 0.9)


def boxes_of(*rows: Row) -> Boxes:
    """The boxes in the order that they have to have: moment, edges and class of each."""
    moment = np.array([row[0] for row in rows], np.int32)
    xyxy = np.array([row[1] for row in rows], np.float32).reshape(-1, 4)
    road_user = np.array([row[2] for row in rows], np.int16)
    order = order_of(moment, xyxy, road_user)
    return Boxes(moment[order], xyxy[order], road_user[order])


WALK = boxes_of(
    *((moment, (0.1 * moment, 0.4, 0.1 * moment + 0.1, 0.7), RoadUser.PEDESTRIAN) for moment in range(5)),
    *((moment, (0.6, 0.2, 0.9, 0.4), RoadUser.BUS) for moment in range(5)),
    (2, (0.5, 0.5, 0.6, 0.6), RoadUser.BICYCLE),
)
"""A walker for five moments, a bus that stands, and a bicycle in one of them."""


def event_replay(
    event: PlaceEvent,
    boxes: Boxes = WALK,
    time_ms: Sequence[int] = (-400, -200, 0, 200, 400),
    place: EmptyPlace | None = None,
) -> EventReplay:
    """A replay of an event."""
    shown = empty_place() if place is None else place
    return EventReplay(event.event_id, event.raised_ns, shown, np.array(time_ms, np.int32), boxes)


def encrypted(event: PlaceEvent, content: bytes = b"encrypted", time_ns: int | None = None) -> EncryptedReplay:
    """What stands for an encrypted replay where it is not decrypted."""
    kept_from_ns = event.raised_ns if time_ns is None else time_ns
    return EncryptedReplay(event.event_id, event.camera, kept_from_ns, np.frombuffer(content, np.uint8))
