"""When a recording began: what the user says, or what its name says, by the site's clock; never a guess."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.errors import PasserbyError
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.recordings.start_times import start_of, time_in_name
from passerby.text import utc_time

BERLIN = ZoneInfo("Europe/Berlin")


def began(name: str, given: str | None = None, zone: ZoneInfo | None = BERLIN) -> str | None:
    start_ns = start_of(name, given, zone).start_ns
    return None if start_ns is None else utc_time(start_ns)


def said(name: str, header: RecordingHeader) -> tuple[str | None, str]:
    found = start_of(name, None, BERLIN, header)
    return (None if found.start_ns is None else utc_time(found.start_ns)), found.note


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("20260501_080005.mp4", "2026-05-01T08:00:05"),
        ("cam-3_2026-05-01_08-00-05.mkv", "2026-05-01T08:00:05"),
        ("2026-05-01 08.00.05.mp4", "2026-05-01T08:00:05"),
        ("north 2026-05-01 at 08.00.05.mp4", "2026-05-01T08:00:05"),
        ("20260501080005.avi", "2026-05-01T08:00:05"),
        ("20260501_0800.mp4", "2026-05-01T08:00:00"),
        ("NVR_20260501T080005Z.mp4", "2026-05-01T08:00:05+00:00"),
        ("20260501T080005+0200.mp4", "2026-05-01T08:00:05+02:00"),
        ("20260501_080005-0100.mp4", "2026-05-01T08:00:05"),  # a number, and no offset
        ("19991301_000000_20260501_080005.mp4", "2026-05-01T08:00:05"),
    ],
)
def test_the_time_in_a_name(name: str, moment: str) -> None:
    assert time_in_name(name) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "name", ["video.mp4", "20261301_080000.mp4", "2026-05-01.mp4", "202605010800051.mp4", "19700101_000000.mp4"]
)
def test_no_time_is_made_out_of_a_name_without_one(name: str) -> None:
    assert time_in_name(name) is None
    found = start_of(name, None, BERLIN)
    assert found.start_ns is None
    assert "is not known" in found.note


def test_a_time_without_offset_is_by_the_sites_clock() -> None:
    assert began("x.mp4", "2026-05-01T08:00:00") == "2026-05-01T06:00:00Z"
    assert began("x.mp4", "2026-05-01T08:00:00+00:00") == "2026-05-01T08:00:00Z"
    assert began("20260501_080000.mp4") == "2026-05-01T06:00:00Z"
    assert began("20260501_080000.mp4", "2026-05-02T08:00:00") == "2026-05-02T06:00:00Z"
    assert began("20260501_080000.mp4", zone=None) == "2026-05-01T08:00:00Z"
    with pytest.raises(PasserbyError, match="the time zone is missing"):
        began("x.mp4", "2026-05-01T08:00:00", zone=None)


def test_metadata_with_an_offset_go_before_the_name() -> None:
    header = RecordingHeader("2026-05-01T06:00:00+00:00", False, 10.0, (64, 48))
    assert said("x.mp4", header) == (
        "2026-05-01T06:00:00Z",
        "the recording's time, 2026-05-01 08:00:00+02:00, is that in its metadata, "
        "which programs that convert films may write anew",
    )
    moment, note = said("20260502_080000.mp4", header)
    assert moment == "2026-05-01T06:00:00Z"
    assert note.endswith("; its name says 2026-05-02 08:00:00, so see which is right (--start)")
    assert "its name" not in said("20260501_0800.mp4", header)[1]


def test_metadata_know_the_hour_that_the_clock_showed_twice() -> None:
    header = RecordingHeader("2026-10-25T01:30:00+00:00", False, 10.0, (64, 48))
    moment, note = said("20261025_023000.mp4", header)
    assert moment == "2026-10-25T01:30:00Z"
    assert "its name" not in note


def test_metadata_without_an_offset_are_not_used_and_what_to_do_is_said() -> None:
    header = RecordingHeader("2026-05-01T06:00:00", False, 10.0, (64, 48))
    moment, note = said("x.avi", header)
    assert moment is None
    assert note.endswith(
        "; its metadata say 2026-05-01 06:00:00 without a time zone, which was not used "
        "(if that is right: --start 2026-05-01T06:00:00)"
    )
    assert "with its offset from UTC, such as +02:00" in start_of("x.avi", None, None, header).note
    assert began("x.avi", "2026-05-01T06:00:00") == "2026-05-01T04:00:00Z"
    moment, note = said("20260501_080000.avi", header)
    assert moment == "2026-05-01T06:00:00Z"
    assert "without a time zone, which was not used" in note


def test_metadata_that_contradict_themselves_are_not_used() -> None:
    header = RecordingHeader("2026-05-01T06:00:00+00:00", True, 10.0, (64, 48))
    moment, note = said("x.mp4", header)
    assert moment is None
    assert note.endswith("; its metadata name two times, neither of which was used")


def test_where_the_time_is_from_is_said() -> None:
    assert start_of("20260501_080000.mp4", None, BERLIN).note.endswith("in its name, taken as Europe/Berlin")
    assert "taken as UTC" in start_of("20260501_080000.mp4", None, None).note
    assert start_of("20260501T080000Z.mp4", None, BERLIN).note.endswith("that in its name")
    assert start_of("20260501_080000.mp4", "2026-05-01", BERLIN).note == ""


@pytest.mark.parametrize("given", [True, False])
def test_an_hour_that_the_clock_skips_or_repeats_is_refused_with_what_to_write(given: bool) -> None:
    def refused(local: str) -> str:
        name = "x.mp4" if given else local.translate({ord(letter): "" for letter in "-:T"}) + ".mp4"
        with pytest.raises(PasserbyError) as caught:
            start_of(name, local if given else None, BERLIN)
        return str(caught.value)

    skipped, twice = refused("2026-03-29T02:30:00"), refused("2026-10-25T02:30:00")
    assert "skipped that night" in skipped
    assert "showed twice" in twice
    for start in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"):
        assert f"--start {start}" in twice
        assert began("x.mp4", start) in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")
