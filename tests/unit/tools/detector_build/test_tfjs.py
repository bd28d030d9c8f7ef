"""Reading TF.js files, broken ones included."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.tools.detector_build.small_network import small_network
from tools.detector_build.tfjs import GraphError, GraphModel, Node, read_graph_model, read_weights


def test_half_floats_become_floats_without_a_scale() -> None:
    stored = np.array([0.5, -2.0, 65504.0], np.float16)
    entry = {"name": "w", "shape": [3], "dtype": "float32", "quantization": {"dtype": "float16"}}
    number = {"name": "n", "shape": [], "dtype": "int32"}
    shards = stored.tobytes() + np.array(7, np.int32).tobytes()
    found = read_weights([{"weights": [entry, number]}], shards)
    assert found["w"].dtype == np.float32
    assert found["w"].tolist() == [0.5, -2.0, 65504.0]
    assert found["n"].item() == 7


@pytest.mark.parametrize(
    ("shards", "said"),
    [(b"\0" * 5, "the weights end before it"), (b"\0" * 9, "1 bytes of weights belong to no tensor")],
)
def test_says_when_the_weights_do_not_fit_the_manifest(shards: bytes, said: str) -> None:
    manifest = [{"weights": [{"name": "w", "shape": [2], "dtype": "float32"}]}]
    with pytest.raises(GraphError, match=said):
        read_weights(manifest, shards)


def test_refuses_a_scaled_quantisation() -> None:
    entry = {"name": "w", "shape": [1], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.1}}
    with pytest.raises(GraphError, match="stored as uint8"):
        read_weights([{"weights": [entry]}], b"\0")


def test_names_a_missing_node_and_a_constant_that_is_none(tmp_path: Path) -> None:
    weights = small_network(tmp_path)
    model = read_graph_model(weights.topology, weights.shards)
    with pytest.raises(GraphError, match="'elsewhere'"):
        model.node("elsewhere:1")
    with pytest.raises(GraphError, match="a constant is needed, got Identity"):
        model.constant("Identity")


def test_leaves_control_inputs_out(tmp_path: Path) -> None:
    node = {"name": "a", "op": "Identity", "input": ["b", "^c"]}
    topology, shards = tmp_path / "m.json", tmp_path / "m.bin"
    topology.write_text(json.dumps({"modelTopology": {"node": [node]}, "weightsManifest": []}), "utf-8")
    shards.write_bytes(b"")
    assert read_graph_model(topology, shards) == GraphModel({"a": Node("a", "Identity", ("b",), {})}, {})
