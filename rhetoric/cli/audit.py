"""`rhetoric audit`: a sample for people to code, and what their codes say of the model."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from rhetoric.cli.options import QuietOption

__all__ = ["audit", "estimate", "sample"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4
COLUMNS = ("text", "label", "id", "coder", "version", "spans")

audit = typer.Typer(
    name="audit",
    help="Code a sample by hand, and see how the model errs on each outlet: the way to corrected comparisons.",
    rich_markup_mode=None,
)

MeasuresOption = Annotated[
    Path | None,
    typer.Option("--measures", metavar="FILE", help="Measures of your own (YAML), beside the shipped ones."),
]
ModelOption = Annotated[
    str | None, typer.Option(metavar="NAME|PATH", help="The model of the run, if it is not found by its name.")
]
CodesOption = Annotated[
    list[Path] | None, typer.Option("--codes", metavar="FILE...", help="Codes, in any format of `train`.")
]
CodingOption = Annotated[
    Literal["text", "spans", "annotations"] | None,
    typer.Option(help="What the codes are: labels, stretches, or articles annotated by people."),
]
TextColumn = Annotated[str, typer.Option(help="Column of the texts.")]
LabelColumn = Annotated[str, typer.Option(help="Column of the codes.")]
IdColumn = Annotated[str, typer.Option(help="Column of the ids that were given out.")]
CoderColumn = Annotated[str, typer.Option(help="Column of the coders.")]
VersionColumn = Annotated[str, typer.Option(help="Column of the codebook's version.")]
SpansColumn = Annotated[str, typer.Option(help="Column of the stretches.")]


def _note(notes: Iterable[str], quiet: bool) -> None:
    for note in () if quiet else notes:
        print(f"rhetoric: note: {note}", file=sys.stderr)


@audit.command()
def sample(
    annotations: Annotated[Path, typer.Argument(metavar="ANNOTATIONS", help="A run, or a file of annotated articles.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="New folder of the audit.")] = Path(
        "audit"
    ),
    by: Annotated[str, typer.Option(metavar="FIELD", help="Field of the articles that names the outlets.")] = "outlet",
    measure: Annotated[
        str, typer.Option(metavar="NAME", help="Measure to audit; its predicted values make the strata.")
    ] = "loaded_sentences",
    n: Annotated[int, typer.Option("--n", metavar="N", help="Articles an outlet.")] = 30,
    unit: Annotated[
        Literal["article", "sentence"], typer.Option(help="What is coded: whole articles, or some sentences of each.")
    ] = "article",
    sentences_per_article: Annotated[
        int, typer.Option(metavar="K", help="Sentences of each article, with --unit sentence.")
    ] = 10,
    only: Annotated[
        list[str] | None, typer.Option(metavar="VALUE", help="Audit this outlet; may be given several times.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = 13,
    plan: Annotated[bool, typer.Option("--plan", help="Only print what audits of several sizes can find.")] = False,
    sensitivity: Annotated[
        float | None, typer.Option(help="Sensitivity to reckon with, if the model publishes none.")
    ] = None,
    precision: Annotated[float | None, typer.Option(help="Precision to reckon with, likewise.")] = None,
    words_per_hour: Annotated[float, typer.Option(help="How fast people code.")] = 3000,
    codebook_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Version of the codebook, stated in the files for coders.")
    ] = None,
    measures: MeasuresOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> int:
    """Draw articles or sentences for people to code, with known probabilities.

    Prints the smallest difference between outlets that can be found, and the hours of coding.
    """
    from rhetoric.framing.audit.sampling import AuditRequest, plan_audit, write_audit
    from rhetoric.report.audit import plan_lines

    request = AuditRequest(
        annotations, measure, by, n, unit, sentences_per_article, seed, tuple(only or ()), measures, model,
        codebook_version, words_per_hour, sensitivity, precision,
    )  # fmt: skip
    found = plan_audit(request)
    if not plan:
        write_audit(output, found)
    print("\n".join(plan_lines(found)))
    _note(found.notes, quiet)
    if not plan and not quiet:
        print(f"{len(found.design.units)} {unit}s → {output} (coders get to_code.*, nothing else)", file=sys.stderr)
    return EXIT_DONE


@audit.command()
def estimate(
    folder: Annotated[Path, typer.Argument(metavar="AUDIT", help="Folder that `rhetoric audit sample` wrote.")],
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files of codes: --codes takes several.")
    ] = None,
    codes: CodesOption = None,
    annotations: Annotated[
        Path | None, typer.Option("--annotations", metavar="RUN", help="The run of which the audit was drawn.")
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Make gold for this measure too, or for 'all' that the codes tell."),
    ] = None,
    adjudicator: Annotated[str, typer.Option(metavar="NAME", help="The coder whose codes are final.")] = "adjudicator",
    coding: CodingOption = None,
    text_column: TextColumn = "text",
    label_column: LabelColumn = "label",
    id_column: IdColumn = "id",
    coder_column: CoderColumn = "coder",
    version_column: VersionColumn = "codebook_version",
    spans_column: SpansColumn = "spans",
    data_format: Annotated[str | None, typer.Option(help="Format of the codes, where it is not recognised.")] = None,
    measures: MeasuresOption = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> int:
    """Read the codes back: how far coders agree, and how the model errs on each outlet.

    Writes gold.csv into the folder of the audit, with which `rhetoric compare --gold` corrects.
    """
    from rhetoric.errors import UsageError
    from rhetoric.formats.coded import Columns
    from rhetoric.framing.audit.auditing import EstimateRequest, estimate_audit, write_result
    from rhetoric.framing.audit.code_files import CodeFiles
    from rhetoric.report.audit import result_lines

    paths = [*(codes or ()), *(more or ())]
    if not codes or annotations is None:
        message = "expected --codes FILE and --annotations RUN; see `rhetoric audit estimate --help`"
        raise UsageError(message)
    names = (text_column, label_column, id_column, coder_column, version_column, spans_column)
    files = CodeFiles(paths, Columns(**dict(zip(COLUMNS, names, strict=True))), coding, data_format)
    request = EstimateRequest(folder, annotations, files, tuple(measure or ()), adjudicator, measures, model)
    found = estimate_audit(request)
    write_result(folder, found)
    print("\n".join(result_lines(found)))
    _note(found.notes, quiet)
    for failure in found.failures:
        print(f"rhetoric: failed: {failure.place}: {failure.reason}", file=sys.stderr)
    if not quiet:
        print(f"{found.n_coded} units → {folder / 'gold.csv'}; signature: {found.signature}", file=sys.stderr)
    return EXIT_SOME_FAILED if found.failures else EXIT_DONE
