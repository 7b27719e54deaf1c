"""Template files: read with tomllib, written with tomlkit, with errors that name file, key, expected and got."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import tomlkit

from patterns.features.table import FEATURES
from patterns.templates.comments import explained
from patterns.templates.errors import TemplateError
from patterns.templates.template import (
    ALWAYS_JUDGED,
    FAULT_IDS,
    CueRule,
    PathTarget,
    RepRule,
    Target,
    Template,
    Tempo,
)
from patterns.templates.template import Path as MovementPath
from patterns.templates.toml_file import FileKind
from vision.pose import LANDMARKS

SENTENCES: Final = Path(__file__).parents[1] / "data" / "sentences.toml"
STRENGTHS: Final = Path(__file__).parents[1] / "data" / "strengths.toml"
TEMPLATE_FILE: Final = FileKind(
    "template",
    TemplateError,
    (Template, MovementPath, RepRule, Tempo, Target, PathTarget, CueRule),
    frozenset({*FEATURES, *FAULT_IDS, *LANDMARKS}),
)


def read_template(path: Path) -> Template:
    """The template in a TOML file. Raises TemplateError with one line for each kind of mistake."""
    return parse_template(TEMPLATE_FILE.read(path), str(path))


def parse_template(raw: bytes, where: str, *, stored: bool = False) -> Template:
    """Parse the bytes of a TOML file; `where` names them in errors, stored as in FileKind."""
    data = TEMPLATE_FILE.parse(raw, where)
    _say_the_common(data)
    template = TEMPLATE_FILE.check(Template, data, where, stored=stored)
    return template.model_copy(update={"sha256": hashlib.sha256(raw).hexdigest()})


def made_template(data: dict[str, Any], where: str) -> Template:
    """The template that tables make, as if it were read from the file that they make: checked, with its sha256."""
    _say_the_common(data)
    template = TEMPLATE_FILE.check(Template, data, where)
    return parse_template(write_template(template).encode(), where)


@cache
def common_sentences() -> dict[str, dict[str, Any]]:
    """What is said for a fault where a template has no words of its own: fault id to priority and text."""
    with SENTENCES.open("rb") as file:
        return tomllib.load(file)


@cache
def strengths() -> dict[str, dict[str, str]]:
    """What is said when a thing went well: `strength`, or `better` where it was a fault before; by fault id."""
    with STRENGTHS.open("rb") as file:
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
    """The template as the text of a TOML file, which reads back equal; each of its tables told in a comment."""
    told: dict[str, list[str]] = {}
    for header, sentence in explained(template):
        told.setdefault(header, []).append(sentence)
    lines: list[str] = []
    for line in tomlkit.dumps(template_tables(template)).splitlines():
        if told.get(line):
            lines.append(f"# {told[line].pop(0)}")
        lines.append(line)
    return "\n".join(lines) + "\n"


def template_tables(template: Template) -> dict[str, Any]:
    """The template as the tables of its file."""
    unsaid = set() if template.translations else {"translations"}
    return template.model_dump(mode="json", by_alias=True, exclude={"sha256", *unsaid}, exclude_none=True)
