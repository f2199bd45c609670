"""`rhetoric convert`: annotated articles from one format to another."""

from typing import Annotated

import typer

from rhetoric.cli.options import FormatOption, QuietOption, output_of
from rhetoric.cli.run import Output, run
from rhetoric.formats import read_annotations

__all__ = ["convert"]


def convert(
    annotations: Annotated[str, typer.Argument(metavar="IN", help="A .jsonl file that `rhetoric annotate` wrote.")],
    output: Annotated[str, typer.Argument(metavar="OUT", help="File to write; its suffix says the format.")],
    output_format: FormatOption = None,
    quiet: QuietOption = False,
) -> int:
    """Write annotated articles in another format."""
    path, chosen = output_of(output, output_format, "jsonl")
    return run(read_annotations(annotations), Output(path, chosen, quiet))
