"""What the tracker expects is all that it follows."""

import numpy as np
import pytest

from passerby.track.tracker import Tracker
from testing.pictures.walks import FPS, detections, walk


def test_what_is_expected_is_all_that_is_followed_the_hidden_included() -> None:
    tracker = Tracker()
    walkers = [
        [one, other] for one, other in zip(walk((200, 300), (8, 0), 20), walk((500, 300), (0, 0), 20), strict=True)
    ]
    for number, pair in enumerate(walkers):
        tracker.update(detections(number / FPS, pair if number < 15 else pair[:1]))
    expected = tracker.expected()
    assert len(expected) == 2
    moving, hidden = np.argsort(-expected.speed_px_s[:, 0])
    assert expected.speed_px_s[moving] == pytest.approx([8 * FPS, 0.0], abs=8)
    assert expected.unseen_s[moving] == 0
    assert expected.unseen_s[hidden] == pytest.approx(5 / FPS)
    assert expected.spread_px[hidden] > expected.spread_px[moving]
    assert expected.confirmed.all()
    later_px = expected.at(expected.stream_s + 1 / FPS)[moving] - expected.xyxy_px[moving]
    assert later_px == pytest.approx([8, 0, 8, 0], abs=1)
