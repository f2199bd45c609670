"""`rhetoric annotate`: articles in, annotated articles out."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from rhetoric.annotation import Article
from rhetoric.cli.options import FormatOption, OutputOption, QuietOption, output_of
from rhetoric.cli.run import Output, run
from rhetoric.formats import Failure, read_inputs
from rhetoric.formats.inputs import InputFormat

__all__ = ["annotate"]

logger = logging.getLogger(__name__)


def _warn_of_blanks(found: Iterable[Article | Failure]) -> Iterator[Article | Failure]:
    for item in found:
        if isinstance(item, Article) and not item.text.strip():
            logger.warning("article %r is blank: it has no sentences", item.id)
        yield item


def annotate(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT", help="A .txt file, a folder, a .jsonl, .csv or .parquet file, or '-' for JSONL on stdin."
        ),
    ],
    output: OutputOption = "-",
    output_format: FormatOption = None,
    model: Annotated[str, typer.Option(metavar="NAME|PATH", help="A shipped model, or the folder of one.")] = "small",
    thresholds: Annotated[
        str, typer.Option(metavar="NAME", help="The set of thresholds: 'default' (the codebook's), 'ptc', …")
    ] = "default",
    input_format: Annotated[
        InputFormat | None, typer.Option(help="Read INPUT as this, whatever its suffix; needed for text on stdin.")
    ] = None,
    backend: Annotated[
        Literal["auto", "onnx", "torch"], typer.Option(help="What runs the model; 'auto' takes what is fastest here.")
    ] = "auto",
    outlets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Outlets of your own (YAML), added to the base or put over it.")
    ] = None,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Actors (YAML) to name where they are sources or targets.")
    ] = None,
    quiet: QuietOption = False,
) -> int:
    """Find loaded language, quotations and their sources.

    Writes one JSON object an article, with character offsets, or with -o report.html a page to read.
    """
    path, chosen = output_of(output, output_format, "jsonl")
    target = Output(path, chosen, quiet)
    from rhetoric.pipeline import Annotator, Lists

    annotator = Annotator(model, thresholds=thresholds, backend=backend, lists=Lists(outlets, actors))
    return run(annotator.try_pipe(_warn_of_blanks(read_inputs(inputs, input_format))), target)
