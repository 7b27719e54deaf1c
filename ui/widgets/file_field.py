"""A field for files in the page's language: what Streamlit writes into its own is English and is hidden."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from i18n.translation import tr
from ui.widgets.text_only import st

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_STYLE = """<style>
[data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[data-testid="stFileUploaderDropzone"] button p {{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] button p::after {{ content: {words}; font-size: 1rem; }}
</style>"""


def file_field(label: str, **settings: Any) -> UploadedFile | None:
    """Show a field for one file and return the file; settings: as st.file_uploader takes them.

    Files of every kind are taken, so that what reads them can say in the page's language what is wrong with one.
    """
    _style()
    chosen: UploadedFile | None = st.file_uploader(label, **settings)
    return chosen


def files_field(label: str, **settings: Any) -> list[UploadedFile]:
    """Show a field for several files and return them; otherwise as file_field."""
    _style()
    return list(st.file_uploader(label, accept_multiple_files=True, **settings) or ())


def _style() -> None:
    st.html(_STYLE.format(words=json.dumps(tr("Choose a file"), ensure_ascii=False)))
