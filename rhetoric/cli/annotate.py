"""`rhetoric annotate`: articles in, annotated articles out."""

from typing import Annotated

import typer

from rhetoric.cli.options import (
    ActorsOption,
    BackendOption,
    DateColumnOption,
    DelimiterOption,
    EncodingOption,
    EngineOption,
    FormatOption,
    IdColumnOption,
    ModelOption,
    NoTextOption,
    OutletColumnOption,
    OutletsOption,
    OutputOption,
    QuietOption,
    RayAddressOption,
    ResumeOption,
    ShardOption,
    ShardSizeOption,
    TextColumnOption,
    ThresholdsOption,
    TitleColumnOption,
    UrlColumnOption,
    WorkersOption,
    check_page,
    output_of,
    run_folder_of,
)
from rhetoric.cli.run import Output
from rhetoric.formats.inputs import InputFormat

__all__ = ["annotate"]


def annotate(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Folders or files (.txt .jsonl .csv .tsv .parquet .html .warc, also .gz .zst); '-' is JSONL on stdin.",
        ),
    ],
    output: OutputOption = "-",
    output_format: FormatOption = None,
    model: ModelOption = "small",
    thresholds: ThresholdsOption = "default",
    input_format: Annotated[
        InputFormat | None, typer.Option(help="Read INPUT as this, whatever its suffix; needed for text on stdin.")
    ] = None,
    id_column: IdColumnOption = None,
    text_column: TextColumnOption = None,
    title_column: TitleColumnOption = None,
    outlet_column: OutletColumnOption = None,
    date_column: DateColumnOption = None,
    url_column: UrlColumnOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    backend: BackendOption = "auto",
    outlets: OutletsOption = None,
    actors: ActorsOption = None,
    resume: ResumeOption = False,
    workers: WorkersOption = None,
    engine: EngineOption = "local",
    ray_address: RayAddressOption = None,
    shard: ShardOption = None,
    shard_size: ShardSizeOption = None,
    no_text: NoTextOption = False,
    quiet: QuietOption = False,
) -> int:
    """Find loaded language, quotations and their sources.

    Writes one JSON object an article, with character offsets; with -o report.html a page to read; or with -o FOLDER a
    run, which can go on where it was after any interruption.
    """
    folder = run_folder_of(output, output_format)
    path, chosen = (folder, output_format or "jsonl") if folder else output_of(output, output_format, "jsonl")
    check_page(chosen, not no_text)
    from rhetoric.cli.job import Job
    from rhetoric.corpus import SHARD_SIZE, AnnotatorSpec, Corpus, Part, RunOptions, ShardFormat
    from rhetoric.formats.columns import ColumnMap

    columns = ColumnMap(id_column, text_column, title_column, outlet_column, date_column, url_column)
    corpus = Corpus(tuple(inputs), input_format, columns, delimiter, encoding)
    kept: ShardFormat = "parquet" if chosen == "parquet" else "jsonl"
    part = Part.parse(shard) if shard else None
    options = RunOptions(shard_size or SHARD_SIZE, kept, not no_text, part, resume)
    annotator = AnnotatorSpec(model, thresholds, backend, outlets, actors)
    job = Job(corpus, annotator, options, workers, engine == "ray", ray_address, quiet)
    return job.into_folder(folder) if folder else job.into(Output(path, chosen, quiet, not no_text))
