"""An exercise made by hand: the start and the end posture set in degrees on a figure that shows them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from base.errors import DiagonalError
from i18n.translation import tr
from patterns.learning.by_hand import (
    GROUPS,
    HOLD_S,
    SLIDERS,
    WAY_S,
    HandMade,
    HandMadeError,
    Slider,
    figure_at,
    learned,
    performed,
)
from patterns.segmentation.dwell import course
from sessions.store.exercises import Lesson, check_id
from ui.authoring.workbench import Bench, begun, id_of
from ui.replay import component as replay_component
from ui.widgets.damage import failure_words
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_FRAMES: Final = 40
_LEAST_TITLE, _MOST_TITLE = 3, 60
_VIEWS: Final[dict[Literal["front", "side"], str]] = {"front": "In front", "side": "At the moving side"}
_SIDES: Final = {False: "One side (the other is its mirror)", True: "Both sides alike"}
_NAME: Final = "By hand"
_IN_SIGHT: Final = """<style>
@media (min-width: 641px) {
  [data-testid="stColumn"]:has(.st-key-hand-figure) { position: sticky; top: 4rem; align-self: flex-start; }
}
</style>"""
"""The figure stays in sight while sliders further down are moved; on a phone it comes after them."""


def draw(bench: Bench, then: Callable[[], None]) -> None:
    """The two postures, the tempo and the figure; then: what to do with what is proposed."""
    left, right = st.columns([5, 6], gap="medium")
    with left:
        bench.title = st.text_input(
            tr("Name of the exercise"), max_chars=_MOST_TITLE, key=begun("author-title", bench.title)
        ).strip()
        made = _postures(bench)
    with right:
        if made is not None:
            st.html(_IN_SIGHT)
            with st.container(key="hand-figure"):
                _figure(made)
            _make(bench, made, then)


def _postures(bench: Bench) -> HandMade | None:
    held = bench.by_hand
    both = st.radio(
        tr("Who moves"),
        list(_SIDES),
        format_func=lambda one: tr(_SIDES[one]),
        key=begun("hand-both", held.get("both", False)),
    )
    view = st.radio(
        tr("Where the camera is"),
        list(_VIEWS),
        format_func=lambda one: tr(_VIEWS[one]),
        horizontal=True,
        key=begun("hand-view", held.get("view", "front")),
    )
    start, end = st.tabs([tr("Start posture"), tr("End posture")])
    with start:
        begin = _sliders(bench, "start", both=both)
    with end:
        reached = _sliders(bench, "end", both=both)
    st.markdown(formatted("**{}**", tr("Tempo")))
    columns = st.columns(3)
    times = [
        column.number_input(
            tr(label), *limits, step=0.5, format="%.1f", key=begun(f"hand-{name}", held.get(name, usual))
        )
        for column, name, label, limits, usual in zip(
            columns,
            ("out_s", "hold_s", "back_s"),
            ("Way out (s)", "Hold (s)", "Way back (s)"),
            (WAY_S, HOLD_S, WAY_S),
            (2.0, 1.0, 2.0),
            strict=True,
        )
    ]
    held |= {"both": both, "view": view, "out_s": times[0], "hold_s": times[1], "back_s": times[2]}
    try:
        return HandMade(begin, reached, times[0], times[1], times[2], view, both)
    except HandMadeError as error:
        st.error(str(error))
        return None


def _sliders(bench: Bench, which: str, *, both: bool) -> dict[str, float]:
    """The sliders of one posture, in their groups; those that stand elsewhere than naturally."""
    held: dict[str, float] = bench.by_hand.setdefault(which, {})
    for group, (title, two_sided) in GROUPS.items():
        shown = [one for one in SLIDERS if one.group == group and (one.two_sided or not both)]
        if not shown or (both and not two_sided):
            continue
        with st.expander(tr(title), expanded=group in ("arm", "leg")):
            for one in shown:
                value = _slider(one, which, held.get(one.joint, one.natural))
                held.pop(one.joint, None)
                if value != one.natural:
                    held[one.joint] = value
    there = {one.joint for one in SLIDERS if one.two_sided or not both}
    return {joint: value for joint, value in held.items() if joint in there}


def _slider(one: Slider, which: str, value: float) -> float:
    lowest, highest = one.limits
    return float(
        st.slider(
            tr(one.name),
            lowest,
            highest,
            step=1.0,
            format="%d°",
            key=begun(f"hand-{which}-{one.joint}", float(value)),
        )
    )


def _figure(made: HandMade) -> None:
    """The figure doing it once, in three views."""
    whole_s = made.out_s + made.hold_s + made.back_s
    t_s = np.linspace(0.0, whole_s, _FRAMES)
    leave_s = made.out_s + made.hold_s
    share = np.array(
        [course(t / made.out_s) if t <= leave_s else 1.0 - course((t - leave_s) / made.back_s) for t in t_s]
    )
    working = [f"{part}_{side}" for part in ("hand_x", "foot_x") for side in _moving(made)]
    replay_component.show_figure(repr(made), t_s, figure_at(made, share), working)


def _moving(made: HandMade) -> tuple[str, ...]:
    return ("left", "right") if made.both else ("right",)


def _make(bench: Bench, made: HandMade, then: Callable[[], None]) -> None:
    named = len(bench.title) >= _LEAST_TITLE and bool(id_of(bench.title))
    if not named:
        st.info(tr("Give the exercise a name above."))
    if st.button(tr("Make the exercise"), type="primary", disabled=not named, key="author-make"):
        try:
            check_id(id_of(bench.title))
            template = learned(made, id_of(bench.title), bench.title)
        except DiagonalError as error:
            st.error(tr(failure_words(error)))
            return
        poses, reps = performed(made)
        bench.side = made.side
        bench.propose(template, [Lesson(tr(_NAME), made.side, poses, reps)])
        then()
