import re
from pathlib import Path

import av
import pytest
import typer
from typer.testing import CliRunner

from passerby.cli.recordings.anonymise import anonymise
from passerby.domain.errors import OutputError, PasserbyError, SourceError

app = typer.Typer()
app.command()(anonymise)


def run(*words: object) -> str:
    """What the command prints; its own errors go through."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return re.sub(r"\s+", " ", result.output)


@pytest.mark.footage
@pytest.mark.slow
@pytest.mark.parametrize("mode", ["redrawn", "mosaic"])
def test_town_centre(footage: Path, tmp_path: Path, mode: str) -> None:
    folder, out = footage / "town-centre", tmp_path / "out.mp4"
    printed = run(
        folder / "video.mp4", out, "--mode", mode, "--fps", 5, "--report",
        "--heads", folder / "heads.txt", "--bodies", folder / "gt.txt",
    )  # fmt: skip
    assert "0 masked wholly" in printed
    heads = re.search(r"(\d+) labelled heads: ([\d.]+) % at least 95 % covered, ([\d.]+) %", printed)
    bodies = re.search(r"labelled bodies: [\d.]+ % at least 95 % covered, ([\d.]+) %", printed)
    assert heads is not None
    assert bodies is not None
    assert int(heads[1]) > 400
    assert float(heads[2]) == 100.0
    assert float(bodies[1]) >= 99.5
    with av.open(str(out)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 51
        assert len(film.streams) == 1


def test_the_recording_itself_is_never_overwritten(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    video.write_bytes(b"a recording")
    with pytest.raises(OutputError, match="recording itself"):
        run(video, video)
    assert video.read_bytes() == b"a recording"


def test_a_missing_recording_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        run(tmp_path / "missing.mp4", tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_camera_that_is_not_in_the_site_file_is_reported(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("nonsense: true\n")
    with pytest.raises(PasserbyError, match=r"site\.yaml"):
        run(tmp_path / "video.mp4", tmp_path / "out.mp4", "--site", site, "--camera", "north")
