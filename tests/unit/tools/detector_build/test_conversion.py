"""The converted network against TensorFlow's operations in plain numpy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from tests.unit.tools.detector_build.small_network import SIDE_PX, small_network
from tests.unit.tools.detector_build.tensorflow_reference import run_reference
from tools.detector_build.conversion import KEPT_COCO, convert
from tools.detector_build.operations import MEAN_BGR, STD_BGR
from tools.detector_build.tfjs import Array, GraphError, GraphModel, read_graph_model
from tools.detector_build.weights_package import MEMBERS, PublishedWeights, cache_folder

OUTPUTS = ["Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5"]


def run(model: onnx.ModelProto, pictures: Array) -> list[Array]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [np.asarray(output) for output in session.run(["scores", "boxes"], {"picture": pictures})]


def noise_picture(side_px: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (1, side_px, side_px, 3)).astype(np.uint8)


def reference(model: GraphModel, picture: Array) -> tuple[Array, Array]:
    """Kept class scores (1, 6, P) and box numbers (1, 44, P), by TensorFlow's definitions."""
    normal = (picture.astype(np.float32) - np.array(MEAN_BGR)) / np.array(STD_BGR)
    found = run_reference(model, normal.transpose(0, 3, 1, 2).astype(np.float32), OUTPUTS)
    scores, boxes = np.concatenate(found[:3], axis=1), np.concatenate(found[3:], axis=1)
    return scores[..., list(KEPT_COCO)].transpose(0, 2, 1), boxes.transpose(0, 2, 1)


@pytest.mark.parametrize("seed", [0, 1])
def test_gives_what_tensorflow_would(tmp_path: Path, seed: int) -> None:
    model = read_graph_model(*_files(small_network(tmp_path, seed)))
    picture = noise_picture(SIDE_PX)
    scores, boxes = run(convert(model), picture)
    scores_meant, boxes_meant = reference(model, picture)
    np.testing.assert_allclose(scores, scores_meant, atol=1e-5)
    np.testing.assert_allclose(boxes, boxes_meant, atol=1e-4, rtol=1e-4)
    assert np.ptp(boxes_meant) > 1.0, "a network that always answers the same proves nothing"


def test_takes_any_batch_and_any_multiple_of_32(tmp_path: Path) -> None:
    model = convert(read_graph_model(*_files(small_network(tmp_path))))
    pictures = np.concatenate([noise_picture(96, 1), noise_picture(96, 2)])[:, :, :64]
    scores, boxes = run(model, pictures)
    assert scores.shape == (2, 6, 12 * 8 + 6 * 4 + 3 * 2)
    assert boxes.shape == (2, 44, scores.shape[2])
    alone, _ = run(model, pictures[1:])
    np.testing.assert_allclose(alone[0], scores[1], atol=1e-6)


def test_refuses_an_operation_without_a_rule(tmp_path: Path) -> None:
    model = read_graph_model(*_files(small_network(tmp_path)))
    nodes = {name: replace(node, op="Tanh") if node.op == "ConcatV2" else node for name, node in model.nodes.items()}
    with pytest.raises(GraphError, match="no rule for the operation Tanh"):
        convert(GraphModel(nodes, model.weights))


def test_refuses_a_pooling_padded_with_zeros(tmp_path: Path) -> None:
    model = read_graph_model(*_files(small_network(tmp_path)))
    weights = {
        name: np.zeros_like(values) if values.dtype == np.float32 and np.isneginf(values).any() else values
        for name, values in model.weights.items()
    }
    with pytest.raises(GraphError, match="the lowest number is needed"):
        convert(GraphModel(model.nodes, weights))


@pytest.mark.slow
def test_the_published_network_gives_what_tensorflow_would() -> None:
    folder = cache_folder()
    if not all((folder / name).is_file() for name in MEMBERS):
        pytest.skip("the published weights are not in the cache; run `python -m tools.detector_build`")
    model = read_graph_model(folder / "nanodet.json", folder / "nanodet.bin")
    picture = noise_picture(416)
    scores, boxes = run(convert(model), picture)
    scores_meant, boxes_meant = reference(model, picture)
    np.testing.assert_allclose(scores, scores_meant, atol=1e-5)
    np.testing.assert_allclose(boxes, boxes_meant, atol=1e-3)


def _files(weights: PublishedWeights) -> tuple[Path, Path]:
    return weights.topology, weights.shards
