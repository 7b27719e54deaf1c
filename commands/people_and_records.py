"""Commands about all that is kept: `cli.py people ...` and `cli.py records ...`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from base.characters import visible
from base.errors import RequestError
from commands.options import Sex, check_outputs, out
from commands.source_options import recorded_day
from models.archive import file_sha256
from patterns.programs.technique import Technique
from scoring.results.session_json import BackendFacts
from sessions.backup.backup import Manifest, back_up, delete_person, restore_into
from sessions.database.connection import data_folder
from sessions.database.encryption import KEY_VARIABLE, new_key, put_in_keyring, seal_with
from sessions.history.today import own
from sessions.intake.score_source import Scored
from sessions.people.audit import trail
from sessions.people.people import Person
from sessions.people.preferences import forget_preferences
from sessions.store.save_recording import keep_recording, recording_start
from sessions.store.store import Store

people_app = typer.Typer(help="The people whose sessions are kept.", no_args_is_help=True)
records_app = typer.Typer(help="All that is kept: back up, restore, who looked.", no_args_is_help=True)

_TRACES: Final = (
    "traces remain in the database files until no other program reads them. "
    "Close the other programs; the next start of Diagonal erases the traces."
)
Whom = Annotated[str, typer.Argument(help="Their alias or number; see: people list.")]
Alias = Annotated[str, typer.Option(help="What they are called everywhere, best no real name.")]
Name = Annotated[str | None, typer.Option(help="Their real name, if it must be kept.")]
BirthYear = Annotated[int | None, typer.Option(help="For norms alone.")]
SexOption = Annotated[Sex | None, typer.Option(help="For norms alone.")]
Login = Annotated[str | None, typer.Option(help="By which a clinic's login server knows them.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write (.zip).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file of that name.")]


@contextmanager
def store_open() -> Iterator[Store]:
    """The store of this computer or, with DIAGONAL_DATABASE_URL, of a server."""
    store = Store.open()
    try:
        yield store
    finally:
        store.close()


def check_keep(source: Path, whom: str | None, recorded: str | None, again: bool) -> None:
    """Refuse, before any long work, what could not be stored after it.

    Raises PersonError where there is nobody of that alias or number, RequestError for a wrong day and, unless again,
    for a file that is stored already.
    """
    if whom is None:
        if recorded is not None or again:
            option = "--again" if recorded is None else "--recorded"
            raise RequestError(f"{option}: it says how to store a session; add --keep NAME, or leave it out")
        return
    if recorded is not None:
        recorded_day(recorded)
    with store_open() as store:
        store.people.find(whom)
        earlier = () if again else store.of_file(file_sha256(source))
        if earlier:
            names = {person.id: person.alias for person in store.people.all()}
            sessions = " and ".join(
                f"session {one.id} of {names[one.person_id or 0]}" for one in earlier[::-1]
            )
            raise RequestError(
                f"{source}: this file is stored already as {sessions}; to store it again, add --again"
            )


def tell_kept(scored: Scored, technique: Technique | None, whom: str, recorded: str | None) -> int:
    """Keep what was scored among a person's sessions, and report its number and day; return that number."""
    poses, known = scored.judged.poses, scored.source.recorded_at
    said = None if recorded is None else recorded_day(recorded)
    why = (
        "as given" if said else "by the file" if known else "today, for the file has no date; see --recorded"
    )
    day = None if isinstance(said, datetime) else said
    at = recording_start(float(poses.t_s[-1]), said if isinstance(said, datetime) else known, day)
    with store_open() as store:
        person = store.people.find(whom)
        number = keep_recording(
            store,
            scored.template,
            scored.side,
            scored.judged.poses,
            scored.judged.reps,
            BackendFacts(**scored.document["backend"]),
            technique,
            person.id,
            at,
            scored.document["source"]["sha256"],
        )
    out.print(f"Kept as session {number} of {person.alias}.", highlight=False)
    out.print(f"Recorded on {at.astimezone():%Y-%m-%d, %H:%M} ({why}).", highlight=False, soft_wrap=True)
    return number


@people_app.command("list")
def list_people() -> None:
    """Everybody, with how many sessions they have and when the last one was."""
    with store_open() as store:
        for person in store.people.all():
            sessions = own(store.sessions(person.id))
            last = f"{sessions[0].start.started_at.astimezone():%Y-%m-%d}" if sessions else "-"
            kept = f"{len(sessions):>5} {'session' if len(sessions) == 1 else 'sessions'}"
            line = f"{person.id:>4}  {person.alias:24} {kept}, last {last}"
            out.print(line, highlight=False, soft_wrap=True)


@people_app.command("add")
def add_person(
    alias: Annotated[str, typer.Argument(help="What they are called everywhere, best no real name.")],
    name: Name = None,
    birth_year: BirthYear = None,
    sex: SexOption = None,
    login: Login = None,
) -> None:
    """Keep another person."""
    with store_open() as store:
        person = store.people.add(alias, name, birth_year, None if sex is None else sex.value, login)
    out.print(f"{person.alias} is person {person.id}.", highlight=False)


@people_app.command("describe")
def describe_person(
    whom: Whom,
    alias: Annotated[str | None, typer.Option(help="What they are called from now on.")] = None,
    name: Name = None,
    birth_year: BirthYear = None,
    sex: SexOption = None,
    login: Login = None,
) -> None:
    """Say more about a person; what is left out stays as it was."""
    with store_open() as store:
        person = store.people.find(whom)
        said = replace(
            person,
            alias=alias or person.alias,
            name=name or person.name,
            birth_year=birth_year or person.birth_year,
            sex=person.sex if sex is None else sex.value,
        )
        person = store.people.describe(said, login)
    out.print(_in_a_line(person), highlight=False, soft_wrap=True)


@people_app.command("export")
def export_person(whom: Whom, path: Out, overwrite: Overwrite = False) -> None:
    """Write all that is kept of one person into a file; restore takes it back on another computer."""
    check_outputs(None, {"--out": path})
    _check_new(f"--out {path}", path, overwrite)
    with store_open() as store:
        _tell(back_up(store, path, store.people.find(whom).id), path)


@people_app.command("delete")
def delete(
    whom: Whom,
    path: Annotated[Path, typer.Option("--export", help="Where all of theirs is written first (.zip).")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a person and all that is kept of them, for good; it is written into a file first."""
    check_outputs(None, {"--export": path})
    if path.exists():
        raise RequestError(f"--export {path}: this file exists already; choose another name")
    with store_open() as store:
        person = store.people.find(whom)
        sessions = len(store.sessions(person.id))
        if not yes:
            asked = f"Delete {person.alias} (person {person.id}) with {sessions} sessions for good?"
            typer.confirm(visible(asked), abort=True)
        _tell(delete_person(store, person.id, path), path)
        forget_preferences(data_folder(), person.id)
        _report(f"{person.alias} is deleted", store)


@records_app.command("backup")
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write (.zip).")], overwrite: Overwrite = False
) -> None:
    """Write all that is kept into one file, read it once more and compare it."""
    check_outputs(None, {"the backup": path})
    _check_new(f"the backup {path}", path, overwrite)
    with store_open() as store:
        _tell(back_up(store, path), path)


@records_app.command("restore")
def take_back(
    path: Annotated[Path, typer.Argument(help="A file that backup or people export wrote.")],
    into: Annotated[
        str | None, typer.Option(help="A new file or an empty database; the usual one if left out.")
    ] = None,
) -> None:
    """Take a backup back where nothing is kept yet, and compare it."""
    manifest, name = restore_into(path, into)
    out.print(f"{manifest.rows} rows are restored in {name}.", highlight=False, soft_wrap=True)


@records_app.command("seal")
def seal(
    print_key: Annotated[
        bool,
        typer.Option("--print-key", help="Show the new key instead of keeping it in the system's keyring."),
    ] = False,
) -> None:
    """Seal landmarks and names with a key, so that the database alone does not tell them."""
    with store_open() as store:
        key = new_key()
        if print_key:
            out.print(f"{KEY_VARIABLE}={key}", highlight=False, soft_wrap=True)
            out.print("Keep it in a safe place: without it nothing that is sealed can be read again.")
        else:
            put_in_keyring(store.database.name, key)
        store.database.seal_all(seal_with(key, KEY_VARIABLE))
        _report(f"{store.database.name} is sealed", store)


@records_app.command("trail")
def show_trail(
    whom: Annotated[str | None, typer.Option("--person", help="Only what concerns this person.")] = None,
) -> None:
    """Who read and changed what."""
    with store_open() as store:
        person_id = None if whom is None else store.people.find(whom).id
        for entry in trail(store.database, store.viewer, person_id):
            about = "" if entry.person_id is None else f", person {entry.person_id}"
            line = f"{_when(entry.at)}  {entry.who} ({entry.role}) {entry.action}{about} {entry.about}"
            out.print(line, highlight=False, soft_wrap=True)


def _check_new(what: str, path: Path, overwrite: bool) -> None:
    """Raise RequestError where a file would be replaced, unless that is wanted."""
    if path.exists() and not overwrite:
        raise RequestError(f"{what}: this file exists already; choose another name, or add --overwrite")


def _report(done: str, store: Store) -> None:
    """Report what was done, and whether traces of earlier rows remain in the files."""
    words = f"{done}, but {_TRACES}" if store.database.traces_remain else f"{done}."
    out.print(words, highlight=False, soft_wrap=True)


def _tell(manifest: Manifest, path: Path) -> None:
    words = f"{manifest.rows} rows written to {path}, read back and compared."
    out.print(words, highlight=False, soft_wrap=True)


def _in_a_line(person: Person) -> str:
    known = (person.name, None if person.birth_year is None else f"born {person.birth_year}", person.sex)
    return ", ".join(filter(None, (f"{person.id} {person.alias}", *known)))


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
