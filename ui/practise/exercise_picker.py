"""The choice of exercise and side, the same on every page; on the practise page also of pace and repetitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from i18n.tables import SIDES, title_of
from i18n.translation import tr
from patterns.programs.technique import OWN_PACE, load_technique, technique_ids
from patterns.templates.library import by_family, load_template
from patterns.templates.template import FAMILIES, Side, Template
from sessions.people.preferences import Preferences
from ui.widgets.text_only import st

FIRST: Final = "ue-d2-flexion"
"""What is offered first, where its kind is: the pattern of the demo recording."""

_ARM_FAMILIES: Final = ("pnf-arm", "arm")
_ANYTHING: Final = Preferences()
_MOST: Final = 100
_DOSE: Final = ("technique", "goal")
_OFFERED: Final = "offered"
"""Where a page's session has the dose that was offered, and for which exercise and side."""
_SETTLED: Final = "settled"
"""Where it has the exercise and side that its dose is for."""


def choose_exercise(
    key: str, wanted: Preferences = _ANYTHING, *, disabled: bool = False
) -> tuple[Template, Side]:
    """The exercise and side chosen by the person; a side is asked for only where there is a choice.

    wanted: only what can be done sitting, or with one arm, is offered to whom that concerns.
    """
    kinds = by_family(wanted.seated, wanted.arms != "both")
    asked = st.session_state.get(f"{key}-pattern")
    if asked is not None and not any(asked in ids for ids in kinds.values()):
        kinds = by_family()  # what a therapist asks for is not hidden
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
            own = template.family in _ARM_FAMILIES and wanted.arms in template.sides
            side = st.radio(
                tr("Your side"),
                template.sides,
                index=template.sides.index(wanted.arms) if own else len(template.sides) - 1,
                format_func=lambda side: tr(SIDES[side]),
                horizontal=True,
                key=f"{key}-side",
                disabled=disabled,
            )
    _settle_dose(key, (pattern, side))
    return template, side


def choose_pace(
    key: str, template: Template, enabled: Collection[str], *, disabled: bool = False
) -> tuple[str, int | None]:
    """The technique that paces the set and how many repetitions it has, None for no end.

    enabled: techniques that a therapist has enabled; of those that need one, no others are offered.
    """
    techniques = {name: load_technique(name) for name in technique_ids()}
    offered = [
        name
        for name, technique in techniques.items()
        if technique.fits(template) and (not technique.needs_therapist or name in enabled)
    ]
    kept = st.session_state.get(f"{key}-technique")
    if kept not in offered:
        st.session_state.pop(f"{key}-technique", None)
        kept = OWN_PACE
    count = st.session_state.get(f"{key}-goal")
    label = tr(techniques[kept].title) if count is None else f"{tr(techniques[kept].title)} · {count}"
    with st.popover(
        label, icon=":material/speed:", disabled=disabled, help=tr("Pace and repetitions"), key=f"{key}-pace"
    ):
        technique = st.selectbox(
            tr("Pace"),
            [OWN_PACE, *(name for name in offered if name != OWN_PACE)],
            format_func=lambda name: tr(techniques[name].title),
            key=f"{key}-technique",
        )
        chosen = techniques[technique]
        st.caption(" ".join(tr(sentence) for sentence in (chosen.explanation, *chosen.safety)))
        goal = st.number_input(
            tr("Repetitions"),
            1,
            _MOST,
            value=None,
            placeholder=tr("as many as you like"),
            key=f"{key}-goal",
        )
    return technique, goal


def offer(key: str, pattern: str, side: Side, technique: str | None, goal: int | None) -> None:
    """Choose all this for the person, before the page with that choice is shown."""
    chosen = {"family": load_template(pattern).family, "pattern": pattern, "side": side}
    for name, value in chosen.items():
        st.session_state[f"{key}-{name}"] = value
    dose = {"technique": technique or OWN_PACE, "goal": goal}
    st.session_state[f"{key}-{_OFFERED}"] = {"exercise": (pattern, side), "dose": dose}
    st.session_state[f"{key}-{_SETTLED}"] = (pattern, side)
    _choose_dose(key, dose)


def withdraw(key: str) -> None:
    """Forget pace and repetitions, offered or chosen: they were for somebody else."""
    for name in (_OFFERED, *_DOSE):
        st.session_state.pop(f"{key}-{name}", None)


def _settle_dose(key: str, exercise: tuple[str, Side]) -> None:
    """Drop pace and repetitions that were for another exercise; put back those offered for this one."""
    offered = st.session_state.get(f"{key}-{_OFFERED}")
    before = st.session_state.get(f"{key}-{_SETTLED}")
    st.session_state[f"{key}-{_SETTLED}"] = exercise
    shown = f"{key}-goal" in st.session_state
    if offered is not None and offered["exercise"] == exercise:
        if before != exercise or not shown:
            _choose_dose(key, offered["dose"])
    elif before not in (None, exercise) and (
        before[0] != exercise[0] or (offered is not None and offered["exercise"] == before)
    ):
        for name in _DOSE:
            st.session_state.pop(f"{key}-{name}", None)


def _choose_dose(key: str, dose: Mapping[str, str | int | None]) -> None:
    for name, value in dose.items():
        st.session_state[f"{key}-{name}"] = value
