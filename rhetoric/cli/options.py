"""The arguments and options that several commands share."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from rhetoric.errors import UsageError

__all__ = [
    "ActorsOption",
    "BackendOption",
    "DateColumnOption",
    "DelimiterOption",
    "EncodingOption",
    "EngineOption",
    "Format",
    "FormatOption",
    "IdColumnOption",
    "ModelOption",
    "NoTextOption",
    "OutletColumnOption",
    "OutletsOption",
    "OutputOption",
    "QuietOption",
    "RayAddressOption",
    "ResumeOption",
    "ShardOption",
    "ShardSizeOption",
    "TextColumnOption",
    "ThresholdsOption",
    "TitleColumnOption",
    "UrlColumnOption",
    "WorkersOption",
    "check_page",
    "output_of",
    "run_folder_of",
]

STDOUT = "-"

Format = Literal["jsonl", "parquet", "html"]

OutputOption = Annotated[
    str, typer.Option("--output", "-o", metavar="OUT", help="File to write; its suffix says the format. '-' is stdout.")
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Format of the output, if the suffix of OUT does not say it.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary, errors only.")]

ModelOption = Annotated[str, typer.Option(metavar="NAME|PATH", help="A shipped model, or the folder of one.")]
ThresholdsOption = Annotated[
    str, typer.Option(metavar="NAME", help="The set of thresholds: 'default' (the codebook's), 'ptc', …")
]
BackendOption = Annotated[
    Literal["auto", "onnx", "torch"], typer.Option(help="What runs the model; 'auto' takes what is fastest here.")
]
OutletsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Outlets of your own (YAML), added to the base or put over it.")
]
ActorsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Actors (YAML) to name where they are sources or targets.")
]

IdColumnOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column or field of the ids ('id'); '#' numbers the rows.")
]
TextColumnOption = Annotated[str | None, typer.Option(metavar="NAME", help="Column or field of the texts ('text').")]
TitleColumnOption = Annotated[str | None, typer.Option(metavar="NAME", help="… of the titles ('title').")]
OutletColumnOption = Annotated[str | None, typer.Option(metavar="NAME", help="… of the outlets ('outlet').")]
DateColumnOption = Annotated[str | None, typer.Option(metavar="NAME", help="… of the dates ('date').")]
UrlColumnOption = Annotated[str | None, typer.Option(metavar="NAME", help="… of the addresses ('url').")]
DelimiterOption = Annotated[
    str | None,
    typer.Option(
        metavar="CHAR", help="What stands between the cells of CSV ('tab' for a tab); found out if not given."
    ),
]
EncodingOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="What text, CSV and pages are in; found out if not given.")
]

ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with a run that was interrupted.")]
WorkersOption = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes that annotate.")]
EngineOption = Annotated[
    Literal["local", "ray"], typer.Option(help="What runs them: this machine, or Ray, here or on a cluster.")
]
RayAddressOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Of a Ray cluster ('auto' finds it); without it, one is begun here."),
]
ShardOption = Annotated[
    str | None, typer.Option(metavar="I/N", help="Do the I-th of N parts of the corpus, for `rhetoric merge`.")
]
ShardSizeOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Articles a shard, which is what a kill loses at most (256).")
]
NoTextOption = Annotated[
    bool, typer.Option("--no-text", help="Keep offsets and hashes only, no text: for corpora under copyright.")
]

FORMATS: dict[str, Format] = {".jsonl": "jsonl", ".parquet": "parquet", ".html": "html"}


def output_of(out: str, output_format: Format | None, default: Format) -> tuple[Path | None, Format]:
    """Return where to write (None: standard output) and in which format.

    Raises:
        UsageError: the suffix is not known and no format was given, or standard output cannot take the format.
    """
    if out == STDOUT:
        if output_format == "parquet":
            message = "Parquet cannot go to standard output: name a file with -o OUT.parquet"
            raise UsageError(message)
        return None, output_format or default
    path = Path(out)
    found = output_format or FORMATS.get(path.suffix.lower())
    if found is None:
        message = f"the suffix of {out!r} is not known: expected {' or '.join(FORMATS)}; or give --format"
        raise UsageError(message)
    return path, found


def run_folder_of(out: str, output_format: Format | None) -> Path | None:
    """Return the folder of the run that OUT names: it has no suffix, ends with a slash, or is a folder.

    Raises:
        UsageError: a page was asked for, which is one file.
    """
    path = Path(out)
    is_folder = path.is_dir() or out.endswith((os.sep, "/"))
    if is_folder and output_format == "html":
        message = f"a page is one file, and {out} is a folder: name a file in it"
        raise UsageError(message)
    is_new = not path.exists() and not path.suffix and output_format != "html"
    return path if out != STDOUT and (is_folder or is_new) else None


def check_page(output_format: Format, with_text: bool) -> None:
    """Refuse a page of articles without their texts.

    Raises:
        UsageError: that was asked for.
    """
    if output_format == "html" and not with_text:
        message = "a page shows the text, and --no-text leaves it out: write .jsonl or .parquet"
        raise UsageError(message)
