"""`passerby check`: what a site file means, or all that is wrong with it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from passerby.cli import app
from passerby.domain.errors import PasserbyError, SiteFileError
from tests.unit.cli.recordings.test_count import SITE


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *(str(word) for word in words)], env={"COLUMNS": "200"})


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    return path


def test_a_sound_file_is_explained(site: Path) -> None:
    result = run(site)
    assert result.exit_code == 0, result.output
    for word in ("Market square", "Europe/Berlin", "north", "door", "in", "out", "The file is sound"):
        assert word in result.stdout


def test_a_program_gets_the_same_as_json(site: Path) -> None:
    document = json.loads(run(site, "--json").stdout)
    assert document["name"] == "Market square"
    assert document["cameras"][0]["camera_id"] == "north"
    assert document["cameras"][0]["lines"][0]["name"] == "door"


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("[0.2, 0.9]", "[0.2, 0.1]").replace("Europe/Berlin", "Europe/Atlantis"))
    result = run(path)
    assert result.exit_code != 0
    assert isinstance(result.exception, SiteFileError)
    assert len(result.exception.faults) == 2
    assert all("site.yaml:" in fault for fault in result.exception.faults)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            SITE.replace("[0.2, 0.9]", "[0.2, 0.1]").replace("lines:", "lins:"),
            [(5, "cameras.north.lins"), (6, "cameras.north.lines.door.points")],
        ),
        ("a: [", [(1, "")]),
        ("", [(1, "")]),
        ("lines: {a: {points: [[0, 0], [1, 1]], cuont: [car]}}", [(1, "lines.a.cuont")]),
    ],
)
def test_a_program_gets_faults_as_json_too(tmp_path: Path, text: str, faults: list[tuple[int, str]]) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    result = run(path, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["sound"], document["file"]) == (False, str(path))
    assert [(fault["line"], fault["key"]) for fault in document["faults"]] == faults
    assert all(fault["text"] for fault in document["faults"])


def test_a_file_that_is_not_there_is_json_too(tmp_path: Path) -> None:
    result = run(tmp_path / "none.yaml", "--json")
    assert result.exit_code == 1
    assert "No such file" in json.loads(result.stdout)["faults"][0]["text"]


def test_a_lines_file_is_checked_as_one(tmp_path: Path) -> None:
    path = tmp_path / "lines.yaml"
    path.write_text("lines:\n  gate: {points: [[0.5, 0.2], [0.5, 0.8]], forward: in, backward: in}\n")
    result = run(path)
    assert result.exit_code == 0, result.output
    for word in ("Lines and zones alone", "gate", "both ways are called in", "The file is sound, with 1 note above."):
        assert word in result.stdout
    assert "Camera" not in result.stdout
    document = json.loads(run(path, "--json").stdout)
    assert (document["sound"], document["faults"]) == (True, [])
    assert [line["name"] for line in document["cameras"][0]["lines"]] == ["gate"]
    refused = run(path, "--picture", tmp_path / "out.png")
    assert isinstance(refused.exception, PasserbyError)
    assert "this is a lines file" in str(refused.exception)


@pytest.mark.parametrize("name", ["a [b] c", "[/x]", "[red]"])
def test_names_in_brackets_are_shown_as_they_are(name: str, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("Market square", f"'{name}'").replace("door:", f"'{name}':"))
    result = run(path)
    assert result.exit_code == 0, result.output
    assert result.stdout.count(name) >= 2


def test_what_it_means_is_drawn(tmp_path: Path) -> None:
    site, out = tmp_path / "site.yaml", tmp_path / "out.png"
    site.write_text(
        'cameras: {a: {source: {rtsp: "rtsp://10.0.0.7/s"}, lines: {gate: {points: [[0.5, 0.2], [0.5, 0.8]]}}}}'
    )
    result = run(site, "--picture", out)
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "camera a, onto a plain canvas: name a recording of it with --video." in result.stderr


def test_what_keeps_a_site_from_its_ray_cluster_is_noted(site: Path) -> None:
    site.write_text(SITE + "fleet: {address: 'hub.example:8443', ray: 'head.example:6379'}\n")
    result = run(site)
    assert result.exit_code == 0, result.output
    assert "`--engine ray` would be refused here: " in result.stdout
    document = json.loads(run(site, "--json").stdout)
    assert document["cluster"] == "head.example:6379"
    assert any("needs PostgreSQL" in warning for warning in document["warnings"])
    site.write_text(SITE.replace("north:", "north:\n    pool: harbour", 1))
    assert "cameras.north.pool has no effect" in run(site).stdout
