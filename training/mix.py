"""Corpora → the mixture that a recipe asks for: training articles, and a tenth held back for tuning."""

import hashlib
import random
from collections.abc import Iterator, Sequence

from rhetoric.training.gold import GoldArticle, join_articles
from rhetoric.training.recipe import Recipe
from training import corpora

__all__ = ["halves", "is_tuning", "mixture", "split"]

TUNING_SHARE = 10


def is_tuning(article: GoldArticle) -> bool:
    """Return whether an article is one of the tenth on which thresholds and calibration are tuned."""
    name = f"tuning-{article.group or article.article.id}"
    return int(hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(), 16) % TUNING_SHARE == 0


def split(corpus: str) -> tuple[list[GoldArticle], list[GoldArticle]]:
    """Return a corpus' training articles: those to train on and those to tune on."""
    return halves(corpora.read(corpus))


def halves(articles: Sequence[GoldArticle]) -> tuple[list[GoldArticle], list[GoldArticle]]:
    """Return the articles to train on and those to tune on."""
    return [a for a in articles if not is_tuning(a)], [a for a in articles if is_tuning(a)]


def mixture(recipe: Recipe) -> Iterator[GoldArticle]:
    """Yield the articles of an epoch, the same for the same seed."""
    for corpus, share in recipe.corpora.items():
        articles, _ = split(corpus)
        for reading in range(share.repeat):
            is_joined = share.join > 1 and reading % 2 == 1
            yield from _joined(articles, share.join, recipe.seed + reading) if is_joined else articles


def _joined(articles: Sequence[GoldArticle], size: int, seed: int) -> Iterator[GoldArticle]:
    """Yield articles of `size` texts each, drawn at random among those that supervise the same heads."""
    by_layers: dict[tuple[str, ...], list[GoldArticle]] = {}
    for gold in articles:
        by_layers.setdefault((*gold.taggers, *gold.sentence_labels, *gold.span_labels), []).append(gold)
    for group in by_layers.values():
        random.Random(seed).shuffle(group)
        yield from (join_articles(group[i : i + size]) for i in range(0, len(group), size))
