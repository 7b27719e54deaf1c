"""The sentences of an exercise that somebody makes: how to begin, what is said for each fault, other languages."""

from __future__ import annotations

from typing import Final

from i18n.names import words
from i18n.translation import LANGUAGES, say, spoken, tr
from patterns.templates.template import Template
from ui.authoring.workbench import Bench, begun
from ui.widgets.text_only import st

LONGEST: Final = 240
_OWN: Final = {
    "title": "Name of the exercise",
    "start": "How to stand or sit at the start",
    "camera": "Where the camera goes",
    "command": "What to do, in one sentence",
    "praise": "What is said when it went well",
}


def sentences(bench: Bench) -> None:
    """Title, start, camera, command and praise."""
    before = bench.proposed
    assert before is not None
    for name, label in _OWN.items():
        given = str(getattr(before, name))
        key = f"author-words-{name}-{before.sha256}"
        held = str(bench.edits.get(("words", name), given))
        said = st.text_input(tr(label), max_chars=LONGEST, key=begun(key, held)).strip()
        _told(bench.change(("words", name), said, given))


def cues(bench: Bench) -> None:
    """What is said for each fault, and which comes first where there are several."""
    before = bench.proposed
    assert before is not None
    st.caption(
        tr("After a repetition one sentence is said: of what was found the one with the lowest number.")
    )
    template = bench.template
    for rule in before.cue:
        if rule.fault not in template.raised:
            continue
        given = (rule.text, rule.priority)
        held = bench.edits.get(("cue", rule.fault), given)
        text, first = st.columns([6, 1])
        key = f"author-cue-{rule.fault}-{before.sha256}"
        said = text.text_input(words(rule.fault), max_chars=LONGEST, key=begun(key, held[0])).strip()
        priority = first.number_input(tr("Number"), 1, 99, key=begun(f"{key}-first", held[1]))
        _told(bench.change(("cue", rule.fault), (said, int(priority)), given))


def translations(bench: Bench) -> None:
    """Each sentence in one of the other languages; what is left empty is said as it is."""
    template = bench.template
    language = st.segmented_control(
        tr("In which language"),
        list(LANGUAGES),
        default=next(code for code in LANGUAGES if code != spoken()),
        required=True,
        format_func=LANGUAGES.__getitem__,
        key="author-language",
    )
    if language is None:
        return
    st.caption(tr("What stands in braces, such as {example}, stays.", example="{value}"))
    for sentence in template.sentences:
        given = before_in(bench, language, sentence)
        held = bench.edits.get(("said", language, sentence), given)
        key = f"author-said-{language}-{sentence}"
        known = say(sentence, language)
        typed = st.text_input(
            sentence,
            max_chars=LONGEST,
            key=begun(key, held or ""),
            placeholder="" if known == sentence else known,
        ).strip()
        _told(bench.change(("said", language, sentence), typed or None, given))


def before_in(bench: Bench, language: str, sentence: str) -> str | None:
    """What a sentence was in a language when the exercise was proposed; None where nobody said."""
    proposed: Template | None = bench.proposed
    return None if proposed is None else proposed.translations.get(language, {}).get(sentence)


def _told(trouble: str) -> None:
    if trouble:
        st.error(trouble)
