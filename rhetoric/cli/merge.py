"""`rhetoric merge`: the parts of a corpus that were run apart, as one run."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from rhetoric.cli.options import QuietOption

__all__ = ["merge"]


def merge(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="Folders that `rhetoric annotate --shard i/n` wrote, all n.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="RUN", help="Folder of the whole run; a new one.")],
    quiet: QuietOption = False,
) -> int:
    """Join the parts of a run to one, the same as if the corpus had been run at once."""
    from rhetoric.corpus import merge_runs

    summary = merge_runs(runs, output)
    if not quiet:
        print(f"{summary.n_articles} articles, {summary.n_failed} failures → {output}", file=sys.stderr)
    return 0
