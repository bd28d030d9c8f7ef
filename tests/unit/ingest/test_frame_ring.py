"""Frames come out of the ring as they went in; a decoder that was taken over is not believed."""

import math
import struct
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.errors import WorkerError
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.ingest import frame_ring as ring_module
from passerby.ingest.frame_ring import PAGE, FrameRingReader, FrameRingWriter
from passerby.ingest.raw import ColourCode, RawFrame

NOW_NS = 1_700_000_000_000_000_000
ONLINE = SourceCondition(CameraState.ONLINE, NOW_NS, "pictures come and change")
RNG = np.random.default_rng(3)
SLOT = 16 * PAGE


def memory() -> memoryview:
    return memoryview(bytearray(PAGE + 3 * SLOT))


def frame(index: int, size_px: tuple[int, int] = (64, 48), **stamp) -> RawFrame:
    width_px, height_px = size_px
    half = ((height_px + 1) // 2, (width_px + 1) // 2)
    luma, u, v = (RNG.integers(0, 256, shape, np.uint8) for shape in ((height_px, width_px), half, half))
    fields = {"time_ns": NOW_NS + index, "stream_s": index / 10, "size_px": size_px, **stamp}
    return RawFrame(FrameStamp("somebody else", index, **fields), luma, u, v, ColourCode(True, False))


def ends(shared: memoryview) -> tuple[FrameRingWriter, FrameRingReader]:
    return FrameRingWriter(shared), FrameRingReader(shared, "square", lambda: None, clock=lambda: NOW_NS)


def taken(reader: FrameRingReader) -> RawFrame | None:
    got = next(iter(reader))
    assert not isinstance(got, FrameStamp)
    return got


@pytest.mark.parametrize("size_px", [(64, 48), (63, 47), (1, 1), (200, 150)])
def test_a_frame_comes_out_as_it_went_in(size_px: tuple[int, int]) -> None:
    writer, reader = ends(memory())
    assert taken(reader) is None
    sent = frame(0, size_px)
    writer.put(sent, ONLINE, (1, 0, 0))
    got = taken(reader)
    assert got is not None
    assert got.stamp == FrameStamp("square", 0, NOW_NS, 0.0, size_px)
    for name in ("luma", "chroma_u", "chroma_v"):
        assert np.array_equal(getattr(got, name), getattr(sent, name))
    assert (got.colour.bt709, got.colour.full_range) == (True, False)
    assert taken(reader) is None


def test_a_copy_stays_when_the_ring_is_written_over() -> None:
    writer, reader = ends(memory())
    sent = frame(0)
    writer.put(sent, ONLINE, (1, 0, 0))
    got = taken(reader)
    for index in range(1, 7):
        writer.put(frame(index), ONLINE, (1, 0, 0))
    assert got is not None
    assert np.array_equal(got.luma, sent.luma)


def test_the_newest_is_taken_and_the_others_are_counted_as_dropped() -> None:
    writer, reader = ends(memory())
    for index in range(5):
        writer.put(frame(index, after_loss=index == 2), ONLINE, (2, 1, 3))
    got = taken(reader)
    assert got is not None
    assert (got.stamp.index, got.stamp.after_loss) == (4, True)  # the loss before a frame that was dropped still counts
    assert reader.take_counts() == (10, 5 + 4, 15)
    assert reader.take_counts() == (0, 0, 0)
    writer.put(frame(5), ONLINE, (1, 0, 0))
    again = taken(reader)
    assert again is not None
    assert not again.stamp.after_loss


def test_the_state_of_the_stream_comes_with_its_numbers() -> None:
    writer, reader = ends(memory())
    assert reader.condition.state is CameraState.CONNECTING
    frozen = SourceCondition(CameraState.FROZEN, NOW_NS - 5, "the camera sends the same picture", 12.5, 10.0)
    mistimed = replace(ONLINE, mistimed_from_ns=NOW_NS - 40, mistimed_to_ns=NOW_NS - 3)
    for condition in (ONLINE, frozen, mistimed):
        writer.put(None, condition, (0, 0, 0))
        assert reader.condition == condition


def test_a_frame_that_is_written_over_while_it_is_copied_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = memory()
    writer, reader = ends(shared)
    writer.put(frame(0), ONLINE, (1, 0, 0))
    copied: Callable[[int], RawFrame | FrameStamp | None] = reader._copied
    slot = ring_module._slot(shared, 1)[0]

    def torn(number: int) -> RawFrame | FrameStamp | None:
        struct.pack_into("<Q", shared, slot, 0)
        return copied(number)

    monkeypatch.setattr(reader, "_copied", torn)
    assert taken(reader) is None


def hostile(change: Callable[[memoryview, int], None]) -> None:
    """Takes a good frame, then one that was changed in the ring."""
    shared = memory()
    writer, reader = ends(shared)
    writer.put(frame(7), ONLINE, (1, 0, 0))
    assert taken(reader) is not None
    writer.put(frame(8), ONLINE, (1, 0, 0))
    change(shared, ring_module._slot(shared, 2)[0])
    taken(reader)
    _ = reader.condition, reader.take_counts()


HEAD = "<QQqdIIQBB"


def field(place: int, value: float) -> Callable[[memoryview, int], None]:
    def change(shared: memoryview, at: int) -> None:
        fields = list(struct.unpack_from(HEAD, shared, at))
        fields[place] = value
        struct.pack_into(HEAD, shared, at, *fields)

    return change


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (1, 7), (1, 0), (3, math.nan), (3, math.inf), (3, -math.inf), (3, 1e300), (3, 0.1), (4, 0), (4, 2**32 - 1),
        (4, 8193), (5, 0), (5, 8192), (7, 2), (8, 255),
    ],
)  # fmt: skip
def test_a_frame_that_no_camera_gives_is_refused(place: int, value: float) -> None:
    with pytest.raises(WorkerError, match="the decoder gives"):
        hostile(field(place, value))


@pytest.mark.parametrize("newest", [1 << 40, 2**64 - 1, 0, 1])
def test_numbers_that_run_away_or_go_back_are_refused(newest: int) -> None:
    shared = memory()
    writer, reader = ends(shared)
    for index in range(3):
        writer.put(frame(index), ONLINE, (1, 0, 0))
    assert taken(reader) is not None
    struct.pack_into("<Q", shared, 0, newest)
    with pytest.raises(WorkerError, match="numbers"):
        taken(reader)


@pytest.mark.parametrize("counts", [(2**63, 0, 0, 0), (0, 0, 0, 0), (1, 0, 2_000_000, 0)])
def test_counts_that_run_away_or_go_back_are_refused(counts: tuple[int, ...]) -> None:
    shared = memory()
    writer, reader = ends(shared)
    writer.put(None, ONLINE, (1, 0, 0))
    reader.take_counts()
    struct.pack_into("<QQQQ", shared, 64, *counts)
    with pytest.raises(WorkerError, match="more frames"):
        reader.take_counts()


@pytest.mark.parametrize("time_ns", [0, -(2**63), 2**63 - 1, NOW_NS - 3600 * 10**9])
def test_a_time_that_is_not_now_is_replaced_by_now(time_ns: int) -> None:
    writer, reader = ends(memory())
    writer.put(frame(0, time_ns=time_ns), ONLINE, (1, 0, 0))
    got = taken(reader)
    assert got is not None
    assert got.stamp.time_ns == NOW_NS


def test_a_sentence_steers_no_terminal() -> None:
    writer, reader = ends(memory())
    writer.put(None, SourceCondition(CameraState.OFFLINE, NOW_NS, "gone \x1b[2J" + "x" * 5000), (0, 0, 0))
    why = reader.condition.why
    assert why.startswith("gone ?[2Jx")
    assert len(why) == 400


@given(noise=st.binary(min_size=8, max_size=900), place=st.integers(0, 900))
@settings(max_examples=200)
def test_whatever_stands_in_the_ring_is_a_frame_or_an_error_of_ours(noise: bytes, place: int) -> None:
    shared = memory()
    writer, reader = ends(shared)
    writer.put(frame(0), ONLINE, (1, 0, 0))
    shared[place : place + len(noise)] = noise
    slot = ring_module._slot(shared, 1)[0]
    shared[slot + place % 60 : slot + place % 60 + 8] = noise[:8]
    for look in (lambda: taken(reader), lambda: reader.condition, reader.take_counts):
        try:
            look()
        except WorkerError:
            return


def test_what_a_decoder_draws_is_taken_for_a_picture() -> None:
    """A limit, tried: the ring cannot know whether pixels are what the camera saw, or what a decoder has made of it."""
    writer, reader = ends(memory())
    drawn = frame(0)
    drawn.luma[:] = np.indices(drawn.luma.shape).sum(0) % 2 * 255
    writer.put(drawn, ONLINE, (1, 0, 0))
    got = taken(reader)
    assert got is not None
    assert np.array_equal(got.luma, drawn.luma)


@pytest.mark.parametrize(("from_ns", "to_ns"), [(-5, 7), (9, 7), (7, NOW_NS * 2)])
def test_a_stretch_that_cannot_be_is_left_out(from_ns: int, to_ns: int) -> None:
    writer, reader = ends(memory())
    writer.put(None, replace(ONLINE, mistimed_from_ns=from_ns, mistimed_to_ns=to_ns), (0, 0, 0))
    assert reader.condition == ONLINE


def test_a_frame_after_rest_says_so_and_what_the_analysis_gave_goes_back() -> None:
    shared, answers = memory(), []
    writer = FrameRingWriter(shared)
    reader = FrameRingReader(
        shared, "square", lambda: None, answer=lambda *one: answers.append(one), clock=lambda: NOW_NS
    )
    for index, rest in ((0, False), (1, True)):
        writer.put(frame(index, after_rest=rest), ONLINE, (1, 0, 0))
        got = taken(reader)
        assert got is not None
        assert got.stamp.after_rest is rest
        reader.attend(index, quiet=rest, small=index / 4)
    assert answers == [(0, False, 0.0), (1, True, 0.25)]


def test_a_frame_after_rest_that_is_not_taken_leaves_a_gap_behind() -> None:
    writer, reader = ends(memory())
    writer.put(frame(0, after_rest=True), ONLINE, (1, 0, 0))
    writer.put(frame(1), ONLINE, (1, 0, 0))
    got = taken(reader)
    assert got is not None
    assert not got.stamp.after_rest


def test_of_a_frame_that_is_left_out_its_stamp_alone_is_given() -> None:
    writer, reader = ends(memory())
    reader.leave_out(0, (64, 48), 0.25)
    came = []
    for index, size_px in enumerate([(64, 48), (32, 48), (64, 48), (64, 48)]):
        writer.put(frame(index, size_px, after_loss=index == 2), ONLINE, (1, 0, 0))
        came.append(next(iter(reader)))
    assert [type(one) for one in came] == [FrameStamp, RawFrame, FrameStamp, RawFrame]
    assert came[0] == FrameStamp("square", 0, NOW_NS, 0.0, (64, 48))
    losses = [one.after_loss for one in came if isinstance(one, FrameStamp)]
    assert losses == [False, True]
    assert reader.take_counts() == (4, 0, 0)
