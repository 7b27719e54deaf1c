"""Signing in at a real server and provider without a browser, in an environment made from requirements.txt alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.provision import ensure
from sessions.store import Store
from tests.bare_environment import bare_environment, hidden_modules
from tests.clinic_server import ClinicServer, clinic_served, users

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClinicServer]:
    ensure("full")
    folder = tmp_path_factory.mktemp("clinic")
    store = Store.open(folder / "data" / "sessions.sqlite")
    for name in ("anna", "ben"):
        store.people.add(name.capitalize(), login=f"{name}@clinic.example")
    store.close()
    known = users({"anna": ["patient"], "ben": ["patient"], "tess": ["therapist"], "eve": []})
    with clinic_served(folder, known, **bare_environment(folder / "bare")) as server:
        yield server


def test_what_only_the_tests_need_is_hidden() -> None:
    assert {"oidc_provider_mock", "playwright", "hypothesis"} <= hidden_modules()
    assert not {"streamlit", "authlib", "sqlalchemy", "psycopg", "uvicorn"} & hidden_modules()


def test_signing_in_needs_nothing_but_requirements_txt(clinic: ClinicServer) -> None:
    anna = clinic.visitor()
    assert anna.sign_in("anna").status_code == 302
    with anna.tab() as tab:
        assert "Signed in as anna@clinic.example" in tab.run()
