"""Diagonal on the command line: the same work as the pages."""

from __future__ import annotations

import sys

from commands import import_check as first_aid

if __name__ == "__main__":  # before any package is loaded, so that a broken one is told plainly
    sys.excepthook = first_aid.explain

from types import TracebackType

import typer
from typer.exceptions import TyperException

from base.errors import DiagonalError, RequestError
from base.temporary import remove_abandoned
from commands.agreement import agreement
from commands.bench import bench_app
from commands.doctor import doctor
from commands.export_session import export
from commands.import_recording import import_recording, maps_app
from commands.models import models_app
from commands.options import err
from commands.own_exercises import use_own_exercises
from commands.patterns.patterns import patterns_app
from commands.people_and_records import people_app, records_app
from commands.programs import programs_app
from commands.report import report
from commands.rescore import rescore
from commands.score import angles, score
from commands.techniques import techniques_app
from commands.timed_tests import tests_app

_STOPPED = 130
app = typer.Typer(
    help="A movement coach: scores recordings, writes angles, keeps patterns and pose weights.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(score)
app.command()(angles)
app.command()(export)
app.command("import")(import_recording)
app.command()(report)
app.command()(agreement)
app.command()(rescore)
app.add_typer(maps_app, name="maps")
app.add_typer(patterns_app, name="patterns")
app.add_typer(models_app, name="models")
app.add_typer(programs_app, name="programs")
app.add_typer(techniques_app, name="techniques")
app.add_typer(tests_app, name="tests")
app.add_typer(bench_app, name="bench")
app.add_typer(people_app, name="people")
app.add_typer(records_app, name="records")
app.command()(doctor)


def main() -> int:
    """Run a command; the exit status: 0 done, 2 the request is wrong, 1 a fault of ours, 130 stopped by Ctrl+C,
    3 a template does not stand its trials."""
    if "--debug" not in sys.argv:
        sys.excepthook = _our_fault
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    remove_abandoned()
    use_own_exercises()
    try:
        status = typer.main.get_command(app)(args=arguments, standalone_mode=False, prog_name="cli.py")
    except TyperException as error:
        return (
            _refused(error.format_message(), 2) if str(error) else 2
        )  # without arguments the help was printed
    except DiagonalError as error:
        return _refused(str(error), 2 if isinstance(error, RequestError) else 1)
    except OSError as error:
        return _refused(
            f"{error.filename or ''}: {error.strerror}; is the disk full or the folder closed?", 1
        )
    except (KeyboardInterrupt, typer.Abort):
        status = _STOPPED
    if status == _STOPPED:  # Typer makes Ctrl+C inside a command a status
        return _refused("stopped; nothing half-written was kept", _STOPPED)
    return status if isinstance(status, int) else 0


def _our_fault(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _refused(
        f"a fault of ours: {kind.__name__}: {error}; run again with --debug and report what it prints", 1
    )


def _refused(message: str, status: int) -> int:
    err.print(f"error: {' '.join(message.split())}", highlight=False, soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
