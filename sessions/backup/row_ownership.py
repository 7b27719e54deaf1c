"""Which rows are whose: found along the references between tables, so that a new table is covered by itself."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, or_, select

from sessions.database.schema import RescoringRow, SessionRow

_PERSON = "person"


def of_person(table: Table, person_id: int) -> ColumnElement[bool] | None:
    """The condition for rows that belong to a person; None for a table whose rows are nobody's."""
    if table.name == _PERSON:
        return table.c.id == person_id
    for column in table.columns:
        for key in column.foreign_keys:
            above = of_person(key.column.table, person_id)
            if above is not None:
                return column.in_(select(key.column).where(above))
    return None


def with_person(table: Table, person_id: int) -> ColumnElement[bool] | None:
    """The condition for rows that go with a person: their own, and the texts with which their sessions were judged."""
    if table.name != "definition":
        return of_person(table, person_id)
    session = SessionRow.__table__.c
    own = session.person_id == person_id
    again = RescoringRow.__table__.c
    return or_(
        table.c.sha256.in_(select(session.template_sha256).where(own)),
        table.c.sha256.in_(select(session.technique_sha256).where(own)),
        table.c.sha256.in_(
            select(again.template_sha256).where(again.session_id.in_(select(session.id).where(own)))
        ),
    )
