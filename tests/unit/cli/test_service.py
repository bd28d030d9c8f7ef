"""The commands around a service, as somebody types them."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.cli import app
from passerby.domain.errors import PasserbyError

TEXT = "cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password: canary}}}\ndata: kept\n"
STATUS = {
    "processes": [
        {"name": "hub", "pid": 12, "restarts": 0, "since_ns": 1e18, "why": ""},
        {"name": "worker-1", "pid": None, "restarts": 3, "since_ns": 1e18, "why": "[red]it was killed"},
    ],
    "cameras": [{"camera": "a", "state": "frozen", "since_ns": 1e18, "why": "the picture stands still"}, "nonsense"],
    "outbox_rows": 4,
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    (tmp_path / "kept").mkdir()
    return path


def said(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    assert "canary" not in result.output
    return result.output


def test_status_tells_processes_and_cameras(site: Path) -> None:
    file = site.parent / "kept" / "status.json"
    file.write_text(json.dumps(STATUS | {"time_ns": time.time_ns()}))
    reported = said("status", site)
    for word in (
        "Running.",
        "hub",
        "worker-1",
        "away",
        "[red]it was killed",
        "frozen",
        "the picture stands still",
        "4 results",
    ):
        assert word in reported
    assert json.loads(said("status", "--data", file.parent, "--json"))["running"] is True
    file.write_text(json.dumps(STATUS | {"time_ns": time.time_ns() - 3_700 * 10**9}))
    reported = said("status", site, code=1)
    assert "Not running." in reported
    assert "62 min old" in reported


def test_status_of_nothing(site: Path) -> None:
    assert "Nothing runs on" in said("status", site, code=1)
    assert json.loads(said("status", site, "--json", code=1)) == {"running": False, "age_s": None}


def test_a_status_of_another_version_is_no_traceback(site: Path) -> None:
    file = site.parent / "kept" / "status.json"
    strange = {
        "processes": {"a": 1},
        "cameras": [{"since_ns": "x", "state": None}],
        "time_ns": time.time_ns(),
        "problem": 5,
    }
    file.write_text(json.dumps(strange))
    assert "Running." in said("status", site)


def test_a_site_file_with_faults_does_not_hide_what_runs(site: Path) -> None:
    (site.parent / "kept" / "status.json").write_text(
        json.dumps(STATUS | {"time_ns": time.time_ns(), "problem": "bad"})
    )
    site.write_text(TEXT + "cameras: 5\nnonsense: 1\n")
    reported = said("status", site)
    assert "Running." in reported
    assert "does not run as it is: bad" in reported


def test_doctor_says_what_to_do(site: Path) -> None:
    site.write_text("cameras: {a: {source: {file: gone.mp4}}}")
    reported = said("doctor", site, code=1)
    assert "camera a" in reported
    assert "→ " in reported
    found = json.loads(said("doctor", site, "--json", code=1))
    assert found["sound"] is False
    assert {"name", "verdict", "why", "do"} == set(found["findings"][0])


def test_a_service_with_nothing_stored_yet(site: Path) -> None:
    for words in (
        ("backup", site, "--out", site.parent),
        ("retention", "check", site),
        ("link", site),
        ("apply", site),
    ):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert isinstance(result.exception, PasserbyError), result.output
        assert "canary" not in str(result.exception)


def test_counting_does_not_mind_sources_of_other_kinds(tmp_path: Path) -> None:
    from passerby.cli.recordings.plans import recording_plan

    path = tmp_path / "site.yaml"
    lines = "lines: {l: {points: [[0.1, 0.1], [0.9, 0.9]]}}"
    path.write_text(f"cameras: {{a: {{source: {{rtsp: rtsp://10.0.0.1/x, user: u, password_from: GONE}}, {lines}}}}}")
    plan, _ = recording_plan(Path("film.mp4"), path, None, None, None, "1970-01-01T00:00:00Z", None)
    assert plan.video == Path("film.mp4")
    assert [line.name for line in plan.layout.lines] == ["l"]
    reported = said("check", path)
    assert "rtsp://10.0.0.1/x" in reported
