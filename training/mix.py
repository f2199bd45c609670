"""Corpora → the mixture that a recipe asks for: training articles, and a tenth held back for tuning."""

import hashlib
from collections.abc import Iterable

from rhetoric.alignment import Aligner
from rhetoric.modeling import RhetoricConfig
from rhetoric.training.batches import Batch, batch_by_length
from rhetoric.training.examples import make_examples
from rhetoric.training.gold import GoldArticle
from rhetoric.training.recipe import Recipe
from training import corpora

__all__ = ["is_tuning", "make_batches", "split"]

TUNING_SHARE = 10


def is_tuning(article: GoldArticle) -> bool:
    """Return whether an article is one of the tenth on which thresholds and calibration are tuned."""
    name = f"tuning-{article.article.id}"
    return int(hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(), 16) % TUNING_SHARE == 0


def split(corpus: str) -> tuple[list[GoldArticle], list[GoldArticle]]:
    """Return a corpus' training articles: those to train on and those to tune on."""
    articles = corpora.read(corpus)
    return [a for a in articles if not is_tuning(a)], [a for a in articles if is_tuning(a)]


def _repeated(recipe: Recipe) -> Iterable[GoldArticle]:
    for corpus, share in recipe.corpora.items():
        articles, _ = split(corpus)
        for _ in range(share.repeat):
            yield from articles


def make_batches(recipe: Recipe, aligner: Aligner, config: RhetoricConfig) -> list[Batch]:
    """Return the training batches of a recipe, the same for the same seed."""
    examples = make_examples(_repeated(recipe), aligner, config)
    return batch_by_length(examples, recipe.optimisation.batch_tokens, recipe.seed)
