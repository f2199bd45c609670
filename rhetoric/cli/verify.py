"""`rhetoric verify`: proof that a run is whole, or what is wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from rhetoric.cli.options import QuietOption
from rhetoric.cli.progress import progress
from rhetoric.errors import GateError

__all__ = ["verify"]


def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `rhetoric annotate` wrote.")],
    inputs: Annotated[
        bool, typer.Option("--inputs/--no-inputs", help="Read the inputs again, and find each of their articles once.")
    ] = True,
    quiet: QuietOption = False,
) -> int:
    """Prove that a run is whole: hashes, counts, and every article of the inputs exactly once.

    Prints each check with what is wrong; the exit code is 5 if anything is.
    """
    from rhetoric.corpus import verify_run

    with progress(quiet, "articles") as meter:
        checks = verify_run(run, inputs, meter)
    for check in checks:
        state = "failed" if check.problems else "skipped" if check.skipped else "ok"
        print(f"{state:<8}{check.name}: {check.skipped or f'{check.n:,}'}")
        for problem in check.problems:
            print(f"        {problem}")
    n_failed = sum(bool(check.problems) for check in checks)
    if n_failed:
        message = f"{run} is not whole: {n_failed} of {len(checks)} checks failed; run it again with --resume, or anew"
        raise GateError(message)
    return 0
