"""The 8-bit network against the float one, and its bytes against themselves."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.unit.tools.detector_build.small_network import SIDE_PX, small_network
from tests.unit.tools.detector_build.test_conversion import noise_picture, run
from tools.detector_build.building import float_model, model_bytes, recorded_sha256
from tools.detector_build.byte_input import BYTES_NCHW
from tools.detector_build.calibration import measured_ranges
from tools.detector_build.conversion import HEAD_PREFIX
from tools.detector_build.quantisation import quantise
from tools.detector_build.ranges import Ranges, read_ranges, write_ranges
from tools.detector_build.weights_package import MEMBERS, cache_folder

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def networks(tmp_path: Path) -> tuple[onnx.ModelProto, onnx.ModelProto, Ranges]:
    model = float_model(small_network(tmp_path))
    ranges = measured_ranges(model, [noise_picture(SIDE_PX, seed)[0] for seed in range(4)])
    return model, quantise(model, ranges), ranges


def test_stays_close_to_the_float_network(networks: tuple[onnx.ModelProto, onnx.ModelProto, Ranges]) -> None:
    model, small, _ = networks
    picture = noise_picture(96, 9)
    for meant, got in zip(run(model, picture), run(small, picture), strict=True):
        assert np.abs(got - meant).mean() < 0.03 * np.ptp(meant)
        assert np.corrcoef(got.ravel(), meant.ravel())[0, 1] > 0.99


def test_an_even_picture_shows_no_border(networks: tuple[onnx.ModelProto, onnx.ModelProto, Ranges]) -> None:
    # In the mean colour every cell sees nothing but bias, at the edges too, if the border is laid in that colour.
    _, small, _ = networks
    picture = np.broadcast_to(np.array([104, 116, 124], np.uint8), (1, SIDE_PX, SIDE_PX, 3))
    black = np.zeros_like(picture)
    first = [node.output[0] for node in small.graph.node if node.name == "conv_00"]
    small.graph.output.append(onnx.ValueInfoProto(name=first[0]))
    shown = {name: run_one(small, first[0], values) for name, values in (("mean", picture), ("black", black))}
    spread = {name: np.ptp(values, axis=(2, 3)).max() for name, values in shown.items()}
    assert spread["mean"] < 0.05
    assert spread["black"] > 1.0


def run_one(model: onnx.ModelProto, output: str, picture: np.ndarray) -> np.ndarray:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([output], {"picture": np.ascontiguousarray(picture)})[0])


def test_takes_the_picture_as_bytes_and_keeps_the_head_float(
    networks: tuple[onnx.ModelProto, onnx.ModelProto, Ranges],
) -> None:
    _, small, _ = networks
    makers = {name: node for node in small.graph.node for name in node.output}
    first = next(node for node in small.graph.node if node.name == "conv_00")
    assert makers[first.input[0]].op_type == "DequantizeLinear"
    assert makers[first.input[0]].input[0] == BYTES_NCHW
    assert not [node for node in small.graph.node if node.op_type == "Cast"]
    heads = [node for node in small.graph.node if node.op_type == "Conv" and node.name.startswith(HEAD_PREFIX)]
    stored = {tensor.name: numpy_helper.to_array(tensor).dtype for tensor in small.graph.initializer}
    assert len(heads) == 3
    assert all(stored[node.input[1]] == np.float32 for node in heads)


def test_the_same_ranges_give_the_same_bytes(networks: tuple[onnx.ModelProto, onnx.ModelProto, Ranges]) -> None:
    model, small, ranges = networks
    assert model_bytes(quantise(model, ranges)) == model_bytes(small)


def test_ranges_survive_their_file(tmp_path: Path) -> None:
    file = tmp_path / "ranges.json"
    write_ranges({"b": (-1.23456789, 2.0), "a": (0.0, 1e-7)}, file)
    assert read_ranges(file) == {"a": (0.0, 1e-7), "b": (-1.23457, 2.0)}
    assert list(read_ranges(file)) == ["a", "b"]


@pytest.mark.slow
def test_two_processes_build_the_very_file_that_the_manifest_records(tmp_path: Path) -> None:
    if not all((cache_folder() / name).is_file() for name in MEMBERS):
        pytest.skip("the published weights are not in the cache; run `python -m tools.detector_build`")
    built = set()
    for seed in ("1", "2"):
        output = tmp_path / f"{seed}.onnx"
        command = [sys.executable, "-m", "tools.detector_build", "--output", str(output)]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
        built.add(hashlib.sha256(output.read_bytes()).hexdigest())
    assert built == {recorded_sha256()}
