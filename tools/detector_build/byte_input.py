"""The first convolution fed with the picture's own bytes: no float picture is ever made.

A quantised tensor is bytes, a scale and a zero point. A picture is bytes already: scale 1, zero point 0. So the mean
goes into the first convolution's bias, and its border, which the padding would otherwise fill with black, is laid round
the bytes in the mean colour. Saves 9 of 29 ms at 640x384 on one core, and one rounding of the input.
"""

from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tools.detector_build.operations import CENTRED_INPUT, FIRST_CONVOLUTION, MEAN_BGR, NCHW_FROM_NHWC
from tools.detector_build.ranges import Ranges
from tools.detector_build.tfjs import Array, GraphError

BYTES_NCHW = "input_bytes_nchw"


def _stored(model: onnx.ModelProto, name: str) -> onnx.TensorProto:
    found: onnx.TensorProto = next(tensor for tensor in model.graph.initializer if tensor.name == name)
    return found


def _border() -> tuple[list[onnx.NodeProto], dict[str, Array]]:
    """One row above and one column to the left, in the mean colour rounded to whole numbers.

    Strides of 2 over even sides never reach the row below and the column to the right.
    """
    constants: dict[str, Array] = {
        "border_colour": np.round(MEAN_BGR).astype(np.uint8).reshape(1, 1, 1, 3),
        "border_row_mask": np.array([1, 0, 1, 1], np.int64),
        "border_row_add": np.array([0, 1, 0, 0], np.int64),
        "border_column_mask": np.array([1, 1, 0, 1], np.int64),
        "border_column_add": np.array([0, 1, 1, 0], np.int64),
    }
    steps: list[tuple[str, list[str], str, dict[str, Any]]] = [
        ("Shape", ["picture"], "border_shape", {}),
        ("Mul", ["border_shape", "border_row_mask"], "border_row_cut", {}),
        ("Add", ["border_row_cut", "border_row_add"], "border_row_shape", {}),
        ("Expand", ["border_colour", "border_row_shape"], "border_row", {}),
        ("Concat", ["border_row", "picture"], "input_below", {"axis": 1}),
        ("Mul", ["border_shape", "border_column_mask"], "border_column_cut", {}),
        ("Add", ["border_column_cut", "border_column_add"], "border_column_shape", {}),
        ("Expand", ["border_colour", "border_column_shape"], "border_column", {}),
        ("Concat", ["border_column", "input_below"], "input_bordered", {"axis": 2}),
        ("Transpose", ["input_bordered"], BYTES_NCHW, {"perm": NCHW_FROM_NHWC}),
        ("Cast", [BYTES_NCHW], CENTRED_INPUT, {"to": onnx.TensorProto.FLOAT}),
    ]
    nodes = [helper.make_node(op, inputs, [name], name=name, **extra) for op, inputs, name, extra in steps]
    return nodes, constants


def with_byte_input(model: onnx.ModelProto, ranges: Ranges) -> tuple[onnx.ModelProto, Ranges]:
    """The model, and the ranges, with the picture's bytes as the first convolution's input.

    The same numbers but for the border: its colour is rounded to whole numbers, at most 0.01 of a standard deviation.
    """
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    weight = numpy_helper.to_array(_stored(changed, f"{FIRST_CONVOLUTION}.weight")).astype(np.float64)
    bias = _stored(changed, f"{FIRST_CONVOLUTION}.bias")
    shift = np.einsum("ocij,c->o", weight, np.array(MEAN_BGR))
    bias.CopyFrom(numpy_helper.from_array((numpy_helper.to_array(bias) - shift).astype(np.float32), bias.name))
    border, constants = _border()
    rest = [node for node in changed.graph.node if not node.name.startswith("input_")]
    first = next(node for node in rest if node.name == FIRST_CONVOLUTION)
    pads = next(attribute for attribute in first.attribute if attribute.name == "pads")
    if list(pads.ints) != [1, 1, 1, 1]:
        raise GraphError(f"{FIRST_CONVOLUTION}: pads of 1 are needed, got {list(pads.ints)}")
    pads.CopyFrom(helper.make_attribute("pads", [0, 0, 0, 0]))
    del changed.graph.node[:]
    changed.graph.node.extend([*border, *rest])
    kept = [tensor for tensor in changed.graph.initializer if tensor.name != "input_mean"]
    del changed.graph.initializer[:]
    changed.graph.initializer.extend(kept)
    changed.graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in constants.items())
    return changed, {**ranges, CENTRED_INPUT: (0.0, 255.0)}


def without_round_trip(quantised: onnx.ModelProto) -> onnx.ModelProto:
    """The quantised model without the step from bytes to floats and back to the same bytes."""
    nodes = quantised.graph.node
    cast = next(node for node in nodes if node.name == CENTRED_INPUT)
    back = next(node for node in nodes if node.op_type == "QuantizeLinear" and node.input[0] == CENTRED_INPUT)
    scale, zero = (numpy_helper.to_array(_stored(quantised, name)) for name in back.input[1:3])
    if float(scale) != 1.0 or int(zero) != 0:
        raise GraphError(f"{CENTRED_INPUT}: scale 1 and zero point 0 are needed, got {scale} and {zero}")
    for node in nodes:
        for position, name in enumerate(node.input):
            if name == back.output[0]:
                node.input[position] = BYTES_NCHW
    nodes.remove(cast)
    nodes.remove(back)
    return quantised
