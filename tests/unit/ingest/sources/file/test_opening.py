"""Which of a file's streams is its film, and files whatever their names."""

import os
import struct
from pathlib import Path

import pytest
from av.stream import Disposition

from passerby.domain.errors import SourceError
from passerby.ingest.sources.file.opening import OpenRecording
from passerby.ingest.sources.file.video_file import VideoFile
from testing.films import ONE_SECOND, film, side_by_side

NONE = Disposition(0)


def chosen(path: Path) -> tuple[int, int, int]:
    """Index, width and height of the stream that is opened."""
    recording = OpenRecording(path)
    stream = recording.stream
    recording.close()
    return stream.index, stream.codec_context.width, stream.codec_context.height


def udta_first(path: Path) -> Path:
    """Puts an MP4's tags before its tracks, as some taggers do; sizes and offsets stay right."""
    content = path.read_bytes()

    def boxes(start: int, end: int) -> list[tuple[bytes, int, int]]:
        found = []
        while start < end:
            length, kind = struct.unpack(">I4s", content[start : start + 8])
            found.append((kind, start, length))
            start += length
        return found

    _, start, length = next(box for box in boxes(0, len(content)) if box[0] == b"moov")
    order = {b"mvhd": 0, b"udta": 1}
    inside = sorted(boxes(start + 8, start + length), key=lambda box: order.get(box[0], 2))
    moov = b"".join(content[begin : begin + size] for _, begin, size in inside)
    path.write_bytes(content[: start + 8] + moov + content[start + length :])
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return film(tmp_path / "large.mp4", codec="h264", size_px=(320, 240))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return film(tmp_path / "small.mp4", codec="h264", size_px=(80, 64))


@pytest.fixture
def cover(tmp_path: Path) -> Path:
    return film(tmp_path / "cover.mp4", codec="mjpeg", size_px=(640, 480), times_s=(0.0,))


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_cover_picture_is_never_the_film(ending: str, large: Path, cover: Path, tmp_path: Path) -> None:
    for order in ((large, cover), (cover, large)):
        marks = [Disposition.attached_pic if each is cover else NONE for each in order]
        path = side_by_side(tmp_path / f"both.{ending}", order, marks)
        assert chosen(path)[1:] == (320, 240)
        with VideoFile(path, "square") as video:
            assert len(list(video)) == len(ONE_SECOND)


def test_a_cover_among_tags_before_the_tracks_is_not_the_film(large: Path, cover: Path, tmp_path: Path) -> None:
    path = udta_first(side_by_side(tmp_path / "both.mp4", (large, cover), (NONE, Disposition.attached_pic)))
    assert chosen(path)[1:] == (320, 240)


def test_a_single_picture_that_nothing_marks_as_a_cover_is_not_the_film(
    large: Path, cover: Path, tmp_path: Path
) -> None:
    path = side_by_side(tmp_path / "both.mp4", (cover, large), (Disposition.default, NONE))
    assert chosen(path)[1:] == (320, 240)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("marks", [(NONE, NONE), (Disposition.default, NONE), (Disposition.default,) * 2])
def test_a_preview_is_not_the_film_even_where_it_comes_first(
    marks: tuple[Disposition, Disposition], ending: str, large: Path, small: Path, tmp_path: Path
) -> None:
    assert chosen(side_by_side(tmp_path / f"both.{ending}", (small, large), marks))[1:] == (320, 240)


def test_of_streams_of_like_size_the_default_one_is_the_film(large: Path, tmp_path: Path) -> None:
    other = film(tmp_path / "other.mp4", codec="h264", size_px=(240, 176))
    for marks, size_px in (((NONE, Disposition.default), (240, 176)), ((Disposition.default, NONE), (320, 240))):
        path = side_by_side(tmp_path / "both.mkv", (large, other), marks)
        assert chosen(path)[1:] == size_px


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "nut"])
@pytest.mark.parametrize("codec", ["mjpeg", "h264"])
@pytest.mark.parametrize("times_s", [(0.0,), (0.0, 4.0, 8.0), (0.0, 0.1, 0.2)])
def test_thumbnails_and_scraps_are_not_the_film_though_they_are_large_and_first(
    times_s: tuple[float, ...], codec: str, ending: str, tmp_path: Path
) -> None:
    whole = film(tmp_path / "whole.mp4", codec="h264", size_px=(160, 128), times_s=[each / 10 for each in range(100)])
    scrap = film(tmp_path / "scrap.mp4", codec=codec, size_px=(320, 240), times_s=times_s)
    path = side_by_side(tmp_path / f"both.{ending}", (scrap, whole), (Disposition.default, NONE))
    with VideoFile(path, "square") as video:
        assert len(list(video)) == 100
        assert video.size_px == (160, 128)


@pytest.mark.parametrize("cut", [1, 5 * 188, 777, 20 * 188 + 3])
def test_a_transport_stream_cut_out_of_a_longer_one_is_read(cut: int, tmp_path: Path) -> None:
    path = film(tmp_path / "whole.ts", codec="h264", size_px=(64, 48), times_s=[each / 10 for each in range(40)])
    path.write_bytes(path.read_bytes()[cut:])
    with VideoFile(path, "square") as video:
        assert len(list(video)) >= 29  # but for what was cut off, and what rests on it


@pytest.mark.parametrize("cut", [5 * 188, 777, 20 * 188 + 3])
@pytest.mark.parametrize("small_first", [True, False])
def test_a_cut_transport_stream_with_a_preview_gives_its_film(small_first: bool, cut: int, tmp_path: Path) -> None:
    times_s = [each / 10 for each in range(30)]
    sizes = [(64, 48), (160, 128)] if small_first else [(160, 128), (64, 48)]
    films = [
        film(tmp_path / f"{size[0]}.mp4", codec="h264", size_px=size, times_s=times_s, noisy=True) for size in sizes
    ]
    path = side_by_side(tmp_path / "both.ts", films, (NONE, NONE))
    path.write_bytes(path.read_bytes()[cut:])
    with VideoFile(path, "square") as video:
        assert len(list(video)) >= 19  # but for what was cut off, and what rests on it
        assert video.size_px == (160, 128)


def test_a_file_with_nothing_but_a_cover_is_refused(cover: Path, tmp_path: Path) -> None:
    path = side_by_side(tmp_path / "song.mp4", (cover,), (Disposition.attached_pic,))
    with pytest.raises(SourceError, match="no film in this file, only a cover picture"):
        chosen(path)


@pytest.mark.parametrize(
    "name",
    [
        b"2024-11-14T22:57:44.mp4", b"rtsp:x.mp4", b"concat:a|b.mp4", b"img%03d.mp4", b"100%d.png", b"-rf.mp4",
        b"'q\"uote'.mp4", b"new\nline.mp4", "👩‍🚀 Cafe\u0301.mp4".encode(), b"b\xe9\xff.mp4", b"*?{}.mp4",
        b"a#b?c=d&e.mp4", b"no ending",
    ],
)  # fmt: skip
def test_a_file_is_read_whatever_its_name(name: bytes, small: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(small.read_bytes())
    with VideoFile(path, "square") as video:
        assert len(list(video)) == len(ONE_SECOND)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsmall.ts\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile small.ts\n"),
    ],
)
def test_a_playlist_leads_to_no_other_file(name: str, text: str, tmp_path: Path) -> None:
    film(tmp_path / "small.ts", codec="h264", size_px=(80, 64))
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SourceError, match="no video"):
        chosen(path)
