"""From a TF.js graph of NanoDet to ONNX: same numbers, any batch and size, uint8 pictures in."""

import numpy as np
import onnx
from onnx import helper

from tools.detector_build.operations import Conversion, convolution
from tools.detector_build.tfjs import GraphError, GraphModel

OPSET = 17
IR_VERSION = 9
"""Both understood by every onnxruntime since 1.15, and by 1.32."""

KEPT_COCO = (0, 1, 2, 3, 5, 7)
"""person, bicycle, car, motorcycle, bus, truck; the other 74 classes are cut out of the network."""

COCO_CLASSES = 80
BOX_BINS = 11
SCORE_OUTPUTS = ("Identity", "Identity_1", "Identity_2")
"""The TF.js names of the class scores at strides 8, 16 and 32."""

HEAD_PREFIX = "head_"
"""Nodes whose names begin so stay float when the rest is quantised."""


def _head(conversion: Conversion, output: str, level: int) -> tuple[str, str]:
    """One stride's last convolution, cut to the kept classes: names of its scores (N, 6, P) and boxes (N, 44, P)."""
    node = conversion.model.node(output)
    while node.op != "SplitV":
        node = conversion.model.node(node.inputs[0])
    if conversion.model.constant(node.inputs[1]).tolist() != [COCO_CLASSES, 4 * BOX_BINS]:
        raise GraphError(f"{node.name}: a split into {COCO_CLASSES} scores and {4 * BOX_BINS} box numbers is needed")
    add = conversion.model.node(node.inputs[0])
    while add.op == "Transpose":
        add = conversion.model.node(add.inputs[0])
    channels = [*KEPT_COCO, *range(COCO_CLASSES, COCO_CLASSES + 4 * BOX_BINS)]
    prefix = f"{HEAD_PREFIX}{level}"
    bias = conversion.model.constant(add.inputs[1])
    found = convolution(conversion, conversion.model.node(add.inputs[0]), bias, f"{prefix}_conv", channels)
    flat = conversion.emit("Reshape", [found.name, "cells_shape"], f"{prefix}_flat")
    parts = [f"{prefix}_scores", f"{prefix}_boxes"]
    conversion.emit("Split", [flat, "split_sizes"], f"{prefix}_split", parts, axis=1)
    return parts[0], parts[1]


def convert(model: GraphModel) -> onnx.ModelProto:
    """NanoDet as ONNX.

    Returns:
        A model with the input `picture`, uint8 (N, H, W, 3), BGR, H and W multiples of 32, and the outputs `scores`,
        float32 (N, 6, P), 0-1, of pedestrian, bicycle, car, motorcycle, bus and truck, and `boxes`, float32
        (N, 44, P), the logits of 11 bins each for left, top, right and bottom; P counts the cells of strides 8, 16
        and 32, row by row.

    Raises:
        GraphError: the graph is not the NanoDet that this was written for.
    """
    conversion = Conversion(model)
    conversion.keep("cells_shape", np.array([0, len(KEPT_COCO) + 4 * BOX_BINS, -1], np.int64))
    conversion.keep("split_sizes", np.array([len(KEPT_COCO), 4 * BOX_BINS], np.int64))
    heads = [_head(conversion, output, level) for level, output in enumerate(SCORE_OUTPUTS)]
    logits = conversion.emit("Concat", [scores for scores, _ in heads], "head_logits", axis=2)
    conversion.emit("Sigmoid", [logits], "head_sigmoid", ["scores"])
    conversion.emit("Concat", [boxes for _, boxes in heads], "head_boxes", ["boxes"], axis=2)
    floats, batch = onnx.TensorProto.FLOAT, "N"
    graph = helper.make_graph(
        conversion.nodes,
        "nanodet-g",
        [helper.make_tensor_value_info("picture", onnx.TensorProto.UINT8, [batch, "H", "W", 3])],
        [
            helper.make_tensor_value_info("scores", floats, [batch, len(KEPT_COCO), "P"]),
            helper.make_tensor_value_info("boxes", floats, [batch, 4 * BOX_BINS, "P"]),
        ],
        conversion.initialisers,
    )
    converted = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="passerby",
        producer_version="",
    )
    onnx.checker.check_model(converted, full_check=True)
    return converted
