"""`rhetoric train`: labels of one's own, beside those of a model."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rhetoric.cli.options import QuietOption, ResumeOption
from rhetoric.cli.progress import progress
from rhetoric.cli.uncoded import Gold, label_by_patterns, suggest_texts
from rhetoric.cli.writers import log_failures
from rhetoric.errors import UsageError

if TYPE_CHECKING:
    from rhetoric.training.label_recipe import LabelRecipe
    from rhetoric.training.method import Choice
    from rhetoric.training.own import Trained
    from rhetoric.training.own_spans import TrainedSpans
    from rhetoric.training.workplace import Workplace

__all__ = ["train"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4
EXIT_INTERRUPTED = 130

DataOption = Annotated[
    list[Path] | None, typer.Option("--data", metavar="FILE", help="Coded texts: a file, or a folder of a tool.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder of the new model ('own').")
]
DataFormatOption = Annotated[
    str | None, typer.Option("--data-format", help="Format of the data, where it is not recognised.")
]
TestOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Coded texts to report on; else a fifth of the data is kept.")
]
UnitOption = Annotated[
    Literal["sentence", "paragraph", "article", "span", "target"] | None,
    typer.Option(help="What is labelled ('sentence')."),
]
ExclusiveOption = Annotated[
    bool | None,
    typer.Option("--exclusive/--not-exclusive", help="Each text has exactly one label; as the data have it, else."),
]
BaseOption = Annotated[str | None, typer.Option(metavar="NAME|PATH", help="Model to add the labels to ('small').")]
GroupOption = Annotated[
    str | None, typer.Option(metavar="FIELD", help="Leave this field (outlet) out value by value, and score on it.")
]
SuggestOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Train nothing: write the N texts of --data to code next to -o."),
]
PatternsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Train nothing: label the texts of --data by the rules of a YAML file."),
]
ConfigArgument = Annotated[
    Path | None, typer.Argument(metavar="CONFIG", help="A recipe (YAML), instead of --data and its options.")
]
MethodOption = Annotated[
    Literal["auto", "frozen", "full", "lora"] | None,
    typer.Option(help="A head on the frozen encoder, or fine-tuning of both; 'auto' goes by the number of examples."),
]
EncoderOption = Annotated[
    str | None, typer.Option(metavar="NAME|PATH", help="Fine-tune this encoder instead of the model's own.")
]

COLUMNS = ("text", "label", "id", "coder", "version")


def _options(data: list[Path] | None, columns: Sequence[str | None], **others: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the recipe that options make; what was not given keeps its default."""
    given = {key: value for key, value in others.items() if value is not None}
    named = {key: value for key, value in zip(COLUMNS, columns, strict=True) if value is not None}
    return {"data": data or [], "columns": named, **given}


def _one_of(config: Path | None, options: dict[str, Any]) -> Path | dict[str, Any]:
    """Return the recipe or the options, whichever was given.

    Raises:
        UsageError: neither was, or both were.
    """
    if (config is None) == (not options["data"]):
        message = "expected a recipe or --data FILE, one of the two; see `rhetoric train --help`"
        raise UsageError(message)
    return config or options


def _require_articles(data: list[Path] | None, config: Path | None, has_both: bool) -> None:
    """Refuse what makes no sense where nothing is trained.

    Raises:
        UsageError: there are no data, or a recipe, or both of what is done with them.
    """
    if not data or config is not None or has_both:
        message = "--suggest and --patterns train nothing: expected one of them, and --data FILE with articles"
        raise UsageError(message)


def _train_spans(recipe: "LabelRecipe", output: Path, resume: bool, quiet: bool) -> int:
    from rhetoric.training.marked import n_marks
    from rhetoric.training.own import read_texts
    from rhetoric.training.own_spans import train_spans
    from rhetoric.training.span_card import SpanFacts, write_span_card
    from rhetoric.training.tables import span_lines

    texts, failures = read_texts(recipe.data, recipe.as_columns(), "spans", recipe.data_format)
    given = [recipe.test] if recipe.test else []
    test, failed = read_texts(given, recipe.as_columns(), "spans", recipe.data_format) if given else ([], [])
    failures = [*failures, *failed]
    with log_failures(output) as log:
        for failure in failures:
            log(failure)
    choice = _choose(recipe, n_marks(texts), resume)
    if choice.method == "frozen":
        with progress(quiet, "texts", len({text.id for text in [*texts, *test]})) as advance:
            trained = train_spans(recipe, texts, test, output, advance)
    else:
        from rhetoric.training.full_spans import fine_tune_spans

        trained = fine_tune_spans(recipe, choice, texts, test, _place(choice, output, resume, quiet))
    write_span_card(output, SpanFacts(recipe, trained, texts, test, len(failures)))
    print("\n".join(span_lines(trained.scores)))
    return _summarise(choice, output, trained, len(failures), quiet)


def _choose(recipe: "LabelRecipe", n_examples: int, resume: bool) -> "Choice":
    """Return how to train.

    Raises:
        UsageError: a training is to go on that takes seconds.
    """
    from rhetoric.training.method import choose_method

    choice = choose_method(recipe, n_examples)
    if choice.method == "frozen" and resume:
        message = (
            f"--resume: a frozen head takes seconds, there is nothing to go on with ({choice.reason}); leave it out"
        )
        raise UsageError(message)
    return choice


def _place(choice: "Choice", output: Path, resume: bool, quiet: bool) -> "Workplace":
    """Return where to fine-tune, having said why it takes so long."""
    from rhetoric.training.workplace import Workplace

    if not quiet:
        print(f"method {choice}", file=sys.stderr)
    return Workplace(output, resume, partial(progress, quiet))


def _summarise(choice: "Choice", output: Path, trained: "Trained | TrainedSpans", n_failed: int, quiet: bool) -> int:
    if n_failed:
        print(f"rhetoric: {n_failed} rows could not be used: see {output}.errors.jsonl", file=sys.stderr)
    if not quiet:
        if trained.tuned is None:
            print(f"method {choice}", file=sys.stderr)
        print(f"{trained.n_train} texts → {output} (how sure that is: {output / 'README.md'})", file=sys.stderr)
        print(f"next: rhetoric annotate ARTICLES --model {output} -o annotated.jsonl", file=sys.stderr)
    if trained.tuned and trained.tuned.is_interrupted:
        print(f"rhetoric: interrupted: {output} is the best so far; go on with --resume", file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_SOME_FAILED if n_failed else EXIT_DONE


def _train(recipe: "LabelRecipe", output: Path, resume: bool, quiet: bool) -> int:
    from rhetoric.training.own import read_units, train_labels
    from rhetoric.training.own_card import OwnFacts, agreement_of, write_own_card
    from rhetoric.training.tables import label_lines

    coded = read_units(recipe, recipe.data)
    held_out = read_units(recipe, [recipe.test]) if recipe.test else None
    failures = [*coded.failures, *(held_out.failures if held_out else ())]
    with log_failures(output) as log:
        for failure in failures:
            log(failure)
    choice = _choose(recipe, len(coded.units), resume)
    if choice.method == "frozen":
        n_texts = len(coded.units) + (len(held_out.units) if held_out else 0)
        with progress(quiet, "texts", n_texts) as advance:
            trained = train_labels(recipe, coded, held_out, output, advance)
    else:
        from rhetoric.training.full import fine_tune_labels

        trained = fine_tune_labels(recipe, choice, coded, held_out, _place(choice, output, resume, quiet))
    facts = OwnFacts(recipe, coded, trained, agreement_of(coded, trained.head.labels), held_out)
    write_own_card(output, facts)
    print("\n".join(label_lines(trained.scores, trained.raw_ece)))
    return _summarise(choice, output, trained, len(failures), quiet)


def train(
    config: ConfigArgument = None,
    data: DataOption = None,
    output: FolderOption = None,
    text_column: Annotated[str | None, typer.Option(help="Column of the texts ('text').")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column of the codes ('label').")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the texts' ids ('id').")] = None,
    coder_column: Annotated[str | None, typer.Option(help="Column of the coders ('coder').")] = None,
    version_column: Annotated[str | None, typer.Option(help="Column of the codebook's version.")] = None,
    data_format: DataFormatOption = None,
    test: TestOption = None,
    unit: UnitOption = None,
    exclusive: ExclusiveOption = None,
    model: BaseOption = None,
    name: Annotated[str | None, typer.Option(help="Name of the head ('own').")] = None,
    method: MethodOption = None,
    encoder: EncoderOption = None,
    resume: ResumeOption = False,
    group_by: GroupOption = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the data, for the model card.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Splits to try; their mean and spread are reported (3).")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the splits (13).")] = None,
    suggest: SuggestOption = None,
    patterns: PatternsOption = None,
    quiet: QuietOption = False,
) -> int:
    """Train labels of your own on coded texts, and write a model that gives them beside those that it had.

    Prints how well they do on texts that were kept apart. Rows that cannot be used are listed with their reasons.
    """
    if suggest is not None or patterns is not None:
        _require_articles(data, config, suggest is not None and patterns is not None)
    if suggest is not None:
        return suggest_texts(suggest, data or [], model or "small", name, output or Path("to_code.jsonl"), quiet)
    columns = (text_column, label_column, id_column, coder_column, version_column)
    if patterns is not None:
        gold = Gold(test, _options(None, columns)["columns"], data_format) if test else None
        return label_by_patterns(patterns, data or [], unit or "sentence", gold, output, quiet)
    options = _options(
        data, columns, data_format=data_format, test=test, unit=unit, is_exclusive=exclusive, base=model, name=name,
        method=method, encoder=encoder, group_by=group_by, licence=licence, n_seeds=seeds, seed=seed,
    )  # fmt: skip
    from rhetoric.training.label_recipe import read_label_recipe

    recipe = read_label_recipe(_one_of(config, options))
    return (_train_spans if recipe.unit == "span" else _train)(recipe, output or Path("own"), resume, quiet)
