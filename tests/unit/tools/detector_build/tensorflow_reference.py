"""TensorFlow's operations in plain numpy, written from their definitions, to hold the conversion against."""

from collections.abc import Callable

import numpy as np

from tools.detector_build.tfjs import Array, GraphModel, Node


def run_reference(model: GraphModel, picture: Array, outputs: list[str]) -> list[Array]:
    """The outputs for one normalised picture, float32 (1, 3, H, W), each in the layout that the graph gives it."""
    done: dict[str, list[Array]] = {}

    def value(reference: str) -> Array:
        name, _, number = reference.partition(":")
        if name not in done:
            node = model.node(name)
            if node.op == "Const":
                done[name] = [model.constant(name)]
            elif node.op == "Placeholder":
                done[name] = [picture]
            else:
                done[name] = OPERATIONS[node.op](node, [value(item) for item in node.inputs])
        return done[name][int(number or 0)]

    return [value(output) for output in outputs]


def windows(picture: Array, kernel: tuple[int, int], strides: tuple[int, int]) -> Array:
    """(N, H', W', kh, kw, C) of an NHWC array."""
    found = np.lib.stride_tricks.sliding_window_view(picture, kernel, axis=(1, 2))
    return found[:, :: strides[0], :: strides[1]].transpose(0, 1, 2, 4, 5, 3)


def convolution(node: Node, inputs: list[Array]) -> list[Array]:
    picture, kernel = inputs
    patches = windows(picture, kernel.shape[:2], (node.integers("strides")[1], node.integers("strides")[2]))
    return [np.tensordot(patches, kernel, axes=3).astype(np.float32)]


def max_pool(node: Node, inputs: list[Array]) -> list[Array]:
    _, height, width, _ = node.integers("ksize")
    strides = node.integers("strides")
    return [windows(inputs[0], (height, width), (strides[1], strides[2])).max(axis=(3, 4))]


def pad(_node: Node, inputs: list[Array]) -> list[Array]:
    value = float(inputs[2]) if len(inputs) > 2 else 0.0
    return [np.pad(inputs[0], inputs[1].tolist(), constant_values=value)]


def along(length: int, target: int) -> Array:
    """(target, length): how much each source sample gives to each target sample, half-pixel centres, linear."""
    table = np.zeros((target, length))
    for row in range(target):
        place = min(max((row + 0.5) * length / target - 0.5, 0.0), length - 1.0)
        first = int(np.floor(place))
        table[row, first] += 1 - (place - first)
        table[row, min(first + 1, length - 1)] += place - first
    return table


def resize(_node: Node, inputs: list[Array]) -> list[Array]:
    picture, (height, width) = inputs
    rows, columns = along(picture.shape[1], height), along(picture.shape[2], width)
    return [np.einsum("ph,nhwc,qw->npqc", rows, picture, columns, optimize=True).astype(np.float32)]


def split(_node: Node, inputs: list[Array]) -> list[Array]:
    picture, sizes, axis = inputs
    return list(np.split(picture, np.cumsum(sizes)[:-1], axis=int(axis)))


def leaky(node: Node, inputs: list[Array]) -> list[Array]:
    alpha = np.float32(node.attributes["alpha"]["f"])
    return [np.where(inputs[0] < 0, inputs[0] * alpha, inputs[0])]


OPERATIONS: dict[str, Callable[[Node, list[Array]], list[Array]]] = {
    "Conv2D": convolution,
    "MaxPool": max_pool,
    "Pad": pad,
    "PadV2": pad,
    "ResizeBilinear": resize,
    "SplitV": split,
    "LeakyRelu": leaky,
    "Transpose": lambda _, inputs: [inputs[0].transpose(inputs[1].tolist())],
    "Add": lambda _, inputs: [inputs[0] + inputs[1]],
    "AddV2": lambda _, inputs: [inputs[0] + inputs[1]],
    "ConcatV2": lambda _, inputs: [np.concatenate(inputs[:-1], axis=int(inputs[-1]))],
    "Sigmoid": lambda _, inputs: [1 / (1 + np.exp(-inputs[0]))],
    "Reshape": lambda _, inputs: [inputs[0].reshape(inputs[1].tolist())],
    "Identity": lambda _, inputs: inputs,
    # The graph hides its Reshape targets behind this; its indices are empty, so the default fills it.
    "SparseToDense": lambda _, inputs: [np.full(inputs[1].tolist(), inputs[3])],
}
