"""`rhetoric compare`: groups of articles held against each other, with how sure that is."""

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rhetoric.cli.options import QuietOption
from rhetoric.errors import UsageError

if TYPE_CHECKING:
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
MeasureOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A measure to compare, or 'all'; may be given several times.")
]
PrimaryOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A measure that you chose before looking; likewise.")
]
GoldOption = Annotated[
    Path | None, typer.Option(metavar="AUDIT", help="Correct by this audit: its folder, or its gold.csv.")
]
SameStoryOption = Annotated[
    bool, typer.Option("--same-story", help="Compare only articles on events that two groups report, by event.")
]
MeasuresOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Measures of your own (YAML), beside the shipped ones.")
]
OutOption = Annotated[
    str, typer.Option("--output", "-o", metavar="OUT", help="File to write: .csv, .json or .html; '-' is stdout.")
]


def _csv(comparison: "Comparison") -> str:
    out = io.StringIO(newline="")
    records = [row.to_record() for row in comparison.rows]
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def _json(comparison: "Comparison") -> str:
    from rhetoric.formats.jsonl import dump_document

    content = {
        "by": list(comparison.question.by),
        "level": comparison.question.level,
        "groups": dict(comparison.groups),
        "notes": list(comparison.notes),
        "rows": [row.to_record() for row in comparison.rows],
    }
    return dump_document(content)


def _text(comparison: "Comparison", suffix: str) -> str:
    if suffix == ".html":
        from rhetoric.report.comparison import render_comparison

        return render_comparison(comparison)
    return _json(comparison) if suffix == ".json" else _csv(comparison)


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
    correction: Annotated[
        Literal["ppi", "dsl"], typer.Option(help="How to correct: prediction-powered, or doubly robust.")
    ] = "ppi",
    rest: Annotated[bool, typer.Option("--rest", help="Also compare each group with the mean of the others.")] = False,
    adjust: Annotated[
        str | None,
        typer.Option(metavar="FIELDS", help="Also compare at like values of these (with commas): section,length"),
    ] = None,
    trend: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Field of dates: tell each group's change a year.")
    ] = None,
    copies: Annotated[
        Literal["drop", "keep"], typer.Option(help="What becomes of near-duplicates that the run has a list of.")
    ] = "drop",
    same_story: SameStoryOption = False,
    measures: MeasuresOption = None,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Actors (YAML) towards whom tone is measured.")
    ] = None,
    output: OutOption = STDOUT,
    quiet: QuietOption = False,
) -> int:
    """Compare outlets, or any groups, on measures.

    Writes rates and differences with intervals and adjusted p-values, one row each.
    """
    suffix = _suffix(output)
    path = None if output == STDOUT else Path(output)
    from rhetoric.formats.output import check_output, open_output
    from rhetoric.framing.comparing import CompareRequest, compare_annotations
    from rhetoric.framing.question import Question

    check_output(path)
    question = Question(
        tuple(by or ("outlet",)),
        tuple(measure or ()),
        tuple(primary or ()),
        rest,
        tuple(filter(None, map(str.strip, (adjust or "").split(",")))),
        trend,
        correction,
    )
    request = CompareRequest(annotations, question, measures, actors, gold, copies, same_story)
    found = compare_annotations(request)
    with open_output(path) as stream:
        stream.write(_text(found, suffix).encode("utf-8"))
    for note in () if quiet else found.notes:
        print(f"rhetoric: note: {note}", file=sys.stderr)
    return 0
