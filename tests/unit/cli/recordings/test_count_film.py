"""`passerby count --film`: a review film beside the counts, or a reason why there is none."""

import json
from pathlib import Path

import av
import pytest
from typer.testing import CliRunner, Result

from passerby.cli import app
from passerby.domain.errors import OutputError, PasserbyError
from passerby.ingest.anonymise.film_writer import FilmWriter


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command writes without being told where goes into the test's own folder."""
    monkeypatch.chdir(tmp_path)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


@pytest.mark.slow
def test_a_review_film_is_written_beside_the_counts(street: Path) -> None:
    words = ("--start", "2026-05-01T08:15:00Z", "--film", "c.webm", "--json", "c.json", "--no-picture")
    result = run("count", street, *words)
    assert result.exit_code == 0, result.output
    assert "Written: c.webm" in result.stdout
    with av.open("c.webm") as container:
        seconds = [float(frame.time or 0) for frame in container.decode(video=0)]
    assert len(seconds) == 20 + 3
    assert seconds[-1] - seconds[-4] > 2
    with_film = json.loads(Path("c.json").read_text())
    assert run("count", street, *words[:2], *words[4:]).exit_code == 0
    assert json.loads(Path("c.json").read_text()) == with_film


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--film", "c.avi"), "a film's name ends in .mp4, .webm, .mkv"),
        (("--film", "nowhere/c.mp4"), "there is no folder"),
        (("--film", "."), "got a folder"),
        (("--film-from", "90s"), "there is no film to shorten"),
        (("--film", "c.mp4", "--film-from", "08:15"), "when the recording began is not known"),
        (("--film", "c.mp4", "--film-for", "long"), "a length of time such as 90s"),
        (("--film", "c.mp4", "--film-from", "90s"), "the film would begin 1 min 30 s into the recording"),
    ],
)
def test_a_film_that_cannot_be_made_is_refused_before_the_count(
    words: tuple[str, ...], why: str, street: Path, tmp_path: Path
) -> None:
    result = run("count", street, "--no-picture", "--json", "c.json", *words)
    assert isinstance(result.exception, PasserbyError)
    assert why in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_film_does_not_replace_its_recording(street: Path) -> None:
    before = street.read_bytes()
    result = run("count", street, "--no-picture", "--film", street)
    assert "this file is read for the count" in str(result.exception)
    assert street.read_bytes() == before


def test_a_film_that_fails_costs_no_numbers(street: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(self: FilmWriter, frame: object) -> None:
        raise OutputError("c.mp4: the film could not be written whole: No space left on device. Is the disk full?")

    monkeypatch.setattr(FilmWriter, "write", full)
    result = run("count", street, "--film", "c.mp4", "--json", "c.json", "--no-picture")
    assert "No space left on device" in str(result.exception)
    assert "Watched 100 % of the time" in result.stdout
    assert "Written: c.json" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]
