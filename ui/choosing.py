"""The choice of exercise and side, the same on every page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from patterns.library import by_family, load_template
from patterns.template import FAMILIES, Side, Template
from ui.language import tr
from ui.tables import SIDES, title_of

FIRST: Final = "ue-d2-flexion"
"""What is offered first, where its kind is: the pattern of the demo recording."""


def choose_exercise(key: str, *, disabled: bool = False) -> tuple[Template, Side]:
    """The exercise and side chosen by the person; a side is asked for only where there is a choice."""
    kinds = by_family()
    first, left, right = st.columns([2, 3, 2], vertical_alignment="bottom")
    with first:
        family = st.selectbox(
            tr("Kind of exercise"),
            list(kinds),
            format_func=lambda kind: tr(FAMILIES[kind]),
            key=f"{key}-family",
            disabled=disabled,
        )
    ids = kinds[family]
    with left:
        pattern = st.selectbox(
            tr("Exercise"),
            ids,
            index=ids.index(FIRST) if FIRST in ids else 0,
            format_func=title_of,
            key=f"{key}-pattern",
            disabled=disabled,
        )
    template = load_template(pattern)
    with right:
        if len(template.sides) == 1:
            side: Side = template.sides[0]
            st.markdown(tr("Side: {side}", side=SIDES[side]))
        else:
            side = st.radio(
                tr("Your side"),
                template.sides,
                index=len(template.sides) - 1,
                format_func=lambda side: tr(SIDES[side]),
                horizontal=True,
                key=f"{key}-side",
                disabled=disabled,
            )
    return template, side
