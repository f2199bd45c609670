"""`rhetoric evaluate`: how well a model does on texts that people coded."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rhetoric.cli.options import QuietOption
from rhetoric.errors import UsageError
from rhetoric.formats import Failure
from rhetoric.formats.jsonl import dump_document
from rhetoric.formats.output import check_output, open_output

if TYPE_CHECKING:
    from rhetoric.annotation import AnnotatedArticle
    from rhetoric.formats.coded import CodedText
    from rhetoric.pipeline import Annotator
    from rhetoric.training.evaluating import Evaluation

    Measure = Callable[[Annotator, Sequence[CodedText]], Evaluation]

__all__ = ["evaluate"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4
COLUMNS = ("text", "label", "id", "coder", "spans")
TECHNIQUES = "technique-classification"
WITH_PLOT = ("text", "targets")


def _evaluation(
    annotator: "Annotator", data: Path, task: str, columns: dict[str, str], data_format: str | None
) -> tuple["Evaluation", list[Failure]]:
    """Read gold of one kind and score the model on it."""
    from rhetoric.formats import read_annotations
    from rhetoric.formats.coded import Coding, Columns
    from rhetoric.training import evaluating
    from rhetoric.training.evaluating_targets import evaluate_targets
    from rhetoric.training.given_spans import evaluate_techniques
    from rhetoric.training.own import read_texts

    if task == "annotations":
        read = list(read_annotations(str(data)))
        failures = [item for item in read if isinstance(item, Failure)]
        articles = [item for item in read if not isinstance(item, Failure)]
        return _with_learnt(annotator, evaluating.evaluate_annotations(annotator, articles), articles), failures
    measures: dict[str, tuple[Coding, Measure]] = {
        "text": ("text", evaluating.evaluate_texts),
        "spans": ("spans", evaluating.evaluate_spans),
        "targets": ("targets", evaluate_targets),
        TECHNIQUES: ("spans", evaluate_techniques),
    }
    coding, measure = measures[task]
    texts, failures = read_texts([data], Columns(**columns), coding, data_format)
    return _with_learnt(annotator, measure(annotator, texts), texts), failures


def _with_learnt(
    annotator: "Annotator", found: "Evaluation", gold: "Sequence[CodedText] | Sequence[AnnotatedArticle]"
) -> "Evaluation":
    from rhetoric.training.seen import count_learnt

    return replace(found, n_learnt=count_learnt(annotator.network.folder, (one.text for one in gold)))


def _write(found: "Evaluation", output: Path | None, plot: Path | None) -> None:
    """Print the tables of an evaluation, and write its figures and its picture where they are wanted."""
    from rhetoric.training.tables import evaluation_lines

    print("\n".join(evaluation_lines(found)))
    if output:
        with open_output(output) as stream:
            stream.write(dump_document(found.to_record()).encode("utf-8"))
    if plot and found.bins:
        from rhetoric.report.plots import write_reliability

        write_reliability(found.bins, plot)


def evaluate(
    data: Annotated[
        Path, typer.Option("--data", metavar="GOLD", help="Texts that people coded, in any format of `train`.")
    ],
    model: Annotated[str, typer.Option(metavar="NAME|PATH", help="A shipped model, or the folder of one.")] = "small",
    coding: Annotated[
        Literal["text", "spans", "targets", "annotations"],
        typer.Option(help="What is coded: whole texts, spans or mentions in them, or articles corrected by hand."),
    ] = "text",
    task: Annotated[
        Literal["technique-classification"] | None,
        typer.Option(help="Classify the spans of gold, which are given, as task TC of SemEval-2020 task 11 does."),
    ] = None,
    thresholds: Annotated[str, typer.Option(metavar="NAME", help="The set of thresholds.")] = "default",
    text_column: Annotated[str, typer.Option(help="Column of the texts.")] = "text",
    label_column: Annotated[str, typer.Option(help="Column of the codes.")] = "label",
    id_column: Annotated[str, typer.Option(help="Column of the texts' ids.")] = "id",
    coder_column: Annotated[str, typer.Option(help="Column of the coders.")] = "coder",
    spans_column: Annotated[str, typer.Option(help="Column of the spans.")] = "spans",
    data_format: Annotated[str | None, typer.Option(help="Format of the data, where it is not recognised.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT.json", help="All figures, as JSON.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="Reliability diagrams (.png, .svg, .pdf), for coded texts.")
    ] = None,
    quiet: QuietOption = False,
) -> int:
    """Score a model on texts that people coded.

    Prints a table; every figure has a 95 % interval, by resampling articles. Rows that cannot be used are listed.
    """
    check_output(output)
    check_output(plot)
    if plot and (task or coding not in WITH_PLOT):
        message = f"--plot draws the scores of coded texts or targets: expected --coding text, got {task or coding}"
        raise UsageError(message)
    from rhetoric.pipeline import Annotator

    names = (text_column, label_column, id_column, coder_column, spans_column)
    columns = {c: name for c, name in zip(COLUMNS, names, strict=True) if name != c}
    annotator = Annotator(model, thresholds=thresholds)
    found, failures = _evaluation(annotator, data, task or coding, columns, data_format)
    _write(found, output, plot)
    for failure in failures:
        print(f"rhetoric: failed: {failure.place}: {failure.reason}", file=sys.stderr)
    if found.n_learnt:
        print(f"rhetoric: the model learnt from {found.n_learnt} of these texts: its figures flatter", file=sys.stderr)
    if not quiet:
        print(f"signature: {found.signature}", file=sys.stderr)
    return EXIT_SOME_FAILED if failures else EXIT_DONE
