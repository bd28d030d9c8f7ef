"""Loading models: every broken file is explained."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.session import open_session
from tests.unit.ingest.detectors.answering_model import answering_model

ANSWER = {"y": np.arange(1000, dtype=np.float32)}
INPUT = {"x": ("float32", [1, 3])}


def test_runs_and_names_what_it_has(tmp_path: Path) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, ANSWER))
    assert (session.inputs, session.outputs) == (("x",), ("y",))
    (found,) = session.run({"x": np.zeros((1, 3), np.float32)}, ["y"])
    np.testing.assert_array_equal(found, ANSWER["y"])


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x09" * 50, "half"])
def test_explains_a_file_that_is_no_model(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "m.onnx"
    if isinstance(content, str):
        whole = answering_model(path, INPUT, ANSWER).read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"m\.onnx: not an ONNX model.*\({len(content)} bytes\).*passerby models"):
        open_session(path)


def test_explains_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(ModelError, match="no such model file"):
            open_session(path)


def test_explains_input_that_does_not_fit(tmp_path: Path) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, ANSWER))
    with pytest.raises(ModelError, match=r"failed on x float32 \(2, 2\)"):
        session.run({"x": np.zeros((2, 2), np.float32)}, ["y"])


def test_a_model_that_runs_seldom_gives_its_memory_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, ANSWER))
    given: list[int] = []

    def run(_outputs: object, _feeds: object, *options: object) -> list[object]:
        given.append(len(options))
        return [ANSWER["y"]]

    watched = replace(session, runtime=SimpleNamespace(run=run))
    for now_s in (50.0, 50.2, 58.2, 66.2, 66.4):
        with monkeypatch.context() as patched:
            patched.setattr(
                "passerby.ingest.detectors.session.time", SimpleNamespace(monotonic=lambda now_s=now_s: now_s)
            )
            watched.run({}, ["y"])
    assert given == [0, 0, 1, 1, 0]
    # And the runtime knows the option.
    for _ in range(2):
        session._times[:] = [-10.0]
        session.run({"x": np.zeros((1, 3), np.float32)}, ["y"])


@pytest.mark.parametrize("seldom", [False, True])
def test_one_that_is_run_seldom_keeps_no_memory_between_runs(tmp_path: Path, seldom: bool) -> None:
    session = open_session(answering_model(tmp_path / "m.onnx", INPUT, ANSWER), seldom=seldom)
    assert session.runtime.get_session_options().enable_cpu_mem_arena is not seldom
    (found,) = session.run({"x": np.zeros((1, 3), np.float32)}, ["y"])
    np.testing.assert_array_equal(found, ANSWER["y"])
