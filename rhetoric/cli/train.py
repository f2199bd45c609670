"""`rhetoric train`: labels of one's own, beside those of a model."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rhetoric.cli.options import QuietOption
from rhetoric.cli.progress import progress
from rhetoric.cli.writers import log_failures
from rhetoric.errors import UsageError

if TYPE_CHECKING:
    from rhetoric.training.label_recipe import LabelRecipe

__all__ = ["train"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4
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


def _train_spans(recipe: "LabelRecipe", output: Path, quiet: bool) -> int:
    from rhetoric.training.own import read_texts
    from rhetoric.training.own_card import write_span_card
    from rhetoric.training.own_spans import train_spans
    from rhetoric.training.tables import span_lines

    texts, failures = read_texts(recipe.data, recipe.as_columns(), "spans", recipe.data_format)
    with log_failures(output) as log:
        for failure in failures:
            log(failure)
    with progress(quiet, "texts", len({text.id for text in texts})) as advance:
        trained = train_spans(recipe, texts, output, advance)
    write_span_card(output, recipe, trained, len(failures))
    print("\n".join(span_lines(trained.scores)))
    return _summarise(output, trained.n_train, len(failures), quiet)


def _summarise(output: Path, n_train: int, n_failed: int, quiet: bool) -> int:
    if n_failed:
        print(f"rhetoric: {n_failed} rows could not be used: see {output}.errors.jsonl", file=sys.stderr)
    if not quiet:
        print(f"{n_train} texts → {output} (how sure that is: {output / 'README.md'})", file=sys.stderr)
    return EXIT_SOME_FAILED if n_failed else EXIT_DONE


def _train(recipe: "LabelRecipe", output: Path, quiet: bool) -> int:
    from rhetoric.training.own import read_units, train_labels
    from rhetoric.training.own_card import OwnFacts, agreement_of, write_own_card
    from rhetoric.training.tables import label_lines

    coded = read_units(recipe, recipe.data)
    held_out = read_units(recipe, [recipe.test]) if recipe.test else None
    failures = [*coded.failures, *(held_out.failures if held_out else ())]
    with log_failures(output) as log:
        for failure in failures:
            log(failure)
    n_texts = len(coded.units) + (len(held_out.units) if held_out else 0)
    with progress(quiet, "texts", n_texts) as advance:
        trained = train_labels(recipe, coded, held_out, output, advance)
    facts = OwnFacts(recipe, coded, trained, agreement_of(coded, trained.head.labels))
    write_own_card(output, facts)
    print("\n".join(label_lines(trained.scores, trained.raw_ece)))
    return _summarise(output, trained.n_train, len(failures), quiet)


def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="CONFIG", help="A recipe (YAML), instead of --data and its options.")
    ] = None,
    data: Annotated[
        list[Path] | None, typer.Option("--data", metavar="FILE", help="Coded texts: a file, or a folder of a tool.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the new model.")] = Path(
        "own"
    ),
    text_column: Annotated[str | None, typer.Option(help="Column of the texts ('text').")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column of the codes ('label').")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the texts' ids ('id').")] = None,
    coder_column: Annotated[str | None, typer.Option(help="Column of the coders ('coder').")] = None,
    version_column: Annotated[str | None, typer.Option(help="Column of the codebook's version.")] = None,
    data_format: Annotated[
        str | None, typer.Option("--data-format", help="Format of the data, where it is not recognised.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Coded texts to report on; else a fifth of the data is kept.")
    ] = None,
    unit: Annotated[
        Literal["sentence", "paragraph", "article", "span"] | None, typer.Option(help="What is labelled ('sentence').")
    ] = None,
    exclusive: Annotated[
        bool | None,
        typer.Option("--exclusive/--not-exclusive", help="Each text has exactly one label; as the data have it, else."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME|PATH", help="Model to add the labels to ('small').")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the head ('own').")] = None,
    group_by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Leave this field (outlet) out value by value, and score on it.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the data, for the model card.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Splits to try; their mean and spread are reported (3).")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the splits (13).")] = None,
    quiet: QuietOption = False,
) -> int:
    """Train labels of your own on coded texts, and write a model that gives them beside those that it had.

    Prints how well they do on texts that were kept apart. Rows that cannot be used are listed with their reasons.
    """
    columns = (text_column, label_column, id_column, coder_column, version_column)
    options = _options(
        data, columns, data_format=data_format, test=test, unit=unit, is_exclusive=exclusive, base=model, name=name,
        group_by=group_by, licence=licence, n_seeds=seeds, seed=seed,
    )  # fmt: skip
    from rhetoric.training.label_recipe import read_label_recipe

    recipe = read_label_recipe(_one_of(config, options))
    return (_train_spans if recipe.unit == "span" else _train)(recipe, output, quiet)
