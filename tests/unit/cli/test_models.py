"""`passerby models`, as a user and as a program sees it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.cli.models import models_app
from passerby.domain.errors import ModelError
from passerby.ingest.detectors import download, registry
from passerby.ingest.detectors.registry import known_model

CONTENT = b"a model, for once"


@pytest.fixture(autouse=True)
def brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that counts as YOLOX-tiny, with a user's folder that is empty."""
    small = replace(known_model("yolox-tiny"), sha256=hashlib.sha256(CONTENT).hexdigest())
    for module in (download, registry):
        monkeypatch.setattr(module, "known_models", lambda: (small,))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    file = tmp_path / "brought.onnx"
    file.write_bytes(CONTENT)
    return file


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(models_app, list(arguments))
    if isinstance(result.exception, ModelError):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_lists_what_there_is(arguments: tuple[str, ...]) -> None:
    code, said = run(*arguments)
    assert code == 0
    assert "yolox-tiny" in said
    assert "absent" in said
    assert "Apache-2.0" in said


def test_json_holds_the_whole_manifest_and_the_state() -> None:
    _, said = run("--json")
    rows = {row["name"]: row for row in json.loads(said)["models"]}
    assert rows["centerface"]["coco_map"] is None
    row = rows["yolox-tiny"]
    assert row["state"] == "absent"
    assert row["purpose"] == "road-user detection (boxes and classes)"
    assert row["path"].endswith("passerby/models/yolox_tiny.onnx")


def test_an_imported_model_is_ready_and_verified(brought: Path) -> None:
    assert run("verify", "yolox-tiny")[0] == 1
    code, said = run("import", str(brought), "--json")
    assert code == 0
    assert json.loads(said)["models"][0]["state"] == "ready"
    assert run("verify", "yolox-tiny")[0] == 0


def test_a_damaged_file_fails_the_check(brought: Path) -> None:
    _, said = run("import", str(brought), "--json")
    Path(json.loads(said)["models"][0]["path"]).write_bytes(b"damaged")
    code, said = run("verify")
    assert code == 1
    assert "damaged" in said


def test_what_is_absent_and_was_not_asked_for_is_no_fault() -> None:
    assert run("verify")[0] == 0


def test_errors_reach_the_caller_as_model_errors() -> None:
    with pytest.raises(ModelError, match="not known"):
        run("fetch", "yolo99")
