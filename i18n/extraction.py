"""Every sentence that a person may read or hear, gathered from the code and the data, so that none goes untranslated.

Of the code all texts count that read like words, except docstrings and error messages that are no whole sentences: what
only authors of files and users of the command line meet stays English, as do sources. Of the data all texts count but
sources.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from base.characters import FIELDS, SENTENCES
from base.message import OR, THEN
from i18n.file_reasons import FILE_REASONS
from i18n.live_sentences import WORDS
from i18n.names import UNITS, plain
from i18n.translation import LANGUAGES, pack
from patterns.features.lost import LIMBS
from patterns.features.signals import View
from patterns.features.table import FEATURES
from patterns.templates.library import load_template, template_ids
from patterns.templates.template import FAULT_IDS
from scoring.coach.side_tracker import part_name
from scoring.metrics.table import METRICS
from scoring.safety.norms import BETWEEN, OF_GROUP, PEOPLE
from scoring.setup.checks import spoken_part
from sessions.exchange.table import EXPORTERS
from sessions.history.progress import VERDICTS
from sessions.people.audit import ACTIONS
from sessions.store.reviews import LABELS, REVIEWED

ROOT: Final = Path(__file__).parents[1]
DATA: Final = ROOT / "patterns" / "data"
CODE: Final = (
    "patterns",
    "scoring",
    "base/message.py",
    "sessions/agreement/statistics.py",
    "sessions/reports/chart.py",
    "sessions/reports/sheet.py",
    "sessions/intake/notes.py",
    "sessions/people/people.py",
    "vision/video/limits.py",
    "vision/video/sources.py",
    "vision/video/times.py",
    "vision/worker/process.py",
    "i18n",
    "ui",
)
COMMAND_LINE: Final = frozenset(("typer", "rich", "starlette"))
"""What modules import that speak to the command line or to a browser's network alone."""

NOT_TOLD: Final = frozenset(
    (
        "Diagonal",
        "Language / Sprache / Idioma",
        "Checked",
        "Ich",
        "Yo",
        "Diagonal {value1} / {VERSION}",
        "Full HD",
        "Sign-in failed: the login server cannot be reached, or refuses ({reason}).",
        "Value error, ",
        " (not {value1})",
        "one leg",
        "both legs",
        "both arms",
        "Learned from {value1} repetitions; limits are proposed, for a therapist to tune.",
        "it is the {other} side that moves; ask for that side",
        "{where}: key item.{number}",
        "{where}: key test.{number}",
    )
)
"""Texts that read like words but are names, or parts of error messages."""

_SILENT: Final = frozenset(
    (
        "patterns/templates/comments.py",
        "patterns/templates/plain_text.py",
        "patterns/templates/toml_file.py",
        "i18n/translation.py",
        "benchmarks/record_speed.py",
        "i18n/extraction.py",
        "benchmarks/live_speed.py",
        "ui/widgets/text_only.py",
        "i18n/file_reasons.py",
    )
)
_SPEAKING: Final = frozenset(("ui/signin/unreachable.py",))
"""Pages that answer a request without Streamlit."""
_ALWAYS: Final = frozenset(("title", "name", "unit"))
_NEVER: Final = frozenset(("source", "schema", "id"))
_TRANSLATED: Final = frozenset(("tr", "ntr"))
_MARKUP: Final = re.compile(r"[<>@]|\.st-key|__|\(\d|%[YHMd]|://|\w-\w+=")
_WORDS: Final = re.compile(r"[A-Za-z]{2}.*\s|\s.*[A-Za-z]{2}|^[A-Z][a-z]+[.!?]?$", re.DOTALL)


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence to where it is told; values as `{name}`."""
    found: dict[str, str] = {}
    live = (("ui/live", text) for text in WORDS.values())
    typed = (("what is typed on one line", text) for text in (*SENTENCES, *FIELDS))
    refused = (("sessions/intake", text) for text in FILE_REASONS)
    for where, text in (*_of_data(), *_of_code(), *_names(), *live, *typed, *refused):
        if text and text not in NOT_TOLD:
            found.setdefault(text, where)
    for one, many in plurals().items():
        found.pop(one, None)
        found.pop(many, None)
    return found


@cache
def plurals() -> Mapping[str, str]:
    """Sentences for one thing to those for more, of every ntr(one, many, ...)."""
    found = {}
    for _, tree in _modules():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _calls(call) == "ntr":
                one, many = (str(ast.literal_eval(given)) for given in call.args[:2])
                found[one] = many
    return found


def missing(language: str) -> list[str]:
    """The sentences that a language's pack lacks, ready to be put into its file and translated."""
    have = pack(language)
    lines = [
        f'#. {where}\nmsgid {_quoted(text)}\nmsgstr ""\n'
        for text, where in sentences().items()
        if text not in have.sentences
    ]
    return lines + [
        f'msgid {_quoted(one)}\nmsgid_plural {_quoted(many)}\nmsgstr[0] ""\nmsgstr[1] ""\n'
        for one, many in plurals().items()
        if one not in have.plurals
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _of_data() -> Iterator[tuple[str, str]]:
    for path in sorted(DATA.rglob("*.toml")):
        with path.open("rb") as file:
            yield from ((str(path.relative_to(ROOT)), text) for text in _texts("", tomllib.load(file)))


def _texts(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from _texts(inner, part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(key, part)
    elif isinstance(value, str) and key not in _NEVER and (" " in value or key in _ALWAYS):
        yield value


def _of_code() -> Iterator[tuple[str, str]]:
    for name, tree in _modules():
        silent = set(_silent(tree))
        asked = _asked(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                silent |= {id(part) for part in ast.walk(node) if part is not node} - _asked(node)
            if id(node) in silent:
                continue
            text = _written(node)
            bare = _bare(text)
            meant = id(node) in asked and bare.strip("_")
            if not _MARKUP.search(text) and (meant or _WORDS.search(bare)):
                yield name, text


def _asked(tree: ast.AST) -> set[int]:
    """All parts of what is asked to be translated."""
    return {id(part) for call in ast.walk(tree) if _calls(call) in _TRANSLATED for part in ast.walk(call)}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that may speak to a person, by its path."""
    for place in CODE:
        root = ROOT / place
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            name = path.relative_to(ROOT).as_posix()
            tree = ast.parse(path.read_text("utf-8"))
            if name in _SPEAKING or (name not in _SILENT and not _imported(tree) & COMMAND_LINE):
                yield name, tree


def _imported(tree: ast.Module) -> set[str]:
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def _silent(tree: ast.Module) -> Iterator[int]:
    """What is never told: docstrings, errors, names of types, of keys and of kinds of files."""
    for node in ast.walk(tree):
        quiet: list[ast.AST] = []
        if isinstance(node, ast.Raise):
            quiet = [part for part in ast.walk(node) if not _written(part).endswith(".")]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet = [node.value]
        elif isinstance(node, ast.Subscript):
            quiet = list(ast.walk(node.slice))
        elif _calls(node) in ("FileKind", "TypeVar"):
            quiet = list(ast.walk(node))
        yield from (id(part) for part in quiet)


def _calls(node: ast.AST) -> str:
    """What a call calls by its last name: `tr` of tr(...) and of words.tr(...); empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _written(node: ast.AST) -> str:
    """A text of the code, its values as placeholders; empty for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for number, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            own = part.value
            parts.append(f"{{{own.id if isinstance(own, ast.Name) else f'value{number}'}}}")
    return "".join(parts)


def _bare(text: str) -> str:
    return re.sub(r"\{\w*\}", "", text).strip()


def _names() -> Iterator[tuple[str, str]]:
    """Single words and names that stand in sentences and tables: features, faults, parts of the body, units, views."""
    templates = [load_template(template_id) for template_id in template_ids()]
    features = {feature.base for feature in FEATURES.values()} | {*METRICS, "path", "smoothness", "depth"}
    unseen = {name for template in templates for name in template.not_measured}
    for name in sorted({*features, *FAULT_IDS, *unseen, "time_out", "time_back", "hold", "duration"}):
        yield "names of what is measured", plain(name)
    for landmark in sorted({name for template in templates for name in template.required}):
        yield "parts of the body", part_name(landmark)
        yield "parts of the body", spoken_part(landmark)
    for part in LIMBS.values():
        yield "parts of the body", part
    for unit in (*UNITS.values(), "arm lengths", "leg lengths", "% trunk", "scales", "s", "points"):
        yield "units", unit
    for label in (*LABELS.values(), REVIEWED):
        yield "labels of repetitions", label
    yield from (("what changed", verdict) for verdict in VERDICTS.values())
    yield from (("formats of other programs", exporter.title) for exporter in EXPORTERS.values())
    yield from (("what somebody did", action) for action in ACTIONS)
    for word in (*get_args(View), *PEOPLE.values(), "left", "right", "both"):
        yield "words in sentences", word
    for join in (", ", " and ", " or ", OR, THEN, BETWEEN, OF_GROUP):
        yield "words in sentences", join


if __name__ == "__main__":
    for code in sys.argv[1:] or [code for code in LANGUAGES if code != "en"]:
        sys.stdout.write("\n".join(missing(code)))
