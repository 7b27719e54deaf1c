"""A .task file for MediaPipe from two bare .tflite files.

A .task is a zip of both networks, stored uncompressed and aligned so that it can be mapped into memory. Each
network must carry a metadata buffer that says how pixels become numbers; the files of the legacy packages do
not, so it is added. The file is not rewritten for that: a new root is put in front of it that refers to the
old parts. Slot numbers: TFLite's schema for the model (through the `tflite` package), MediaPipe's
metadata_schema.fbs (M001).
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

import flatbuffers
from tflite.Model import Model

_KEY: Final = "TFLITE_METADATA"
_ALIGNMENT: Final = 64
_BLOCK: Final = 16
_IMAGE_PROPERTIES: Final = 2  # of the union ContentProperties
_NORMALISATION: Final = 1  # of the union ProcessUnitOptions
_RGB: Final = 1
_MODEL_SLOTS: Final = {
    "operator_codes": 1,
    "subgraphs": 2,
    "description": 3,
    "metadata_buffer": 5,
    "signatures": 7,
}


def _floats(builder: Any, value: float) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependFloat32(value)
    return int(builder.EndVector())


def _offsets(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _table(builder: Any, size: int, slots: dict[int, int], unions: dict[int, int] | None = None) -> int:
    """A table whose slots are offsets, beside one-byte fields (a union's type, an enumeration)."""
    builder.StartObject(size)
    for slot, offset in slots.items():
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    for slot, value in (unions or {}).items():
        builder.PrependUint8Slot(slot, value, 0)
    return int(builder.EndObject())


def image_metadata(name: str, mean: float, deviation: float, outputs: int) -> bytes:
    """A metadata buffer for a network with one RGB input, normalised as (pixel - mean) / deviation, pixel
    0..255."""
    b = flatbuffers.Builder(1024)
    normalisation = _table(b, 2, {0: _floats(b, mean), 1: _floats(b, deviation)})
    units = _offsets(b, [_table(b, 2, {1: normalisation}, {0: _NORMALISATION})])
    image = _table(b, 2, {}, {0: _RGB})
    content = _table(b, 3, {1: image}, {0: _IMAGE_PROPERTIES})
    highest = (255.0 - mean) / deviation
    stats = _table(b, 2, {0: _floats(b, highest), 1: _floats(b, -mean / deviation)})
    label = b.CreateString("image")
    inputs = _offsets(b, [_table(b, 7, {0: label, 3: content, 4: units, 5: stats})])
    names = [b.CreateString(f"out{i}") for i in range(outputs)]
    results = _offsets(b, [_table(b, 7, {0: text}) for text in names])
    graphs = _offsets(b, [_table(b, 10, {2: inputs, 3: results})])
    title, parser = b.CreateString(name), b.CreateString("1.0.0")
    b.Finish(_table(b, 8, {0: title, 3: graphs, 7: parser}), b"M001")
    return bytes(b.Output())


def with_metadata(raw: bytes, metadata: bytes) -> bytes:
    """A .tflite file with a metadata buffer; unchanged where it has one already."""
    old = Model.GetRootAs(raw, 0)
    entries = [old.Metadata(i) for i in range(old.MetadataLength())]
    if any(entry.Name() == _KEY.encode() for entry in entries):
        return raw
    body = raw + bytes(-len(raw) % _BLOCK)
    builder = flatbuffers.Builder(len(body) + len(metadata) + 65536)
    builder.Prep(
        _BLOCK, 0
    )  # whatever is finished becomes a multiple of this long, so the old parts stay aligned
    builder.head -= len(body)
    builder.Bytes[builder.head : builder.head + len(body)] = body

    def kept(position: int) -> int:
        """The old part at a position, as the builder counts: from the end."""
        return len(body) - position

    data = builder.CreateByteVector(metadata)
    added = _table(builder, 3, {0: data})
    buffers = [kept(old.Buffers(i)._tab.Pos) for i in range(old.BuffersLength())]
    key = builder.CreateString(_KEY)
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, key, 0)
    builder.PrependUint32Slot(1, len(buffers), 0)
    entry = int(builder.EndObject())
    all_metadata = _offsets(builder, [*(kept(old_entry._tab.Pos) for old_entry in entries), entry])
    all_buffers = _offsets(builder, [*buffers, added])
    builder.StartObject(8)
    builder.PrependUint32Slot(0, old.Version(), 0)
    for slot in _MODEL_SLOTS.values():
        field = old._tab.Offset(4 + 2 * slot)
        if field:
            builder.PrependUOffsetTRelativeSlot(slot, kept(old._tab.Indirect(old._tab.Pos + field)), 0)
    builder.PrependUOffsetTRelativeSlot(4, all_buffers, 0)
    builder.PrependUOffsetTRelativeSlot(6, all_metadata, 0)
    builder.Finish(int(builder.EndObject()), b"TFL3")
    return bytes(builder.Output())


def build_task(detector: bytes, landmark: bytes) -> bytes:
    """A .task file's bytes, the same for the same networks."""
    parts = {
        "pose_detector.tflite": with_metadata(detector, image_metadata("pose detector", 127.5, 127.5, 2)),
        "pose_landmarks_detector.tflite": with_metadata(
            landmark, image_metadata("pose landmarks", 0.0, 255.0, 5)
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            start = file.tell() + 30 + len(name) + 4  # local header, name, header of the padding field
            padding = -start % _ALIGNMENT
            info.extra = b"\xfe\xca" + padding.to_bytes(2, "little") + bytes(padding)
            archive.writestr(info, content)
    return file.getvalue()
