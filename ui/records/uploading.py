"""Shared by the pages that take recordings: limits, refusals, and a progress bar with a Cancel button."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from i18n.translation import number, tr
from sessions.people.access import Role
from ui.widgets.text_only import st
from vision.video.limits import CHANGE, LIMITS, USUAL_FPS, LimitError, longest_minutes

OPENING: Final = "Opening the video"
_SHOWN: Final = ("Full HD", "4K")
Progress = Callable[[str, float], None]
"""Takes what is being done and the share of it that is done, 0..1; may raise to end it."""


@contextmanager
def cancellable(key: str) -> Iterator[Progress]:
    """Show a progress bar and a Cancel button during long work; yield the function that moves the bar.

    Streamlit ends a run whose page was asked for something else when the run next calls Streamlit: here, when the bar
    moves. The exception passes through the work, which must close what it has opened.
    """
    place = st.empty()
    with place.container():
        left, right = st.columns([5, 1], vertical_alignment="center")
        bar = left.progress(0.0, text=tr(OPENING))
        right.button(tr("Cancel"), key=f"{key}-cancel", on_click=_cancel, args=(key,), width="stretch")
    yield lambda text, share: _move(bar, text, share)
    place.empty()


def show_cancelled(key: str) -> bool:
    """Report once, in the next run, that the work was cancelled; return whether it was."""
    cancelled = bool(st.session_state.pop(_cancelled(key), False))
    if cancelled:
        st.info(tr("Cancelled. Nothing was saved."))
    return cancelled


def _cancel(key: str) -> None:
    st.session_state[_cancelled(key)] = True


def _cancelled(key: str) -> str:
    return f"{key}-was-cancelled"


def _move(bar: st.delta_generator.DeltaGenerator, text: str, share: float) -> None:
    bar.progress(share, text=tr(text))


def show_limits() -> None:
    """Show the limits of a recording before any work, as people know them."""
    limits = [
        tr("{minutes} minutes in {size}", minutes=minutes, size=size)
        for size, minutes in longest_minutes().items()
        if size in _SHOWN
    ]
    if limits:
        st.caption(
            tr(
                "Longest video: {limits} (at {fps} frames per second).",
                limits=", ".join(limits),
                fps=USUAL_FPS,
            )
        )


def refusal(error: LimitError, name: str, role: Role) -> str:
    """Explain why a recording is refused and what to do; patients read no setting. name: of the uploaded file."""
    limit = LIMITS[error.limit]
    lines = [tr(limit.refusal, name=name, got=number(error.got), most=number(error.most)), tr(limit.advice)]
    if role != "patient":
        lines.append(tr(CHANGE, variable=limit.variable))
    return " ".join(lines)
