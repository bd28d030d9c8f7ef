from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.silhouettes import COLOUR_BGR, Silhouettes, draw, outline

COORDINATE = st.floats(-500, 1500, allow_nan=False, width=32)


def one(box: tuple[int, int, int, int], kind: RoadUser = RoadUser.PEDESTRIAN, *, confirmed: bool = True) -> Silhouettes:
    return Silhouettes(np.array([box], np.float32), np.array([kind], np.int16), np.array([confirmed]))


@pytest.mark.parametrize("kind", list(RoadUser))
def test_a_figure_has_its_class_colour_and_stays_in_its_box(kind: RoadUser) -> None:
    picture = np.full((200, 300, 3), 128, np.uint8)
    draw(picture, one((100, 40, 160, 140), kind))
    assert (picture == np.array(COLOUR_BGR[kind])).all(axis=2).sum() > 150
    outside = picture.copy()
    outside[40:140, 95:165] = 128
    assert (outside == 128).all()


@given(st.lists(st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE, st.sampled_from(list(RoadUser))), max_size=4))
def test_any_box_can_be_drawn(rows: list[tuple[float, float, float, float, RoadUser]]) -> None:
    boxes = np.array([row[:4] for row in rows], np.float32).reshape(-1, 4)
    boxes = np.concatenate([np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])], axis=1)
    kinds = np.array([row[4] for row in rows], np.int16)
    picture = np.zeros((90, 160, 3), np.uint8)
    draw(picture, Silhouettes(boxes, kinds))
    outline(picture, Silhouettes(boxes, kinds))
    assert picture.shape == (90, 160, 3)


def test_the_same_box_gives_the_same_figure_whatever_lay_there() -> None:
    pictures = [np.full((120, 120, 3), ground, np.uint8) for ground in (40, 200)]
    for picture in pictures:
        draw(picture, one((30, 10, 80, 110)))
    body = np.s_[50:70, 52:58]
    assert (pictures[0][body] == pictures[1][body]).all()


@pytest.mark.parametrize("kind", [RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.MOTORCYCLE])
def test_nobody_has_a_head_and_a_neck(kind: RoadUser) -> None:
    picture = np.full((300, 300, 3), 128, np.uint8)
    draw(picture, one((90, 20, 210, 276), kind))
    painted = (picture == np.array(COLOUR_BGR[kind])).all(axis=2).sum(axis=1)
    top = int(np.flatnonzero(painted)[0])
    upper_third = painted[top + 12 : top + 80]
    assert upper_third.min() > 0.75 * upper_third.max()
    assert upper_third.argmax() < 5


def test_a_figure_of_the_same_size_is_drawn_alike_each_time() -> None:
    pictures = [np.full((400, 400, 3), 90, np.uint8) for _ in range(2)]
    for picture in pictures:
        for box in ((30, 10, 80, 110), (100, 10, 220, 350), (-20, -30, 30, 70)):
            draw(picture, one(box))
    assert (pictures[0] == pictures[1]).all()


def test_one_who_does_not_count_yet_is_pale() -> None:
    pale, full = (np.full((120, 120, 3), 200, np.uint8) for _ in range(2))
    draw(pale, one((30, 10, 80, 110), confirmed=False))
    draw(full, one((30, 10, 80, 110)))
    body = np.s_[50:70, 52:58]
    assert (np.abs(pale[body].astype(int) - (full[body].astype(int) + 200) / 2) <= 1).all()


@pytest.mark.parametrize("kind", list(RoadUser))
def test_a_frame_has_its_class_colour_and_is_pale_for_one_who_does_not_count_yet(kind: RoadUser) -> None:
    colours = []
    for confirmed in (True, False):
        picture = np.full((120, 120, 3), 128, np.uint8)
        outline(picture, one((30, 10, 80, 110), kind, confirmed=confirmed))
        assert (picture[20:100, 40:70] == 128).all()
        colours.append(picture[60, 30].tolist())
    assert colours[0] == list(COLOUR_BGR[kind])
    assert sum(colours[1]) > sum(colours[0])


def test_everybody_who_is_followed_is_drawn_and_nothing_tells_who_is_who() -> None:
    stamp = FrameStamp("square", 0, 0, 0.0, (640, 480))
    boxes = np.array([[1, 2, 30, 40], [5, 6, 70, 80]], np.float32)
    known = np.array([True, False])
    confidence, kinds = np.full(2, 0.5, np.float32), np.array([0, 2], np.int16)
    drawn = Silhouettes.of(Tracks(stamp, np.array([7, 9]), boxes, confidence, kinds, known, np.empty(0, np.int64)))
    assert (drawn.xyxy_px == boxes).all()
    assert drawn.road_user.tolist() == [0, 2]
    assert drawn.confirmed.tolist() == [True, False]
    assert {field.name for field in fields(drawn)} == {"xyxy_px", "road_user", "confirmed"}


def test_columns_are_checked() -> None:
    with pytest.raises(ValueError, match="xyxy_px"):
        Silhouettes(np.zeros((2, 4), np.float32), np.zeros(1, np.int16))
