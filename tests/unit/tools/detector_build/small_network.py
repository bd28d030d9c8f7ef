"""A network with every operation that the conversion knows, small enough to be made and run in milliseconds."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from tools.detector_build.tfjs import Array
from tools.detector_build.weights_package import PublishedWeights

SIDE_PX = 64
CHANNELS = 8
TO_NHWC, TO_NCHW = [0, 2, 3, 1], [0, 3, 1, 2]


class Sketch:
    """Collects nodes and weights the way a TF.js file holds them."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[dict[str, Any]] = []
        self.weights: list[tuple[str, Array]] = []

    def node(self, op: str, inputs: list[str], name: str | None = None, **attributes: Any) -> str:
        name = name or f"{op}_{len(self.nodes)}"
        self.nodes.append({"name": name, "op": op, "input": inputs, "attr": attributes})
        return name

    def constant(self, values: Any, dtype: str = "int32") -> str:
        name = self.node("Const", [])
        self.weights.append((name, np.asarray(values, dtype)))
        return name

    def noise(self, *shape: int, scale: float = 0.3) -> str:
        return self.constant(self.random.normal(0, scale, shape).astype(np.float16), "float16")

    def flip(self, source: str, order: list[int]) -> str:
        return self.node("Transpose", [source, self.constant(order)])

    def convolution(self, source: str, size: int, stride: int, into: int, outof: int = CHANNELS) -> str:
        """NCHW to NCHW, with the pads, transposes and constant Add that the real file has."""
        if size > 1:
            source = self.node("Pad", [source, self.constant([[0, 0], [0, 0], [1, 1], [1, 1]])])
        last = self.flip(source, TO_NHWC)
        name = self.node(
            "Conv2D",
            [last, self.noise(size, size, outof, into)],
            padding={"s": base64.b64encode(b"VALID").decode()},
            data_format={"s": base64.b64encode(b"NHWC").decode()},
            strides={"list": {"i": ["1", str(stride), str(stride), "1"]}},
            dilations={"list": {"i": ["1"] * 4}},
        )
        return self.flip(self.node("Add", [name, self.noise(into)]), TO_NCHW)

    def rectifier(self, source: str) -> str:
        return self.node("LeakyRelu", [source], alpha={"f": 0.1})

    def pool(self, source: str) -> str:
        edge = self.constant([[0, 0], [0, 0], [1, 1], [1, 1]])
        padded = self.node("PadV2", [source, edge, self.constant(-np.inf, "float32")])
        pooled = self.node(
            "MaxPool",
            [self.flip(padded, TO_NHWC)],
            ksize={"list": {"i": ["1", "3", "3", "1"]}},
            strides={"list": {"i": ["1", "2", "2", "1"]}},
            padding={"s": base64.b64encode(b"VALID").decode()},
        )
        return self.flip(pooled, TO_NCHW)

    def resized(self, source: str, side: int) -> str:
        last = self.flip(source, TO_NHWC)
        found = self.node(
            "ResizeBilinear",
            [last, self.constant([side, side])],
            align_corners={"b": False},
            half_pixel_centers={"b": True},
        )
        return self.flip(found, TO_NCHW)

    def head(self, source: str, level: int) -> None:
        found = self.convolution(self.rectifier(source), 1, 1, 124)
        parts = self.node("SplitV", [found, self.constant([80, 44]), self.constant(1)])
        scores = self.node("Sigmoid", [parts])
        for part, channels, number in ((scores, 80, level), (f"{parts}:1", 44, level + 3)):
            flat = self.node("Reshape", [part, self.constant([1, channels, -1])])
            turned = self.flip(flat, [0, 2, 1])
            self.node("Identity", [turned], name=f"Identity_{number}" if number else "Identity")


def small_network(folder: Path, seed: int = 0) -> PublishedWeights:
    """Writes the network as `nanodet.json` and `nanodet.bin`."""
    sketch = Sketch(seed)
    side = {"size": str(SIDE_PX)}
    picture = sketch.node("Placeholder", [], shape={"shape": {"dim": [{"size": "1"}, {"size": "3"}, side, side]}})
    stem = sketch.pool(sketch.rectifier(sketch.convolution(picture, 3, 2, CHANNELS, outof=3)))
    fine = sketch.rectifier(sketch.convolution(stem, 3, 2, CHANNELS))
    middle = sketch.rectifier(sketch.convolution(fine, 3, 2, CHANNELS))
    coarse = sketch.rectifier(sketch.convolution(middle, 3, 2, CHANNELS))
    both = sketch.node("ConcatV2", [middle, middle, sketch.constant(1)])
    middle = sketch.node("AddV2", [sketch.convolution(both, 1, 1, CHANNELS, 2 * CHANNELS), sketch.resized(coarse, 4)])
    fine = sketch.node("Add", [fine, sketch.resized(middle, 8)])
    coarse = sketch.node("Add", [coarse, sketch.resized(middle, 2)])
    for level, source in enumerate((fine, middle, coarse)):
        sketch.head(source, level)
    manifest = []
    for name, values in sketch.weights:
        entry: dict[str, Any] = {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)}
        if values.dtype == np.float16:
            entry |= {"dtype": "float32", "quantization": {"dtype": "float16", "original_dtype": "float32"}}
        manifest.append(entry)
    document = {"modelTopology": {"node": sketch.nodes}, "weightsManifest": [{"weights": manifest}]}
    published = PublishedWeights(folder / "nanodet.json", folder / "nanodet.bin")
    published.topology.write_text(json.dumps(document), "utf-8")
    published.shards.write_bytes(b"".join(values.tobytes() for _, values in sketch.weights))
    return published
