"""What a person adds on the page about an uploaded file: whose movement, its unit, its rate, which marker is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from base.errors import MissingFactError
from i18n.translation import tr
from patterns.features.signals import SIDES
from sessions.intake.opening import FileFacts, Imported, MarkerFacts
from sessions.intake.saved_maps import forget_maps, load_maps, save_map
from ui.widgets.answers import answer
from ui.widgets.text_only import st
from vision.video.times import VideoFacts

_ASKED: Final = "asked-about-file"
_NONE: Final = "–"
_PLACES: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")


def remember(file_id: str, missing: MissingFactError) -> None:
    """Ask for this fact from now on, as long as the file is the uploaded one."""
    before = st.session_state.get(_ASKED, ("", {}))
    asked = before[1] if before[0] == file_id else {}
    st.session_state[_ASKED] = (file_id, asked | {missing.fact: missing})


def file_facts(file_id: str, imported: Imported | None, *, video: bool) -> FileFacts:
    """Show a field for each fact that the file lacks, and the markers that were matched; return what was filled in.

    imported: what was read from the file, if it was; video: whether slow motion may be corrected.
    """
    asked_of, asked = st.session_state.get(_ASKED, ("", {}))
    facts: dict[str, MissingFactError] = asked if asked_of == file_id else {}
    subject = unit = fps = slower = None
    if "subject" in facts:
        st.info(tr("This file holds several people. Choose whose movement is scored."))
        subject = _choice(tr("Person in the file"), facts["subject"].choices, f"subject-{file_id}")
    if "unit" in facts:
        st.info(tr("This file does not say in which unit its markers are. Choose it."))
        unit = _choice(tr("Unit of the markers"), facts["unit"].choices, f"unit-{file_id}")
    if "fps" in facts:
        st.info(tr("This video holds no times. Enter how many frames per second it has."))
        fps = st.number_input(tr("Frames per second"), 1.0, 1000.0, None, key=f"fps-{file_id}")
    if video:
        slower = st.number_input(
            tr("Slow motion: how many times slower than life (leave empty if the video says it or is none)"),
            0.01,
            1000.0,
            None,
            key=f"slower-{file_id}",
        )
    by_hand = _by_hand(file_id, facts.get("markers"), imported)
    markers = MarkerFacts(subject=subject, unit=unit, by_hand=by_hand, saved=load_maps())
    return FileFacts(markers, VideoFacts(fps, slower))


def save_by_hand(facts: FileFacts) -> None:
    """Save what was mapped by hand for the next file, and say so. Raises IntakeError."""
    if facts.markers.by_hand:
        save_map(facts.markers.by_hand)
        answer(tr("What you mapped by hand is saved for the next file with these names."))


def _choice(label: str, choices: Sequence[str], key: str) -> str | None:
    """Show a list of which nothing is chosen before a person does; return their choice."""
    return st.selectbox(label, choices, index=None, placeholder=_NONE, key=key)


def show_saved_maps() -> None:
    """Show the saved marker maps, each with a button that deletes it; nothing without any."""
    saved = load_maps()
    if not saved:
        return
    labels = _labels()
    with st.expander(tr("Saved marker maps")):
        st.caption(tr("A saved map is used for each file that holds all of its markers."))
        for number, one in enumerate(saved):
            text, button = st.columns([4, 1], vertical_alignment="center")
            lines = [f"{labels.get(landmark, landmark)}: {marker}" for landmark, marker in one.items()]
            text.write("; ".join(lines))
            if button.button(tr("Forget"), key=f"forget-map-{number}", width="stretch"):
                forget_maps(one)
                answer(tr("The saved map is deleted."))
                st.rerun()


def _by_hand(file_id: str, missing: MissingFactError | None, imported: Imported | None) -> dict[str, str]:
    """Show which markers were recognised, and fields for the rest and to change them; return what was chosen."""
    if missing is None and (imported is None or not imported.markers):
        return {}
    matched = missing.known if missing is not None else _matched(imported)
    names = missing.choices if missing is not None else _names(matched, imported)
    if missing is not None:
        st.info(tr("Not every marker name of this file is known. Choose the marker of each joint."))
    labels = _labels()
    known = {landmark: " + ".join(matched[landmark]) for landmark in labels if landmark in matched}
    chosen = {}
    with st.expander(tr("Markers of this file"), expanded=missing is not None):
        for landmark in sorted(labels, key=lambda name: name in known):
            own = known.get(landmark)
            offered = [_NONE, *names] if own is None else [own, *(name for name in names if name != own)]
            label = labels[landmark] if own is None else f"{labels[landmark]}: {own}"
            picked = st.selectbox(label, offered, key=f"marker-{file_id}-{landmark}")
            if picked is not None and picked not in (_NONE, own):
                chosen[landmark] = picked
        if imported is not None and imported.unused:
            st.caption(tr("Not used: {names}", names=", ".join(imported.unused)))
        _refuse_twice({**known, **chosen}, chosen, labels)
    return chosen


def _refuse_twice(
    stands_for: Mapping[str, str], chosen: Mapping[str, str], labels: Mapping[str, str]
) -> None:
    """Report each chosen marker that stands for another joint too."""
    for landmark, marker in chosen.items():
        others = [name for name, other in stands_for.items() if other == marker and name != landmark]
        if others:
            st.error(
                tr(
                    "{marker} stands for two joints: {first}; {second}. Choose a marker of its own for each.",
                    marker=marker,
                    first=labels[landmark],
                    second=labels[others[0]],
                )
            )
            return


def _matched(imported: Imported | None) -> Mapping[str, Sequence[str]]:
    return {} if imported is None else imported.markers


def _names(matched: Mapping[str, Sequence[str]], imported: Imported | None) -> tuple[str, ...]:
    used = [name for names in matched.values() for name in names]
    return tuple(sorted({*used, *(() if imported is None else imported.unused)}))


def _labels() -> dict[str, str]:
    """Return the landmarks that can be mapped, in words."""
    words = {
        "shoulder": tr("shoulder"),
        "elbow": tr("elbow"),
        "wrist": tr("wrist"),
        "hip": tr("hip"),
        "knee": tr("knee"),
        "ankle": tr("ankle"),
        "heel": tr("heel"),
        "foot_index": tr("toes"),
    }
    sides = {"left": "{feature}, left", "right": "{feature}, right"}
    return {f"{side}_{part}": tr(sides[side], feature=words[part]) for part in _PLACES for side in SIDES}
