"""Above the pages: who has signed in, and whom they are about."""

from __future__ import annotations

from base.message import Verbatim
from i18n.translation import tr
from sessions.people.access import Viewer
from sessions.store.store import Store
from ui.page.chosen_person import is_gone, seen_gone
from ui.page.current_user import CHOSEN, first_named, sign_in_failed, sign_out
from ui.widgets.text_only import st


def show(store: Store, viewer: Viewer, *, disabled: bool = False) -> None:
    """The name of the person that every page is about, a choice for therapists and where several practise at home; and
    the way out."""
    signed_in = viewer.role != "home"
    people = {person.id: person.alias for person in store.people.all()}
    if is_gone():
        _gone(people.get(viewer.person_id or 0))
    with st.container(horizontal=True, vertical_alignment="bottom", key="who"):
        if viewer.role == "therapist" or (viewer.role == "home" and len(people) > 1):
            label = tr("Who is it about?") if viewer.role == "therapist" else tr("Who practises?")
            st.selectbox(
                label,
                list(people),
                index=0 if viewer.role == "home" else None,
                format_func=lambda number: people.get(number, str(number)),
                key=CHOSEN,
                placeholder=tr("Choose a person"),
                disabled=disabled,
                width=260,
            )
        else:
            st.text(people.get(viewer.person_id or 0, next(iter(people.values()), first_named(None))))
        if signed_in:
            st.caption(tr("Signed in as {who}", who=viewer.who))
            st.button(tr("Sign out"), key="sign-out", on_click=sign_out, disabled=disabled)


def _gone(now: str | None) -> None:
    said, button = st.columns([5, 1], vertical_alignment="center")
    sentence = tr(
        "The person that you chose is no longer here. What you entered for them last was not saved."
    )
    more = (
        tr("Choose above whom it is about.") if now is None else tr("Shown now: {name}.", name=Verbatim(now))
    )
    said.warning(f"{sentence} {more}")
    button.button(tr("I have read this"), key="gone-read", on_click=seen_gone)


def sign_in() -> None:
    """The only thing that is shown to who has not signed in."""
    st.title("Diagonal")
    st.write(tr("This is a clinic's movement coach. Sign in with the clinic's login."))
    if sign_in_failed():
        st.warning(
            tr(
                "The sign-in did not work. Try again. If it fails again, tell whoever looks after this server."
            )
        )
    st.button(tr("Sign in"), type="primary", key="sign-in", on_click=st.login)


def turned_away(sentence: str) -> None:
    """For who has signed in but is not known here."""
    st.title("Diagonal")
    st.error(tr(sentence))
    st.button(tr("Sign out"), key="sign-out", on_click=sign_out)
