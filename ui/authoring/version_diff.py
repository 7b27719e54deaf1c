"""What changed between two versions of an exercise, in words."""

from __future__ import annotations

from collections.abc import Sequence

from i18n.names import UNITS, words
from i18n.tables import UNKNOWN
from i18n.translation import LANGUAGES, number, tr
from patterns.templates.differences import Difference, Value, differences
from sessions.store.exercises import OwnExercise
from ui.widgets.text_only import st


def differences_from(one: OwnExercise, versions: Sequence[OwnExercise]) -> None:
    """This version held against another one that is chosen."""
    others = {other.template.version: other for other in versions if other.id != one.id}
    if not others:
        st.info(tr("There is no other version of this exercise yet."))
        return
    before = others[
        st.selectbox(
            tr("Compared with"),
            sorted(others, reverse=True),
            format_func=lambda version: tr("Version {version}", version=version),
            key=f"compared-{one.id}",
        )
    ]
    found = differences(before.template, one.template)
    if found:
        st.table([_row(difference) for difference in found])
    else:
        st.info(tr("They are the same."))


def _row(found: Difference) -> dict[str, str]:
    return {
        tr("What"): tr(found.what, **{name: _named(name, value) for name, value in found.values.items()}),
        tr("Before"): _said(found.before, found.unit),
        tr("Now"): _said(found.after, found.unit),
    }


def _named(name: str, value: str) -> str:
    if name == "language":
        return LANGUAGES.get(value, value)
    return words(value) if name in ("feature", "fault", "name") else value


def _said(value: Value, unit: str) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, tuple):
        return ", ".join(_said(part, "") for part in value) + _unit(unit)
    return tr(value) if isinstance(value, str) else number(f"{value:.4g}") + _unit(unit)


def _unit(unit: str) -> str:
    return f" {tr(UNITS.get(unit, unit))}" if unit else ""
