"""`passerby validate`: a tally of a recording against passerby's own count, and what later counts make of it."""

import json
from pathlib import Path
from unittest import mock

import httpx
import pytest
from typer.testing import CliRunner, Result

from passerby.cli import app
from passerby.recordings.validations.service_client import RunningService
from testing.web.fakes import Service
from tests.unit.cli.recordings.test_count import elsewhere
from tests.unit.web.routes.measured.validations.test_hand_counts import END_S, at, counting

__all__ = ["elsewhere"]

LINES = """
lines:
  middle: {points: [[0.5, 0.0], [0.5, 1.0]], count: [pedestrian, car], forward: left, backward: right}
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


def validated(video: Path, tally: str, *more: str) -> Result:
    Path("lines.yaml").write_text(LINES)
    Path("tally.csv").write_text(tally)
    return run("validate", video, "--lines", "lines.yaml", "--line", "middle", "--tally", "tally.csv", *more)


@pytest.mark.slow
def test_a_tally_is_compared_kept_and_used_by_later_counts(street: Path) -> None:
    result = validated(street, "time,road_user,direction\n0.5,pedestrian,left\n0.7,pedestrian,forward\n")
    assert result.exit_code == 0, result.output
    assert "Of 2 pedestrians that were counted by hand, passerby counted" in result.output
    (stretch,) = json.loads(Path("validation.json").read_text())["stretches"]
    assert sum(minute["by_hand"] for minute in stretch["minutes"]) == 2
    words = ("count", street, "--lines", "lines.yaml", "--validation", "validation.json", "--no-picture")
    counted = run(*words, "--json", "counts.json")
    assert counted.exit_code == 0, counted.output
    assert "by counts by hand" in " ".join(counted.output.split())
    found = json.loads(Path("counts.json").read_text())["true_crossings"]["middle"]
    assert (found["pedestrian"]["forward"]["basis"], found["car"]["forward"]["basis"]) == ("validated 2", "prior")
    # At another rate it is another instrument.
    outdated = run(*words, "--fps", "3")
    assert outdated.exit_code != 0
    assert "none that was counted with a line" in str(outdated.exception)
    # A time after the recording's end is known to be one when that is.
    late = validated(street, "time,road_user,direction\n9999,pedestrian,left\n")
    assert "tally.csv:2 time: a time within the recording is needed" in str(late.exception)


@pytest.mark.parametrize(
    ("tally", "more", "said"),
    [
        ("time,road_user,direction\n1,tram,left\n", (), "tally.csv:2 road_user"),
        ("time,road_user,direction\n1,car,up\n", (), "tally.csv:2 direction"),
        ("time,road_user,direction\n", (), "tally.csv: it has no row"),
        ("", (), "tally.csv:1: the first row names the columns"),
        ("time,road_user,direction\n1,car,left\n", ("--class", "tram"), "--class: middle counts car, pedestrian"),
        ("time,road_user,direction\n1,car,left\n", ("--class", "pedestrian"), "it has car too"),
        ("time,road_user,direction\n1,car,left\n", ("--out", "tally.csv"), "this file is read for the count"),
        ("time,road_user,direction\n1,car,left\n", ("--out", "lines.yaml"), "this file is read for the count"),
        ("time,road_user,direction\n1,car,left\n", ("--line", "bridge"), 'there is no line "bridge"'),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_counted(
    street: Path, tally: str, more: tuple[str, ...], said: str
) -> None:
    result = validated(street, tally, *more)
    assert result.exit_code != 0
    assert said in str(result.exception)
    assert not Path("validation.json").exists()


def test_a_file_that_is_none_is_refused_before_the_count(street: Path) -> None:
    Path("lines.yaml").write_text(LINES)
    Path("other.json").write_text("{}")
    result = run("count", street, "--lines", "lines.yaml", "--validation", "other.json", "--no-picture")
    assert "other.json: a file that passerby validate wrote is needed" in str(result.exception)


SITE = """
site: {name: Market square, time_zone: Europe/Belgrade}
cameras:
  square:
    source: {file: none.mp4}
    lines:
      west gate: {points: [[0.5, 0.0], [0.5, 1.0]], count: [bicycle, pedestrian], forward: in, backward: out}
"""


def sent(tally: str, *more: str, service: Service | None = None) -> Result:
    """Sends a tally of a live camera; to a service that is not there, or to one on fakes."""
    Path("site.yaml").write_text(SITE)
    Path("tally.csv").write_text(tally)

    def answer(request: httpx.Request) -> httpx.Response:
        assert service is not None
        found = service.post(request.url.path, json=json.loads(request.content))
        return httpx.Response(found.status_code, content=found.content, headers=found.headers)

    made = RunningService("https://count.example.org", "token", transport=httpx.MockTransport(answer))
    with mock.patch("passerby.recordings.validations.service_client.running_service", return_value=made):
        return run("validate", "--site", "site.yaml", "--line", "west gate", "--tally", "tally.csv", *more)


def span(seconds: int = 300) -> tuple[str, ...]:
    return ("--to", "https://count.example.org", "--from", at(END_S - seconds), "--until", at(END_S))


def test_a_tally_of_a_live_camera_is_sent_and_waits_for_the_services_own_minutes() -> None:
    service = counting()
    result = sent(f"time,road_user,direction\n12.5,bicycle,in\n{at(END_S - 1)},bicycle,out\n", *span(), service=service)
    assert result.exit_code == 0, result.exception
    assert "its state waiting. It is compared once" in result.output
    (counted,) = service.store.hand_counts.counts.values()
    assert (counted.total, [user.label for user in counted.road_users]) == (2, ["bicycle"])


@pytest.mark.parametrize(
    ("tally", "more", "said"),
    [
        ("1,bicycle,in\n", (), "what was counted by hand?"),
        ("1,bicycle,in\n", ("--token-file", "token"), "Say with --to where it is"),
        ("1,bicycle,in\n", ("--to", "https://count.example.org"), "where and when was counted"),
        ("1,bicycle,in\n", (*span(), "--fps", "5"), "--fps: of recordings alone"),
        ("301,bicycle,in\n", span(), "tally.csv:2 time: a time within the time counted is needed, which has 300.0 s"),
        ("1,car,in\n", span(), "tally.csv:2 road_user"),
        ("", span(), "it has no row"),
        ("1,bicycle,in\n", (*span()[:5], "2026-13-01T08:00"), "--until: a time like"),
        ("1,bicycle,in\n", (*span()[:3], "2026-03-29T02:30", *span()[4:]), "skipped that night"),
        ("1,bicycle,in\n", (*span(), "--camera", "north"), "there is no camera north"),
    ],
)
def test_what_cannot_be_sent_is_said_before(tally: str, more: tuple[str, ...], said: str) -> None:
    result = sent(f"time,road_user,direction\n{tally}", *more)
    assert result.exit_code != 0
    assert said in str(result.exception)


def test_what_the_service_refuses_is_said() -> None:
    service = counting(group="station")
    result = sent("time,road_user,direction\n1,bicycle,in\n", *span(), service=service)
    assert "https://count.example.org: " in str(result.exception)
    assert "draw" in str(result.exception)


def test_a_recording_is_sent_only_where_it_is_known_when_and_where_it_was(street: Path) -> None:
    to = ("--to", "https://count.example.org", "--token-file", "token")
    Path("token").write_text("passerby_token")
    result = validated(street, "time,road_user,direction\n1,car,left\n", *to)
    assert "which camera was counted" in str(result.exception)
    result = validated(street, "time,road_user,direction\n1,car,left\n", "--from", "2026-06-01T08:00")
    assert "these are of a live camera" in str(result.exception)
