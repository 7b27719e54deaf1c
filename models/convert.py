"""BlazePose's TensorFlow Lite networks as ONNX, operator by operator.

The ONNX graph is channels first throughout: its input is (1, 3, H, W) and outputs of four dimensions are (1,
C, H, W), where TFLite has (1, H, W, C). Outputs of fewer dimensions are as TFLite has them. Half-precision
weights become single precision, since onnxruntime's CPU kernels are. Outputs that are not asked for are left
out with all that only they need: without its segmentation head the landmark network takes about half the
time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

from base.errors import WeightsError
from models.tflite_reader import Array, Network, Operator, read_network

VERSION: Final = 1
"""Raised whenever the converted graph changes, so that cached networks are converted anew."""

DETECTOR_OUTPUTS: Final = {"boxes": 0, "scores": 1}
"""Name in the ONNX graph to the number of the output in the detector's file."""

LANDMARK_OUTPUTS: Final = {"landmarks": 0, "presence": 1, "heatmap": 3, "world": 4}
"""The same for a landmark network; output 2, the segmentation mask, is cut off."""

_OPSET: Final = 17
_IR_VERSION: Final = 8


class UnsupportedOperatorError(WeightsError):
    """The network uses an operator, or a setting of one, that this conversion does not know."""


class _Writer:
    """Collects ONNX nodes and constants. Tensor i of the network is called t<i>."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, onnx.TensorProto] = {}
        self.constants: dict[int, Array] = {
            i: tensor.constant for i, tensor in enumerate(network.tensors) if tensor.constant is not None
        }

    def shape(self, tensor: int) -> tuple[int, ...]:
        return self.network.tensors[tensor].shape

    def constant(self, array: Array) -> str:
        name = f"c{len(self.initialisers)}"
        self.initialisers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, kind: str, inputs: list[str], output: str, **settings: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], f"n{len(self.nodes)}_{kind}", **settings))

    def activated(self, kind: str, inputs: list[str], output: str, activation: int, **settings: Any) -> None:
        """A node followed by its fused activation."""
        names = tflite.ActivationFunctionType
        if activation == names.NONE:
            self.node(kind, inputs, output, **settings)
            return
        self.node(kind, inputs, f"{output}_linear", **settings)
        if activation == names.RELU:
            self.node("Relu", [f"{output}_linear"], output)
        elif activation == names.RELU6:
            bounds = [self.constant(np.array(limit, np.float32)) for limit in (0, 6)]
            self.node("Clip", [f"{output}_linear", *bounds], output)
        else:
            raise UnsupportedOperatorError(f"{kind}: fused activation number {activation} is not supported")


def _same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Padding before and after, as TFLite's SAME: the odd one goes after."""
    reach = (kernel - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def _pads(
    options: Any, image: tuple[int, ...], kernel: tuple[int, int], dilation: tuple[int, int]
) -> list[int]:
    """ONNX's [top, left, bottom, right]."""
    if options.Padding() == tflite.Padding.VALID:
        return [0, 0, 0, 0]
    top, bottom = _same_padding(image[1], kernel[0], options.StrideH(), dilation[0])
    left, right = _same_padding(image[2], kernel[1], options.StrideW(), dilation[1])
    return [top, left, bottom, right]


def _convolution(writer: _Writer, step: Operator) -> None:
    options, image = step.options, writer.shape(step.inputs[0])
    weights = writer.constants[step.inputs[1]].astype(np.float32)
    kernel = (weights.shape[1], weights.shape[2])
    depthwise = step.kind == "DEPTHWISE_CONV_2D"
    # TFLite: (out, h, w, in), depthwise (1, h, w, in * multiplier); ONNX: (out, in / group, h, w)
    weights = weights.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
    dilation = (options.DilationHFactor(), options.DilationWFactor())
    inputs = [f"t{step.inputs[0]}", writer.constant(weights)]
    if len(step.inputs) > 2 and step.inputs[2] >= 0:
        inputs.append(writer.constant(writer.constants[step.inputs[2]].astype(np.float32)))
    writer.activated(
        "Conv",
        inputs,
        f"t{step.outputs[0]}",
        options.FusedActivationFunction(),
        kernel_shape=list(kernel),
        strides=[options.StrideH(), options.StrideW()],
        pads=_pads(options, image, kernel, dilation),
        dilations=list(dilation),
        group=image[3] if depthwise else 1,
    )


def _unpacked_weights(writer: _Writer, step: Operator) -> None:
    """DEQUANTIZE of half precision, DENSIFY: done here, once, so no node is left of them."""
    if step.inputs[0] not in writer.constants:
        raise UnsupportedOperatorError(f"{step.kind}: only constant inputs are supported")
    dtype = writer.network.tensors[step.outputs[0]].dtype
    writer.constants[step.outputs[0]] = writer.constants[step.inputs[0]].astype(dtype)


def _add(writer: _Writer, step: Operator) -> None:
    inputs = []
    for tensor in step.inputs:
        value = writer.constants.get(tensor)
        if value is None:
            inputs.append(f"t{tensor}")
        elif value.size == value.shape[-1]:
            inputs.append(writer.constant(value.astype(np.float32).reshape(1, -1, 1, 1)))
        else:
            raise UnsupportedOperatorError(f"ADD: a constant of shape {value.shape} is not supported")
    writer.activated("Add", inputs, f"t{step.outputs[0]}", step.options.FusedActivationFunction())


def _pad(writer: _Writer, step: Operator) -> None:
    margins = writer.constants[step.inputs[1]][[0, 3, 1, 2]]  # rows: batch, channels, height, width
    sizes = writer.constant(margins.T.reshape(-1).astype(np.int64))
    writer.node("Pad", [f"t{step.inputs[0]}", sizes], f"t{step.outputs[0]}", mode="constant")


def _max_pool(writer: _Writer, step: Operator) -> None:
    options = step.options
    kernel = (options.FilterHeight(), options.FilterWidth())
    writer.activated(
        "MaxPool",
        [f"t{step.inputs[0]}"],
        f"t{step.outputs[0]}",
        options.FusedActivationFunction(),
        kernel_shape=list(kernel),
        strides=[options.StrideH(), options.StrideW()],
        pads=_pads(options, writer.shape(step.inputs[0]), kernel, (1, 1)),
    )


def _resize(writer: _Writer, step: Operator) -> None:
    options, image = step.options, writer.shape(step.inputs[0])
    height, width = (int(x) for x in writer.constants[step.inputs[1]])
    mode = "asymmetric"
    if options.HalfPixelCenters():
        mode = "half_pixel"
    elif options.AlignCorners():
        mode = "align_corners"
    scales = writer.constant(np.array([1, 1, height / image[1], width / image[2]], np.float32))
    writer.node(
        "Resize",
        [f"t{step.inputs[0]}", "", scales],
        f"t{step.outputs[0]}",
        mode="linear",
        coordinate_transformation_mode=mode,
    )


def _depth_to_space(writer: _Writer, step: Operator) -> None:
    size = step.options.BlockSize()
    writer.node("DepthToSpace", [f"t{step.inputs[0]}"], f"t{step.outputs[0]}", blocksize=size, mode="DCR")


def _sigmoid(writer: _Writer, step: Operator) -> None:
    writer.node("Sigmoid", [f"t{step.inputs[0]}"], f"t{step.outputs[0]}")


def _reshape(writer: _Writer, step: Operator) -> None:
    source, before = f"t{step.inputs[0]}", writer.shape(step.inputs[0])
    after = writer.shape(step.outputs[0])
    if len(after) == 4 and any(size != 1 for size in after[1:3]):
        raise UnsupportedOperatorError(f"RESHAPE: to an image of shape {after} is not supported")
    if len(before) == 4 and any(size != 1 for size in before[1:3]):
        writer.node("Transpose", [source], f"{source}_to_{step.outputs[0]}", perm=[0, 2, 3, 1])
        source = f"{source}_to_{step.outputs[0]}"
    target = (after[0], after[3], 1, 1) if len(after) == 4 else after
    shape = writer.constant(np.array(target, np.int64))
    writer.node("Reshape", [source, shape], f"t{step.outputs[0]}")


def _concatenation(writer: _Writer, step: Operator) -> None:
    rank = len(writer.shape(step.outputs[0]))
    axis = step.options.Axis() % rank
    if rank == 4:
        axis = (0, 2, 3, 1)[axis]
    if step.options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
        raise UnsupportedOperatorError("CONCATENATION: a fused activation is not supported")
    writer.node("Concat", [f"t{i}" for i in step.inputs], f"t{step.outputs[0]}", axis=axis)


OPERATORS: Final[dict[str, Callable[[_Writer, Operator], None]]] = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DENSIFY": _unpacked_weights,
    "DEPTHWISE_CONV_2D": _convolution,
    "DEPTH_TO_SPACE": _depth_to_space,
    "DEQUANTIZE": _unpacked_weights,
    "LOGISTIC": _sigmoid,
    "MAX_POOL_2D": _max_pool,
    "PAD": _pad,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize,
}
"""TFLite operator to what writes it in ONNX."""


def _needed(nodes: list[onnx.NodeProto], outputs: set[str]) -> tuple[list[onnx.NodeProto], set[str]]:
    """The nodes on which the outputs depend, in order, and every name these nodes read or write."""
    names, kept = set(outputs), []
    for node in reversed(nodes):
        if node.output[0] in names:
            kept.append(node)
            names.update(node.input)
    return kept[::-1], names


def _channels_first(shape: tuple[int, ...]) -> list[int]:
    return [shape[0], shape[3], shape[1], shape[2]] if len(shape) == 4 else list(shape)


def convert(raw: bytes, outputs: Mapping[str, int]) -> bytes:
    """The ONNX file of a .tflite file, deterministic byte for byte for one version of `onnx`.

    outputs: name in the ONNX graph to the number of the output in the file; others are cut off. The input is
    called "input". UnsupportedOperatorError names what is not known; WeightsError where raw is not a network.
    """
    network = read_network(raw)
    writer = _Writer(network)
    if len(network.inputs) != 1 or max(outputs.values()) >= len(network.outputs):
        found = f"{len(network.inputs)} inputs and {len(network.outputs)} outputs"
        raise WeightsError(f"not a pose network: it has {found}")
    writer.node("Identity", ["input"], f"t{network.inputs[0]}")
    for step in network.operators:
        if step.kind not in OPERATORS:
            known = ", ".join(sorted(OPERATORS))
            raise UnsupportedOperatorError(f"operator {step.kind} is not supported; known are {known}")
        OPERATORS[step.kind](writer, step)
    declared = []
    for name, number in outputs.items():
        tensor = network.outputs[number]
        writer.node("Identity", [f"t{tensor}"], name)
        shape = _channels_first(writer.shape(tensor))
        declared.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    nodes, names = _needed(writer.nodes, set(outputs))
    image = _channels_first(writer.shape(network.inputs[0]))
    graph = helper.make_graph(
        nodes,
        "pose",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, image)],
        declared,
        [tensor for name, tensor in writer.initialisers.items() if name in names],
    )
    opset = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION, producer_name="diagonal")
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
