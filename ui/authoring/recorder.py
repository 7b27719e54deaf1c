"""A recording by the camera of whoever looks at the page, as a Streamlit component."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from i18n.live_sentences import WORDS
from i18n.translation import spoken, tr
from ui.authoring.component import nothing, widget
from ui.page.streamlit_settings import MAX_MESSAGE_MB, MAX_UPLOAD_MB
from ui.widgets.text_only import st

BITS_PER_S: Final = 2_500_000
MOST_BYTES: Final = min(MAX_UPLOAD_MB * 1_000_000, MAX_MESSAGE_MB * 1_000_000 * 3 // 4 - 1_000_000)
"""A recording comes as base64 in one message, in which the state of the page's other widgets has its place too."""

_FILLED: Final = 0.8
_CAMERA: Final = ("denied", "busy", "insecure")
_WORDS: Final = {
    "all": "Recording by the camera",
    "empty": "Three to five good repetitions, the whole body in the picture. The camera is on only while you record.",
    "open": WORDS["button.start"],
    "start": "Start",
    "cancel": "Cancel",
    "stop": WORDS["button.stop"],
    "again": "Record again",
    "wait": "One moment",
    "picture": WORDS["label.video"],
    "ready": "Take your place, then press Start: it counts to three first.",
    "recording": "Recording",
    "clock": "{seconds} of {longest} s",
    "recorded": "Recorded: {seconds} s. The camera is off.",
    "long": "That is as long as a recording can be.",
    "hidden": "The camera was turned off, because this page was hidden.",
    "unplugged": "The camera was disconnected.",
    "missing": "No camera was found. Plug one in, or use a recording that you have.",
    "unable": "This browser cannot record. Use another browser, or a recording that you have.",
    "too_large": "The recording is too large. Record a shorter one.",
    "nothing": "The camera gave no picture. Record again.",
}


def record(key: str, longest_s: float = 60.0) -> bytes | None:
    """Show the recorder; the bytes of a video (WebM, or MP4 where the browser knows no other), in the run after it.

    longest_s: where it stops by itself, seconds, more than 0. None in every other run. The bytes are a stranger's, for
    open_movement(..., stranger=True).
    """
    result = widget("recorder")(key=key, data=recorder_data(longest_s), on_recorded_change=nothing)
    given = result.get("recorded")
    if given is None:
        return None
    video = decoded(given)
    if video is None:
        st.error(tr(_WORDS["too_large"]))
    return video


def recorder_data(longest_s: float) -> dict[str, Any]:
    """What recorder.js needs: its words, and a rate at which the longest recording is small enough to be sent."""
    camera = {kind: tr(WORDS[f"camera.{kind}"]) for kind in _CAMERA}
    return {
        "language": spoken(),
        "words": {name: tr(said) for name, said in _WORDS.items()} | camera,
        "longest_s": longest_s,
        "bits_per_s": min(BITS_PER_S, round(_FILLED * 8 * MOST_BYTES / longest_s)),
        "most_bytes": MOST_BYTES,
    }


def decoded(given: object) -> bytes | None:
    """The bytes in the base64 that came from a browser; None where it is none, empty, or of more than MOST_BYTES."""
    if not isinstance(given, str) or not given or len(given) > 4 * (MOST_BYTES // 3 + 1):
        return None
    try:
        video = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return None
    return video if 0 < len(video) <= MOST_BYTES else None
