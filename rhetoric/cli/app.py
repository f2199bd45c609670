"""The program `rhetoric`: its commands, and what becomes of an error.

Nothing heavy is imported before a command runs.
"""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

import rhetoric
from rhetoric.cli.annotate import annotate
from rhetoric.cli.audit import audit
from rhetoric.cli.compare import compare
from rhetoric.cli.convert import convert
from rhetoric.cli.duplicates import duplicates
from rhetoric.cli.evaluate import evaluate
from rhetoric.cli.merge import merge
from rhetoric.cli.probe import probe
from rhetoric.cli.report import report
from rhetoric.cli.sources import sources
from rhetoric.cli.train import train
from rhetoric.cli.verify import verify
from rhetoric.errors import RhetoricError

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = (annotate, verify, merge, train, evaluate, convert, duplicates, compare, report, probe, sources)

EXIT_UNEXPECTED = 1
EXIT_INTERRUPTED = 130
DEBUG_VARIABLE = "RHETORIC_DEBUG"

app = typer.Typer(
    name="rhetoric",
    help="How news persuades, measured: loaded language, who is quoted for what, and which sources are state media.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(audit)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        print(f"rhetoric {rhetoric.__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


class _Talk(logging.Handler):
    """Sends the library's warnings to wherever stderr is now (a progress bar moves it)."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        print(f"rhetoric: {record.levelname.lower()}: {record.getMessage()}", file=sys.stderr)


def _complain(message: str) -> None:
    print("rhetoric:", " ".join(message.split()), file=sys.stderr)


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    program = context.command_path if context else "rhetoric"
    return f"{error.format_message().rstrip('.')}; see `{program} --help`"


def _silence_stdout() -> None:
    """Let the interpreter flush its last words to nowhere: whoever read our output has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _invoke(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; typer's own way would turn Ctrl-C and broken pipes into code 1."""
    program = typer.main.get_command(app)
    try:
        with program.make_context("rhetoric", list(arguments) or ["--help"]) as context:
            return program.invoke(context) or 0
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        _complain(_usage(error))
        return error.exit_code
    except RhetoricError as error:
        _complain(str(error))
        return error.exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code of the contract."""
    logging.getLogger("rhetoric").handlers = [_Talk(logging.WARNING)]
    try:
        return _invoke(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt as interruption:
        _complain(str(interruption) or "interrupted: what was done so far is kept")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return 0
    except Exception as error:  # the last resort: a user never sees a traceback unasked
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        _complain(f"unexpected {type(error).__name__}: {error}; please report it, with what {DEBUG_VARIABLE}=1 shows")
        return EXIT_UNEXPECTED
