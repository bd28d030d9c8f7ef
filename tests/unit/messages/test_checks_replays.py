"""A replay that no sandbox of ours would send is refused where it is read."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.replays import MAX_BOXES_EACH, MAX_MOMENTS, Boxes, EmptyPlace, EventReplay
from passerby.domain.road_user import RoadUser
from passerby.messages.checks import CHECKS
from passerby.messages.codec import CodecError
from passerby.messages.sandbox_messages import FROM_SANDBOX
from testing.web.made import NOW_S, NS_PER_S, open_event
from testing.web.replays import WALK, boxes_of, empty_place, event_replay

REPLAY = event_replay(open_event("square", "full", NOW_S * NS_PER_S))
PLACE = REPLAY.place


def received(replay: EventReplay) -> Any:
    return FROM_SANDBOX.receive(io.BytesIO(FROM_SANDBOX.frame(replay)))


def test_a_replay_comes_out_as_it_went_in() -> None:
    for replay in (REPLAY, replace(REPLAY, place=EmptyPlace((160, 120), np.empty(0, np.uint8), 0.0))):
        came = received(replay)
        assert (came.event_id, came.raised_ns, came.time_ms.tolist()) == (
            replay.event_id, replay.raised_ns, replay.time_ms.tolist(),
        )  # fmt: skip
        assert came.boxes.xyxy.tolist() == replay.boxes.xyxy.tolist()
        assert came.place.jpeg.tobytes() == replay.place.jpeg.tobytes()


def moments(count: int) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.arange(count, dtype=np.int32)


BACKWARDS = Boxes(WALK.moment[::-1].copy(), WALK.xyxy[::-1].copy(), WALK.road_user[::-1].copy())
SWAPPED = np.array([1, 0, *range(2, len(WALK))])
BY_TRACK = Boxes(WALK.moment[SWAPPED], WALK.xyxy[SWAPPED], WALK.road_user[SWAPPED])
CROWD = boxes_of(*((0, (0.1, 0.1, 0.2, 0.2), RoadUser.CAR) for _ in range(MAX_BOXES_EACH + 1)))
COMMENTED = np.insert(PLACE.jpeg, 2, np.frombuffer(b"\xff\xfe\x00\x06face", np.uint8))


@pytest.mark.parametrize(
    "changes",
    [
        {"time_ms": moments(0)},
        {"time_ms": np.array([0, 200, 200, 400, 600], np.int32)},
        {"time_ms": np.array([-400, -200, 0, 200, 20_000], np.int32)},
        {"time_ms": np.array([-20_000, -200, 0, 200, 400], np.int32)},
        {"time_ms": moments(MAX_MOMENTS + 1)},
        {"time_ms": moments(4)},
        {"raised_ns": -1},
        {"event_id": "f" * 33},
        {"boxes": BACKWARDS},
        {"boxes": BY_TRACK},
        {"boxes": CROWD},
        {"boxes": boxes_of((0, (0.2, 0.1, 0.1, 0.2), RoadUser.CAR))},
        {"boxes": boxes_of((0, (0.2, 0.1, 1.1, 0.2), RoadUser.CAR))},
        {"boxes": boxes_of((-1, (0.2, 0.1, 0.3, 0.2), RoadUser.CAR))},
        {"boxes": Boxes(moments(1), np.zeros((1, 4), np.float32), np.array([9], np.int16))},
        {"place": replace(PLACE, sharp_share=1.5)},
        {"place": replace(PLACE, size_px=(161, 120))},
        {"place": replace(PLACE, size_px=(0, 0))},
        {"place": replace(PLACE, jpeg=PLACE.jpeg.reshape(1, -1))},
        {"place": replace(PLACE, jpeg=np.append(PLACE.jpeg, np.uint8(0)))},
        {"place": replace(PLACE, jpeg=COMMENTED)},
        {"place": replace(PLACE, jpeg=np.zeros(100, np.uint8))},
        {"place": replace(empty_place(), jpeg=np.zeros(3 << 20, np.uint8))},
    ],
    ids=str,
)
def test_what_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        received(replace(REPLAY, **changes))


def test_a_moment_that_no_replay_has_is_refused_before_boxes_are_counted_by_moments() -> None:
    far = boxes_of((MAX_MOMENTS, (0.1, 0.1, 0.2, 0.2), RoadUser.CAR))
    with pytest.raises(ValueError, match=f"moment: 0 to {MAX_MOMENTS - 1}"):
        CHECKS[Boxes](far)
