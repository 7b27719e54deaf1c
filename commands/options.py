"""What the commands that read a SOURCE share: their options, the bar, the pose backend, the checks of outputs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from base.console import PlainConsole
from base.errors import RequestError
from models import provision
from sessions.intake.opening import holds_landmarks
from vision.backends.backend import BACKENDS, PoseBackend
from vision.correction.depth import DEFAULT

_ENDINGS: Final = {"--overlay": ".mp4", "--landmarks": ".npz"}
SOURCE_HELP: Final = "A video, or landmarks: .npz, .trc, .c3d, or an exported .json or .zip."
out = PlainConsole()
err = PlainConsole(stderr=True)


class Side(StrEnum):
    """The person's own side."""

    left = "left"
    right = "right"
    both = "both"


class Model(StrEnum):
    """Size of the pose network."""

    lite = "lite"
    full = "full"
    heavy = "heavy"


class Switch(StrEnum):
    """On or off."""

    on = "on"
    off = "off"


Correcting = Annotated[Switch, typer.Option(help="Correction of the depth of the joints.")]
CORRECTING = Switch(DEFAULT)


class Sex(StrEnum):
    """As the norm tables have it."""

    female = "female"
    male = "male"


class Backend(StrEnum):
    """What finds the joints; a test holds it to the table of backends."""

    onnx = "onnx"
    mediapipe = "mediapipe"


@contextmanager
def bar() -> Iterator[Callable[[str], Callable[[int, int | None], None]]]:
    """A progress bar on stderr, silent where stderr is not a terminal; gives a counter for each label."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:

        def counter(label: str) -> Callable[[int, int | None], None]:
            task: TaskID = progress.add_task(label, total=None)
            return lambda done, total: progress.update(task, completed=done, total=total)

        yield counter


def fetch(model: str, from_file: Path | None = None) -> provision.Weights:
    """The weights of a model, with a bar while they are fetched."""
    with bar() as counter:
        counters: dict[str, Callable[[int, int | None], None]] = {}

        def show(label: str, done_bytes: int, total_bytes: int | None) -> None:
            if label not in counters:
                counters[label] = counter(label)
            counters[label](done_bytes, total_bytes)

        if from_file is None:
            return provision.ensure(model, show)
        return provision.fetch(model, from_file, show)


@contextmanager
def backend_for(source: Path, name: str, model: str) -> Iterator[PoseBackend | None]:
    """The pose backend that a source needs: none for a file of landmarks."""
    if holds_landmarks(source):
        yield None
        return
    if name == "mediapipe":
        from vision.backends.mediapipe_backend import NOTICE

        err.print(NOTICE)
    fetch(model)
    backend = BACKENDS[name](model)
    try:
        yield backend
    finally:
        backend.close()


def check_outputs(
    source: Path | None, outputs: dict[str, Path | None], endings: Mapping[str, str] = _ENDINGS
) -> None:
    """Refuse, before the long work starts, what could not be written after it.

    outputs, endings: by option, as it is written on the command line.
    """
    taken: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        ending = endings.get(option, path.suffix.lower())
        if path.suffix.lower() != ending:
            raise RequestError(f"{option} {path}: the name of this file must end in {ending}")
        if path.resolve() in taken:
            raise RequestError(f"{option} {path}: {taken[path.resolve()]} names this file too; name another")
        taken[path.resolve()] = option
        folder = path.resolve().parent
        if not folder.is_dir():
            raise RequestError(f"{option} {path}: there is no folder {folder}; make it first")
        if path.is_dir():
            raise RequestError(f"{option} {path}: this is a folder; name a file")
        if path.exists() and not path.is_file():
            raise RequestError(f"{option} {path}: this is a device or pipe; name a file")
        if source is not None and path.resolve() == source.resolve():
            raise RequestError(f"{option} {path}: this is the source itself; name another file")
        if not os.access(folder, os.W_OK):
            raise RequestError(f"{option} {path}: {folder} may not be written to; choose another folder")


def tell_notes(source: Path, notes: Iterable[str]) -> None:
    """Print what there is to report about a source on stderr, a line each."""
    for note in notes:
        err.print(f"note: {source!s}: {note}", highlight=False, soft_wrap=True)
