"""`rhetoric report`: annotated articles as one page to read, or groups of them compared."""

from pathlib import Path
from typing import Annotated

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
from rhetoric.cli.options import OutputOption, QuietOption, output_of
from rhetoric.cli.run import Output, run
from rhetoric.errors import UsageError

__all__ = ["report"]


def report(
    annotations: Annotated[
        str, typer.Argument(metavar="ANNOTATIONS", help="A run's folder, or a file of annotated articles.")
    ],
    output: OutputOption = "-",
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD", help="Compare the groups that this field makes; twice for two. What follows needs it."
        ),
    ] = None,
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
    seed: Annotated[int, typer.Option(help="Seed of the passages that are drawn.")] = 13,
    quiet: QuietOption = False,
) -> int:
    """Write annotated articles, or a comparison of groups of them, as one page to read."""
    path, _ = output_of(output, "html", "html")
    if not by:
        given = {"--measure": measure, "--primary": primary, "--gold": gold, "--rest": rest, "--adjust": adjust}
        given |= {"--trend": trend, "--same-story": same_story, "--measures": measures, "--actors": actors}
        _refuse([name for name, value in given.items() if value])
        from rhetoric.corpus import read_run

        return run(read_run(annotations), Output(path, "html", quiet))
    from rhetoric.framing.comparing import CompareRequest
    from rhetoric.report.comparing import write_comparison

    question = question_of(by, measure, primary, adjust, against_rest=rest, trend=trend, correction=correction)
    request = CompareRequest(Path(annotations), question, measures, actors, gold, copies, same_story)
    write_comparison(request, path, seed)
    return 0


def _refuse(names: list[str]) -> None:
    """Refuse options of a comparison where there is none.

    Raises:
        UsageError: there are some.
    """
    if names:
        message = f"{', '.join(names)} without --by: expected the field that makes the groups, as in --by outlet"
        raise UsageError(message)
