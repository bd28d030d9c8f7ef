"""A camera's drawing with the place that is learned from its recording, or the reason why there is none."""

from pathlib import Path
from typing import Any

import pytest

from passerby.domain.errors import PasserbyError, SourceError
from passerby.recordings.drawing import still
from passerby.recordings.drawing.still import drawn_still
from tests.unit.recordings.drawing.test_live import SCENE, Counter

TEXT = """\
cameras:
  square:
    source: {file: film.mp4}
    lines: {gate: {points: [[0.5, 0.2], [0.5, 0.8]]}}
    masks: [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]]
  mast: {source: {rtsp: "rtsp://10.0.0.7/s"}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    return path


def counting(monkeypatch: pytest.MonkeyPatch, counter: Counter) -> list[Path]:
    """Counts nothing; returns the recordings that would have been counted."""
    videos: list[Path] = []

    def made(_: Any, video: Path, **__: Any) -> Counter:
        videos.append(video)
        return counter

    monkeypatch.setattr(still, "counter", made)
    return videos


def test_the_place_is_learned_from_the_camera_s_own_file(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    videos = counting(monkeypatch, Counter())
    (site.parent / "film.mp4").touch()
    found = drawn_still(site, "square", None)
    assert videos == [site.parent / "film.mp4"]
    assert found.place is SCENE
    assert ([line.name for line in found.layout.lines], len(found.masks), found.why) == (["gate"], 1, "")


def test_another_recording_may_be_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    videos = counting(monkeypatch, Counter(scene=None))
    (site.parent / "other.mp4").touch()
    found = drawn_still(site, "mast", site.parent / "other.mp4")
    assert (videos, found.place) == ([site.parent / "other.mp4"], None)
    assert "too little of the place" in found.why


def test_without_a_recording_it_says_how_to_name_one(site: Path) -> None:
    assert drawn_still(site, "mast", None).why == "name a recording of it with --video"
    with pytest.raises(SourceError, match="there is no such recording"):
        drawn_still(site, "square", None)
    with pytest.raises(PasserbyError, match="Name one of them with --camera: square, mast"):
        drawn_still(site, None, None)
