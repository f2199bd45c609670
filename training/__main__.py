"""`python -m training run configs/small.yaml`: reproduces a shipped model from its recipe."""

import logging
import os
import platform
import sys
from pathlib import Path
from typing import Annotated

import typer

from rhetoric.errors import RhetoricError
from rhetoric.resources import models_folder

app = typer.Typer(
    help="How the shipped models are made.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)

# The C library gives large blocks back to the system after every step and asks for them again in the next: with these
# settings it keeps them, and a step on a CPU takes a little more than half the time. It reads them at its start alone.
ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(8 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}

Recipe = Annotated[Path, typer.Argument(help="Recipe of the model, a YAML file of configs/.")]
Work = Annotated[Path, typer.Option(help="Folder for checkpoints; an interrupted run goes on from there.")]
Output = Annotated[Path | None, typer.Option(help="Folder of the finished model; models/NAME if not given.")]


@app.callback()
def _prepare() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)


def _keep_memory() -> None:
    """Start this process again with the allocator's settings, if its C library reads them and they are not set yet."""
    missing = {name: value for name, value in ALLOCATOR.items() if name not in os.environ}
    if missing and platform.libc_ver()[0] == "glibc":
        os.environ.update(missing)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


@app.command()
def run(recipe: Recipe, work: Work = Path("../runs"), output: Output = None) -> None:
    """Train, export, tune and score the model of a recipe."""
    from rhetoric.training.recipe import read_recipe

    plan = read_recipe(recipe)
    from training import run as steps  # after the recipe: a wrong one is told of at once, not after torch is loaded

    scores = steps.run(plan, work / plan.name, output or models_folder() / plan.name)
    typer.echo(steps.show(scores))


@app.command()
def finish(recipe: Recipe, output: Output = None) -> None:
    """Tune and score a model that is exported already."""
    from rhetoric.training.recipe import read_recipe

    plan = read_recipe(recipe)
    from training import run as steps  # after the recipe: a wrong one is told of at once, not after torch is loaded

    typer.echo(steps.show(steps.finish(plan, output or models_folder() / plan.name)))


@app.command()
def crossfit(
    recipe: Recipe,
    folds: Annotated[int, typer.Option(help="Number of trainings, each without its part of the articles.")] = 5,
    work: Work = Path("../runs"),
    output: Annotated[Path, typer.Option(help="Folder for predictions.jsonl and gold.jsonl.")] = Path("crossfit"),
) -> None:
    """Annotate a corpus by models that have not seen the article, and write its gold beside it."""
    from rhetoric.training.recipe import read_recipe

    plan = read_recipe(recipe)
    from training import crossfit as steps  # after the recipe: a wrong one is told of at once

    typer.echo(f"{steps.crossfit(plan, folds, work / plan.name, output)} articles in {output}")


def main() -> None:
    """Run the command; an error that a user can mend is one line."""
    try:
        app()
    except RhetoricError as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    _keep_memory()
    main()
