"""Generate the command-line reference from the Typer app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

import typer

import cli
from benchmarks.page_blocks import markdown_table
from tests.docs.markdown import page

_KINDS: Final = {
    "path": "file",
    "list[Path]": "files",
    "str": "text",
    "list[str]": "text, may be repeated",
    "int": "whole number",
    "int range": "whole number",
    "float": "number",
}
_FLAG: Final = "bool"


def reference() -> str:
    """Return the page: every command with its arguments and options."""
    root = typer.main.get_group(cli.app)
    parts = [part for path, command in commands(root) for part in _described(path, command)]
    intro = (
        f"{root.help}\n\nEvery command starts with `python cli.py`, or with `diagonal` where the wheel is installed. "
        "`--help` after any command prints the same. "
        "[On the command line](../command-line.md) has examples, exit statuses and what a source may be."
    )
    return page("Command reference", intro, *parts)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Return the path of words and the command of every command and group below a group, in their order."""
    inner: Mapping[str, Any] = getattr(group, "commands", {})
    for name in sorted(inner):
        yield (*path, name), inner[name]
        yield from commands(inner[name], (*path, name))


def options(command: Any) -> frozenset[str]:
    """Return every option that a command takes, --help included."""
    made = [name for one in command.params for name in (*one.opts, *one.secondary_opts)]
    return frozenset({*(name for name in made if name.startswith("-")), "--help"})


def _described(path: tuple[str, ...], command: Any) -> Iterator[str]:
    yield f"{'#' * (len(path) + 1)} {' '.join(path)}"
    yield str(command.help)
    if hasattr(command, "commands"):
        return
    context = command.make_context(command.name, [], resilient_parsing=True)
    pieces = [piece.strip("{}").upper() if piece[0] == "{" else piece for piece in _usage(command)]
    yield "```text\n" + " ".join(["python cli.py", *path, *pieces]) + "\n```"
    rows = [_row(one, context) for one in command.params]
    if rows:
        yield markdown_table(("name", "value", "default", "meaning"), rows)


def _usage(command: Any) -> list[str]:
    places = [one for one in command.params if not one.opts[0].startswith("-")]
    needed = [one for one in command.params if one.required and one not in places]
    more = ["[OPTIONS]"] if len(command.params) > len(places) + len(needed) else []
    many = ["..." if one.nargs == -1 else "" for one in places]
    names = [f"{one.name.upper()}{dots}" for one, dots in zip(places, many, strict=True)]
    return [*names, *(f"{one.opts[0]} {_value_name(one)}" for one in needed), *more]


def _value_name(option: Any) -> str:
    return str(option.opts[0].lstrip("-").upper().replace("-", "_"))


def _row(parameter: Any, context: Any) -> tuple[str, str, str, str]:
    named = [f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts)]
    place = not parameter.opts[0].startswith("-")
    name = f"`{parameter.name.upper()}`" if place else ", ".join(named)
    kind = parameter.display_type(context).strip("<>")
    value = "" if kind == _FLAG else _KINDS.get(kind, ", ".join(f"`{one}`" for one in kind.split("|")))
    return name, value, _default(parameter), parameter.help or ""


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    if value is None or value == "" or (value is False and not parameter.secondary_opts):
        return ""
    if isinstance(value, bool):
        return f"`{parameter.opts[0] if value else parameter.secondary_opts[0]}`"
    return f"`{value.value if isinstance(value, Enum) else value}`"
