"""The exercises that authors made, for programs that open no store of their own: the commands."""

from __future__ import annotations

import os
from collections.abc import Mapping

from patterns.templates.library import use_own
from patterns.templates.template import Template
from sessions.database.connection import DATABASE_VARIABLE, default_path
from sessions.store.exercise_repository import ApprovedSource
from sessions.store.store import Store


def use_own_exercises() -> None:
    """Let the library of this process have what this computer's own database, or the server's, has approved.

    It is opened when first asked for; where nothing is kept yet, nothing is made.
    """
    opened: list[Store] = []

    def kept() -> Store:
        if not opened:
            opened.append(Store.open())
        return opened[0]

    source = ApprovedSource(lambda: kept().exercises)

    def approved() -> Mapping[str, Template]:
        there = bool(os.environ.get(DATABASE_VARIABLE)) or default_path().is_file()
        return source() if there else {}

    use_own(approved)
