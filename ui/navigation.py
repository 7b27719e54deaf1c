"""The pages, as Streamlit runs them: practise, today, score a video, sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from base.errors import DiagonalError
from i18n.translation import ask_for_language, tr
from patterns.templates.errors import ProgramError
from sessions.database.file import DamagedError
from sessions.people.access import Role
from ui.authoring import page as author_page
from ui.live.app_state import workplace
from ui.page import chosen_person
from ui.page import person_picker as person_choice
from ui.page.built_in_dialogs import dialogs_style
from ui.page.current_user import records, refusal, signed_in, viewer, watch_sign_in
from ui.page.language_picker import choose_language
from ui.page.looks import choose_looks, looks_style
from ui.page.page_language import page_language
from ui.practise import page as practise_page
from ui.practise import program_progress as program_bar
from ui.practise import today_page
from ui.practise.live_component import is_running, running_person
from ui.progress import page as progress_page
from ui.records import people_page, score_page, sessions_page
from ui.review import agreement_page
from ui.review import page as review_page
from ui.widgets.answers import show_answers
from ui.widgets.damage import damage_words
from ui.widgets.escapes import formatted
from ui.widgets.plain_errors import reported
from ui.widgets.rewording import reword_choices
from ui.widgets.text_only import st

ICON: Final = Path(__file__).parent / "live" / "static" / "icon.svg"
STYLE: Final = """<style>
[data-testid="stMainBlockContainer"] { padding: 4.2rem 1.5rem 1rem; max-width: 90rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 2rem; padding: 0.25rem 0; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.6rem; }
[data-testid="stMainBlockContainer"] h3 { font-size: 1.25rem; }
[data-testid="stCaptionContainer"] { opacity: 0.85; }
[data-testid="stToastContainer"] { top: 0.3rem; right: 0.5rem; left: auto; padding: 0; width: auto; z-index: 1000000;
  pointer-events: none; }
[data-testid="stToast"] { padding: 0.35rem 0.9rem; width: auto; max-width: min(26rem, 42vw); margin: 0 0 0.2rem; }
@media (max-width: 1100px) {
  [data-testid="stToastContainer"] { top: 0; right: 0; left: 0; }
  [data-testid="stToast"] { padding: 0 0.5rem; max-width: none; min-height: 0; height: 0.9rem; border-radius: 0; }
  [data-testid="stToast"] * { margin: 0 !important; padding: 0 !important; font-size: 0.7rem; line-height: 0.9rem; }
  [data-testid="stToast"] :is([data-testid="stToastDynamicIcon"], button) { display: none; }
}
@media (max-width: 760px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem 0.6rem 1rem; }
  [data-testid="stTable"] :is(td, th) { white-space: nowrap; }
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: 0.4rem; }
}
</style>"""
NOTE: Final = (
    "An exercise aid, not a medical device: it makes no diagnosis. Stop when something hurts. "
    "Pictures never leave this computer and are not kept. Left and right are your own."
)
PROGRAM_LOST: Final = "Your program no longer fits this version. Ask your therapist to give it again."
GIVE_AGAIN: Final = "This program no longer fits this version. Give it again under People."


def main() -> None:
    """Show the page that was chosen."""
    ask_for_language(page_language)
    st.set_page_config(page_title="Diagonal", page_icon=str(ICON), layout="wide")
    st.html(STYLE + looks_style() + dialogs_style())
    try:
        _shown()
    except DamagedError:
        st.navigation([lambda: _damaged(None)], position="hidden").run()
    except DiagonalError as error:
        st.error(tr(reported(error)))
    show_answers()
    st.caption(tr(NOTE))
    choose_language(disabled=is_running())


def _shown() -> None:
    """Show the pages to who is signed in, else how to sign in."""
    if signed_in():
        _pages()
        watch_sign_in()
    else:
        why = refusal()
        first = (lambda: person_choice.turned_away(why)) if why else person_choice.sign_in
        st.navigation([first], position="hidden").run()


def _pages() -> None:
    """The pages that are for who looks, and the one that was chosen."""
    looks = viewer()
    role = looks.role
    try:
        if role != "patient":
            # not records(): whoever the page is about decides in which language it speaks
            if chosen_person.settle(workplace().store.seen_by(looks), running_person()):
                program_bar.forget()
            looks = viewer()
    except DamagedError:
        st.navigation([lambda: _damaged(role)], position="hidden").run()
        return
    reword_choices()
    practise = st.Page(practise_page.show, title=tr("Practise"), url_path="practise", default=True)

    def today() -> None:
        today_page.show(lambda: st.switch_page(practise))

    for_all = [
        practise,
        st.Page(today, title=tr("Today"), url_path="today"),
        st.Page(sessions_page.show, title=tr("Sessions"), url_path="sessions"),
        st.Page(progress_page.show, title=tr("Progress"), url_path="progress"),
    ]
    for_therapists = [
        st.Page(review_page.show, title=tr("Review"), url_path="review"),
        st.Page(score_page.show, title=tr("Score a video"), url_path="score"),
        st.Page(author_page.show, title=tr("Exercises"), url_path="exercises"),
        st.Page(people_page.show, title=tr("People"), url_path="people"),
        st.Page(agreement_page.show, title=tr("Agreement"), url_path="agreement"),
    ]
    pages = for_all if looks.role == "patient" else [*for_all, *for_therapists]
    chosen = st.navigation(pages, position="top")
    try:
        with st.container(horizontal=True, vertical_alignment="bottom", key="above"):
            person_choice.show(records(), looks, disabled=is_running())
            choose_looks(looks.person_id, disabled=is_running())
        if looks.role == "therapist" and looks.person_id is None and chosen in for_all:
            st.info(tr("Choose above whom it is about."))
            return
        chosen.run()
    except DamagedError:
        _damaged(looks.role)
    except ProgramError as error:
        what = GIVE_AGAIN if looks.role == "therapist" else PROGRAM_LOST
        why = "" if looks.role == "patient" else str(error)
        st.error(formatted("{}\n\n{}", tr(what), why))


def _damaged(role: Role | None) -> None:
    st.error(tr(damage_words(role)))


if __name__ == "__main__":
    main()
