"""The settings of a person, in a small window of the practise page: words, sound, feedback, seated, arms."""

from __future__ import annotations

from typing import Final

from i18n.translation import tr
from scoring.coach.feedback import STAGES
from sessions.people.preferences import Preferences
from ui.page.current_user import keep_preferences, own_preferences
from ui.practise.live_component import Wishes
from ui.widgets.text_only import st

_SOUNDS: Final = {"voice": "A voice", "chime": "Chimes only", "off": "No sound"}
_ARMS: Final = {"both": "Both arms", "left": "My left arm only", "right": "My right arm only"}
_FEEDBACK: Final = {"fade": "Much at first, then less (advised)"} | {str(k): v for k, v in STAGES.items()}


def settings(whose: int | None, *, disabled: bool = False) -> Preferences:
    """Show the settings behind a button, keep what is changed, and give what holds now. Raises PreferencesError.

    whose: the number of whom this page is about; each has fields of their own.
    """
    kept = own_preferences()
    with st.popover(tr("Settings"), icon=":material/settings:", disabled=disabled):
        words = tr("Few words, with pictures")
        pictures = st.toggle(words, value=kept.pictures, key=f"look-pictures-{whose}")
        chosen = {
            "sound": _choice("Sound", _SOUNDS, kept.sound, whose),
            "feedback": _choice("When I am told how I did", _FEEDBACK, kept.feedback, whose),
            "arms": _choice("Arms that I can use", _ARMS, kept.arms, whose),
        }
        seated = st.toggle(
            tr("I practise sitting"),
            value=kept.seated,
            key=f"seated-{whose}",
            help=tr("Only exercises that can be done sitting are offered."),
        )
    now = kept.model_validate({**kept.model_dump(), **chosen, "pictures": pictures, "seated": seated})
    if now != kept:
        keep_preferences(now)
        st.toast(tr("Your settings are saved."), icon=":material/check:")
    return now


def wishes_of(preferences: Preferences, goal: int | None = None) -> Wishes:
    """The preferences as the live page takes them."""
    return Wishes(
        goal=goal,
        feedback=preferences.feedback,
        sound=preferences.sound,
        looks=tuple(name for name in ("contrast", "large", "pictures") if getattr(preferences, name)),
        hand="left" if preferences.arms == "left" else "right",
    )


def _choice(label: str, options: dict[str, str], kept: str, whose: int | None) -> str:
    names = list(options)
    return st.selectbox(
        tr(label),
        names,
        index=names.index(kept),
        format_func=lambda name: tr(options[name]),
        key=f"set-{label}-{whose}",
    )
