import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.environment import FACES, PEERS, Environment, one_thread
from benchmarks.figures import Chapter, Figure


def test_without_the_recordings_it_says_so_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASSERBY_FOOTAGE", str(tmp_path / "nowhere"))
    assert command.main([]) == 0
    assert "Skipped" in capsys.readouterr().out


def test_a_missing_model_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("footage", "truth"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("PASSERBY_FOOTAGE", str(tmp_path / "footage"))
    assert command.main(["--fp32", "no-such-model.onnx"]) == 2
    assert "no-such-model.onnx" in capsys.readouterr().out


def test_a_part_run_keeps_what_an_earlier_run_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results" / "latest.json")
    command.write_results([Chapter("counts", "Counts", (Figure("PETS", "WAPE", 0.03),))], {})
    command.write_results([Chapter("cpu", "CPU", (Figure("PETS", "share", 0.2),))], {"faces": "no network"})
    written = json.loads((tmp_path / "results" / "latest.json").read_text())
    assert set(written["chapters"]) == {"counts", "cpu"}
    assert written["could_not_run"] == {"faces": "no network"}
    assert written["chapters"]["cpu"]["measured"].endswith("Z")


@pytest.mark.parametrize("environment", [PEERS, FACES], ids=lambda environment: environment.name)
def test_the_peers_locks_never_hold_both_builds_of_opencv(environment: Environment) -> None:
    names = {line.split("==")[0] for line in environment.lock.read_text().splitlines() if "==" in line}
    assert names & {"opencv-python", "opencv-python-headless"} == {"opencv-python-headless"}


def test_measured_programs_are_held_to_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert one_thread()["OMP_NUM_THREADS"] == "1"
