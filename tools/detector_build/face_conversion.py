"""From the published face finder to ours: any picture's size, bytes in, and no landmarks out."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

from tools.detector_build.conversion import IR_VERSION, OPSET
from tools.detector_build.operations import NCHW_FROM_NHWC
from tools.detector_build.tfjs import GraphError

RGB_INPUT = "input.1"
OUTPUTS = {"537": "heat", "538": "log_size", "539": "shift"}
"""The published names of the outputs that are kept; the fourth, the places of eyes, nose and mouth, is cut out."""

HEAD_PREFIX, INPUT_PREFIX = "head_", "input_"
"""Nodes whose names begin so stay float when the rest is quantised."""

HEAT_LOGIT = "536"

BYTES_NCHW, FLOATS = f"{INPUT_PREFIX}bytes_nchw", f"{INPUT_PREFIX}floats"
PUBLISHED_OPSET = 9


def convert_face_finder(published: Path) -> onnx.ModelProto:
    """CenterFace for uint8 BGR pictures.

    Returns:
        A model with the input `picture`, uint8 (N, H, W, 3), BGR, H and W multiples of 32, and the outputs, float32,
        on a grid of 4 px: `heat` (N, 1, H/4, W/4), 0-1, where the middle of a face is; `log_size` (N, 2, ...), the
        logarithm of height and width in cells; `shift` (N, 2, ...), down and right in cells.

    Raises:
        GraphError: the graph is not the CenterFace that this was written for.
    """
    graph = onnx.load(str(published)).graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    nodes = _needed(graph)
    first = next((node for node in nodes if RGB_INPUT in node.input), None)
    if first is None or first.op_type != "Conv":
        raise GraphError(f"{published}: the picture {RGB_INPUT} goes into no convolution; this is not CenterFace")
    # The network was trained on RGB; turning its first weights round costs nothing, turning every picture would.
    weights = np.ascontiguousarray(numpy_helper.to_array(stored[first.input[1]])[:, ::-1])
    stored[first.input[1]] = numpy_helper.from_array(weights, first.input[1])
    for number, node in enumerate(nodes):
        answers = any(name in OUTPUTS or name == HEAT_LOGIT for name in node.output)
        node.name = f"{HEAD_PREFIX if answers else ''}{node.op_type.lower()}_{number:02}"
        node.input[:] = [FLOATS if name == RGB_INPUT else name for name in node.input]
        node.output[:] = [OUTPUTS.get(name, name) for name in node.output]
    bytes_in = [
        helper.make_node("Transpose", ["picture"], [BYTES_NCHW], perm=NCHW_FROM_NHWC, name=BYTES_NCHW),
        helper.make_node("Cast", [BYTES_NCHW], [FLOATS], to=onnx.TensorProto.FLOAT, name=FLOATS),
    ]
    used = {name for node in nodes for name in node.input}
    widths = {"heat": 1, "log_size": 2, "shift": 2}
    converted = helper.make_model(
        helper.make_graph(
            bytes_in + nodes,
            "centerface",
            [helper.make_tensor_value_info("picture", onnx.TensorProto.UINT8, ["N", "H", "W", 3])],
            [
                helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", width, "h", "w"])
                for name, width in widths.items()
            ],
            [tensor for name, tensor in stored.items() if name in used],
        ),
        opset_imports=[helper.make_opsetid("", PUBLISHED_OPSET)],
        ir_version=IR_VERSION,
        producer_name="passerby",
        producer_version="",
    )
    converted = version_converter.convert_version(converted, OPSET)
    # The version converter names itself after its own version.
    converted.producer_name, converted.producer_version = "passerby", ""
    onnx.checker.check_model(converted, full_check=True)
    return converted


def _needed(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes that the kept outputs rest on, in order."""
    wanted, kept = set(OUTPUTS), []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    missing = set(OUTPUTS) - {name for node in kept for name in node.output}
    if missing:
        raise GraphError(f"outputs {', '.join(sorted(missing))} are missing; this is not CenterFace")
    return kept[::-1]
