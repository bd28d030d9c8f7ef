"""Pictures that a camera cuts or leaves out before it numbers its packets: none of what is shown is damaged."""

from collections.abc import Callable

import numpy as np
import pytest

from testing.rtsp_camera.film import Film
from tests.integration.streams.assembled import CODECS, shown


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("words", ["", "marker=none", "marker=unit"])
def test_a_stream_in_order_has_no_damage(name: str, words: str, film_of: Callable[[str], Film]) -> None:
    assert shown(film_of(name), words).damaged == 0


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("words", ["cut=11", "leave_out=9", "cut=11,marker=none"])
def test_nothing_that_is_damaged_is_shown(name: str, words: str, film_of: Callable[[str], Film]) -> None:
    truth, found = shown(film_of(name)), shown(film_of(name), words)
    assert len(found.lumas) >= len(truth.lumas) / 3
    assert found.damaged > 0 or (name == "mjpeg" and "leave" in words)  # each of its pictures stands for itself
    whole = dict(zip(truth.ticks, truth.lumas, strict=True))
    for ticks, luma in zip(found.ticks, found.lumas, strict=True):
        assert np.array_equal(luma, whole[ticks])
