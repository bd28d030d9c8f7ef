"""The commands around a service, as somebody types them."""

import json
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.cli import app, service
from passerby.cli.hints import keep_data, keep_site
from passerby.config.texts.site_storage import write_applied
from passerby.domain.errors import PasserbyError

TEXT = "cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password: canary}}}\ndata: kept\n"
STATUS = {
    "processes": [
        {"name": "hub", "pid": 12, "restarts": 0, "since_ns": 1e18, "why": ""},
        {"name": "worker-1", "pid": None, "restarts": 3, "since_ns": 1e18, "why": "[red]it was killed"},
    ],
    "cameras": [
        {
            "camera": "a",
            "state": "frozen",
            "since_ns": 1e18,
            "measured": 6.80334950e-05,
            "why": "the picture stands still",
        },
        "nonsense",
    ],
    "outbox_rows": 4,
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Nothing ages while a busy machine gets to asking; what is to be old here is older than that.
    monkeypatch.setattr(sys.modules["passerby.cli.status"], "FRESH_S", 600.0)
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
    found = json.loads(said("status", site, "--json", code=1))
    assert found == {"running": False, "age_s": None, "time_zone": "UTC"}


def test_status_shows_times_of_the_site(site: Path) -> None:
    site.write_text(TEXT + "site: {time_zone: Asia/Kathmandu}\n")
    data = site.parent / "kept"
    (data / "status.json").write_text(json.dumps(STATUS | {"time_ns": time.time_ns()}))
    reported = said("status", site)
    assert "Times are those of Asia/Kathmandu." in reported
    assert "2001-09-09 07:31:40" in reported  # 10^9 s after 1970, 5:45 ahead of UTC
    found = json.loads(said("status", site, "--json"))
    assert found["time_zone"] == "Asia/Kathmandu"
    assert found["time"].endswith("Z")
    assert found["cameras"][0]["measured"] == 6.8e-05
    assert found["processes"][0]["since"] == found["cameras"][0]["since"] == "2001-09-09T01:46:40Z"
    assert "_ns" not in json.dumps(found)
    write_applied(data, "site: {time_zone: Europe/Berlin}", 1)
    assert "Times are those of Europe/Berlin." in said("status", "--data", data)


def test_a_service_that_cannot_write_its_status_is_known_to_run(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["passerby.cli.status"], "supervisor", lambda _folder: 77)
    reported = said("status", site)
    assert "Running." in reported
    assert "Process 77 is there, but has not written its status yet. Is the disk of" in reported
    (site.parent / "kept" / "status.json").write_text(json.dumps(STATUS | {"time_ns": time.time_ns() - 3_700 * 10**9}))
    assert "for 62 min; what follows is as old" in said("status", site)
    assert json.loads(said("status", site, "--json"))["running"] is True


@pytest.mark.parametrize("terminal", [True, False])
def test_the_link_is_shown_to_a_terminal_alone(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    keep_site(Path("site.yaml"))
    keep_data(Path("my data"))
    service._link_shower()("http://localhost:8642/open/canary")
    shown = capsys.readouterr().out
    assert ("canary" in shown) is terminal
    assert terminal or "passerby link site.yaml --data 'my data'` prints one" in shown


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
    plan = recording_plan((Path("film.mp4"),), path, None, None, None, None, None).plan
    assert plan.video == Path("film.mp4")
    assert [line.name for line in plan.layout.lines] == ["l"]
    reported = said("check", path)
    assert "rtsp://10.0.0.1/x" in reported
