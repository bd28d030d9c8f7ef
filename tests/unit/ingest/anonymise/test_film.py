from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.film import FilmJob, anonymise_film
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame


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
    progress: list[float] = []
    job = FilmJob(
        frames, street.size_px, 10.0, 5.0, find, lambda found: Silhouettes(found.xyxy_px, found.road_user), (), mode,
        bodies=truth,
    )  # fmt: skip
    report = anonymise_film(job, tmp_path / "out.mp4", progress.append)
    assert report.frames == 50
    assert report.masked == {}
    assert report.sharp_share > 0.5
    assert report.bodies is not None
    assert report.bodies.boxes_covered == 1.0
    assert report.bodies.boxes == 100
    assert progress == sorted(progress)
    assert progress[-1] > 0.95
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 50
