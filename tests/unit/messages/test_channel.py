"""What may go over the seam comes out as it went in; nothing else goes in, and nothing else is believed."""

import io
import json
import pickle
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.crossings import CrossingList
from passerby.domain.detections import Detections
from passerby.domain.film import Concealment, FilmReport
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.isolation import Isolation
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport
from passerby.domain.tracks import Tracks
from passerby.ingest.raw import RawFrame
from passerby.messages.channel import HEAD, MARK, MAX_ARRAY_BYTES, MAX_JSON_BYTES, StreamEndError
from passerby.messages.codec import Codec, CodecError
from passerby.messages.sandbox_messages import FROM_SANDBOX, KINDS, VERSION, Failure, FilmOpened, Message, StageSeconds
from passerby.tables.counts_json import counts_json
from testing.reports import any_report, market_square

STAMP = FrameStamp("square", 3, 1_000, 0.3, (64, 48))


def sent(message: object) -> bytes:
    out = io.BytesIO()
    FROM_SANDBOX.send(message, out)  # type: ignore[arg-type]
    return out.getvalue()


def there_and_back(message: Message) -> Message:
    return FROM_SANDBOX.receive(io.BytesIO(sent(message)))


def crafted(kind: int, plain: object, arrays: bytes = b"") -> bytes:
    text = json.dumps(plain).encode()
    return HEAD.pack(MARK, VERSION, kind, len(text), len(arrays)) + text + arrays


@pytest.mark.parametrize(
    "message",
    [
        Progress(1.5, 3.0, 15),
        FilmOpened(25.0),
        Isolation(2, ("not under bubblewrap",)),
        StageSeconds({"detect": 1.25, "decode": 0.5}),
        Failure("SourceError", "caf\udce9.mp4: no such file"),
        FilmReport(5, {"dark": 2}, 0.5, 1, 2.5, 3.5, Concealment(3, 1.0, 0.75, 0.5), None, Isolation(3, ())),
    ],
)
def test_numbers_and_words_come_through(message: Message) -> None:
    assert there_and_back(message) == message


@given(any_report)
@settings(max_examples=60)
def test_any_report_comes_through(report: CountReport) -> None:
    back = there_and_back(report)
    assert isinstance(back, CountReport)
    assert counts_json(back) == counts_json(report)
    assert np.array_equal(back.flow_map.passes, report.flow_map.passes)


LISTED = CrossingList(
    np.array([5, 7], np.int64), np.zeros(2, np.int64), np.array([0, 1], np.int32), np.array([0.5, 1.0]),
    np.array([1, 0], np.int32), np.array([0, 5], np.int16), np.array([True, False]),
)  # fmt: skip


def test_single_crossings_come_through() -> None:
    back = there_and_back(replace(market_square(), crossings=LISTED))
    assert isinstance(back, CountReport)
    assert back.crossings is not None
    for name in LISTED.__slots__:
        assert np.array_equal(getattr(back.crossings, name), getattr(LISTED, name))


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("line", np.array([0, 2], np.int32)),
        ("road_user", np.array([0, 8], np.int16)),
        ("recording", np.array([-1, 0], np.int32)),
        ("in_recording_s", np.array([-0.5, 0.0])),
        ("interval_ns", np.array([-(2**63), 0], np.int64)),
    ],
)
def test_a_crossing_that_cannot_be_is_refused(column: str, values: npt.NDArray[np.generic]) -> None:
    crossings = replace(LISTED, **{column: values})  # type: ignore[arg-type]
    with pytest.raises(CodecError):
        there_and_back(replace(market_square(), crossings=crossings))


def test_ground_and_places_come_through() -> None:
    report = market_square()
    back = there_and_back(report)
    assert isinstance(back, CountReport)
    assert report.ground is not None
    assert back.ground is not None
    assert np.array_equal(back.ground.homography, report.ground.homography)
    assert back.ground.rmse_m == report.ground.rmse_m
    for one, other in zip(back.zones, report.zones, strict=True):
        assert np.array_equal(one.zone.points, other.zone.points)
        assert one.zone.road_users == other.zone.road_users


def test_an_anonymous_picture_comes_through() -> None:
    image = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    back = there_and_back(AnonymousFrame(STAMP, image, "redrawn"))
    assert isinstance(back, AnonymousFrame)
    assert (back.stamp, back.method, back.coarse) == (STAMP, "redrawn", None)
    assert np.array_equal(back.image, image)
    coarse = image[:12, :16, 0] > 128
    back = there_and_back(AnonymousFrame(STAMP, image, "redrawn", coarse))
    assert isinstance(back, AnonymousFrame)
    assert back.coarse is not None
    assert np.array_equal(back.coarse, coarse)


def raw_frame() -> RawFrame:
    half = np.zeros((24, 32), np.uint8)
    return RawFrame(STAMP, np.zeros((48, 64), np.uint8), half, half)


@dataclass(frozen=True)
class Disguised(Progress):
    """A message with something under its coat."""

    picture: bytes = b"a picture"


@pytest.mark.parametrize(
    "value",
    [
        Tracks.none(STAMP), Detections.none(STAMP), raw_frame(), STAMP, np.zeros((4, 4, 3), np.uint8), b"a picture",
        {"a": 1}, None, Disguised(1.0, 2.0, 3),
    ],
)  # fmt: skip
def test_nothing_else_may_leave(value: object) -> None:
    with pytest.raises(CodecError, match="may not leave"):
        sent(value)


@pytest.mark.parametrize(
    "message",
    [
        Failure("a", Tracks.none(STAMP)),  # type: ignore[arg-type]
        Progress(raw_frame(), 1.0, 1),  # type: ignore[arg-type]
        StageSeconds({"tracks": Detections.none(STAMP)}),  # type: ignore[dict-item]
        Isolation(1, (raw_frame(),)),  # type: ignore[arg-type]
    ],
)
def test_nothing_else_may_leave_inside_of_a_message(message: Message) -> None:
    with pytest.raises(CodecError, match="is needed, got"):
        sent(message)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused(protocol: int) -> None:
    with pytest.raises(CodecError, match="no message of this version"):
        FROM_SANDBOX.receive(io.BytesIO(pickle.dumps(["a picture"] * 20, protocol)))


@pytest.mark.parametrize("sizes", [(MAX_JSON_BYTES + 1, 0), (2, MAX_ARRAY_BYTES + 1)])
def test_a_message_that_is_too_large_is_refused_before_it_is_read(sizes: tuple[int, int]) -> None:
    with pytest.raises(CodecError, match="too large"):
        FROM_SANDBOX.receive(io.BytesIO(HEAD.pack(MARK, VERSION, 0, *sizes)))


PROGRESS = {"done_s": 1.0, "duration_s": 2.0, "frames": 3}


@pytest.mark.parametrize(
    ("kind", "plain", "arrays"),
    [
        (len(KINDS), PROGRESS, b""),
        (0, {**PROGRESS, "picture": "x"}, b""),
        (0, {"done_s": 1.0}, b""),
        (0, {**PROGRESS, "frames": "3"}, b""),
        (0, {**PROGRESS, "frames": True}, b""),
        (0, {**PROGRESS, "frames": None}, b""),
        (0, [1.0, 2.0, 3], b""),
        (0, PROGRESS, b"a picture"),
        (KINDS.index(Isolation), {"level": 1, "missing": [1]}, b""),
        (KINDS.index(StageSeconds), {"cpu_s": [["a"]]}, b""),
    ],
)
def test_what_is_no_such_message_is_refused(kind: int, plain: object, arrays: bytes) -> None:
    with pytest.raises(CodecError):
        FROM_SANDBOX.receive(io.BytesIO(crafted(kind, plain, arrays)))


@pytest.mark.parametrize("shape", [[4, 4], [4, 4, 4], [4, 4, -3], [2**40, 2**40, 3], ["4", 4, 3], 48, [5, 4, 3]])
def test_a_picture_of_another_shape_than_announced_is_refused(shape: object) -> None:
    stamp = {"camera_id": "a", "index": 0, "time_ns": 0, "stream_s": 0.0, "size_px": [4, 4]}
    plain = {"stamp": stamp, "image": shape, "method": "redrawn"}
    with pytest.raises(CodecError):
        FROM_SANDBOX.receive(io.BytesIO(crafted(KINDS.index(AnonymousFrame), plain, bytes(48))))


def test_another_version_is_refused() -> None:
    with pytest.raises(CodecError, match="version"):
        FROM_SANDBOX.receive(io.BytesIO(HEAD.pack(MARK, VERSION + 1, 0, 2, 0) + b"{}"))


@given(st.integers(0, 200))
def test_a_message_cut_short_is_no_message(length: int) -> None:
    whole = sent(Progress(1.0, 2.0, 3))
    cut = whole[: min(length, len(whole) - 1)]
    with pytest.raises(StreamEndError) as reported:
        FROM_SANDBOX.receive(io.BytesIO(cut))
    assert reported.value.within == bool(cut)


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises((CodecError, StreamEndError)):
        FROM_SANDBOX.receive(io.BytesIO(noise))
    with pytest.raises((CodecError, StreamEndError)):
        FROM_SANDBOX.receive(io.BytesIO(HEAD.pack(MARK, VERSION, 0, len(noise), 0) + noise))


def test_only_what_an_earlier_release_did_not_write_may_be_missing() -> None:
    @dataclass(frozen=True)
    class Grown:
        name: str
        size: int = 3

    wanted = Codec(Grown, grown=(Grown,))
    assert wanted.decode({"name": "a"}, Grown, lambda _: memoryview(b"")) == Grown("a")
    assert wanted.decode({"name": "a", "size": 4}, Grown, lambda _: memoryview(b"")) == Grown("a", 4)
    for plain in (
        {},
        {"size": 4},
        {"size": 4, "name": "a"},
        {"name": "a", "other": 4},
        {"name": "a", "size": 4, "x": 1},
    ):
        with pytest.raises(CodecError, match="has the fields name, size"):
            wanted.decode(plain, Grown, lambda _: memoryview(b""))
    with pytest.raises(CodecError, match="has the fields name, size"):
        Codec(Grown).decode({"name": "a"}, Grown, lambda _: memoryview(b""))
