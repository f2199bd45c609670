"""`rhetoric report`: annotated articles as one page to read."""

from typing import Annotated

import typer

from rhetoric.cli.options import OutputOption, QuietOption, output_of
from rhetoric.cli.run import Output, run
from rhetoric.formats import read_annotations

__all__ = ["report"]


def report(
    annotations: Annotated[str, typer.Argument(metavar="ANNOTATIONS", help="A .jsonl file of annotated articles.")],
    output: OutputOption = "-",
    quiet: QuietOption = False,
) -> int:
    """Write annotated articles as one page to read."""
    path, _ = output_of(output, "html", "html")
    return run(read_annotations(annotations), Output(path, "html", quiet))
