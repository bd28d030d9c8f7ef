"""A moment of a film that no sandbox of ours would send is refused where it is read."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.events import Direction
from passerby.domain.review import MARKED_BACKWARD, MARKED_FORWARD, CountedCrossing, FilmEnd, FilmMoment
from passerby.domain.road_user import RoadUser
from passerby.messages.codec import CodecError
from passerby.messages.sandbox_messages import FROM_SANDBOX
from testing.pictures.film_moments import WALKER, film_moment

CROSSED = CountedCrossing("gate", Direction.FORWARD, RoadUser.CAR, seen=False)
NEARER = ((0.1, 0.5, 0.2, 0.9), RoadUser.CAR, MARKED_FORWARD)
MOMENT = film_moment(1.0, CROSSED, rows=(WALKER, NEARER))


def received(message: FilmMoment | FilmEnd) -> Any:
    return FROM_SANDBOX.receive(io.BytesIO(FROM_SANDBOX.frame(message)))


def test_a_moment_comes_out_as_it_went_in() -> None:
    came = received(MOMENT)
    assert came.crossings == (CROSSED,)
    assert (came.xyxy.tolist(), came.mark.tolist()) == (MOMENT.xyxy.tolist(), [0, MARKED_FORWARD])
    assert np.array_equal(came.frame.image, MOMENT.frame.image)
    assert came.frame.stamp == MOMENT.frame.stamp
    assert received(FilmEnd((CROSSED,))) == FilmEnd((CROSSED,))
    assert len(received(film_moment(1.0, rows=())).mark) == 0


def column(*values: int) -> np.ndarray:
    return np.array(values, np.int16)


@pytest.mark.parametrize(
    "changes",
    [
        {"xyxy": MOMENT.xyxy + np.float32(0.2)},
        {"xyxy": MOMENT.xyxy[:, [2, 3, 0, 1]]},
        {"xyxy": MOMENT.xyxy[::-1], "road_user": MOMENT.road_user[::-1], "mark": MOMENT.mark[::-1]},
        {"road_user": column(0, 8)},
        {"road_user": column(-1, 2)},
        {"mark": column(0, MARKED_BACKWARD + 1)},
        {"mark": column(-1, 0)},
        {"why": "x" * 5000},
        {"crossings": (replace(CROSSED, line="x" * 600),)},
        {"frame": replace(MOMENT.frame, method="clear")},
    ],
)
def test_any_other_moment_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        received(replace(MOMENT, **changes))
