"""Template files: read with tomllib, written with tomlkit, with errors that name file, key, expected and got."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import tomlkit
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from patterns.errors import TemplateError
from patterns.features import FEATURES
from patterns.template import ALWAYS_JUDGED, FAULT_IDS, CueRule, PathTarget, RepRule, Target, Template, Tempo
from patterns.template import Path as MovementPath
from vision.pose import LANDMARKS

LARGEST_BYTES: Final = 200_000
SENTENCES: Final = Path(__file__).parent / "data" / "sentences.toml"
_KEYS: Final = {
    key
    for model in (Template, MovementPath, RepRule, Tempo, Target, PathTarget, CueRule)
    for key in (field.alias or name for name, field in model.model_fields.items())
}


def read_template(path: Path) -> Template:
    """The template in a TOML file. Raises TemplateError with one line for each kind of mistake."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TemplateError(
            f"{path}: cannot be read ({error.strerror}); check the name of the file"
        ) from error
    return parse_template(raw, str(path))


def parse_template(raw: bytes, where: str) -> Template:
    """The template in the bytes of a TOML file; `where` names them in errors."""
    if len(raw) > LARGEST_BYTES:
        raise TemplateError(
            f"{where}: expected at most {LARGEST_BYTES} bytes, got {len(raw)}; is this a template?"
        )
    try:
        data: dict[str, Any] = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TemplateError(f"{where}: expected UTF-8 text, got other bytes at {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{where}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise TemplateError(f"{where}: nested too deeply for a template") from error
    if "sha256" in data:
        raise TemplateError(f"{where}: key sha256 is not written in the file; take it out")
    _say_the_common(data)
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        mistakes = sorted(error.errors(), key=lambda mistake: mistake["type"] != "extra_forbidden")
        raise TemplateError(f"{where}: {_told(mistakes[0])}") from error
    return template.model_copy(update={"sha256": hashlib.sha256(raw).hexdigest()})


@cache
def common_sentences() -> dict[str, dict[str, Any]]:
    """What is said for a fault where a template has no words of its own: fault id to priority and text."""
    with SENTENCES.open("rb") as file:
        return tomllib.load(file)


def _say_the_common(data: dict[str, Any]) -> None:
    """Add the common sentence for every fault that may be raised and has none; what is malformed is left as it is."""
    targets, cues = data.get("target", []), data.get("cue", [])
    if not all(isinstance(part, list) and all(isinstance(x, dict) for x in part) for part in (targets, cues)):
        return
    said = [cue.get("fault") for cue in cues]
    faults = (target.get("fault") for target in targets)
    raised = dict.fromkeys([*(fault for fault in faults if isinstance(fault, str)), *ALWAYS_JUDGED])
    common = common_sentences()
    missing = [fault for fault in raised if fault not in said and fault in common]
    data["cue"] = [*cues, *({"fault": fault, **common[fault]} for fault in missing)]


def write_template(template: Template) -> str:
    """The template as the text of a TOML file, which reads back equal."""
    data = template.model_dump(mode="json", by_alias=True, exclude={"sha256"}, exclude_none=True)
    return tomlkit.dumps(data)


def _told(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "template"
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"key {key}: unknown key{_nearest(str(error['loc'][-1]), _KEYS)}"
    if kind == "missing":
        return f"key {key}: expected a value, got none"
    message = error["msg"].removeprefix("Value error, ")
    got = error["input"]
    if kind == "value_error":
        hint = _nearest(got, {*FEATURES, *FAULT_IDS, *LANDMARKS}) if isinstance(got, str) else ""
        return f"key {key}: {message}{hint}"
    return f"key {key}: expected: {message[0].lower()}{message[1:]}, got {str(got)[:60]!r}"


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
