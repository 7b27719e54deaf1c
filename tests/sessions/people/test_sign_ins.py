"""A sign-in of a clinic's server: kept in the database, ended everywhere at once, and never begun again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import select, text

from scoring.safety.stop_rules import CheckIn
from sessions.backup.backup import back_up, delete_person, restore
from sessions.backup.row_ownership import of_person
from sessions.database.connection import Database
from sessions.database.encryption import new_key, seal_with
from sessions.database.schema import Base, SignInRow
from sessions.people.access import NotAllowedError
from sessions.store.store import Store
from tests.support.clinic_server import FILE
from ui.signin import sign_in
from ui.signin.clinic import CLINIC_VARIABLE, Clinic, ClinicNow, read_clinic
from ui.signin.sign_in import SignInRules, StillSignedIn

NOW_S: Final = 1_790_000_000.0
CLINIC: Final = Clinic(therapists=("tess@clinic.example",), role_claim="roles")


def claims(who: str, **more: Any) -> dict[str, Any]:
    return {"email": f"{who}@clinic.example", "email_verified": True, "iat": NOW_S, **more}


@pytest.fixture
def rules(any_store: Store) -> SignInRules:
    any_store.people.add("Anna", login="anna@clinic.example")
    any_store.people.add("Ben", login="ben@clinic.example")
    return SignInRules(any_store, CLINIC)


def test_a_token_stands_for_whom_it_was_given_to_until_they_sign_out(rules: SignInRules) -> None:
    anna, tess = (rules.admit(claims(who), NOW_S) for who in ("anna", "tess"))
    of_anna, of_tess = (rules.of_token(token, NOW_S) for token in (anna, tess))
    assert of_anna is not None
    assert of_tess is not None
    assert (of_anna.viewer.role, of_anna.viewer.who, of_anna.person_id) == (
        "patient",
        "anna@clinic.example",
        1,
    )
    assert (of_tess.viewer.role, of_tess.person_id) == ("therapist", None)
    for wrong in ("", anna[:-1], anna.upper(), "x"):
        assert rules.of_token(wrong, NOW_S) is None
    rules.end(anna, NOW_S)
    assert rules.of_token(anna, NOW_S) is None
    assert rules.of_id(of_anna.id, NOW_S) is None
    assert rules.of_token(tess, NOW_S) == of_tess
    assert rules.of_id(of_tess.id, NOW_S) == of_tess


def test_each_browser_has_a_sign_in_of_its_own(rules: SignInRules) -> None:
    one, other = (rules.admit(claims("anna"), NOW_S) for _ in range(2))
    rules.end(one, NOW_S)
    assert rules.of_token(one, NOW_S) is None
    assert rules.of_token(other, NOW_S) is not None


def test_after_twelve_hours_it_has_ended_for_good(rules: SignInRules) -> None:
    anna = rules.admit(claims("anna"), NOW_S)
    assert rules.of_token(anna, NOW_S + 12 * 3600 - 1) is not None
    assert rules.of_token(anna, NOW_S + 12 * 3600) is None
    assert rules.of_token(anna, NOW_S) is None, "a clock that is set back does not bring it back"


def test_an_answer_that_is_old_or_of_a_stranger_signs_nobody_in(rules: SignInRules) -> None:
    for wrong in (
        claims("eve"),
        claims("anna", iat=NOW_S - 12 * 3600),
        claims("anna", email_verified="true"),
        {},
    ):
        with pytest.raises(NotAllowedError):
            rules.admit(wrong, NOW_S)


@pytest.mark.parametrize("change", ["deleted", "other login", "login of another", "named a therapist"])
def test_it_ends_with_its_person_or_role(rules: SignInRules, tmp_path: Path, change: str) -> None:
    token, other = (rules.admit(claims(who), NOW_S) for who in ("anna", "ben"))
    people = rules.store.people
    if change == "deleted":
        delete_person(rules.store, 1, tmp_path / "anna.zip")
    elif change == "named a therapist":
        rules = replace(rules, clinic=Clinic(therapists=("tess@clinic.example", "anna@clinic.example")))
    else:
        people.describe(people.get(1), login="annegret@clinic.example")
    if change == "login of another":
        people.describe(people.get(2), login="anna@clinic.example")
    assert rules.of_token(token, NOW_S + 1) is None
    assert (rules.of_token(other, NOW_S + 1) is None) == (change == "login of another")


@pytest.mark.parametrize(
    "now", [{"role_claim": "groups"}, {"therapist_role": "physio"}, {"role_claim": None}]
)
def test_it_ends_with_the_rule_that_made_a_therapist(rules: SignInRules, now: dict[str, Any]) -> None:
    by_name, by_role = (
        rules.admit(claims("tess"), NOW_S),
        rules.admit(claims("tom", roles=["therapist"]), NOW_S),
    )
    assert rules.of_token(by_role, NOW_S) is not None
    rules = replace(rules, clinic=CLINIC.model_copy(update=now))
    assert rules.of_token(by_role, NOW_S) is None
    assert rules.of_token(by_name, NOW_S) is not None
    rules = replace(rules, clinic=CLINIC.model_copy(update={"therapists": ()}))
    assert rules.of_token(by_name, NOW_S) is None


def test_who_signs_in_in_another_role_ends_what_they_had(rules: SignInRules) -> None:
    patient = rules.admit(claims("anna"), NOW_S)
    therapist = rules.admit(claims("anna", roles=["therapist"]), NOW_S)
    assert rules.of_token(patient, NOW_S) is None
    assert rules.of_token(therapist, NOW_S) is not None


@pytest.mark.parametrize("roles", [[], ["patient"], None, 7])
def test_who_comes_back_without_the_role_ends_what_they_had(rules: SignInRules, roles: Any) -> None:
    """The login server says so on another browser; the therapist's page would else stay open for twelve hours."""
    tom, tess = (rules.admit(claims(who, roles=["therapist"]), NOW_S) for who in ("tom", "tess"))
    for nobody in (claims("tom", email_verified=False), claims("tom", iat=NOW_S - 13 * 3600)):
        with pytest.raises(NotAllowedError):
            rules.admit(nobody | {"roles": roles}, NOW_S)
        assert rules.of_token(tom, NOW_S) is not None, "anybody may have sent that"
    with pytest.raises(NotAllowedError):
        rules.admit(claims("tom", roles=roles), NOW_S)
    assert rules.of_token(tom, NOW_S) is None
    assert rules.of_token(tess, NOW_S) is not None


def test_the_database_has_no_token_and_a_persons_sign_ins_are_theirs(rules: SignInRules) -> None:
    token = rules.admit(claims("anna"), NOW_S)
    rules.of_token(token, NOW_S + 59)
    rules.of_token(token, NOW_S + 61)
    with rules.store.database.reading() as session:
        (row,) = session.execute(text("SELECT * FROM sign_in")).mappings().all()
        owned = of_person(Base.metadata.tables["sign_in"], 1)
        assert owned is not None
        assert session.scalars(select(SignInRow.id).where(owned)).all() == [row["id"]]
    assert token not in map(str, row.values())
    assert (row["created_at"][:19], row["last_seen_at"][:19]) == (
        "2026-09-21T14:13:20",
        "2026-09-21T14:14:21",
    )


def test_logins_are_sealed_with_the_rest(rules: SignInRules) -> None:
    before = rules.admit(claims("anna"), NOW_S)
    rules.store.database.seal_all(seal_with(new_key(), "test"))
    after = rules.admit(claims("ben"), NOW_S)
    assert [rules.of_token(one, NOW_S) is not None for one in (before, after)] == [True, True]
    with rules.store.database.reading() as session:
        logins = session.scalars(text("SELECT login FROM sign_in")).all()
    assert all(login.startswith("sealed:") for login in logins)


def test_a_backup_brings_no_sign_in_back(store: Store, tmp_path: Path) -> None:
    store.people.add("Anna", login="anna@clinic.example")
    token = SignInRules(store, CLINIC).admit(claims("anna"), NOW_S)
    back_up(store, tmp_path / "all.zip")
    again = Store(Database.open(tmp_path / "again.sqlite"))
    restore(tmp_path / "all.zip", again.database)
    assert SignInRules(again, CLINIC).of_token(token, NOW_S) is None
    again.close()


def test_the_file_is_read_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(FILE.format(port=1, provider=2))
    monkeypatch.setenv(CLINIC_VARIABLE, str(path))
    file = read_clinic()
    assert file is not None
    now = ClinicNow(file)
    assert now().therapists == ()
    path.write_text(FILE.format(port=1, provider=2) + 'therapists = ["tess@clinic.example"]')
    assert now().therapists == ("tess@clinic.example",)
    path.write_text("[auth")
    assert now().therapists == now().therapists == ("tess@clinic.example",)
    assert capsys.readouterr().err.count("not a TOML file") == 1
    path.unlink()
    assert now().therapists == ("tess@clinic.example",)
    path.write_text(FILE.format(port=1, provider=2))
    assert now().therapists == ()


def test_a_store_opened_earlier_refuses_once_its_sign_in_has_ended(
    rules: SignInRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of a page and its buttons hold on to a store; whatever it reads or changes is refused."""
    clock = SimpleNamespace(monotonic=lambda: 0.0, time=lambda: NOW_S)
    monkeypatch.setattr(sign_in, "time", clock)
    token = rules.admit(claims("anna"), NOW_S)
    found = rules.of_token(token, NOW_S)
    assert found is not None
    earlier = rules.store.seen_by(found.viewer, StillSignedIn(lambda: rules, found.id))
    assert [person.alias for person in earlier.people.all()] == ["Anna"]
    rules.end(token, NOW_S)
    clock.monotonic = lambda: 2.0
    check_in = CheckIn(datetime.now(UTC), "before", 0, 0)
    for use in (earlier.people.all, earlier.sessions, lambda: earlier.add_check_in(check_in)):
        with pytest.raises(NotAllowedError, match="signed out"):
            use()
    assert rules.store.seen_by(found.viewer).people.all()


def test_asking_whether_a_sign_in_holds_changes_nothing(rules: SignInRules) -> None:
    found = rules.of_token(rules.admit(claims("anna"), NOW_S), NOW_S)
    assert found is not None
    assert rules.holds(found.id, NOW_S + 3600)
    assert not rules.holds(found.id, NOW_S + 12 * 3600)
    assert not rules.holds(found.id + 1, NOW_S)
    assert rules.of_id(found.id, NOW_S) == found
