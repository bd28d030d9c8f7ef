"""Several recordings as one count: their order, and what is noted or refused."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.errors import PasserbyError, SourceError
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.recordings import sequence
from passerby.recordings.sequence import RecordingSequence, in_order, recordings_in
from passerby.text import utc_time

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = RecordingHeader("", False, 3600.0, (640, 360))


def ordered(monkeypatch: pytest.MonkeyPatch, headers: dict[str, RecordingHeader]) -> RecordingSequence:
    def known(videos: Sequence[Path]) -> tuple[RecordingHeader, ...]:
        return tuple(headers[video.name] for video in videos)

    monkeypatch.setattr(sequence, "headers_in_sandbox", known)
    return in_order([Path("films", name) for name in headers], BERLIN)


def refused(monkeypatch: pytest.MonkeyPatch, headers: dict[str, RecordingHeader]) -> str:
    with pytest.raises(SourceError) as caught:
        ordered(monkeypatch, headers)
    return str(caught.value)


def test_time_orders_them_and_not_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    first = RecordingHeader("2026-05-01T05:00:00+00:00", False, 3600.0, (640, 360))
    found = ordered(monkeypatch, {"20260501_090000.mp4": HOUR, "20260501_080000.mp4": HOUR, "z.mp4": first})
    assert [(part.video.name, utc_time(part.start_ns)) for part in found.parts] == [
        ("z.mp4", "2026-05-01T05:00:00Z"),
        ("20260501_080000.mp4", "2026-05-01T06:00:00Z"),
        ("20260501_090000.mp4", "2026-05-01T07:00:00Z"),
    ]
    assert found.notes == (
        "3 recordings were counted as one, in order of time: z.mp4, 20260501_080000.mp4, 20260501_090000.mp4",
        "2 of their times are those in their names, taken as Europe/Berlin",
        "1 of their times are those in their metadata",
    )


def test_a_small_overlap_is_noted_and_a_large_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ordered(monkeypatch, {"20260501_080000.mp4": HOUR, "20260501_085957.mp4": HOUR})
    assert found.notes[-1] == (
        "20260501_085957.mp4 begins 3.0 s before 20260501_080000.mp4 ends: that time was counted once"
    )
    for other in ("20260501_083000.mp4", "again_20260501_080000.mp4"):
        assert "show the same time" in refused(monkeypatch, {"20260501_080000.mp4": HOUR, other: HOUR})
    short = RecordingHeader("", False, 10.0, (640, 360))
    within = refused(monkeypatch, {"20260501_080000.mp4": HOUR, "20260501_085930.mp4": short})
    assert "show the same time" in within


def test_all_without_a_time_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(monkeypatch, {"20260501_080000.mp4": HOUR, "a.mp4": HOUR, "b.mp4": HOUR})
    assert told.startswith("a.mp4, b.mp4: when it began is in neither its metadata, with a time zone, nor its name")


def test_metadata_without_a_zone_are_told_where_they_were_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    local = RecordingHeader("2026-05-01T08:00:00", False, 3600.0, (640, 360))
    two = RecordingHeader("2026-05-01T08:00:00+00:00", True, 3600.0, (640, 360))
    told = refused(monkeypatch, {"20260501_080000.mp4": HOUR, "a.avi": local, "b.mp4": two})
    assert told.startswith(
        "a.avi (its metadata say 2026-05-01 08:00:00 without a time zone), b.mp4 (its metadata name two times): when"
    )
    found = ordered(monkeypatch, {"20260501_080000.avi": local, "20260501_090000.avi": local})
    assert [utc_time(part.start_ns) for part in found.parts] == ["2026-05-01T06:00:00Z", "2026-05-01T07:00:00Z"]
    assert sum("without a time zone, which was not used" in note for note in found.notes) == 2


def test_the_hour_that_the_clock_shows_twice_is_refused_with_the_names_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("20261025_013000.mp4", "20261025_023000.mp4", "20261025_023000+0100.mp4")
    with pytest.raises(PasserbyError) as caught:
        ordered(monkeypatch, dict.fromkeys(names[:2], HOUR))
    assert "showed twice that night" in str(caught.value)
    assert "name it 20261025_023000+0200 or name it 20261025_023000+0100" in str(caught.value)
    assert "--start" not in str(caught.value)
    found = ordered(monkeypatch, dict.fromkeys(("20261025_023000+0200.mp4", names[0], names[2]), HOUR))
    assert [utc_time(part.start_ns)[11:16] for part in found.parts] == ["23:30", "00:30", "01:30"]


def test_the_hour_that_the_clock_skips_is_refused_with_the_name_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PasserbyError, match=r"skipped that night.*name it 20260329_023000\+0200"):
        ordered(monkeypatch, dict.fromkeys(("20260329_003000.mp4", "20260329_023000.mp4"), HOUR))


def test_a_name_that_says_another_time_than_the_metadata_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = RecordingHeader("2026-05-01T05:00:00+00:00", False, 3600.0, (640, 360))
    found = ordered(monkeypatch, {"20260501_100000.mp4": made, "20260501_080000.mp4": HOUR})
    assert found.notes[-1].endswith("; its name says 2026-05-01 10:00:00, so see which is right")


def test_pictures_of_two_sizes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small = RecordingHeader("", False, 3600.0, (320, 180))
    said = refused(monkeypatch, {"20260501_080000.mp4": HOUR, "20260501_090000.mp4": small})
    assert "20260501_080000.mp4 is 640x360 px and 20260501_090000.mp4 320x180 px" in said


def test_what_lies_more_than_a_year_apart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, {"20240501_080000.mp4": HOUR, "20260501_090000.mp4": HOUR})
    assert "more than a year apart" in said


@pytest.mark.parametrize("looked", ["is_dir", "iterdir"])
def test_what_cannot_be_looked_at_is_named(looked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, looked, closed)
    with pytest.raises(SourceError, match=f"{tmp_path}: this cannot be read: Permission denied"):
        recordings_in([tmp_path])


def test_names_that_lead_nowhere_are_no_bug(tmp_path: Path) -> None:
    loop = tmp_path / "loop.mp4"
    loop.symlink_to(loop)
    assert recordings_in([loop]) == (loop,)
    with pytest.raises(SourceError, match="this cannot be read: File name too long"):
        recordings_in([tmp_path / f"{'x' * 300}.mp4"])


def test_a_folder_stands_for_its_recordings(tmp_path: Path) -> None:
    for name in ("b.MP4", "a.mkv", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "c.mp4").mkdir()
    assert recordings_in([tmp_path]) == (tmp_path / "a.mkv", tmp_path / "b.MP4")
    assert recordings_in([tmp_path / "gone.mp4"]) == (tmp_path / "gone.mp4",)
    with pytest.raises(SourceError, match="named twice"):
        recordings_in([tmp_path, tmp_path / "a.mkv"])
    with pytest.raises(SourceError, match="there is no recording in this folder"):
        recordings_in([tmp_path / "c.mp4"])
