"""`rhetoric report`: annotated articles as one page to read, or groups of them compared."""

from pathlib import Path
from typing import Annotated

import typer

from rhetoric.cli.options import OutputOption, QuietOption, output_of
from rhetoric.cli.run import Output, run

__all__ = ["report"]

N_PASSAGES = 5


def report(
    annotations: Annotated[
        str, typer.Argument(metavar="ANNOTATIONS", help="A run's folder, or a file of annotated articles.")
    ],
    output: OutputOption = "-",
    by: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Compare the groups that this field makes; twice for two.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="With --by: a measure to compare, or 'all'.")
    ] = None,
    primary: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="With --by: a measure that you chose before looking.")
    ] = None,
    gold: Annotated[Path | None, typer.Option(metavar="AUDIT", help="With --by: correct by this audit.")] = None,
    same_story: Annotated[
        bool, typer.Option("--same-story", help="With --by: only articles on events that two groups report.")
    ] = False,
    seed: Annotated[int, typer.Option(help="With --by: seed of the passages that are drawn.")] = 13,
    quiet: QuietOption = False,
) -> int:
    """Write annotated articles, or a comparison of groups of them, as one page to read."""
    path, _ = output_of(output, "html", "html")
    target = Output(path, "html", quiet)
    from rhetoric.corpus import read_run

    if not by:
        return run(read_run(annotations), target)
    from rhetoric.framing.comparing import CompareRequest
    from rhetoric.framing.question import Question
    from rhetoric.report.comparing import write_comparison

    question = Question(tuple(by), tuple(measure or ()), tuple(primary or ()))
    write_comparison(
        CompareRequest(Path(annotations), question, gold=gold, is_same_story=same_story), path, N_PASSAGES, seed
    )
    return 0
