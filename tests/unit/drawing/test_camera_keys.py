"""What is drawn at a camera, written into a site file's text."""

import pytest

from passerby.domain.draft_trial import DraftError
from passerby.drawing.camera_keys import with_drawing

MASK = [[0.1, 0.06], [0.75, 0.06], [0.7500004, 0.14]]


def test_numbers_are_no_finer_than_a_pixel() -> None:
    changed = with_drawing("cameras:\n  a:   # here\n", "a", {"masks": [MASK]})
    assert changed == "cameras:\n  a:   # here\n    masks:\n      - [[0.1, 0.06], [0.75, 0.06], [0.75, 0.14]]\n"


def test_a_camera_that_is_not_there_is_not_drawn_at() -> None:
    with pytest.raises(KeyError, match="south"):
        with_drawing("cameras: {a: {}}\n", "south", {"masks": [MASK]})


def test_what_cannot_be_changed_alone_is_a_fault() -> None:
    with pytest.raises(DraftError, match="without changing other parts"):
        with_drawing("cameras: {a: &one {analysed_fps: 5}, b: *one}\n", "a", {"masks": [MASK]})
