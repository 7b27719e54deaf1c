"""Above the pages: who has signed in, and whom it is about where that can be chosen."""

from __future__ import annotations

from sessions.access import Viewer
from sessions.store import Store
from ui.language import CHOSEN as LANGUAGE
from ui.language import tr
from ui.text_only import st
from ui.who import CHOSEN, sign_out


def show(store: Store, viewer: Viewer, *, about_one: bool, disabled: bool = False) -> None:
    """The choice of a person, for therapists and where several practise at home, and the way out.

    about_one: whether the page is about one person.
    """
    signed_in = viewer.role != "home"
    people = {person.id: person.alias for person in store.people.all()}
    chooses = about_one and (viewer.role == "therapist" or (viewer.role == "home" and len(people) > 1))
    if not chooses and not signed_in:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="who"):
        if chooses:
            numbers = list(people)
            label = tr("Who is it about?") if viewer.role == "therapist" else tr("Who practises?")
            st.selectbox(
                label,
                numbers,
                index=None if viewer.role == "therapist" else 0,
                format_func=lambda number: people.get(number, str(number)),
                key=CHOSEN,
                placeholder=tr("Choose a person"),
                disabled=disabled,
                width=260,
                on_change=lambda: st.session_state.pop(LANGUAGE, None),
            )
        if signed_in:
            st.caption(tr("Signed in as {who}", who=viewer.who))
            st.button(tr("Sign out"), key="sign-out", on_click=sign_out, disabled=disabled)


def sign_in() -> None:
    """The only thing that is shown to who has not signed in."""
    st.title("Diagonal")
    st.write(tr("This is a clinic's movement coach. Sign in with the clinic's login."))
    st.button(tr("Sign in"), type="primary", key="sign-in", on_click=st.login)


def turned_away(sentence: str) -> None:
    """For who has signed in but is not known here."""
    st.title("Diagonal")
    st.error(tr(sentence))
    st.button(tr("Sign out"), key="sign-out", on_click=sign_out)
