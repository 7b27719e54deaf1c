"""Streamlit as the pages use it: every text that it would read as Markdown is shown as text.

Pages take it in Streamlit's place, `from ui.widgets.text_only import st`. Markdown of our own is `formatted`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Final

import streamlit
from streamlit.delta_generator import DeltaGenerator

from base.characters import visible
from ui.widgets.escapes import Markdown, for_markdown, plotly_texts

__all__ = ["st"]

LINES: Final = frozenset(("markdown", "write", "caption", "info", "success", "warning", "error", "toast"))
"""Functions whose text may have several lines."""

TEXTS: Final = frozenset(("body", "caption", "captions", "delta", "help", "label", "tabs", "text", "title"))
"""Parameters that are Markdown wherever there is one of the name, PLAIN bodies aside."""

PLAIN: Final = frozenset(("code", "html", "latex", "text"))
"""Functions whose body is no Markdown."""

OWN: Final[Mapping[str, str]] = {"write": "args", "metric": "value"}
"""Parameters that are Markdown in one function alone."""

OPTIONS: Final = frozenset(("radio", "pills", "segmented_control", "select_slider"))
"""Widgets that read Markdown in the names of their options."""

PLAIN_OPTIONS: Final = frozenset(("selectbox", "multiselect"))
"""Widgets that show the names of their options as they are."""


TYPED: Final = frozenset(("text_input", "text_area"))
"""Widgets that begin with a text of ours, which a person then changes."""


def is_markdown(function: str, parameter: str) -> bool:
    """Return whether a function of Streamlit reads Markdown in a parameter."""
    if parameter == "body" and function in PLAIN:
        return False
    return parameter in TEXTS or OWN.get(function) == parameter


class Place:
    """Streamlit itself, or a container or element of a page."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        """Return what there is by that name, its texts made text."""
        found = getattr(self._inner, name)
        if found is streamlit.column_config:
            return Place(found)
        return _text_only(name, found) if callable(found) else _placed(found)

    def __enter__(self) -> Place:
        """Put what follows into it."""
        self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> bool | None:
        """Go on where it stands."""
        left: bool | None = self._inner.__exit__(*error)
        return left


def _text_only(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Streamlit that shows its texts as text, and so does what it returns."""

    @wraps(function)
    def shown(*args: Any, **kwargs: Any) -> Any:
        given = (_signature(name) or inspect.signature(function)).bind(*args, **kwargs)
        for key, value in given.arguments.items():
            if is_markdown(name, key):
                given.arguments[key] = _as_text(value, lines=name in LINES or key == "help")
        if name in OPTIONS:
            named = given.arguments.get("format_func", str)
            given.arguments["format_func"] = lambda option: _as_text(named(option))
        elif name in PLAIN_OPTIONS:
            listed = given.arguments.get("format_func", str)
            given.arguments["format_func"] = lambda option: visible(str(listed(option)))
        elif name in TYPED and isinstance(given.arguments.get("value"), str):
            given.arguments["value"] = visible(given.arguments["value"], keep="\n")
        elif name == "dataframe":
            given.arguments["data"] = [_cells(row) for row in given.arguments["data"]]
        elif name == "table":
            given.arguments["data"] = [_row(row) for row in given.arguments["data"]]
        elif name == "plotly_chart":
            figure = given.arguments["figure_or_data"]
            given.arguments["figure_or_data"] = plotly_texts(figure.to_plotly_json())
        return _placed(function(*given.args, **given.kwargs))

    return shown


@lru_cache(maxsize=256)
def _signature(name: str) -> inspect.Signature | None:
    """The parameters of a function of Streamlit, the same for a container's; None where it has none of the name."""
    function = getattr(streamlit, name, None)
    return None if function is None else inspect.signature(function)


def _as_text(value: Any, *, lines: bool = False) -> Any:
    if value is None or isinstance(value, Markdown | int | float):
        return value
    if isinstance(value, list | tuple):
        return type(value)(_as_text(one, lines=lines) for one in value)
    return for_markdown(str(value), lines=lines)


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {head: visible(cell, keep="\n") if isinstance(cell, str) else cell for head, cell in row.items()}


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {_as_text(head, lines=True): _as_text(cell, lines=True) for head, cell in row.items()}


def _placed(made: Any) -> Any:
    if isinstance(made, DeltaGenerator):
        return Place(made)
    if isinstance(made, list | tuple) and any(isinstance(one, DeltaGenerator) for one in made):
        return [_placed(one) for one in made]
    return made


if TYPE_CHECKING:
    import streamlit as st
else:
    st: Final = Place(streamlit)
