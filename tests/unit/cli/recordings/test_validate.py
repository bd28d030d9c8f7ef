"""`passerby validate`: a tally of a recording against passerby's own count, and what later counts make of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from passerby.cli import app
from tests.unit.cli.recordings.test_count import elsewhere

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
