"""The conversion against another runtime, and its parts against slow twins.

tests/data/litert_networks.npz holds what ai-edge-litert 2.3.0 (TensorFlow Lite itself) returned for the
.tflite files on the same inputs: a picture of noise from numpy's default_rng(7), and a real crop ("crop") and
square ("square") of the bundled clip. Heat maps are kept at every fourth cell, boxes at every fourth anchor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import WeightsError
from models import convert
from models.convert import UnsupportedOperatorError
from models.provision import Weights
from models.tflite_reader import Network, Operator, SparseLevel, Tensor, densify, read_network
from vision.backends.onnx_session import open_session

GOLDEN = Path(__file__).parents[1] / "data" / "litert_networks.npz"


@pytest.mark.weights
@pytest.mark.parametrize("picture", ["random", "real"])
@pytest.mark.parametrize(("network", "side"), [("detector", 224), ("full", 256)])
def test_converted_network_says_what_tensorflow_lite_says(
    weights: Weights, network: str, side: int, picture: str
) -> None:
    golden = np.load(GOLDEN)
    if picture == "random":
        image = np.random.default_rng(7).random((side, side, 3), np.float32)
    elif network == "detector":
        image = golden["square"].astype(np.float32) / 127.5 - 1
    else:
        image = golden["crop"].astype(np.float32) / 255
    path = weights.detector_path if network == "detector" else weights.landmark_path
    session = open_session(path, 1)
    names = [output.name for output in session.get_outputs()]
    results = session.run(names, {"input": np.ascontiguousarray(image.transpose(2, 0, 1)[None])})
    assert names == list(convert.DETECTOR_OUTPUTS if network == "detector" else convert.LANDMARK_OUTPUTS)
    for name, result in zip(names, results, strict=True):
        expected = golden[f"{network}_{picture}_{name}"]
        got = np.asarray(result)[0]
        got = got[:, ::4, ::4] if name == "heatmap" else got[::4] if name == "boxes" else got
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(got, expected, rtol=0, atol=5e-5 * scale, err_msg=name)


@pytest.mark.weights
def test_segmentation_head_is_gone(weights: Weights) -> None:
    graph = onnx.load(str(weights.landmark_path)).graph
    shapes = [tuple(d.dim_value for d in o.type.tensor_type.shape.dim) for o in graph.output]
    assert shapes == [(1, 195), (1, 1), (1, 39, 64, 64), (1, 117)]
    whole = read_network(weights.landmark_path.with_name("landmark.tflite").read_bytes())
    assert len([n for n in graph.node if n.op_type == "Conv"]) < len(
        [o for o in whole.operators if "CONV_2D" in o.kind]
    )


@pytest.mark.weights
def test_conversion_is_the_same_every_time(weights: Weights) -> None:
    raw = weights.landmark_path.with_name("landmark.tflite").read_bytes()
    assert convert.convert(raw, convert.LANDMARK_OUTPUTS) == weights.landmark_path.read_bytes()


def _network(kind: str) -> Network:
    image = Tensor("in", (1, 2, 2, 1), np.float32, None)
    return Network((image, image), (Operator(kind, (0,), (1,), None),), (0,), (1,))


def test_unknown_operator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "read_network", lambda raw: _network("HARD_SWISH"))
    with pytest.raises(UnsupportedOperatorError, match="HARD_SWISH is not supported"):
        convert.convert(b"", {"out": 0})


def test_known_operator_passes_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "read_network", lambda raw: _network("LOGISTIC"))
    model = onnx.load_from_string(convert.convert(b"", {"out": 0}))
    assert [node.op_type for node in model.graph.node] == ["Identity", "Sigmoid", "Identity"]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 a zip, not a network", b"\0" * 64])
def test_what_is_no_network_is_refused(raw: bytes) -> None:
    with pytest.raises(WeightsError, match="TFL3"):
        read_network(raw)


def test_same_padding_puts_the_odd_pixel_after() -> None:
    # TensorFlow's rule, by hand: 5 wide, kernel 2, stride 2 -> 3 results need 6 columns, one more, at the end
    assert convert._same_padding(5, 2, 2, 1) == (0, 1)
    assert convert._same_padding(224, 3, 2, 1) == (0, 1)
    assert convert._same_padding(7, 3, 1, 1) == (1, 1)
    assert convert._same_padding(7, 3, 1, 2) == (2, 2)


Array = npt.NDArray[Any]


def _encode(dense: Array, traversal: list[int], compressed: list[bool]) -> tuple[Array, list[SparseLevel]]:
    """A slow encoder, one recursion for each dimension: the inverse that `densify` must undo."""
    shape = [dense.shape[d] for d in traversal]
    moved = dense.transpose(traversal)
    segments: list[list[int]] = [[0] for _ in shape]
    indices: list[list[int]] = [[] for _ in shape]
    values: list[float] = []

    def walk(level: int, part: Array) -> None:
        if level == len(shape):
            values.append(float(part))
            return
        for i in range(shape[level]):
            if not compressed[level]:
                walk(level + 1, part[i])
            elif np.any(part[i]):
                indices[level].append(i)
                walk(level + 1, part[i])
        if compressed[level]:
            segments[level].append(len(indices[level]))

    walk(0, moved)
    levels = [
        SparseLevel(0, np.array(segments[i]), np.array(indices[i], np.int64)) if c else SparseLevel(n)
        for i, (n, c) in enumerate(zip(shape, compressed, strict=True))
    ]
    return np.array(values), levels


@given(st.data())
def test_sparse_tensors_are_written_out(data: st.DataObject) -> None:
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    traversal = data.draw(st.permutations(range(len(shape))))
    compressed = data.draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    count = int(np.prod(shape))
    entries = data.draw(st.lists(st.sampled_from([0, 0, 1, -2, 3]), min_size=count, max_size=count))
    dense = np.array(entries, np.float64).reshape(shape)
    values, levels = _encode(dense, list(traversal), compressed)
    np.testing.assert_array_equal(densify(values, shape, traversal, [], levels), dense)


def test_blocks_of_a_sparse_tensor() -> None:
    # 4x4 in 2x2 blocks, only the blocks (0, 1) and (1, 0) stored, by hand
    dense = np.array([[0, 0, 1, 2], [0, 0, 3, 4], [5, 6, 0, 0], [7, 8, 0, 0]], np.float64)
    levels = [
        SparseLevel(2),
        SparseLevel(0, np.array([0, 1, 2]), np.array([1, 0])),
        SparseLevel(2),
        SparseLevel(2),
    ]
    got = densify(np.arange(1.0, 9.0), [4, 4], [0, 1, 2, 3], [0, 1], levels)
    np.testing.assert_array_equal(got, dense)
