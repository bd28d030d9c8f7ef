"""The time in a container's metadata: with its offset, or without, or none."""

from pathlib import Path

import pytest

from passerby.ingest.sources.file.recorded_time import RecordedTime, recorded_time
from passerby.ingest.sources.file.video_file import VideoFile
from testing.films import film

UTC_TIME = "2026-05-01T06:00:00.000000Z"
APPLE = {"com.apple.quicktime.creationdate": "2026-05-01T08:00:00+0200", "creation_time": UTC_TIME}


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"creation_time": UTC_TIME}, "2026-05-01T06:00:00+00:00"),
        ({"CREATION_TIME": UTC_TIME}, "2026-05-01T06:00:00+00:00"),
        (APPLE, "2026-05-01T08:00:00+02:00"),
        ({"date": "2026-05-01 08:00:00"}, "2026-05-01T08:00:00"),
        ({"date": "2026-05-01 09:00:00", "creation_time": UTC_TIME}, "2026-05-01T06:00:00+00:00"),
        ({"date": "2026"}, ""),
        ({"date": "2026-05-01"}, ""),
        ({"creation_time": "1970-01-01T00:00:00.000000Z"}, ""),
        ({"creation_time": "1904-01-01T00:00:00.000000Z"}, ""),
        ({"creation_time": "yesterday\x1b[2J"}, ""),
        ({}, ""),
    ],
)
def test_a_whole_date_and_time_is_taken(metadata: dict[str, str], text: str) -> None:
    assert recorded_time(metadata) == RecordedTime(text)


def test_two_times_contradict_each_other() -> None:
    later = {"creation_time": "2026-08-16T15:46:19.000000Z"}
    assert recorded_time({"creation_time": UTC_TIME}, later).contradicted
    assert not recorded_time({"creation_time": UTC_TIME}, {"creation_time": "2026-05-01T06:00:30Z"}).contradicted


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_a_files_own_time_is_read(tmp_path: Path, name: str) -> None:
    with VideoFile(film(tmp_path / name, metadata={"creation_time": UTC_TIME}), "a") as video:
        assert video.recorded_time == RecordedTime("2026-05-01T06:00:00+00:00")
    with VideoFile(film(tmp_path / f"without-{name}"), "a") as video:
        assert video.recorded_time == RecordedTime()
