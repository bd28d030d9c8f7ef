"""Frames of files: which, when, and what a file is refused for."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.errors import SourceError
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.opening import Hints
from passerby.ingest.sources.file.video_file import VideoFile
from testing.films import ONE_SECOND, UPRIGHT, film, number_of, sound_alone, turn, turn_by_message

CONTAINERS = [
    (codec, ending)
    for codec in ("mpeg4", "mjpeg", "h264")
    for ending in ("avi", "mp4", "mkv", "ts")
    if (codec, ending) != ("mjpeg", "ts")  # no such stream in an MPEG-TS
]

QUICK_KEYS = {"x265-params": "keyint=5:log-level=none", "g": "5", "bf": "0"}
"""Key pictures every half a second."""


def frames_of(path: Path, analysed_fps: float | None = None, start_ns: int = 0) -> list[RawFrame]:
    with VideoFile(path, "square", analysed_fps=analysed_fps, start_ns=start_ns) as video:
        return list(video)


def times_of(frames: list[RawFrame]) -> list[float]:
    return [frame.stamp.stream_s for frame in frames]


@pytest.mark.parametrize(("codec", "ending"), CONTAINERS)
def test_every_picture_of_every_container_at_its_time(codec: str, ending: str, tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / f"film.{ending}", codec=codec))
    assert times_of(frames) == pytest.approx([number / 10 for number in range(10)], abs=0.002)
    numbers = [number_of(frame.luma) if not frame.colour.full_range else None for frame in frames]
    known = [(number, got) for number, got in enumerate(numbers) if got is not None]
    assert all(abs(got - number) < 0.5 for number, got in known)
    assert [frame.stamp.index for frame in frames] == list(range(10))


@pytest.mark.parametrize(("codec", "ending"), CONTAINERS)
def test_length_rate_and_size_are_known_before_the_first_frame(codec: str, ending: str, tmp_path: Path) -> None:
    with VideoFile(film(tmp_path / f"film.{ending}", codec=codec), "square") as video:
        assert video.rate_fps == pytest.approx(10, rel=0.02)
        assert video.duration_s == pytest.approx(1.0, abs=0.11)
        assert video.size_px == (64, 48)
        assert video.has_time_stamps


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_time_comes_from_the_stamps_and_not_from_the_rate(ending: str, tmp_path: Path) -> None:
    times_s = [0.0, 0.1, 0.5, 0.55, 2.0, 2.04, 3.0]
    frames = frames_of(film(tmp_path / f"film.{ending}", codec="h264", times_s=times_s))
    assert times_of(frames) == pytest.approx(times_s, abs=0.002)


def test_stamps_that_do_not_begin_at_zero_are_counted_from_the_first(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "film.mkv", times_s=[100.0, 100.1, 100.2]))
    assert times_of(frames) == pytest.approx([0.0, 0.1, 0.2], abs=0.002)


@pytest.mark.parametrize(("fps", "numbers"), [(5.0, [0, 2, 4, 6, 8]), (2.0, [0, 5]), (100.0, list(range(10)))])
def test_frames_are_taken_evenly(fps: float, numbers: list[int], tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "film.mp4"), fps)
    assert [frame.stamp.index for frame in frames] == numbers


def test_the_wall_clock_starts_where_it_is_reported(tmp_path: Path) -> None:
    frames = frames_of(film(tmp_path / "film.mp4"), start_ns=1_700_000_000_000_000_000)
    assert frames[0].stamp.time_ns == 1_700_000_000_000_000_000
    assert frames[-1].stamp.time_ns == pytest.approx(1_700_000_000_900_000_000, abs=2_000_000)
    assert {frame.stamp.camera_id for frame in frames} == {"square"}


@pytest.mark.parametrize(
    ("clockwise_deg", "bright"),
    [(90, np.s_[:16, :]), (180, np.s_[:, -16:]), (270, np.s_[-16:, :])],
    ids=["90", "180", "270"],
)
def test_a_turned_film_stands_upright(clockwise_deg: int, bright: tuple[slice, slice], tmp_path: Path) -> None:
    """The picture's left edge is bright before the turn."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=10)
        assert isinstance(stream, av.video.stream.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        picture = np.full((64, 96, 3), 30, np.uint8)
        picture[:, :16] = 220
        for packet in [*stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")), *stream.encode()]:
            output.mux(packet)
    (frame,) = frames_of(turn(path, clockwise_deg))
    size_px = (96, 64) if clockwise_deg == 180 else (64, 96)
    assert frame.stamp.size_px == frame.size_px == size_px
    assert frame.picture(size_px)[bright].mean() > 190
    assert frame.picture(size_px).mean() < 110


MIRRORED = {
    "to the left": bytes.fromhex("ffff0000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000"),
    "to the top": bytes.fromhex("00010000 00000000 00000000 00000000 ffff0000 00000000 00000000 00000000 40000000"),
    "turned": bytes.fromhex("00000000 00010000 00000000 00010000 00000000 00000000 00000000 00000000 40000000"),
}
"""Matrices of an MP4's track header that mirror the picture; the last one exchanges its sides."""


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [("to the left", np.s_[:16, -16:]), ("to the top", np.s_[-16:, :16]), ("turned", np.s_[:16, :16])],
)
def test_a_mirrored_film_is_seen_as_it_is_meant(matrix: str, corner: tuple[slice, slice], tmp_path: Path) -> None:
    """The picture's upper left corner is bright before."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=10)
        assert isinstance(stream, av.video.stream.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        picture = np.full((64, 96, 3), 30, np.uint8)
        picture[:16, :16] = 220
        for packet in [*stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")), *stream.encode()]:
            output.mux(packet)
    before, plain, behind = path.read_bytes().rpartition(UPRIGHT)
    assert plain
    path.write_bytes(before + MIRRORED[matrix] + behind)
    (frame,) = frames_of(path)
    assert frame.size_px == ((64, 96) if matrix == "turned" else (96, 64))
    assert frame.picture(frame.size_px)[corner].mean() > 150
    assert frame.picture(frame.size_px).mean() < 60


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize(
    ("size_px", "pixel_aspect", "seen_px"),
    [
        ((64, 96), Fraction(2), (128, 96)),
        ((128, 48), Fraction(1, 2), (128, 96)),
        ((120, 96), Fraction(16, 15), (128, 96)),
        ((128, 96), Fraction(1), (128, 96)),
        ((72, 96), Fraction(16, 9), (128, 96)),
    ],
)
def test_pixels_that_are_not_square_are_seen_square(
    ending: str, size_px: tuple[int, int], pixel_aspect: Fraction, seen_px: tuple[int, int], tmp_path: Path
) -> None:
    path = film(tmp_path / f"film.{ending}", codec="h264", size_px=size_px, pixel_aspect=pixel_aspect)
    with VideoFile(path, "square") as video:
        assert video.size_px == seen_px
        frames = list(video)
    assert {frame.stamp.size_px for frame in frames} == {frame.size_px for frame in frames} == {seen_px}
    assert {frame.chroma_u.shape for frame in frames} == {(seen_px[1] // 2, seen_px[0] // 2)}
    assert all(abs(number_of(frame.luma) - number) < 0.5 for number, frame in enumerate(frames))


def test_pixels_that_are_not_square_in_a_turned_film(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", codec="h264", size_px=(64, 96), pixel_aspect=Fraction(2))
    assert {frame.size_px for frame in frames_of(turn(path, 90))} == {(96, 128)}


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_message_that_turns_key_pictures_turns_those_that_build_on_them(codec: str, tmp_path: Path) -> None:
    path = film(tmp_path / f"film.{codec}", codec=codec, size_px=(64, 96), pixel_aspect=Fraction(2), options=QUICK_KEYS)
    with VideoFile(turn_by_message(path, codec), "square", hints=Hints(recorded_fps=10)) as video:
        assert [frame.size_px for frame in video] == [(96, 128)] * len(ONE_SECOND)


@pytest.mark.parametrize("ending", ["ts", "h264"])
def test_pixels_that_change_their_shape_in_a_joined_recording(ending: str, tmp_path: Path) -> None:
    parts = [
        film(tmp_path / f"{number}.{ending}", codec="h264", size_px=(64, 96), pixel_aspect=aspect)
        for number, aspect in enumerate((None, Fraction(2)))
    ]
    for order, sizes_px in ((parts, [(64, 96), (128, 96)]), (parts[::-1], [(128, 96), (64, 96)])):
        path = tmp_path / f"joined.{ending}"
        path.write_bytes(b"".join(part.read_bytes() for part in order))
        with VideoFile(path, "square", hints=Hints(recorded_fps=10)) as video:
            found = [frame.size_px for frame in video]
        assert found == [sizes_px[0]] * 10 + [sizes_px[1]] * 10


def test_a_pixel_shape_that_no_camera_has_is_not_believed(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", codec="h264", pixel_aspect=Fraction(1, 200))
    assert {frame.size_px for frame in frames_of(path)} == {(64, 48)}


def test_what_was_read_is_counted(tmp_path: Path) -> None:
    with VideoFile(film(tmp_path / "film.mp4"), "square", analysed_fps=2.0) as video:
        assert len(list(video)) == 2
        assert (video.frames_read, video.frames_lost) == (10, 0)


def test_sound_is_never_opened(tmp_path: Path) -> None:
    with VideoFile(film(tmp_path / "film.mp4", sound=True), "square") as video:
        container = video._container
        assert not [stream for stream in container.streams.audio if stream.codec_context.is_open]
        packets = video._container.demux(video._stream)
        assert {packet.stream.type for packet in packets} == {"video"}


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no video stream"):
        VideoFile(sound_alone(tmp_path / "sound.mp4"), "square")


@pytest.mark.parametrize("side_px", [2, 30])
def test_a_picture_too_small_is_refused(side_px: int, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"{side_px}x{side_px} px"):
        VideoFile(film(tmp_path / "film.mp4", codec="mjpeg", size_px=(side_px, side_px)), "square")


def test_a_bare_stream_has_no_time_stamps(tmp_path: Path) -> None:
    with VideoFile(film(tmp_path / "film.h264", codec="h264", container="h264"), "square") as video:
        assert not video.has_time_stamps
        times_s = times_of(list(video))
        assert times_s == sorted(times_s)
        assert video.duration_s == pytest.approx(times_s[-1], abs=0.2)


def test_a_cut_avi_still_claims_its_whole_length(tmp_path: Path) -> None:
    whole = film(tmp_path / "film.avi", times_s=[number / 10 for number in range(50)], noisy=True)
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    with VideoFile(whole, "square") as video:
        assert 5 < len(list(video)) < 45
        assert video.duration_s == pytest.approx(5.0)


@pytest.mark.parametrize("zeros", [True, False])
def test_behind_a_hole_reading_goes_on(zeros: bool, tmp_path: Path) -> None:
    times_s = [number / 10 for number in range(60)]
    path = film(tmp_path / "film.ts", codec="h264", times_s=times_s, size_px=(160, 128), noisy=True)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    hole = slice(len(content) * 4 // 10, len(content) * 6 // 10)
    chance = np.random.default_rng(1)
    content[hole] = 0 if zeros else chance.integers(0, 256, hole.stop - hole.start, dtype=np.uint8)
    path.write_bytes(content.tobytes())
    with VideoFile(path, "square") as video:
        got_s = times_of(list(video))
    assert 30 < len(got_s) < 55
    assert got_s[-1] == pytest.approx(5.9, abs=0.11)


def test_a_text_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no video at all")
    with pytest.raises(SourceError, match=r"film\.mp4: no video could be read"):
        VideoFile(tmp_path / "film.mp4", "square")
