"""Cameras that set RTP's marker in their own way, over real RTSP: every picture whole, or not shown and not watched."""

import time
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.measure.coverage import Coverage
from passerby.units import NS_PER_S
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.packets import quirks_of
from tests.integration.streams.watching import frames, source_of, watching

Sliced = tuple[Film, list[np.ndarray]]


@pytest.fixture(scope="module", params=["h264", "hevc"])
def sliced(request: pytest.FixtureRequest, recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Sliced:
    """A film of four slices a picture, and its pictures as a player shows them."""
    path = tmp_path_factory.mktemp("sliced") / "sliced.mp4"
    encode(recording, path, request.param, slices=4)
    with av.open(str(path)) as source:
        return packed(path), [frame.to_ndarray()[: frame.height] for frame in source.decode(video=0)]


@pytest.mark.parametrize(
    "words",
    [
        "marker=unit",
        "marker=none",
        "marker=every",
        *(pytest.param(words, marks=pytest.mark.slow) for words in ("marker=first", "sets_apart", "no_sets")),
    ],
)
def test_every_picture_is_whole_whatever_the_marker_says(words: str, sliced: Sliced) -> None:
    film, truth = sliced
    with RtspCamera(film) as camera:
        camera.quirks = quirks_of(words)
        live = watching(source_of(camera))
        seen = frames(live, 12)
        live.stop()
    assert live.take_counts()[2] == 0
    for frame in seen:
        assert any(np.array_equal(frame.luma, luma) for luma in truth)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["", "marker=none", "leave_out=7"])
def test_of_a_stream_with_losses_only_whole_pictures_are_shown_and_the_rest_is_not_watched(
    words: str, sliced: Sliced
) -> None:
    film, truth = sliced
    coverage = Coverage()
    with RtspCamera(film) as camera:
        camera.quirks = quirks_of(words)
        camera.faults.lose_every = 0 if words.startswith("leave") else 61
        live = watching(source_of(camera))
        began_ns = time.time_ns()
        seen = frames(live, 20)
        live.stop()
    for frame in seen:
        coverage.update(frame.stamp)
        assert any(np.array_equal(frame.luma, luma) for luma in truth)
    damaged = live.take_counts()[2]
    assert damaged > 0
    took_s = (seen[-1].stamp.time_ns - began_ns) / NS_PER_S
    assert coverage.total_s < took_s - 0.8 * damaged / 10
