"""A TensorFlow.js graph model as nodes and arrays."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class GraphError(ValueError):
    """The model file is not what the conversion was written for."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of the graph.

    Attributes:
        name: unique in the graph.
        op: TensorFlow's name of the operation.
        inputs: names of nodes, `name:k` for their k-th output; control inputs left out.
        attributes: as the file gives them.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A text attribute, which TF.js keeps as base64."""
        return base64.b64decode(self.attributes[key]["s"]).decode("ascii")

    def integers(self, key: str) -> list[int]:
        """A list of integers, which TF.js keeps as strings."""
        return [int(item) for item in self.attributes[key]["list"]["i"]]


@dataclass(frozen=True, slots=True)
class GraphModel:
    """A whole model.

    Attributes:
        nodes: by name.
        weights: the values of the `Const` nodes by name; float32, or int32.
    """

    nodes: Mapping[str, Node]
    weights: Mapping[str, Array]

    def node(self, reference: str) -> Node:
        """The node that a reference (`name` or `name:k`) points at.

        Raises:
            GraphError: no node has that name.
        """
        name = reference.split(":")[0]
        if name not in self.nodes:
            raise GraphError(f"the graph speaks of a node {name!r} that it does not have")
        return self.nodes[name]

    def constant(self, reference: str) -> Array:
        """The value of a `Const` node.

        Raises:
            GraphError: the node is no constant.
        """
        name = reference.split(":")[0]
        if name not in self.weights:
            raise GraphError(f"{name}: a constant is needed, got {self.node(name).op}")
        return self.weights[name]


def read_weights(manifest: list[dict[str, Any]], shards: bytes) -> dict[str, Array]:
    """The named arrays out of the joined weight shards, in the manifest's order.

    Raises:
        GraphError: the shards hold more or fewer bytes than the manifest says, or a dtype is not known.
    """
    weights: dict[str, Array] = {}
    start = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        stored = np.dtype(entry.get("quantization", {}).get("dtype", entry["dtype"])).newbyteorder("<")
        meant = np.dtype(entry["dtype"])
        if stored not in (meant, np.dtype("<f2")):
            raise GraphError(f"{entry['name']}: stored as {stored}, which is not known here")
        count = int(np.prod(entry["shape"], dtype=np.int64))
        end = start + count * stored.itemsize
        if end > len(shards):
            raise GraphError(f"{entry['name']}: the weights end before it, at byte {len(shards)} of at least {end}")
        values = np.frombuffer(shards[start:end], stored)
        weights[entry["name"]] = values.astype(meant).reshape(entry["shape"])
        start = end
    if start != len(shards):
        raise GraphError(f"{len(shards) - start} bytes of weights belong to no tensor")
    return weights


def read_graph_model(topology: Path, shards: Path) -> GraphModel:
    """The model out of its `.json` and its single `.bin`."""
    document = json.loads(topology.read_text("utf-8"))
    nodes = {
        entry["name"]: Node(
            entry["name"],
            entry["op"],
            tuple(name for name in entry.get("input", ()) if not name.startswith("^")),
            entry.get("attr", {}),
        )
        for entry in document["modelTopology"]["node"]
    }
    return GraphModel(nodes, read_weights(document["weightsManifest"], shards.read_bytes()))
