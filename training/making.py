"""Training articles → an exported model: what every training of a recipe does, whichever articles it is given."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from rhetoric.modeling import RhetoricConfig
from rhetoric.training.batches import batch_by_length
from rhetoric.training.examples import make_examples
from rhetoric.training.export import export_model
from rhetoric.training.gold import GoldArticle
from rhetoric.training.recipe import Recipe
from rhetoric.training.trainer import build_model, train
from training.prepare import load_tokenizer, make_aligner

__all__ = ["make_model"]


def make_model(recipe: Recipe, articles: Iterable[GoldArticle], work: Path, output: Path) -> None:
    """Train a model on articles and export it; it has no decision rules yet.

    Args:
        recipe: what to train, and how.
        articles: the mixture.
        work: folder of checkpoints; a training that was interrupted goes on from the last.
        output: the model's folder.
    """
    tokenizer = load_tokenizer(recipe)
    model = build_model(recipe)
    model.config.name, model.config.version = recipe.name, recipe.version
    examples = make_examples(articles, make_aligner(recipe, tokenizer), cast("RhetoricConfig", model.config))
    train(model, batch_by_length(examples, recipe.optimisation.batch_tokens, recipe.seed), recipe, work)
    export_model(model, tokenizer, output)
