"""`passerby report`: the files that it writes, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.admin import extras
from passerby.cli import app
from passerby.domain.errors import PasserbyError
from passerby.tables.counts_csv import counts_csv
from passerby.tables.counts_json import counts_json
from tests.unit.report.traffic.counted_days import junction

Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_bytes(counts_json(junction()))
    (tmp_path / "b.json").write_bytes(counts_json(junction(quarters=4)))
    (tmp_path / "a.csv").write_bytes(counts_csv(junction()))
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["report", *words])
    if isinstance(result.exception, PasserbyError):
        return str(result.exception)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_form_is_written_and_the_screen_has_the_key_numbers(folder: Path) -> None:
    said = run("a.json", "--html", "r.html", "--pdf", "r.pdf", "--xlsx", "r.xlsx", "--json", "r.json",
               "--zone", "Europe/Berlin", "--title", "Crossing", "--pcu", "truck=3")  # fmt: skip
    assert "2026-06-01 10:00 to 12:30 CEST, watched 90 %" in said and "Written: r.xlsx" in said
    assert (folder / "r.html").read_text().startswith("<!doctype html>")
    assert (folder / "r.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "r.xlsx").read_bytes().startswith(b"PK")
    document = json.loads((folder / "r.json").read_text())
    assert document["title"] == "Crossing"


SITE = """\
site: {time_zone: Europe/Berlin}
cameras:
  junction:
    lines:
      North arm: {points: [[0.2, 0.3], [0.5, 0.3]], forward: in}
      East arm: {points: [[0.8, 0.4], [0.8, 0.7]], forward: out}
    movements:
      North to east: {from: {line: North arm, way: forward}, to: {line: East arm, way: forward}}
"""


def test_a_site_file_says_what_a_table_does_not(folder: Path) -> None:
    (folder / "site.yaml").write_text(SITE)
    said = run("a.csv", "--site", "site.yaml", "--json", "r.json")
    assert "CEST" in said
    tables = [t for s in json.loads((folder / "r.json").read_text())["sections"] for t in s["tables"]]
    matrix = next(table for table in tables if table["key"] == "turning_matrix")
    assert matrix["rows"][0]["entry"] == "North arm, in" and matrix["rows"][0]["all"] == 465


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.json"], "say what is to be written"),
        (["--html", "r.html"], "what is to be reported?"),
        (["none.json", "--html", "r.html"], "none.json: it cannot be read, got: No such file"),
        (["a.json", "--compare", "b.json", "--html", "r.html"], "same number of intervals is needed in both"),
        (["a.json", "--html", "a.json"], "a.json"),
        (["a.json", "--html", "no/r.html"], "there is no folder"),
        (["a.json", "--html", "r.html", "--zone", "Mars/North"], "--zone: an IANA time zone"),
        (["a.json", "--html", "r.html", "--pcu", "truck"], "--pcu: a class and a number such as truck=2.5"),
        (["a.json", "--html", "r.html", "--pcu", "lorry=2"], "got lorry"),
        (["a.json", "--html", "r.html", "--from", "2026-01-01"], "these are of the store"),
        (["--site", "s.yaml", "--from", "2026-01-01", "--to", "2026-01-02", "--compare", "b.json", "--html", "r.html"],
         "a file is compared with a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_reported_is_refused_and_nothing_is_written(folder: Path, words: list[str], says: str) -> None:
    before = sorted(folder.iterdir())
    assert says in run(*words)
    assert sorted(folder.iterdir()) == before


def test_without_openpyxl_the_command_to_install_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "openpyxl" else object())
    said = run("a.json", "--xlsx", "r.xlsx")
    assert (
        said == "openpyxl is not installed, and this command needs it. Install it with: pip install 'passerby[report]'"
    )
    assert "Written: r.html" in run("a.json", "--html", "r.html")
