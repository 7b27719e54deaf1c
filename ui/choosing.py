"""The choice of exercise and side, the same on every page."""

from __future__ import annotations

import streamlit as st

from patterns.library import load_template, template_ids
from patterns.template import Side, Template
from ui.tables import SIDES, title_of


def choose_exercise(key: str, *, disabled: bool = False) -> tuple[Template, Side]:
    """The exercise and side chosen by the person; a side is asked for only where there is a choice."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        pattern = st.selectbox(
            "Exercise",
            template_ids(),
            index=list(template_ids()).index("ue-d2-flexion") if "ue-d2-flexion" in template_ids() else 0,
            format_func=title_of,
            key=f"{key}-pattern",
            disabled=disabled,
        )
    template = load_template(pattern)
    with right:
        if len(template.sides) == 1:
            side: Side = template.sides[0]
            st.markdown(f"Side: **{SIDES[side]}**")
        else:
            side = st.radio(
                "Your side",
                template.sides,
                index=len(template.sides) - 1,
                format_func=SIDES.__getitem__,
                horizontal=True,
                key=f"{key}-side",
                disabled=disabled,
            )
    return template, side
