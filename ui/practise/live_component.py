"""The live coach as a Streamlit component: its element, its styles and the data the page's script needs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from base.characters import visible
from i18n.live_sentences import live_words
from i18n.tables import SIDES
from i18n.translation import spoken, tr
from patterns.programs.technique import OWN_PACE
from patterns.templates.library import load_template
from patterns.templates.template import Side, Template
from scoring.coach.feedback import Stage
from sessions.people.repository import ME
from ui.page.current_user import ticket
from ui.widgets.text_only import st

FOLDER: Final = Path(__file__).parents[1] / "live" / "static"
DEMO_PATTERN: Final = "ue-d2-flexion"
DEMO_SIDE: Final[Side] = "right"
DEMO_URL: Final = "/live/demo/arm-diagonal.mp4"
KEY: Final = "coach"
STYLES: Final = ("coach.css", "pace.css")


@cache
def _component() -> Any:
    html, js = ((FOLDER / name).read_text("utf-8") for name in ("coach.html", "loader.js"))
    css = "".join((FOLDER / name).read_text("utf-8") for name in STYLES)
    return st.components.v2.component("diagonal_coach", html=html, css=css, js=js)


def is_running() -> bool:
    """Whether a set is going on in this page, as its script last said."""
    state = st.session_state.get(KEY)
    return bool(state and state.get("running"))


def running_person() -> int | None:
    """Return the number of the person whose set is going on in this page; None without one, or before it has begun."""
    state = st.session_state.get(KEY) if is_running() else None
    return state.get("whose") if state else None


@dataclass(frozen=True)
class Wishes:
    """How a person wants the live page.

    goal, seconds: repetitions or time of a set, None for no end. technique: that paces it. feedback: a stage, or fade.
    sound: voice, chime or off. looks: any of contrast, large, pictures (few words). hand: the one that is raised in the
    set-up.
    """

    goal: int | None = None
    seconds: float | None = None
    technique: str = OWN_PACE
    feedback: Stage | Literal["fade"] = "fade"
    sound: Literal["voice", "chime", "off"] = "voice"
    looks: tuple[Literal["contrast", "large", "pictures"], ...] = ()
    hand: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class Ended:
    """How a set ended.

    session: its number, None where nothing was saved. reached: with its last repetition. person, name: the number and
    display name of the person whose set it was, None and empty where it had not begun.
    """

    session: int | None
    source: str
    reached: bool
    person: int | None = None
    name: str = ""


Readiness = Literal["yes", "ask", "stop"]


def coach(
    template: Template,
    side: Side,
    wishes: Wishes | None = None,
    ready: Readiness = "yes",
    begin: int = 0,
    rest_ends_s: float = 0.0,
    person: tuple[int, str] = (0, ME),
) -> Ended | Literal["asked"] | None:
    """Show the live coach; how a set ended, in the run after it did; "asked" where the person wants to begin one.

    ready: whether a set at the camera may begin: yes, not before the person is asked, or not now; the demo always may.
    begin: a higher number than before makes the page begin a set at the camera by itself. rest_ends_s: when the page
    says that a rest is over, time.time(); 0 for none. person: number and display name of who practises, 0 where nobody
    is stored yet.
    """
    data = {
        **asdict(wishes or Wishes()),
        "language": spoken(),
        "ready": ready,
        "begin": begin,
        "ticket": ticket(),
        "person": {"id": person[0], "name": person[1]},
        "rest_ends_ms": 1000 * rest_ends_s,
        "words": live_words(tr),
        "chosen": about(template, side),
        "demo": _demo(),
    }
    result = _component()(
        key=KEY,
        data=data,
        default={"running": False, "whose": None},
        on_running_change=_nothing,
        on_whose_change=_nothing,
        on_finished_change=_nothing,
        on_asked_change=_nothing,
    )
    if result.get("asked") is not None:
        return "asked"
    ended = result.get("finished")
    if ended is None:
        return None
    return Ended(ended["session"], ended["source"], ended["reached"], ended["person"], ended["name"])


def about(template: Template, side: Side) -> dict[str, str]:
    """What the page says about an exercise, in the language of this page."""
    return {
        "pattern": template.id,
        "side": side,
        "title": visible(tr(template.title)),
        "setup": visible(tr(template.setup)),
        "command": visible(tr(template.command)),
    }


def _demo() -> dict[str, str]:
    demo = about(load_template(DEMO_PATTERN), DEMO_SIDE)
    return demo | {"url": DEMO_URL, "shown": f"{demo['title']} · {visible(tr(SIDES[DEMO_SIDE]))}"}


def _nothing() -> None:
    """A callback that Streamlit needs to know the names of what the script reports."""
