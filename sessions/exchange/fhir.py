"""HL7 FHIR R4: a session as a Bundle of Patient, Procedure, Observations and QuestionnaireResponses.

The person goes by the alias. A LOINC code stands only where we know that it is right: pain 0 to 10 (72514-3). Joint
angles are named in words with UCUM units; their codes differ by joint, side and manner and are left out rather than
guessed. The standard error of a value is an extension beside it. A repetition is what the latest review of it says:
"amended" where that differs from what the program found, with the reviewer's note and name.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from base.characters import visible
from scoring.records.records import Kind, MetricValue, RepScore
from scoring.safety.stop_rules import CheckIn
from sessions.history.session_bundle import Dossier
from sessions.store.reviews import Review, latest

UCUM: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
PAIN: Final = "72514-3"
ERROR: Final = "urn:diagonal:standard-error"
SYSTEM: Final = "urn:diagonal"
CODES: Final = {
    "": "1", "deg": "deg", "s": "s", "%": "%", "% trunk": "%{trunk}", "scales": "{scale}", "points": "{score}",
    "arm lengths": "{arm_length}", "leg lengths": "{leg_length}",
}  # fmt: skip
"""Our units in UCUM."""
_SPACE: Final = uuid.UUID("6d8b3f52-1f6e-4a57-9a0e-6b1b1d4a7c11")
_SCORES: Final = ("total", "range", "control")


def fhir(dossier: Dossier) -> bytes:
    """The bundle as JSON text."""
    return (json.dumps(bundle(dossier), indent=1, allow_nan=False) + "\n").encode()


def bundle(dossier: Dossier) -> dict[str, Any]:
    """The bundle as nested dicts and lists; the same for the same session."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(dossier.session.finished_at or dossier.session.start.started_at),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in _resources(dossier)],
    }


def _resources(dossier: Dossier) -> Iterator[dict[str, Any]]:
    patient = {
        "resourceType": "Patient",
        "id": _id(dossier, "patient"),
        "identifier": [{"system": f"{SYSTEM}:person", "value": str(dossier.person.id)}],
        "name": [{"text": visible(dossier.person.alias)}],
    }
    procedure = _procedure(dossier)
    yield patient
    yield procedure
    said = latest(dossier.reviews)
    for found, rep in zip(dossier.session.reps, dossier.reps, strict=True):
        yield _repetition(dossier, found, rep, said.get(rep.index))
    for check_in in (dossier.before, dossier.after):
        if check_in is not None:
            yield _pain(dossier, check_in)
            yield _answers(dossier, check_in)


def _procedure(dossier: Dossier) -> dict[str, Any]:
    session = dossier.session
    period = {"start": _instant(session.start.started_at)}
    if session.finished_at is not None:
        period["end"] = _instant(session.finished_at)
    return {
        "resourceType": "Procedure",
        "id": _id(dossier, "procedure"),
        "identifier": [{"system": f"{SYSTEM}:session", "value": str(session.id)}],
        "status": "completed" if session.finished_at is not None else "stopped",
        "code": {
            "coding": [{"system": f"{SYSTEM}:pattern", "code": session.start.pattern_id}],
            "text": visible(dossier.template.title),
        },
        "subject": _to(dossier, "patient"),
        "performedPeriod": period,
        "note": [{"text": f"Side: {session.start.side}. Judged by Diagonal {session.start.code_version}."}],
    }


def _repetition(dossier: Dossier, found: RepScore, rep: RepScore, review: Review | None) -> dict[str, Any]:
    """Return one repetition or attempt with its scores and measured values as components.

    found: as the program judged it; rep: as it counts.
    """
    start_s = dossier.session.start.started_at.timestamp()
    begun, ended = (datetime.fromtimestamp(start_s + t_s, UTC) for t_s in (rep.start_s, rep.end_s))
    scores = [MetricValue(name, getattr(rep, name), "points", None, None, rep.coverage) for name in _SCORES]
    what = "Repetition" if rep.kind == "repetition" else "Attempt"
    observation = {
        "resourceType": "Observation",
        "id": _id(dossier, f"repetition {rep.index}"),
        "status": "final" if review is None or review.decision == "accepted" else "amended",
        "code": {"text": f"{what} {rep.index}"},
        "subject": _to(dossier, "patient"),
        "partOf": [_to(dossier, "procedure")],
        "effectivePeriod": {"start": _instant(begun), "end": _instant(ended)},
        "component": [_component(one) for one in (*scores, *rep.metrics)],
    }
    texts = [f"Not counted: {rep.reason}"] if rep.reason and review is None else []
    texts += [f"{one.id}: {one.value:g} {one.unit}, limit with error {one.limit:g}" for one in rep.faults]
    notes: list[dict[str, Any]] = [{"text": text} for text in texts]
    if review is not None:
        notes.append(_said(review, found))
    return observation | ({"note": notes} if notes else {})


def _said(review: Review, found: RepScore) -> dict[str, Any]:
    """Return what a therapist says of a repetition, as an annotation with their name and the time."""
    parts = ["Accepted as found." if review.decision == "accepted" else f"{_counts(review.kind)} on review."]
    if review.kind != found.kind:
        parts.append(f"The program found: {_counts(found.kind).lower()}.")
    if review.decision == "changed":
        score = "none" if review.total is None else f"{review.total:g}"
        parts.append(f"Score: {score}. Faults: {', '.join(review.faults) or 'none'}.")
    parts += [review.note] if review.note else []
    text = " ".join(visible(part) for part in parts)
    return {"authorString": visible(review.by), "time": _instant(review.at), "text": text}


def _counts(kind: Kind) -> str:
    return "Counted" if kind == "repetition" else "Not counted"


def _component(metric: MetricValue) -> dict[str, Any]:
    named: dict[str, Any] = {"code": {"text": metric.name}}
    if metric.value is None:
        unknown = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        return named | {"dataAbsentReason": {"coding": [{"system": unknown, "code": "unknown"}]}}
    if metric.error is not None:
        named["extension"] = [{"url": ERROR, "valueQuantity": _quantity(metric.error, metric.unit)}]
    return named | {"valueQuantity": _quantity(metric.value, metric.unit)}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    known = {"system": UCUM, "code": CODES[unit]} if unit in CODES else {}
    return {"value": value, "unit": unit or "1", **known}


def _pain(dossier: Dossier, check_in: CheckIn) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": _id(dossier, f"pain {check_in.moment}"),
        "status": "final",
        "code": {
            "coding": [{"system": LOINC, "code": PAIN}],
            "text": f"Pain {check_in.moment} practising, 0 to 10",
        },
        "subject": _to(dossier, "patient"),
        "effectiveDateTime": _instant(check_in.at),
        "valueQuantity": _quantity(check_in.pain, "points"),
    }


def _answers(dossier: Dossier, check_in: CheckIn) -> dict[str, Any]:
    items: list[dict[str, Any]] = [
        _item("pain", "Pain now, 0 to 10", {"valueInteger": check_in.pain}),
        _item("effort", "Tiredness or effort, 0 to 10", {"valueInteger": check_in.effort}),
    ]
    items += [_item(f"sign-{sign}", "A sign to stop", {"valueString": sign}) for sign in check_in.signs]
    if check_in.next_day is not None:
        items.append(_item("next-day", "Pain the day after", {"valueString": check_in.next_day}))
    if check_in.reason is not None:
        items.append(_item("reason", "Why the set ended", {"valueString": check_in.reason}))
    return {
        "resourceType": "QuestionnaireResponse",
        "id": _id(dossier, f"answers {check_in.moment}"),
        "status": "completed",
        "subject": _to(dossier, "patient"),
        "partOf": [_to(dossier, "procedure")],
        "authored": _instant(check_in.at),
        "item": items,
    }


def _item(link: str, text: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": link, "text": text, "answer": [answer]}


def _id(dossier: Dossier, what: str) -> str:
    return str(uuid.uuid5(_SPACE, f"person {dossier.person.id} session {dossier.session.id} {what}"))


def _to(dossier: Dossier, what: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{_id(dossier, what)}"}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
