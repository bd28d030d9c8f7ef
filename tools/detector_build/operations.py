"""The rules by which one TensorFlow operation after another becomes ONNX."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tools.detector_build.tfjs import Array, GraphError, GraphModel, Node

MEAN_BGR = (103.53, 116.28, 123.675)
STD_BGR = (57.375, 57.12, 58.395)
"""ImageNet's, as NanoDet's training configuration has them, for pictures of 0-255."""

CENTRED_INPUT = "input_centred"
FIRST_CONVOLUTION = "conv_00"

NHWC_FROM_NCHW = [0, 2, 3, 1]
NCHW_FROM_NHWC = [0, 3, 1, 2]


@dataclass(frozen=True, slots=True)
class Activation:
    """A tensor of the TF graph and what stands for it in ONNX.

    Attributes:
        name: of the ONNX tensor, always NCHW.
        side: its height and width in the TF graph, which has one fixed size.
        channels_last: how the TF graph sees it.
        pads: zeros waiting to be folded into the next operation: top, left, bottom, right.
        pad_value: what the waiting pads hold.
    """

    name: str
    side: int
    channels_last: bool
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    pad_value: float = 0.0


@dataclass(slots=True)
class Conversion:
    """One walk from a model's outputs to its input, writing ONNX nodes on the way back."""

    model: GraphModel
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initialisers: list[onnx.TensorProto] = field(default_factory=list)
    done: dict[str, Activation] = field(default_factory=dict)

    def emit(self, op: str, inputs: list[str], name: str, outputs: list[str] | None = None, **attributes: Any) -> str:
        """Writes one ONNX node; its first output is returned, named as the node."""
        names = outputs or [name]
        self.nodes.append(helper.make_node(op, inputs, names, name=name, **attributes))
        return names[0]

    def keep(self, name: str, values: Array) -> str:
        """Stores a constant under a name."""
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def activation(self, reference: str) -> Activation:
        """What stands for a TF tensor, converted once."""
        node = self.model.node(reference)
        if node.name not in self.done:
            rule = RULES.get(node.op)
            if rule is None:
                raise GraphError(f"{node.name}: no rule for the operation {node.op}")
            self.done[node.name] = rule(self, node)
        return self.done[node.name]

    def unpadded(self, reference: str) -> Activation:
        """The same for an operation that cannot take pads."""
        found = self.activation(reference)
        if any(found.pads):
            raise GraphError(f"{reference}: padded before an operation that takes no pads")
        return found

    def serial(self, kind: str) -> str:
        """A new node name: the kind and a number."""
        return f"{kind}_{sum(node.name.startswith(f'{kind}_') for node in self.nodes):02d}"


def _input(conversion: Conversion, node: Node) -> Activation:
    """Bytes as they are, to the centred float picture; the first convolution's weights do the scaling."""
    side = int(node.attributes["shape"]["shape"]["dim"][2]["size"])
    floats = conversion.emit("Cast", ["picture"], "input_cast", to=onnx.TensorProto.FLOAT)
    planes = conversion.emit("Transpose", [floats], "input_planes", perm=NCHW_FROM_NHWC)
    mean = conversion.keep("input_mean", np.array(MEAN_BGR, np.float32).reshape(1, 3, 1, 1))
    return Activation(conversion.emit("Sub", [planes, mean], CENTRED_INPUT), side, channels_last=False)


def _pad(conversion: Conversion, node: Node) -> Activation:
    """Kept waiting: ONNX takes pads as a part of the next convolution or pooling."""
    source = conversion.unpadded(node.inputs[0])
    amounts = conversion.model.constant(node.inputs[1]).tolist()
    rows, columns, others = (
        (amounts[1], amounts[2], [amounts[0], amounts[3]])
        if source.channels_last
        else (amounts[2], amounts[3], amounts[:2])
    )
    if any(map(any, others)):
        raise GraphError(f"{node.name}: pads the batch or the channels")
    value = float(conversion.model.constant(node.inputs[2])) if len(node.inputs) > 2 else 0.0
    return Activation(source.name, source.side, source.channels_last, (rows[0], columns[0], rows[1], columns[1]), value)


def _transpose(conversion: Conversion, node: Node) -> Activation:
    """Only flips the tag: the ONNX tensor stays as it is."""
    source = conversion.activation(node.inputs[0])
    order = conversion.model.constant(node.inputs[1]).tolist()
    if order != (NCHW_FROM_NHWC if source.channels_last else NHWC_FROM_NCHW):
        raise GraphError(f"{node.name}: a transpose {order} that is no change between NCHW and NHWC")
    return replace(source, channels_last=not source.channels_last)


def _side_after(source: Activation, stride: int, kernel: int) -> int:
    return (source.side + source.pads[0] + source.pads[2] - kernel) // stride + 1


def _check_convolution(node: Node, source: Activation) -> None:
    if node.text("padding") != "VALID" or node.text("data_format") != "NHWC":
        raise GraphError(f"{node.name}: only VALID convolutions on NHWC are known")
    if node.integers("dilations") != [1, 1, 1, 1]:
        raise GraphError(f"{node.name}: dilated convolutions are not known")
    if source.pad_value != 0.0 or not source.channels_last:
        raise GraphError(f"{node.name}: its input is padded with {source.pad_value} or not NHWC")


def convolution(
    conversion: Conversion, node: Node, bias: Array, name: str | None = None, channels: list[int] | None = None
) -> Activation:
    """A convolution with its bias; `channels` picks and orders the output channels to keep."""
    source = conversion.activation(node.inputs[0])
    _check_convolution(node, source)
    name = name or conversion.serial("conv")
    kernel = conversion.model.constant(node.inputs[1]).transpose(3, 2, 0, 1)
    if channels is not None:
        kernel, bias = kernel[channels], bias[channels]
    if source.name == CENTRED_INPUT:
        # The picture is only centred: a division by a constant costs nothing inside the kernel, 0.2 ms outside of it.
        kernel = kernel / np.array(STD_BGR, np.float32).reshape(1, 3, 1, 1)
    weights = conversion.keep(f"{name}.weight", kernel.astype(np.float32))
    biases = conversion.keep(f"{name}.bias", bias.astype(np.float32))
    conversion.emit(
        "Conv",
        [source.name, weights, biases],
        name,
        pads=list(source.pads),
        strides=node.integers("strides")[1:3],
        kernel_shape=list(kernel.shape[2:]),
    )
    return Activation(name, _side_after(source, node.integers("strides")[1], kernel.shape[2]), channels_last=True)


def _add(conversion: Conversion, node: Node) -> Activation:
    """A constant summand is the bias of the convolution before it; two activations are added."""
    first, second = node.inputs
    if second in conversion.model.weights:
        return convolution(
            conversion,
            conversion.model.node(first),
            conversion.model.constant(second),
        )
    left, right = conversion.unpadded(first), conversion.unpadded(second)
    if left.channels_last != right.channels_last:
        raise GraphError(f"{node.name}: adds NCHW to NHWC")
    name = conversion.emit("Add", [left.name, right.name], conversion.serial("add"))
    return replace(left, name=name)


def _leaky_relu(conversion: Conversion, node: Node) -> Activation:
    source = conversion.unpadded(node.inputs[0])
    name = conversion.emit(
        "LeakyRelu", [source.name], conversion.serial("act"), alpha=float(node.attributes["alpha"]["f"])
    )
    return replace(source, name=name)


def _max_pool(conversion: Conversion, node: Node) -> Activation:
    """The rectifier before it moves behind it: both orders give the same, and behind are four times fewer numbers."""
    source = conversion.activation(node.inputs[0])
    # ONNX pads a maximum with minus infinity; anything else in the file would change the numbers.
    if any(source.pads) and source.pad_value > float(np.finfo(np.float16).min):
        raise GraphError(f"{node.name}: padded with {source.pad_value}, where the lowest number is needed")
    if not source.channels_last or node.text("padding") != "VALID":
        raise GraphError(f"{node.name}: only VALID pooling on NHWC is known")
    rectifier = conversion.nodes[-1]
    if rectifier.op_type != "LeakyRelu" or rectifier.name != source.name:
        raise GraphError(f"{node.name}: a rectifier right before the pooling is needed")
    pooled = conversion.emit(
        "MaxPool",
        [rectifier.input[0]],
        conversion.serial("pool"),
        kernel_shape=node.integers("ksize")[1:3],
        strides=node.integers("strides")[1:3],
        pads=list(source.pads),
    )
    conversion.nodes.remove(rectifier)
    rectifier.input[0] = pooled
    conversion.nodes.append(rectifier)
    side = _side_after(source, node.integers("strides")[1], node.integers("ksize")[1])
    return Activation(rectifier.name, side, channels_last=True)


def _concat(conversion: Conversion, node: Node) -> Activation:
    *references, axis_reference = node.inputs
    sources = [conversion.unpadded(reference) for reference in references]
    axis = int(conversion.model.constant(axis_reference))
    if any(axis % 4 != (3 if source.channels_last else 1) for source in sources):
        raise GraphError(f"{node.name}: only channels may be joined")
    name = conversion.emit("Concat", [source.name for source in sources], conversion.serial("join"), axis=1)
    return replace(sources[0], name=name)


def _resize(conversion: Conversion, node: Node) -> Activation:
    """A step of the pyramid: the file's fixed size becomes the scale that it stands for."""
    source = conversion.unpadded(node.inputs[0])
    if not source.channels_last or node.attributes["align_corners"]["b"]:
        raise GraphError(f"{node.name}: only resizing of NHWC by half pixels is known")
    side = int(conversion.model.constant(node.inputs[1])[0])
    scale = side / source.side
    scales = conversion.keep(f"{conversion.serial('resize')}.scales", np.array([1, 1, scale, scale], np.float32))
    name = conversion.emit(
        "Resize",
        [source.name, "", scales],
        conversion.serial("resize"),
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    return Activation(name, side, channels_last=True)


RULES: dict[str, Callable[[Conversion, Node], Activation]] = {
    "Placeholder": _input,
    "Pad": _pad,
    "PadV2": _pad,
    "Transpose": _transpose,
    "Add": _add,
    "AddV2": _add,
    "LeakyRelu": _leaky_relu,
    "MaxPool": _max_pool,
    "ConcatV2": _concat,
    "ResizeBilinear": _resize,
}
