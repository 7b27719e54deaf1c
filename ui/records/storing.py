"""Before a recording is stored on the page: on which day it was recorded, and whether it is stored already."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from i18n.translation import tr
from sessions.store.store import Store
from ui.widgets.text_only import st

if TYPE_CHECKING:
    from ui.records.upload_job import ScoredVideo

_FIRST_DAY: Final = date(1900, 1, 1)


def recorded_day(result: ScoredVideo) -> date | None:
    """Ask for the day of the recording, proposed from the file, else today; None while the field is empty."""
    known = None if result.recorded_at is None else result.recorded_at.astimezone().date()
    today = datetime.now().astimezone().date()
    chosen: date | None = st.date_input(
        tr("Recorded on"),
        today if known is None else known,
        min_value=_FIRST_DAY,
        max_value=today,
        key=f"recorded-{result.sha256}",
    )
    if known is None:
        st.caption(
            tr("The file does not say when it was recorded: today is proposed. Change it if that is wrong.")
        )
    else:
        st.caption(tr("This is the date in the file. Change it if it is wrong."))
    return chosen


def may_be_stored(result: ScoredVideo, store: Store) -> bool:
    """Return whether the file is new, or is to be stored again; asks where it is stored already."""
    earlier = store.of_file(result.sha256)
    if not earlier:
        return True
    names = {person.id: person.alias for person in store.people.all()}
    for one in earlier[::-1]:
        st.warning(
            tr(
                "This file is stored already as session {number} of {name}.",
                number=one.id,
                name=names.get(one.person_id or 0, ""),
            )
        )
    return st.checkbox(tr("Store it again"), key=f"again-{result.sha256}-{len(earlier)}")
