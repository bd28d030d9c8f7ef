"""`passerby replay`: what it refuses, and what it prints."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.cli import app
from passerby.domain.errors import PasserbyError
from testing.films import film

ZONE = "zones: {square: {points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}"
GAP = "gap: {kind: camera_state, longer_than_s: 4, cool_down_s: 0.5, severity: notice}"
MARKET = "market: {kind: overcrowding, zone: square, above_people: 2, profiles: [market day]}"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(
        "site: {time_zone: Europe/Berlin}\nprofiles: {market day: {hours: [{days: [sat]}]}}\n"
        f"cameras:\n  a:\n    {ZONE}\n    rules:\n      {GAP}\n      {MARKET}\n"
        f"  b: {{{ZONE}}}\n  c:\n    {ZONE}\n    rules: {{{MARKET}}}\n"
    )
    return path


def refused(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["replay", *map(str, words)])
    assert isinstance(result.exception, PasserbyError), result.output
    return str(result.exception)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--camera", "a"), "say what is to be printed: --events"),
        (("--events",), "there are 3 cameras. Name one: --camera a"),
        (("--events", "--camera", "d"), "there is no camera d. There are a, b, c."),
        (("--events", "--camera", "b"), "camera b has no rules. Add them under cameras.b.rules."),
        (("--events", "--camera", "c"), "no rule of camera c can be watched. market: it is watched only in market day, "
         "which is not switched on."),
        (("--events", "--camera", "a", "--profile", "market dya"),
         "has no profile market dya. Did you mean market day?"),
        (("--events", "--camera", "a", "--start", "yesterday"), "--start: a time like"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_one_sentence(site: Path, words: tuple[str, ...], why: str) -> None:
    assert why in refused("gone.mp4", "--site", site, *words)


@pytest.mark.slow
def test_events_are_printed_as_they_come_and_in_a_table(site: Path) -> None:
    times_s = [number / 10 for number in (*range(20), *range(80, 100))]
    video = film(site.parent / "gap.mp4", size_px=(160, 128), times_s=times_s)
    words = ["replay", str(video), "--site", str(site), "--camera", "a", "--events"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 3, result.output  # six seconds are missing
    lines = result.stdout.splitlines()
    assert lines[:2] == [
        "Watched: gap.", "Not watched: market: it is watched only in market day, which is not switched on.",
    ]  # fmt: skip
    came = [line.split()[1] for line in lines if "notice  gap: The camera does not watch" in line]
    assert came == ["raised", "closed"]
    assert "1 event in 10 s" in result.stdout

    assert "there is no such file" in refused("gone.mp4", *words[2:])
    named = shutil.copy(video, site.parent / "20261128_080000.mp4")
    result = CliRunner().invoke(app, ["replay", str(named), *words[2:]])
    assert "Note: the recording's time is that in its name, taken as Europe/Berlin." in result.stdout
    result = CliRunner().invoke(app, [*words, "--json", "--start", "2026-11-28T08:00:00+01:00"])
    document = json.loads(result.stdout)
    assert document["watched"] == ["gap", "market"]
    (event,) = document["events"]
    assert (event["rule"], event["kind"], event["severity"], event["state"]) == (
        "gap", "camera_state", "notice", "closed",
    )  # fmt: skip
    assert event["start"].startswith("2026-11-28T08:00:0")
    assert event["start"].endswith("+01:00")
    assert 1.8 < event["start_s"] < event["end_s"] < 10
    assert event["peak"] == pytest.approx(6.0, abs=0.2)
    assert event["threshold"] == 4
    assert event["why"].startswith("The camera does not watch")


def test_a_site_file_without_a_camera_replays_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "site.yaml"
    empty.write_text("site: {name: New}\n", encoding="utf-8")
    assert "there is no camera in it" in refused("gone.mp4", "--site", empty, "--events")
