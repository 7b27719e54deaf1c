"""The trained network as ONNX, its weights in half precision."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from base.atomic_file import whole_file
from training.network import COUNT, WORLD_START, CorrectionNetwork
from vision.correction.inputs import KEPT, SIZE

_OPSET: Final = 17


class _Graph:
    """Nodes and kept arrays of a graph that grows at its end."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.kept: list[onnx.TensorProto] = []

    def constant(self, name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
        self.kept.append(numpy_helper.from_array(array, name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **settings: int | list[int]) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, None, None, None, **settings))
        return output

    def weight(self, name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
        half = self.constant(f"{name}.half", array.astype(np.float16))
        return self.add("Cast", [half], name, to=TensorProto.FLOAT)

    def linear(
        self, name: str, source: str, arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]
    ) -> str:
        weight = self.weight(f"{name}.weight", arrays[f"{name}.weight"].T.copy())
        bias = self.weight(f"{name}.bias", arrays[f"{name}.bias"])
        return self.add("Gemm", [source, weight, bias], f"{name}.out")

    def part(self, source: str, first: int, last: int, output: str, axis: int = 1) -> str:
        ends = [
            self.constant(f"{output}.{k}", np.array([v]))
            for k, v in (("from", first), ("to", last), ("axis", axis))
        ]
        return self.add("Slice", [source, *ends], output)


def export(network: CorrectionNetwork, path: Path) -> None:
    """Write the network: told (B, SIZE) to points (B, 21, 3) in trunks and log_error (B, 21)."""
    arrays = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    graph = _Graph()
    inner = graph.add("Relu", [graph.linear("first", "told", arrays)], "inner")
    for k in range(len(network.blocks)):
        risen = graph.add("Relu", [graph.linear(f"blocks.{k}.0", inner, arrays)], f"risen{k}")
        added = graph.add("Add", [inner, graph.linear(f"blocks.{k}.2", risen, arrays)], f"added{k}")
        inner = graph.add("Relu", [added], f"inner{k}")
    answer = graph.linear("last", inner, arrays)
    shape = graph.constant("shape", np.array([-1, COUNT, 3]))
    flat = graph.constant("flat", np.array([-1, COUNT, 2]))
    picture = graph.add("Reshape", [graph.part("told", 0, COUNT * 2, "picture.flat"), flat], "picture")
    world = graph.part("told", WORLD_START, WORLD_START + COUNT * 3, "world.flat")
    world = graph.add("Reshape", [world, shape], "world")
    base = graph.add("Concat", [picture, graph.part(world, 2, 3, "depth", axis=2)], "base", axis=2)
    change = graph.add("Reshape", [graph.part(answer, 0, COUNT * 3, "change.flat"), shape], "change")
    points = graph.add("Add", [base, change], "points.anywhere")
    hips = graph.constant("hips", np.array([KEPT.index("left_hip"), KEPT.index("right_hip")]))
    middle = graph.add(
        "ReduceMean", [graph.add("Gather", [points, hips], "both", axis=1)], "middle", axes=[1], keepdims=1
    )
    graph.add("Sub", [points, middle], "points")
    limits = [
        graph.constant("least", np.array(-6.0, np.float32)),
        graph.constant("most", np.array(1.0, np.float32)),
    ]
    graph.add("Clip", [graph.part(answer, COUNT * 3, COUNT * 4, "error.free"), *limits], "log_error")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ("B", *size))
        for name, size in (("told", (SIZE,)), ("points", (COUNT, 3)), ("log_error", (COUNT,)))
    ]
    made = helper.make_graph(graph.nodes, "correction", ends[:1], ends[1:], graph.kept)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    with whole_file(path) as part:
        part.write_bytes(model.SerializeToString())
