"""An exercise that was proposed is looked at and changed: its way, its limits, its tempo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from i18n.names import UNITS, amount, words
from i18n.tables import whole
from i18n.translation import tr
from patterns.features.table import FEATURES
from patterns.templates.edits import WRONG_PATH
from patterns.templates.template import ALWAYS_JUDGED, Target, Template
from scoring.coach.recording import judge
from scoring.records.records import RepScore
from scoring.results.curves import Trace, traces
from scoring.trials.synthetic import judged_in
from sessions.store.exercises import Lesson
from ui.authoring.curve_editor import edit_curve
from ui.authoring.workbench import Bench, Key, begun
from ui.replay import component as replay_component
from ui.replay.figures import make_figure
from ui.widgets.escapes import formatted
from ui.widgets.text_only import st

_POINTS: Final = 21
_JUDGED: Final = "author-judged"
_HARDLY: Final = "This exercise hardly shows it."
VIEWS: Final = {"front": "from the front", "side": "from the side", "any": "from any side"}


@dataclass(frozen=True)
class Tried:
    """The demonstrations as a template judges them: the repetitions shown and what can be drawn of each."""

    reps: tuple[RepScore, ...]
    traces: tuple[Trace, ...]


def tried(template: Template, lessons: Sequence[Lesson]) -> Tried:
    """The demonstrations judged; the last answer is kept."""
    kept = st.session_state.get(_JUDGED)
    about = (template.sha256, tuple(id(lesson) for lesson in lessons))
    if kept is None or kept[0] != about:
        reps: list[RepScore] = []
        seen: list[Trace] = []
        for one in lessons:
            frames = [one.poses.frame(i) for i in range(len(one.poses))]
            found = judged_in(judge(frames, template, one.side).reps, one.reps)
            reps += found
            seen += [trace for trace in traces(frames, found, template, one.side) if trace is not None]
        kept = (about, Tried(tuple(reps), tuple(seen)))
        st.session_state[_JUDGED] = kept
    done: Tried = kept[1]
    return done


def proposal(template: Template) -> None:
    """What was found out about the movement, in a table."""
    side = {"right": "Right, the left is its mirror", "both": "Both"}[template.side]
    ranges = [target for target in template.target if target.role == "range"]
    rows = {
        "Followed by": ", ".join(words(name) for name in template.path.features),
        "Goes as far as": ", ".join(_ends(template, target) for target in ranges) or tr("no angle"),
        "Side": tr(side),
        "Camera": tr(VIEWS[template.view]),
        "Must be seen": ", ".join(tr(name.replace("_", " ")) for name in template.required),
        "Cannot be judged": ", ".join(words(name) for name in template.not_measured) or tr("nothing of it"),
    }
    st.table([{tr("What"): tr(what), tr("Proposed"): said} for what, said in rows.items()])


def _ends(template: Template, target: Target) -> str:
    unit = FEATURES[target.feature].unit
    path = template.path.features.get(target.feature)
    begin = "" if path is None else f"{amount(path[0], unit)} → "
    return f"{words(target.feature)} {begin}{amount(target.value[-1], unit)}"


def demonstrations(template: Template, lessons: Sequence[Lesson]) -> None:
    """The demonstrations again beside the figure, each with what it would score now."""
    seen = tried(template, lessons)
    counted = [rep for rep in seen.reps if rep.kind == "repetition"]
    asked = sum(len(lesson.reps) for lesson in lessons)
    said = tr("{count} of {shown} are counted.", count=len(counted), shown=asked)
    st.markdown(formatted("**{}**: {}", tr("The repetitions shown"), said))
    if not seen.traces:
        st.warning(
            tr("This exercise counts nothing in its own demonstrations. Put back what you changed last.")
        )
        return
    pick = st.segmented_control(
        tr("The repetitions shown"),
        list(range(len(seen.traces))),
        default=0,
        required=True,
        format_func=lambda i: f"{i + 1}: {whole(seen.traces[i].rep.total)}",
        label_visibility="collapsed",
        key="author-replayed",
    )
    trace = seen.traces[min(pick or 0, len(seen.traces) - 1)]
    with st.spinner(tr("Drawing the figure")):
        figure = make_figure(template, trace.rep.side)
    replay_component.show(0, template, trace, figure)


def way(bench: Bench, template: Template) -> None:
    """Every curve, its knots to be moved, and how far the movement goes."""
    before = bench.proposed
    assert before is not None
    names: list[tuple[str, str]] = [(name, "") for name in template.path.features]
    names += [(one.feature, one.fault) for one in template.target if one.role == "control"]
    feature, fault = st.selectbox(tr("What to show"), names, format_func=_curve_name, key="author-feature")
    phase, given, now, tolerance = _knots(before, template, feature, fault)
    moved = edit_curve(
        f"author-curve-{feature}-{fault}",
        f"{before.sha256}-{feature}-{fault}",
        words(feature),
        FEATURES[feature].unit,
        phase,
        now,
        _courses(
            tried(template, bench.lessons).traces, feature, from_start=fault in _from_start(template, feature)
        ),
        tolerance,
    )
    _changed(bench, ("knots", feature, fault), moved, given)
    for target in before.target:
        if target.role == "range":
            _range(bench, target)
    share = st.slider(
        tr("Counts from so much of the way (%)"),
        round(100 * before.rep.attempt_zone),
        95,
        key=begun(
            f"author-counts-{before.sha256}",
            round(100 * bench.edits.get(("rep", "end_zone"), before.rep.end_zone)),
        ),
    )
    _changed(bench, ("rep", "end_zone"), share / 100, before.rep.end_zone)


def _curve_name(about: tuple[str, str]) -> str:
    feature, fault = about
    return f"{words(feature)}: {words(fault)}" if fault else words(feature)


def _from_start(template: Template, feature: str) -> set[str]:
    """The faults that a feature raises by its change since the start."""
    return {one.fault for one in template.target if one.feature == feature and one.from_start}


def _knots(
    before: Template, template: Template, feature: str, fault: str
) -> tuple[Sequence[float], tuple[float, ...], tuple[float, ...], float]:
    """Phases of a curve, its values as proposed and as they are now, and how far one may be off."""
    if not fault:
        path = template.path
        return path.phase, before.path.features[feature], path.features[feature], path.scale[feature]
    was, now = (
        next(one for one in each.target if (one.feature, one.fault, one.role) == (feature, fault, "control"))
        for each in (before, template)
    )
    return now.phase, was.value, now.value, now.tolerance


def _courses(seen: Sequence[Trace], feature: str, *, from_start: bool) -> list[list[float]]:
    """A feature on the way out of each repetition, at even phases; from_start: its change since the first of them."""
    at = np.linspace(0.0, 1.0, _POINTS)
    found = []
    for trace in seen:
        if feature in trace.features:
            curve = trace.curve(feature)
            out = (curve.t_s <= trace.rep.peak_s) & np.isfinite(curve.value) & np.isfinite(curve.phase)
            if out.sum() > 1:
                order = np.argsort(curve.phase[out], kind="stable")
                course = np.interp(at, curve.phase[out][order], curve.value[out][order])
                found.append((course - course[0] if from_start else course).tolist())
    return found


def _range(bench: Bench, target: Target) -> None:
    """How far it is to go, and how much less is still good."""
    unit = FEATURES[target.feature].unit
    given = (float(target.value[-1]), float(target.tolerance))
    held = bench.edits.get(("range", target.feature), given)
    step, form = (1.0, "%.1f") if unit == "deg" else (0.01, "%.2f")
    left, right = st.columns(2)
    key = f"author-range-{target.feature}-{bench.proposed.sha256 if bench.proposed else ''}"
    told = tr(UNITS.get(unit, unit))
    end = left.number_input(
        f"{words(target.feature)}, {tr('to')} ({told})", step=step, format=form, key=begun(key, held[0])
    )
    less = right.number_input(
        tr("still good within ± ({unit})", unit=told),
        step,
        step=step,
        format=form,
        key=begun(f"{key}-within", held[1]),
    )
    _changed(bench, ("range", target.feature), (end, less), given)


def limits(bench: Bench) -> None:
    """What goes along: what is judged of it, and from where on it is told."""
    before = bench.proposed
    assert before is not None
    st.caption(
        tr(
            "A fault is told beyond its limit and the error of measuring together. A wider limit tells less, a "
            "narrower one more."
        )
    )
    for target in before.target:
        if target.role == "control":
            _limit(bench, (target.fault, target.feature, target.direction), target.tolerance)
    if before.path_target is not None:
        _limit(bench, (*WRONG_PATH, ""), before.path_target.tolerance)
    _unseen(bench, before)


def _unseen(bench: Bench, before: Template) -> None:
    """Faults that every exercise may have and that this one hardly shows: they are not promised."""
    may_be = [fault for fault in ALWAYS_JUDGED if fault != "reduced_range"]
    held = [fault for fault in may_be if bench.edits.get(("unseen", fault), before.not_measured.get(fault))]
    chosen = st.multiselect(
        tr("Not promised, since this exercise hardly shows it"),
        may_be,
        format_func=words,
        key=begun(f"author-unseen-{before.sha256}", held),
    )
    for fault in may_be:
        why = before.not_measured.get(fault, _HARDLY) if fault in chosen else None
        _changed(bench, ("unseen", fault), why, before.not_measured.get(fault))


def _limit(bench: Bench, about: tuple[str, str, str], given: float) -> None:
    fault, feature, _ = about
    unit = FEATURES[feature].unit if feature in FEATURES else ""
    told = tr(UNITS.get(unit, unit)) if unit else tr("times what counts as the same way")
    step, form = (1.0, "%.1f") if unit == "deg" else (0.1, "%.2f")
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    key = f"author-limit-{'-'.join(about)}-{bench.proposed.sha256 if bench.proposed else ''}"
    name = words(fault) if feature in (fault, WRONG_PATH[1]) else f"{words(fault)} ({words(feature)})"
    judged = left.checkbox(name, key=begun(f"{key}-judged", ("left-out", *about) not in bench.edits))
    tolerance = right.number_input(
        tr("limit ± ({unit})", unit=told),
        step,
        step=step,
        format=form,
        key=begun(key, float(bench.edits.get(("limit", *about), given))),
        disabled=not judged,
    )
    _changed(bench, ("limit", *about), tolerance, given)
    _changed(bench, ("left-out", *about), not judged, False)


def tempo(bench: Bench) -> None:
    """How long the ways may take, and how long the start posture is held."""
    before = bench.proposed
    assert before is not None
    given = (before.tempo.out_s, before.tempo.back_s)
    held = bench.edits.get(("tempo",), given)
    made = []
    for which, label in enumerate(("Way out", "Way back")):
        left, right = st.columns(2)
        key = f"author-tempo-{which}-{before.sha256}"
        least, most = (float(seconds) for seconds in held[which])
        low = left.number_input(
            tr("{way}: at least (s)", way=tr(label)),
            0.1,
            60.0,
            step=0.1,
            format="%.1f",
            key=begun(f"{key}-least", least),
        )
        high = right.number_input(
            tr("{way}: at most (s)", way=tr(label)),
            0.2,
            120.0,
            step=0.5,
            format="%.1f",
            key=begun(f"{key}-most", most),
        )
        made.append((low, high))
    _changed(bench, ("tempo",), tuple(made), given)
    ready = st.number_input(
        tr("The start posture is held for (s)"),
        0.5,
        10.0,
        step=0.5,
        format="%.1f",
        key=begun(
            f"author-ready-{before.sha256}",
            float(bench.edits.get(("rep", "ready_s"), before.rep.ready_s)),
        ),
    )
    _changed(bench, ("rep", "ready_s"), ready, before.rep.ready_s)


def _changed(bench: Bench, key: Key, value: object, given: object) -> None:
    """Note a change; say why it is not possible."""
    trouble = bench.change(key, value, given)
    if trouble:
        st.error(trouble)
