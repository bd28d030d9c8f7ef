"""Frames that are shown and not analysed: counting goes on as without them."""

from dataclasses import replace

from passerby.ingest.sources.frame_pacer import FramePacer, FramesBetween
from testing.pictures.frames import flat


def frames(fps: float, seconds: float):
    made = flat((64, 48))
    return [
        type(made)(replace(made.stamp, index=n, stream_s=n / fps), made.luma, made.chroma_u, made.chroma_v, made.colour)
        for n in range(int(fps * seconds))
    ]


def test_the_same_frames_are_analysed_as_without_anybody_who_looks() -> None:
    alone, between = FramePacer(5.0, 0.01), FramesBetween()
    between.begin(5.0)
    for raw in frames(25.0, 4.0):
        assert between.is_analysed(raw.stamp) == alone.is_due(raw.stamp.stream_s)


def test_all_are_analysed_where_nobody_looks() -> None:
    between = FramesBetween()
    assert all(between.is_analysed(raw.stamp) for raw in frames(12.5, 1.0))
    between.begin(5.0)
    assert sum(between.is_analysed(raw.stamp) for raw in frames(12.5, 2.0)) == 10
    between.begin(None)
    assert all(between.is_analysed(raw.stamp) for raw in frames(12.5, 1.0))


def test_a_loss_before_a_frame_between_is_one_before_the_next_that_is_analysed() -> None:
    between = FramesBetween()
    between.begin(5.0)
    first, second, third, *_ = frames(12.5, 1.0)
    assert between.is_analysed(between.joined(first).stamp)
    lost = type(second)(
        replace(second.stamp, after_loss=True), second.luma, second.chroma_u, second.chroma_v, second.colour
    )
    assert not between.is_analysed(between.joined(lost).stamp)
    third = between.joined(third)
    assert third.stamp.after_loss
    assert between.is_analysed(replace(third.stamp, stream_s=0.2))
    assert not between.joined(first).stamp.after_loss
