"""Films hold anonymous frames alone, keep time, and appear whole or not at all."""

import errno
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.ingest.anonymise.film_writer import FilmWriter


def anonymous(index: int, stream_s: float) -> AnonymousFrame:
    image = np.full((48, 64, 3), 40 + index, np.uint8)
    return AnonymousFrame(FrameStamp("square", index, 0, stream_s, (64, 48)), image, "redrawn")


@pytest.mark.parametrize("ending", [".mp4", ".webm", ".mkv"])
def test_a_film_keeps_time_and_carries_no_metadata(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    times_s = [3.0, 3.1, 3.3, 3.3, 4.0]
    with FilmWriter(path, (64, 48), 10) as writer:
        for index, stream_s in enumerate(times_s):
            writer.write(anonymous(index, stream_s))
    with av.open(str(path)) as film:
        (stream,) = film.streams
        got_s = [frame.time for frame in film.decode(video=0)]
        named = {**film.metadata, **stream.metadata}
        assert "vp9" in stream.codec_context.name
    assert np.allclose(got_s, [0, 0.1, 0.3, 0.301, 1.0], atol=0.002)
    revealing = {"creation_time", "title", "comment", "location", "date", "artist", "copyright", "make"}
    assert not {key.lower() for key in named} & revealing
    assert list(tmp_path.iterdir()) == [path]


def test_a_film_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), FilmWriter(tmp_path / "out.mp4", (64, 48), 10) as writer:
        writer.write(anonymous(0, 0.0))
        raise RuntimeError("on purpose")
    assert list(tmp_path.iterdir()) == []


class FullDisk:
    """A container whose last bytes find no room."""

    def __init__(self, container: object) -> None:
        self._container = container

    def mux(self, packets: object) -> None:
        """Takes all that comes before."""

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_at_the_very_end_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"could not be written whole: No space left on device"),
        FilmWriter(tmp_path / "out.mp4", (64, 48), 10) as writer,
    ):
        writer.write(anonymous(0, 0.0))
        writer._container = FullDisk(writer._container)  # type: ignore[assignment]
    assert list(tmp_path.iterdir()) == []


def test_an_older_film_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    with pytest.raises(RuntimeError, match="on purpose"), FilmWriter(path, (64, 48), 10):
        raise RuntimeError("on purpose")
    assert path.read_bytes() == b"older"


def test_other_endings_and_missing_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ends in \.mp4"):
        FilmWriter(tmp_path / "out.avi", (64, 48), 10)
    with pytest.raises(OutputError, match="cannot be written"):
        FilmWriter(tmp_path / "missing" / "out.mp4", (64, 48), 10)


def test_frames_that_are_not_anonymous_are_refused(street, tmp_path: Path) -> None:
    writer = FilmWriter(tmp_path / "out.mp4", (64, 48), 10)
    with pytest.raises(TypeError, match="anonymous frames alone, got RawFrame"), writer:
        writer.write(street.raw(0.0, []))
    assert list(tmp_path.iterdir()) == []


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    with FilmWriter(tmp_path / "OUT.MKV", (64, 48), 10) as writer:
        writer.write(anonymous(0, 0.0))
    assert [path.name for path in tmp_path.iterdir()] == ["OUT.MKV"]
