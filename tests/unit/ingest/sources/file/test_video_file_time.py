"""When the pictures of real files were taken, and how long the files are, whatever their stamps and headers say."""

from itertools import pairwise
from pathlib import Path

import av
import pytest

from passerby.ingest.sources.file.video_file import VideoFile
from testing.films import film, silence_beside, stamped

SIX_SECONDS = tuple(number / 10 for number in range(60))


@pytest.fixture(scope="module")
def six_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("time") / "film.mp4"
    return film(path, codec="h264", times_s=SIX_SECONDS, size_px=(160, 128), noisy=True)


def read(path: Path) -> tuple[list[float], float]:
    """The pictures' times, and how long the file is after they were read."""
    with VideoFile(path, "square") as video:
        times_s = [frame.stamp.stream_s for frame in video]
        return times_s, video.duration_s


@pytest.mark.parametrize("off_s", [-1e6, -5000.0, -50.0, -3.0, 1.5, 3.0, 8.0, 50.0, 5000.0, 1e6])
@pytest.mark.parametrize("place", [0, 1, 30, 58, 59])
def test_one_absurd_stamp(off_s: float, place: int, six_seconds: Path, tmp_path: Path) -> None:
    path = stamped(
        six_seconds, tmp_path / "film.mkv", lambda number, stamp_s: stamp_s + (off_s if number == place else 0)
    )
    times_s, duration_s = read(path)
    assert times_s == pytest.approx(SIX_SECONDS, abs=0.02)
    assert duration_s == pytest.approx(6.0, abs=0.11)


def part(source: Path, path: Path, first: int, last: int, offset_s: float) -> Path:
    """Some of the pictures of a film with other stamps, as a file of their own."""
    with av.open(str(source), "r") as film_file, av.open(str(path), "w") as output:
        video = film_file.streams.video[0]
        stream = output.add_stream_from_template(video)
        for number, packet in enumerate(film_file.demux(video)):
            if packet.pts is not None and packet.time_base is not None and first <= number < last:
                packet.pts = packet.dts = packet.pts + round(offset_s / packet.time_base)
                packet.stream = stream
                output.mux(packet)
    return path


@pytest.mark.parametrize("absurd_s", [5.0, 900.0, 40_000.0])
def test_one_absurd_stamp_in_a_transport_stream(absurd_s: float, six_seconds: Path, tmp_path: Path) -> None:
    cuts = ((0, 25, 700.0), (25, 26, absurd_s), (26, 60, 700.0))
    parts = [part(six_seconds, tmp_path / f"{first}.ts", first, last, by_s) for first, last, by_s in cuts]
    path = tmp_path / "film.ts"
    path.write_bytes(b"".join(each.read_bytes() for each in parts))
    times_s, duration_s = read(path)
    assert times_s == pytest.approx(SIX_SECONDS, abs=0.05)
    assert duration_s == pytest.approx(6.0, abs=0.11)


def test_several_absurd_stamps(six_seconds: Path, tmp_path: Path) -> None:
    absurd_s = {5: 1e6, 17: 3.0, 18: 8e4, 40: 2e7, 41: 0.0}
    path = stamped(six_seconds, tmp_path / "film.mkv", lambda number, stamp_s: absurd_s.get(number, stamp_s + 100))
    times_s, duration_s = read(path)
    assert times_s == pytest.approx(SIX_SECONDS, abs=0.02)
    assert duration_s == pytest.approx(6.0, abs=0.11)


@pytest.mark.parametrize("offsets_s", [(90_000, 5), (5, 90_000), (5, 90_000, 5), (1, 1, 1, 1), (200, 100, 40_000, 3)])
def test_joined_transport_streams(offsets_s: tuple[float, ...], six_seconds: Path, tmp_path: Path) -> None:
    parts = [
        part(six_seconds, tmp_path / f"part{number}.ts", 0, 60, offset_s) for number, offset_s in enumerate(offsets_s)
    ]
    joined = tmp_path / "joined.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    times_s, duration_s = read(joined)
    assert times_s == pytest.approx([number / 10 for number in range(60 * len(parts))], abs=0.1)
    assert duration_s == pytest.approx(6.0 * len(parts), abs=0.2)
    with VideoFile(joined, "square") as video:
        assert [frame.stamp.stretch for frame in video] == [number // 60 for number in range(60 * len(parts))]


def test_a_transport_streams_clock_that_wraps(six_seconds: Path, tmp_path: Path) -> None:
    start_s = 2**33 / 90_000 - 3
    path = stamped(six_seconds, tmp_path / "film.ts", lambda _, stamp_s: stamp_s + start_s)
    times_s, duration_s = read(path)
    assert times_s == pytest.approx(SIX_SECONDS, abs=0.02)
    assert duration_s == pytest.approx(6.0, abs=0.11)


@pytest.mark.parametrize("ending", ["mkv", "flv", "ts", "mp4"])
def test_sound_that_is_longer_than_the_video(ending: str, six_seconds: Path, tmp_path: Path) -> None:
    path = silence_beside(six_seconds, tmp_path / f"film.{ending}", 20.0)
    with av.open(str(path), "r") as container:
        assert container.duration == pytest.approx(20e6, rel=0.02)
    times_s, duration_s = read(path)
    assert times_s == pytest.approx(SIX_SECONDS, abs=0.02)
    assert duration_s == pytest.approx(6.0, abs=0.11)


def test_a_cut_file_with_longer_sound_still_promises_its_video(six_seconds: Path, tmp_path: Path) -> None:
    path = silence_beside(six_seconds, tmp_path / "film.mkv", 20.0)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 4 // 10])
    times_s, duration_s = read(path)
    assert 1 < times_s[-1] < 5
    assert duration_s == pytest.approx(6.0, abs=0.11)


@pytest.mark.parametrize("start_s", [-40.0, -0.35, 7000.0])
def test_a_file_that_does_not_begin_at_zero_is_no_longer_for_it(
    start_s: float, six_seconds: Path, tmp_path: Path
) -> None:
    for ending in ("mkv", "ts", "mp4") if start_s > 0 else ("mkv", "ts"):  # an MP4 leaves out what is before time 0
        path = stamped(six_seconds, tmp_path / f"film.{ending}", lambda _, stamp_s: stamp_s + start_s)
        times_s, duration_s = read(path)
        assert times_s == pytest.approx(SIX_SECONDS, abs=0.02)
        assert duration_s == pytest.approx(6.0, abs=0.11), ending


def test_irregular_times_are_kept(tmp_path: Path) -> None:
    times_s = [0.0]
    for number in range(80):
        times_s.append(times_s[-1] + (0.04, 0.04, 2.5, 0.3, 6.0, 0.1, 0.04)[number % 7])
    for ending in ("mkv", "mp4", "ts"):
        path = film(tmp_path / f"film.{ending}", codec="h264", times_s=times_s)
        assert read(path)[0] == pytest.approx(times_s, abs=0.002), ending


def test_a_gap_is_a_gap_and_absurd_stamps_around_it_are_not(six_seconds: Path, tmp_path: Path) -> None:
    def stamp(number: int, stamp_s: float) -> float:
        return 9e5 if number in (20, 39) else stamp_s + (60 if number > 29 else 0)

    times_s, duration_s = read(stamped(six_seconds, tmp_path / "film.mkv", stamp))
    steps_s = [after - before for before, after in pairwise(times_s)]
    assert max(steps_s) == steps_s[29] == pytest.approx(60.1, abs=0.02)
    assert duration_s == pytest.approx(66.0, abs=0.11)
