from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.errors import OutputError, SourceError
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.ingest.anonymise.concealment import read_truth
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.film import FilmJob, anonymise_film
from passerby.ingest.anonymise.film_writer import FilmWriter
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame


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
    telling = {"creation_time", "title", "comment", "location", "date", "artist", "copyright", "make"}
    assert not {key.lower() for key in named} & telling
    assert list(tmp_path.iterdir()) == [path]


def test_a_film_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), FilmWriter(tmp_path / "out.mp4", (64, 48), 10) as writer:
        writer.write(anonymous(0, 0.0))
        raise RuntimeError("on purpose")
    assert list(tmp_path.iterdir()) == []


def test_an_older_film_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    with pytest.raises(RuntimeError, match="on purpose"), FilmWriter(path, (64, 48), 10):
        raise RuntimeError("on purpose")
    assert path.read_bytes() == b"older"


def test_other_endings_and_missing_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ends in \.mp4"):
        FilmWriter(tmp_path / "out.avi", (64, 48), 10)
    with pytest.raises(OutputError, match="cannot be written"):
        FilmWriter(tmp_path / "missing" / "out.mp4", (64, 48), 10)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_whole_film(street, tmp_path: Path, mode: Mode) -> None:
    sitter = (40, 120, 70, 180)

    def people(stream_s: float) -> list[tuple[int, int, int, int]]:
        return [sitter, (20 + int(stream_s * 20), 60, 44 + int(stream_s * 20), 124)]

    @contextmanager
    def frames() -> Iterator[Iterator[RawFrame]]:
        street.index = 0
        yield (street.raw(step / 5, people(step / 5)) for step in range(50))

    def find(raw: RawFrame) -> Detections:
        found: Detections = street.seen(raw, people(raw.stamp.stream_s))
        return found

    truth = {step: np.array(people(step / 5), np.float32) for step in range(50)}
    told: list[float] = []
    job = FilmJob(
        frames, street.size_px, 10.0, 5.0, find, lambda found: Silhouettes(found.xyxy_px, found.road_user), (), mode,
        bodies=truth,
    )  # fmt: skip
    report = anonymise_film(job, tmp_path / "out.mp4", told.append)
    assert report.frames == 50
    assert report.masked == {}
    assert report.sharp_share > 0.5
    assert report.bodies is not None
    assert report.bodies.boxes_covered == 1.0
    assert report.bodies.boxes == 100
    assert told == sorted(told)
    assert told[-1] > 0.95
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 50


def test_truth_is_read_and_faults_in_it_are_told(tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_text("1,7,10,20,30,40,1\n3,7,11,20,30,40,1\n3,8,0,0,5,5,1\n")
    truth = read_truth(path)
    assert sorted(truth) == [0, 2]
    assert truth[0].tolist() == [[10, 20, 40, 60]]
    assert len(truth[2]) == 2
    path.write_text("not,a,table\n")
    with pytest.raises(SourceError, match=r"gt\.txt"):
        read_truth(path)
    with pytest.raises(SourceError, match=r"gt\.txt"):
        read_truth(tmp_path / "missing" / "gt.txt")
