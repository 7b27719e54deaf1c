"""The texts with which sessions were judged: an old session can be judged the same after the file has changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from base.errors import DiagonalError
from patterns.programs.technique import Technique, parse_technique, write_technique
from patterns.templates.template import Template
from patterns.templates.template_file import parse_template, write_template
from sessions.database.schema import DefinitionRow


class DefinitionError(DiagonalError):
    """The text with which something was judged is not kept."""


def keep(session: Session, definitions: Iterable[Template | Technique]) -> None:
    """Keep each text once, under the hash of its file."""
    for one in definitions:
        kind, content = (
            ("template", write_template(one))
            if isinstance(one, Template)
            else ("technique", write_technique(one))
        )
        session.execute(
            text(
                "INSERT INTO definition (sha256, kind, text) VALUES (:sha256, :kind, :text) "
                "ON CONFLICT (sha256) DO NOTHING"
            ),
            {"sha256": one.sha256, "kind": kind, "text": content},
        )


def template_of(session: Session, sha256: str) -> Template:
    """The template of that hash as it was. Raises DefinitionError where it is not kept."""
    content = _kept(session, sha256, "template")
    return parse_template(content.encode(), "a stored template", stored=True).model_copy(
        update={"sha256": sha256}
    )


def templates_of(session: Session, hashes: Iterable[str]) -> dict[str, Template]:
    """Return the templates of these hashes that are stored, by hash."""
    known = select(DefinitionRow.sha256).where(DefinitionRow.kind == "template")
    stored = session.scalars(known.where(DefinitionRow.sha256.in_(list(hashes)))).all()
    return {sha256: template_of(session, sha256) for sha256 in stored}


def technique_of(session: Session, sha256: str) -> Technique:
    """The technique of that hash as it was. Raises DefinitionError where it is not kept."""
    content = _kept(session, sha256, "technique")
    return parse_technique(content.encode(), "a stored technique", stored=True).model_copy(
        update={"sha256": sha256}
    )


def _kept(session: Session, sha256: str, kind: str) -> str:
    content = session.scalar(
        select(DefinitionRow.text).where(DefinitionRow.sha256 == sha256, DefinitionRow.kind == kind)
    )
    if content is None:
        raise DefinitionError(f"the {kind} {sha256[:12]}, with which this was judged, is not kept")
    return content
