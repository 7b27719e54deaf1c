"""What the pages that take recordings share: the limits beside the field, and what is said of a recording above one."""

from __future__ import annotations

import streamlit as st

from sessions.access import Role
from ui.language import number, tr
from vision.limits import CHANGE, LIMITS, LimitError


def show_limits() -> None:
    """Say, before any work, what a recording may hold at most."""
    most = {name: limit.most for name, limit in LIMITS.items()}
    st.caption(
        tr(
            "At most {duration} minutes, {frames} frames, {picture} million pixels in a frame and {pixels} billion "
            "pixels in all.",
            **most,
        )
    )


def refusal(error: LimitError, name: str, role: Role) -> str:
    """Why a recording is refused and what to do about it; patients are not told of settings. name: as they know it."""
    limit = LIMITS[error.limit]
    lines = [tr(limit.refusal, name=name, got=number(error.got), most=number(error.most)), tr(limit.advice)]
    if role != "patient":
        lines.append(tr(CHANGE, variable=limit.variable))
    return " ".join(lines)
