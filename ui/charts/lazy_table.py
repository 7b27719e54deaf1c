"""A table that is folded away until somebody wants to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from i18n.tables import Row
from ui.page.fragments import fragment
from ui.widgets.text_only import st


@fragment
def folded(label: str, key: str, rows: Callable[[], Sequence[Row]]) -> None:
    """A table that is made only when it is opened: a long one takes a browser longer than its plot."""
    with st.expander(label, on_change="rerun", key=key) as part:
        if part.open:
            st.table(rows())
