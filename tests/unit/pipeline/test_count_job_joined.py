"""A recording counted in pieces: nothing is lost at a joint, and nothing is counted twice."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from passerby.domain.crossings import CrossingList
from passerby.domain.layout import Layout, Line
from passerby.messages.sandbox_orders import CountPlan, RecordingPart
from passerby.pipeline.count_job import count_video
from passerby.units import NS_PER_S

pytestmark = [pytest.mark.slow, pytest.mark.footage]

START_NS = 1_777_600_000 * NS_PER_S
FPS, LENGTH_S, EVERY_S = 10, 8, 2
LINES = tuple(
    Line(f"at {share}", np.array([[share, 0.05], [share, 0.98]], np.float32))
    for share in (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)
)


@pytest.fixture(scope="module")
def pictures(footage: Path) -> list[av.VideoFrame]:
    """The first seconds of a square with people who come and go."""
    found: list[av.VideoFrame] = []
    with av.open(str(footage / "pets09-s2l1" / "video.avi")) as container:
        for frame in container.decode(video=0):
            if len(found) == LENGTH_S * FPS:
                break
            found.append(frame.reformat(format="yuvj420p"))
    return found


def written(path: Path, pictures: Sequence[av.VideoFrame]) -> Path:
    """A film in which each picture stands for itself, so that it is the same whatever film it is in."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = pictures[0].width, pictures[0].height, "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 3
        for number, picture in enumerate(pictures):
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def listed(first: Path, *others: RecordingPart) -> CrossingList:
    plan = CountPlan(first, "square", Layout(LINES, (), (), None), start_ns=START_NS, then=others, lists_crossings=True)
    result = count_video(plan, lambda step: None)
    assert result.complete, result.report.losses
    assert result.report.crossings is not None
    return result.report.crossings


def test_who_crosses_at_a_joint_is_counted_once(tmp_path: Path, pictures: list[av.VideoFrame]) -> None:
    whole = listed(written(tmp_path / "whole.mkv", pictures))
    assert len(whole) >= 15
    step = EVERY_S * FPS
    starts = range(step, len(pictures), step)
    for overlap in (0, 5):
        # Each begins `overlap` pictures before the one before it has ended, as recorders do.
        first = written(tmp_path / f"{overlap}.mkv", pictures[:step])
        others = [
            RecordingPart(
                written(tmp_path / f"{overlap}_{start}.mkv", pictures[start - overlap : start + step]),
                START_NS + (start - overlap) * NS_PER_S // FPS,
            )
            for start in starts
        ]
        pieces = listed(first, *others)
        assert (pieces.line.tolist(), pieces.forward.tolist()) == (whole.line.tolist(), whole.forward.tolist())
        assert np.abs(pieces.time_ns - whole.time_ns).max() < NS_PER_S / FPS
        of_pieces = (whole.time_ns - START_NS) // (EVERY_S * NS_PER_S)
        assert (pieces.recording == of_pieces)[whole.time_ns % (EVERY_S * NS_PER_S) > NS_PER_S // FPS].all()
