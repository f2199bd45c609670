"""The arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from rhetoric.errors import UsageError

__all__ = ["Format", "FormatOption", "OutputOption", "QuietOption", "output_of"]

STDOUT = "-"

Format = Literal["jsonl", "html"]

OutputOption = Annotated[
    str, typer.Option("--output", "-o", metavar="OUT", help="File to write; its suffix says the format. '-' is stdout.")
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Format of the output, if the suffix of OUT does not say it.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary, errors only.")]

FORMATS: dict[str, Format] = {".jsonl": "jsonl", ".html": "html"}


def output_of(out: str, output_format: Format | None, default: Format) -> tuple[Path | None, Format]:
    """Return where to write (None: standard output) and in which format.

    Raises:
        UsageError: the suffix is not known and no format was given.
    """
    if out == STDOUT:
        return None, output_format or default
    path = Path(out)
    found = output_format or FORMATS.get(path.suffix.lower())
    if found is None:
        message = f"the suffix of {out!r} is not known: expected {' or '.join(FORMATS)}; or give --format"
        raise UsageError(message)
    return path, found
