"""`rhetoric compare`: groups of articles held against each other, with how sure that is."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rhetoric.cli.compare_options import (
    ActorsOption,
    AdjustOption,
    CopiesOption,
    CorrectionOption,
    GoldOption,
    MeasureOption,
    MeasuresOption,
    PrimaryOption,
    RestOption,
    SameStoryOption,
    TrendOption,
    question_of,
)
from rhetoric.cli.options import QuietOption
from rhetoric.errors import UsageError

if TYPE_CHECKING:
    from rhetoric.framing.comparing import CompareRequest
    from rhetoric.framing.comparison import Comparison

__all__ = ["compare"]

STDOUT = "-"
FORMATS = (".csv", ".json", ".html")


AnnotationsArgument = Annotated[
    Path, typer.Argument(metavar="ANNOTATIONS", help="A run's folder, or a file of annotated articles.")
]
ByOption = Annotated[
    list[str] | None, typer.Option(metavar="FIELD", help="Field that makes the groups; twice for two.")
]
OutOption = Annotated[
    str, typer.Option("--output", "-o", metavar="OUT", help="File to write: .csv, .json or .html; '-' is stdout.")
]


def _json(comparison: "Comparison") -> str:
    from rhetoric.formats.jsonl import dump_document

    content = {
        "by": list(comparison.question.by),
        "level": comparison.question.level,
        "groups": dict(comparison.groups),
        "notes": [*comparison.notes, *comparison.error_notes],
        "rows": [row.to_record() for row in comparison.rows],
    }
    return dump_document(content)


def _write(request: "CompareRequest", path: Path | None, suffix: str) -> "Comparison":
    """Write what was asked for in the format of the suffix, and return it."""
    if suffix == ".html":
        from rhetoric.report.comparing import write_comparison

        return write_comparison(request, path)
    from rhetoric.formats.output import open_output
    from rhetoric.framing.comparing import compare_annotations
    from rhetoric.framing.rows import to_csv

    found = compare_annotations(request)
    text = _json(found) if suffix == ".json" else to_csv(found.rows)
    with open_output(path) as stream:
        stream.write(text.encode("utf-8"))
    return found


def _suffix(output: str) -> str:
    """Return the suffix that says the format.

    Raises:
        UsageError: it is none that can be written.
    """
    suffix = ".csv" if output == STDOUT else Path(output).suffix.lower()
    if suffix not in FORMATS:
        message = f"the suffix of {output!r} is not known: expected {', '.join(FORMATS)}"
        raise UsageError(message)
    return suffix


def compare(
    annotations: AnnotationsArgument,
    by: ByOption = None,
    measure: MeasureOption = None,
    primary: PrimaryOption = None,
    gold: GoldOption = None,
    correction: CorrectionOption = "ppi",
    rest: RestOption = False,
    adjust: AdjustOption = None,
    trend: TrendOption = None,
    copies: CopiesOption = "drop",
    same_story: SameStoryOption = False,
    measures: MeasuresOption = None,
    actors: ActorsOption = None,
    output: OutOption = STDOUT,
    quiet: QuietOption = False,
) -> int:
    """Compare outlets, or any groups, on measures.

    Writes rates and differences with intervals and adjusted p-values, one row each.
    """
    suffix = _suffix(output)
    path = None if output == STDOUT else Path(output)
    from rhetoric.formats.output import check_output
    from rhetoric.framing.comparing import CompareRequest

    check_output(path)
    question = question_of(
        by or ["outlet"], measure, primary, adjust, against_rest=rest, trend=trend, correction=correction
    )
    request = CompareRequest(annotations, question, measures, actors, gold, copies, same_story)
    found = _write(request, path, suffix)
    for note in () if quiet else (*found.notes, *found.error_notes):
        print(f"rhetoric: note: {note}", file=sys.stderr)
    return 0
