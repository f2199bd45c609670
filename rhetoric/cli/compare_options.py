"""The options by which groups are compared, for `rhetoric compare` and for the page of `rhetoric report --by`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from rhetoric.framing.question import Question

__all__ = [
    "ActorsOption",
    "AdjustOption",
    "CopiesOption",
    "CorrectionOption",
    "GoldOption",
    "MeasureOption",
    "MeasuresOption",
    "PrimaryOption",
    "RestOption",
    "SameStoryOption",
    "TrendOption",
    "question_of",
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
CorrectionOption = Annotated[
    Literal["ppi", "dsl"], typer.Option(help="How to correct: prediction-powered, or doubly robust.")
]
RestOption = Annotated[bool, typer.Option("--rest", help="Also compare each group with the mean of the others.")]
AdjustOption = Annotated[
    str | None,
    typer.Option(metavar="FIELDS", help="Also compare at like values of these (with commas): section,length"),
]
TrendOption = Annotated[
    str | None, typer.Option(metavar="FIELD", help="Field of dates: tell each group's change a year.")
]
CopiesOption = Annotated[
    Literal["drop", "keep", "weight"],
    typer.Option(
        help="What becomes of near-duplicates that the run has a list of; 'weight' lets k copies count as one."
    ),
]
SameStoryOption = Annotated[
    bool, typer.Option("--same-story", help="Compare only articles on events that two groups report, by event.")
]
MeasuresOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Measures of your own (YAML), beside the shipped ones.")
]
ActorsOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Actors (YAML) towards whom tone is measured.")]


def question_of(
    by: list[str],
    measure: list[str] | None,
    primary: list[str] | None,
    adjust: str | None,
    *,
    against_rest: bool,
    trend: str | None,
    correction: Literal["ppi", "dsl"],
) -> "Question":
    """Return what is compared, from the words of the command line."""
    from rhetoric.framing.question import Question

    fields = tuple(filter(None, map(str.strip, (adjust or "").split(","))))
    return Question(
        tuple(by), tuple(measure or ()), tuple(primary or ()), against_rest, fields, trend, correction
    )  # fmt: skip
