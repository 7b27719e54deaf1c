"""Dossiers and histories out of a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from patterns.programs.technique import Technique, load_technique
from patterns.templates.errors import TemplateError
from patterns.templates.library import load_template
from patterns.templates.template import Template
from scoring.safety.stop_rules import CheckIn
from sessions.history.session_bundle import Dossier, History
from sessions.people.audit import Action, note
from sessions.people.people import Person
from sessions.people.repository import ME, NOBODY
from sessions.store.definitions import DefinitionError, technique_of, template_of
from sessions.store.records import SessionStart, StoredSession
from sessions.store.store import Store

_AROUND: Final = timedelta(hours=12)
"""Answers belong to a session that began or ended at most so long from them."""


def dossier_of(store: Store, session_id: int, *, poses: bool = True) -> Dossier:
    """All that is known of a session; poses: with its landmarks.

    Raises UnknownSessionError, NotAllowedError, DefinitionError where it is not kept with what it was judged.
    """
    stored = store.session(session_id)
    person = store.people.get(store.owner(session_id))
    before, after = _answers(store.check_ins(person_id=person.id), stored)
    landmarks = store.poses(session_id) if poses else None
    _noted(store, "read a session", person.id, str(session_id))
    return Dossier(
        person,
        stored,
        template_for(store, stored.start),
        technique_for(store, stored.start),
        landmarks,
        before,
        after,
        reviews=store.reviews.of([session_id])[session_id],
    )


def history_of(store: Store, person_id: int | None = None) -> History:
    """All that is known of a person over time, with what therapists said in it; None: of the viewer's own person."""
    person = store.people.own() if person_id is None else store.people.get(person_id)
    if person is None:
        return History(Person(NOBODY, ME))
    _noted(store, "read a history", person.id, "")
    in_time = tuple(sorted(store.numbers(person.id), key=lambda one: one.start.started_at))
    return History(person, store.plan(person.id), in_time, store.check_ins(person_id=person.id))


def template_for(store: Store, start: SessionStart) -> Template:
    """The template with which a session was judged, kept or still the library's own. Raises DefinitionError."""
    with store.database.reading() as session:
        try:
            return template_of(session, start.template_sha256)
        except DefinitionError:
            own = _library(start.pattern_id)
            if own is None or own.sha256 != start.template_sha256:
                raise
            return own


def technique_for(store: Store, start: SessionStart) -> Technique | None:
    """The technique in which a session was judged, None for the person's own pace. Raises DefinitionError."""
    if start.technique is None or start.technique_sha256 is None:
        return None
    with store.database.reading() as session:
        try:
            return technique_of(session, start.technique_sha256)
        except DefinitionError:
            own = load_technique(start.technique)
            if own.sha256 != start.technique_sha256:
                raise
            return own


def _library(pattern_id: str) -> Template | None:
    try:
        return load_template(pattern_id)
    except TemplateError:
        return None


def _answers(check_ins: Sequence[CheckIn], stored: StoredSession) -> tuple[CheckIn | None, CheckIn | None]:
    """What was answered around a session: last before it began, first after it."""
    begun = stored.start.started_at
    over = stored.finished_at or begun
    earlier = [one for one in check_ins if one.moment == "before" and begun - _AROUND <= one.at <= begun]
    later = [one for one in check_ins if one.moment == "after" and over <= one.at <= over + _AROUND]
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def _noted(store: Store, action: Action, person_id: int, about: str) -> None:
    if store.viewer.role == "home":
        return
    with store.database.writing() as session:
        note(session, store.viewer, action, person_id, about)
