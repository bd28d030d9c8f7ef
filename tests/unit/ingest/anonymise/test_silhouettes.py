import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.silhouettes import COLOUR_BGR, Silhouettes, draw, outline

COORDINATE = st.floats(-500, 1500, allow_nan=False, width=32)


@pytest.mark.parametrize("kind", list(RoadUser))
def test_a_figure_has_its_class_colour_and_stays_in_its_box(kind: RoadUser) -> None:
    picture = np.full((200, 300, 3), 128, np.uint8)
    draw(picture, np.array([[100, 40, 160, 140]], np.float32), np.array([kind], np.int16))
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
    draw(picture, boxes, kinds)
    outline(picture, boxes, kinds)
    assert picture.shape == (90, 160, 3)


def test_the_same_box_gives_the_same_figure_whatever_lay_there() -> None:
    pictures = [np.full((120, 120, 3), ground, np.uint8) for ground in (40, 200)]
    for picture in pictures:
        draw(picture, np.array([[30, 10, 80, 110]], np.float32), np.array([0], np.int16))
    body = np.s_[50:70, 52:58]
    assert (pictures[0][body] == pictures[1][body]).all()


def test_columns_are_checked() -> None:
    with pytest.raises(ValueError, match="xyxy_px"):
        Silhouettes(np.zeros((2, 4), np.float32), np.zeros(1, np.int16))
