"""MP4 files that broke off before their index, read by a whole one's headers or by their own."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from passerby.domain.errors import SourceError
from passerby.ingest.sources.file.opening import Hints
from passerby.ingest.sources.file.video_file import VideoFile
from testing.films import film, number_of, silence_beside, turn

TIMES_S = tuple(number / 10 for number in range(60))
SIZE_PX = (160, 128)
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("whole") / "whole.mp4", codec="h264", times_s=TIMES_S, size_px=SIZE_PX)


def cut(source: Path, path: Path, share: float) -> Path:
    """The first part of a file's pictures and sound, without what comes behind."""
    content = source.read_bytes()
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    path.write_bytes(content[: start + round(share * (end - start))])
    return path


def numbers(path: Path, hints: Hints) -> list[int]:
    """Which of the film's pictures were read, at which tenth of a second they were."""
    with VideoFile(path, "square", hints=hints) as video:
        frames = list(video)
        assert video.loss
        assert video.has_time_stamps == (hints.like is not None or hints.recorded_fps is not None)
    got = [round(number_of(frame.luma)) for frame in frames]
    assert got == [number % 25 for number in range(len(got))]
    assert [frame.stamp.stream_s for frame in frames] == pytest.approx(
        [number / (hints.recorded_fps or (10 if hints.like else 25)) for number in range(len(got))]
    )
    return got


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97, 1.0])
def test_every_picture_up_to_the_break_is_read_by_a_siblings_headers(share: float, whole: Path, tmp_path: Path) -> None:
    read = numbers(cut(whole, tmp_path / "cut.mp4", share), Hints(whole))
    assert len(read) >= 60 * share - 12
    assert share < 1 or len(read) == 60


@pytest.mark.parametrize("loud", [False, True])
def test_sound_between_the_pictures_is_passed_over(loud: bool, whole: Path, tmp_path: Path) -> None:
    with_sound = silence_beside(whole, tmp_path / "sound.mp4", 6.0, loud=loud)
    assert len(numbers(cut(with_sound, tmp_path / "cut.mp4", 1.0), Hints(whole))) == 60


@pytest.mark.parametrize("length", [0, 8])
def test_a_length_that_was_never_written_is_none(length: int, whole: Path, tmp_path: Path) -> None:
    path = cut(whole, tmp_path / "cut.mp4", 1.0)
    content = bytearray(path.read_bytes())
    place = content.index(b"mdat")
    content[place - 4 : place] = length.to_bytes(4, "big")
    path.write_bytes(content)
    assert len(numbers(path, Hints(whole))) == 60


def test_pictures_that_are_coded_out_of_order_are_read_in_order(tmp_path: Path) -> None:
    options = {"bf": "3", "g": "20"}
    source = film(tmp_path / "whole.mp4", codec="h264", times_s=TIMES_S, size_px=SIZE_PX, options=options)
    assert len(numbers(cut(source, tmp_path / "cut.mp4", 1.0), Hints(source))) == 60


def test_h265(tmp_path: Path) -> None:
    source = film(
        tmp_path / "whole.mp4", codec="hevc", times_s=TIMES_S, size_px=SIZE_PX,
        options={"preset": "ultrafast", "x265-params": "log-level=none:bframes=0"},
    )  # fmt: skip
    assert len(numbers(cut(source, tmp_path / "cut.mp4", 1.0), Hints(source))) == 60


@pytest.mark.parametrize("recorded_fps", [None, 10.0, 5.0])
def test_a_stream_that_repeats_its_headers_needs_no_sibling(recorded_fps: float | None, tmp_path: Path) -> None:
    options = {"x264-params": "repeat-headers=1"}
    source = film(tmp_path / "whole.mp4", codec="h264", times_s=TIMES_S, size_px=SIZE_PX, options=options)
    path = cut(source, tmp_path / "cut.mp4", 0.9)
    with VideoFile(path, "square", hints=Hints(recorded_fps=recorded_fps)) as video:
        frames = list(video)
        assert len(frames) >= 48
        assert video.has_time_stamps == (recorded_fps is not None)
    if recorded_fps is not None:
        assert frames[40].stamp.stream_s == pytest.approx(40 / recorded_fps)


def test_without_headers_it_is_refused_with_what_to_do(whole: Path, tmp_path: Path) -> None:
    path = cut(whole, tmp_path / "cut.mp4", 0.6)
    with pytest.raises(SourceError, match=r"breaks off before its index .* Name a whole recording .* --like FILE"):
        VideoFile(path, "square")


def test_another_codec_and_another_cameras_recording_are_refused(whole: Path, tmp_path: Path) -> None:
    other = film(tmp_path / "other.mp4", codec="mpeg4", times_s=TIMES_S, size_px=SIZE_PX)
    with pytest.raises(SourceError, match="breaks off before its index"):
        VideoFile(cut(other, tmp_path / "cut.mp4", 0.6), "square")
    with pytest.raises(SourceError, match=r"other\.mp4: a whole MP4 with H\.264 or H\.265 is needed"):
        VideoFile(cut(whole, tmp_path / "cut.mp4", 0.6), "square", hints=Hints(other))
    with pytest.raises(SourceError, match="there is no such file"):
        VideoFile(tmp_path / "cut.mp4", "square", hints=Hints(tmp_path / "missing.mp4"))
    hevc = film(
        tmp_path / "hevc.mp4", codec="hevc", times_s=TIMES_S, size_px=SIZE_PX,
        options={"preset": "ultrafast", "x265-params": "log-level=none"},
    )  # fmt: skip
    with (
        pytest.raises(SourceError, match="picture"),
        VideoFile(tmp_path / "cut.mp4", "square", hints=Hints(hevc)) as video,
    ):
        list(video)


def test_a_fragmented_file_is_read_to_where_it_breaks_off(whole: Path, tmp_path: Path) -> None:
    fragmented = tmp_path / "whole.mp4"
    with (
        av.open(str(whole), "r") as source,
        av.open(str(fragmented), "w", options={"movflags": "frag_keyframe+empty_moov"}) as output,
    ):
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    content = fragmented.read_bytes()
    starts = [place - 4 for place in range(len(content)) if content.startswith(b"moof", place)]
    assert len(starts) >= 6
    for number, start in enumerate(starts[1:6], 1):
        for more in (0, 4, 40, 200):
            path = tmp_path / "cut.mp4"
            path.write_bytes(content[: start + more])
            with VideoFile(path, "square") as video:
                read = [round(number_of(frame.luma)) for frame in video]
            assert len(read) >= 8 * number
            assert read == [each % 25 for each in range(len(read))]


@pytest.mark.parametrize("clockwise_deg", [90, 180])
def test_pictures_are_turned_as_the_siblings_index_says(clockwise_deg: int, tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", codec="h264", times_s=TIMES_S, size_px=(96, 128), pixel_aspect=Fraction(2))
    turn(whole, clockwise_deg)
    with VideoFile(cut(whole, tmp_path / "cut.mp4", 0.5), "square", hints=Hints(whole)) as video:
        assert {frame.size_px for frame in video} == {(128, 192) if clockwise_deg == 90 else (192, 128)}


def test_segments_of_a_fragmented_file_are_read_by_a_siblings_headers(whole: Path, tmp_path: Path) -> None:
    fragmented = tmp_path / "fragmented.mp4"
    with av.open(str(whole)) as source, av.open(str(fragmented), "w", options=FRAGMENTS) as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    content = fragmented.read_bytes()
    segment = tmp_path / "segment.m4s"
    segment.write_bytes(content[content.index(b"moof") - 4 :])
    assert len(numbers(segment, Hints(whole))) == len(numbers(segment, Hints(fragmented))) == 60
    with pytest.raises(SourceError, match="--like FILE"):
        VideoFile(segment, "square")
