"""The manifest, and what it says about files."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.loader import DECODERS
from passerby.ingest.detectors.registry import (
    DEFAULT_MODEL,
    FileState,
    KnownModel,
    face_finder,
    known_model,
    known_models,
    model_path,
    model_state,
    model_states,
    ready_path,
    user_folder,
)


@pytest.fixture
def small_model() -> KnownModel:
    return replace(known_model("yolox-tiny"), file="small.onnx", sha256=hashlib.sha256(b"right").hexdigest())


@pytest.mark.parametrize("model", known_models(), ids=lambda model: model.name)
def test_every_entry_can_be_used(model: KnownModel) -> None:
    assert model.purpose == "road-user detection (boxes and classes)"
    assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
    assert model.decoder in DECODERS
    assert 0 < model.keep_confidence <= model.start_confidence < 1
    assert model.licence == "Apache-2.0"
    assert model.file.endswith(".onnx")
    assert model.shipped or str(model.url).startswith("https://")


def test_names_and_files_are_unique_and_the_default_comes_first() -> None:
    models = known_models()
    assert len({model.name for model in models}) == len({model.file for model in models}) == len(models)
    assert models[0].name == DEFAULT_MODEL
    assert models[0].shipped


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"model yolo99: not known; there are nanodet-g, .*dfine-n"):
        known_model("yolo99")


def test_the_users_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "passerby" / "models"
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/not/allowed")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_folder() == tmp_path / ".local" / "share" / "passerby" / "models"


def test_tells_absent_ready_and_damaged_apart(tmp_path: Path, small_model: KnownModel) -> None:
    assert model_state(small_model, tmp_path).state is FileState.ABSENT
    with pytest.raises(ModelError, match=r"small\.onnx: .* is not there\. Get it with `passerby models fetch"):
        ready_path(small_model, tmp_path)
    model_path(small_model, tmp_path).write_bytes(b"right")
    assert model_state(small_model, tmp_path).state is FileState.READY
    assert ready_path(small_model, tmp_path) == tmp_path / "small.onnx"
    model_path(small_model, tmp_path).write_bytes(b"wrong")
    found = model_state(small_model, tmp_path)
    assert found.state is FileState.DAMAGED
    assert found.got_sha256 == hashlib.sha256(b"wrong").hexdigest()
    with pytest.raises(ModelError, match=rf"sha256 {small_model.sha256} is needed, got {found.got_sha256}"):
        ready_path(small_model, tmp_path)


def test_the_state_of_all_is_asked_at_once(tmp_path: Path) -> None:
    states = model_states(tmp_path)
    assert [found.model for found in states] == [*known_models(), face_finder()]
    assert {found.state for found in states if not found.model.shipped} == {FileState.ABSENT}
