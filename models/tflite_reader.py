"""A TensorFlow Lite file as plain arrays and operators, read with the generated accessors of the `tflite`
package.

Sparse tensors are written out densely, half-precision weights stay half precision until they are used.
Nothing here knows ONNX. Source of the sparse layout: the TFLite schema's SparsityParameters (traversal order,
dense and CSR dimensions, optional blocks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import tflite
from tflite.Int32Vector import Int32Vector
from tflite.Model import Model
from tflite.Uint8Vector import Uint8Vector
from tflite.Uint16Vector import Uint16Vector

from base.errors import WeightsError

Array = npt.NDArray[Any]

_DTYPES: Final[dict[int, type[np.generic]]] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_KINDS: Final[dict[int, str]] = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)
}
_INDEX_VECTORS: Final[dict[int, Any]] = {
    tflite.SparseIndexVector.Int32Vector: Int32Vector,
    tflite.SparseIndexVector.Uint16Vector: Uint16Vector,
    tflite.SparseIndexVector.Uint8Vector: Uint8Vector,
}


@dataclass(frozen=True)
class SparseLevel:
    """One dimension of a sparse tensor: dense_size entries, or (segments, indices) as in compressed sparse
    rows."""

    dense_size: int
    segments: Array | None = None
    indices: Array | None = None


@dataclass(frozen=True)
class Tensor:
    """A tensor of the graph. shape as TFLite has it (channels last); constant: its value, None where
    computed."""

    name: str
    shape: tuple[int, ...]
    dtype: type[np.generic]
    constant: Array | None


@dataclass(frozen=True)
class Operator:
    """One step: kind is TFLite's name (CONV_2D, ...), inputs and outputs are tensor numbers, -1 for an absent
    input.

    options: the flatbuffer table of the operator's settings, None where it has none.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any


@dataclass(frozen=True)
class Network:
    """The single graph of a file, operators in order of execution."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def densify(
    values: Array,
    shape: Sequence[int],
    traversal: Sequence[int],
    block_map: Sequence[int],
    levels: Sequence[SparseLevel],
) -> Array:
    """The dense array of a sparse tensor; entries that are not stored are 0.

    values: the stored numbers in order of traversal. traversal: the dimensions from outermost to innermost,
    of which those from len(shape) on are the blocks' own, block_map[i] naming the dimension that block i
    divides.
    """
    rank = len(shape)
    position = np.zeros(1, np.int64)
    coordinates = np.zeros((1, 0), np.int64)
    for level in levels:
        if level.segments is None or level.indices is None:
            count = np.full(len(position), level.dense_size)
            step = np.tile(np.arange(level.dense_size), len(position))
            position = np.repeat(position * level.dense_size, count) + step
            new = step
        else:
            start = level.segments[position].astype(np.int64)
            count = level.segments[position + 1] - start
            first = np.repeat(np.cumsum(count) - count, count)
            position = np.repeat(start, count) + np.arange(int(count.sum())) - first
            new = level.indices[position].astype(np.int64)
        coordinates = np.column_stack([np.repeat(coordinates, count, axis=0), new])
    block_size = {d: levels[rank + i].dense_size for i, d in enumerate(block_map)}
    place = np.zeros((len(position), rank), np.int64)
    for column, dimension in enumerate(traversal):
        if dimension < rank:
            place[:, dimension] += coordinates[:, column] * block_size.get(dimension, 1)
        else:
            place[:, block_map[dimension - rank]] += coordinates[:, column]
    dense = np.zeros(tuple(shape), values.dtype)
    dense[tuple(place.T)] = values[position]
    return dense


def _index_vector(kind: int, table: Any) -> Array:
    vector = _INDEX_VECTORS[kind]()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy())


def _level(meta: Any) -> SparseLevel:
    if meta.Format() == tflite.DimensionType.DENSE:
        return SparseLevel(meta.DenseSize())
    return SparseLevel(
        0,
        _index_vector(meta.ArraySegmentsType(), meta.ArraySegments()),
        _index_vector(meta.ArrayIndicesType(), meta.ArrayIndices()),
    )


def _constant(model: Any, tensor: Any, shape: tuple[int, ...], dtype: type[np.generic]) -> Array | None:
    buffer = model.Buffers(tensor.Buffer())
    if buffer.DataLength() == 0:
        return None
    values = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype)
    sparsity = tensor.Sparsity()
    if sparsity is None:
        return values.reshape(shape)
    block_map = [] if sparsity.BlockMapLength() == 0 else sparsity.BlockMapAsNumpy().tolist()
    levels = [_level(sparsity.DimMetadata(i)) for i in range(sparsity.DimMetadataLength())]
    return densify(values, shape, sparsity.TraversalOrderAsNumpy().tolist(), block_map, levels)


def _tensor(model: Any, tensor: Any) -> Tensor:
    name = tensor.Name().decode()
    if tensor.Type() not in _DTYPES:
        raise WeightsError(
            f"tensor {name!r}: number type {tensor.Type()} of TensorFlow Lite is not supported"
        )
    dtype = _DTYPES[tensor.Type()]
    shape = tuple(tensor.ShapeAsNumpy().tolist()) if tensor.ShapeLength() else ()
    return Tensor(name, shape, dtype, _constant(model, tensor, shape, dtype))


def _options(operator: Any) -> Any:
    table = operator.BuiltinOptions()
    if table is None:
        return None
    names = {value: name for name, value in vars(tflite.BuiltinOptions).items() if isinstance(value, int)}
    options = getattr(tflite, names[operator.BuiltinOptionsType()])()
    options.Init(table.Bytes, table.Pos)
    return options


def read_network(raw: bytes) -> Network:
    """The graph of a .tflite file's bytes. WeightsError where it is not one or uses an unknown number
    type."""
    if len(raw) < 8 or not Model.ModelBufferHasIdentifier(raw, 0):
        raise WeightsError("not a TensorFlow Lite file (its mark TFL3 is missing)")
    model = Model.GetRootAs(raw, 0)
    if model.SubgraphsLength() != 1:
        raise WeightsError(f"expected a TensorFlow Lite file with one graph, got {model.SubgraphsLength()}")
    graph = model.Subgraphs(0)
    operators = []
    for i in range(graph.OperatorsLength()):
        operator = graph.Operators(i)
        code = model.OperatorCodes(operator.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        operators.append(
            Operator(
                _KINDS.get(number, f"number {number}"),
                tuple(operator.InputsAsNumpy().tolist()),
                tuple(operator.OutputsAsNumpy().tolist()),
                _options(operator),
            )
        )
    return Network(
        tuple(_tensor(model, graph.Tensors(i)) for i in range(graph.TensorsLength())),
        tuple(operators),
        tuple(graph.InputsAsNumpy().tolist()),
        tuple(graph.OutputsAsNumpy().tolist()),
    )
