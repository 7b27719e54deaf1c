"""The widgets with which an exercise is made from good repetitions: how they are put together and heard."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from ui.widgets.text_only import st

FOLDER: Final = Path(__file__).parent / "static"
LARGEST: Final = 1e9
Name = Literal["timeline", "curve", "recorder"]


def script(name: Name) -> str:
    """A widget's own script after what all of them share, as one module."""
    return "".join((FOLDER / f"{part}.js").read_text("utf-8") for part in ("widget", name))


def styles(name: Name) -> str:
    """A widget's own styles after what all of them share."""
    return "".join((FOLDER / f"{part}.css").read_text("utf-8") for part in ("widget", name))


def markup(name: Name) -> str:
    """A widget's element."""
    return (FOLDER / f"{name}.html").read_text("utf-8")


@cache
def widget(name: Name) -> Any:
    """The Streamlit component of a widget."""
    html, css, js = markup(name), styles(name), script(name)
    return st.components.v2.component(f"diagonal_author_{name}", html=html, css=css, js=js)


def edit(name: Name, key: str, data: dict[str, Any]) -> None:
    """Show a widget that gives back what was edited; data holds the id by which its script knows it from others."""
    widget(name)(key=key, data=data, default={"edited": None}, on_edited_change=nothing)


def edited(key: str, about: str) -> object:
    """What the browser last gave back for the data of that id, unchecked; None where nothing was, or for other data."""
    state = st.session_state.get(key)
    given = state.get("edited") if state else None
    return given.get("values") if isinstance(given, dict) and given.get("id") == about else None


def is_number(value: object) -> bool:
    """Whether what came from a browser is a number that can be reckoned with: neither NaN nor beyond LARGEST."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def nothing() -> None:
    """A callback that Streamlit needs to know the names of what a script reports."""
