"""Lines of another program, written into a site file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.cli.cameras import cameras_app
from passerby.config.loader import load_site
from passerby.domain.errors import PasserbyError
from passerby.drawing.line_import import import_lines

SITE = """# kept
cameras:
  a:  # the square
    source: {file: a.mp4}
    lines:
      south: {points: [[0.1, 0.9], [0.9, 0.9]], forward: out}
"""
SECTIONS = {
    "sections": [
        {"id": "1", "name": "north", "type": "line", "coordinates": [{"x": 100, "y": 50}, {"x": 900, "y": 50}]},
        {"id": "2", "name": "middle", "type": "area",
         "coordinates": [{"x": 100, "y": 100}, {"x": 900, "y": 100}, {"x": 500, "y": 400}]},
    ]
}  # fmt: skip
SIZE = (1000.0, 500.0)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    site, sections = tmp_path / "site.yaml", tmp_path / "a.otflow"
    site.write_text(SITE, encoding="utf-8")
    sections.write_text(json.dumps(SECTIONS), encoding="utf-8")
    return site, sections


def test_they_stand_beside_what_was_drawn(files: tuple[Path, Path]) -> None:
    site, sections = files
    camera, _ = import_lines(site, sections, None, SIZE)
    assert camera == "a"
    keys = load_site(site).cameras["a"]
    assert {name: line.points for name, line in keys.lines.items()} == {
        "south": ((0.1, 0.9), (0.9, 0.9)), "north": ((0.1, 0.1), (0.9, 0.1)),
    }  # fmt: skip
    assert keys.lines["south"].forward == "out"
    assert keys.zones["middle"].points == ((0.1, 0.2), (0.9, 0.2), (0.5, 0.8))
    assert "# kept" in site.read_text(encoding="utf-8")


def test_a_name_that_is_taken_changes_nothing(files: tuple[Path, Path]) -> None:
    site, sections = files
    import_lines(site, sections, "a", SIZE)
    before = site.read_bytes()
    with pytest.raises(PasserbyError, match="at a there is north among the lines already"):
        import_lines(site, sections, "a", SIZE)
    assert site.read_bytes() == before


def test_what_makes_no_line_here_is_refused_whole(files: tuple[Path, Path]) -> None:
    site, sections = files
    flat = {"sections": [{**SECTIONS["sections"][0], "coordinates": [{"x": 9, "y": 9}, {"x": 9, "y": 9}]}]}
    sections.write_text(json.dumps(flat), encoding="utf-8")
    with pytest.raises(PasserbyError, match="the line has no length"):
        import_lines(site, sections, None, SIZE)
    assert site.read_text(encoding="utf-8") == SITE


@pytest.mark.parametrize(
    ("camera", "size", "what"), [("b", SIZE, "there is no camera b"), (None, None, "otflow: OTAnalytics.*--size")]
)
def test_what_is_missing_is_named(files: tuple[Path, Path], camera: str | None, size: object, what: str) -> None:
    with pytest.raises(PasserbyError, match=what):
        import_lines(*files, camera, size)  # type: ignore[arg-type]


def test_the_command_says_what_it_drew(files: tuple[Path, Path]) -> None:
    site, sections = files
    ran = CliRunner().invoke(cameras_app, ["import-lines", str(site), str(sections), "--size", "1000x500"])
    assert ran.exit_code == 0, ran.output
    assert "Drew 1 line and 1 zone of OTAnalytics at a." in ran.stdout
    refused = CliRunner().invoke(cameras_app, ["import-lines", str(site), str(sections), "--size", "huge"])
    assert "such as 1920x1080, got 'huge'" in str(refused.exception)


def test_a_file_that_is_not_there_is_named(files: tuple[Path, Path]) -> None:
    with pytest.raises(PasserbyError, match=r"b\.otflow: it cannot be read"):
        import_lines(files[0], files[1].with_name("b.otflow"), None, SIZE)
