"""Numerators and denominators of coded units, of gold and of predictions, by the counting of whole corpora."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import AnnotatedArticle
from rhetoric.framing.audit.design import Part
from rhetoric.framing.audit.gold_articles import only_sentence
from rhetoric.framing.audit.pieces import sentences_of
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.measures.census import take_census
from rhetoric.framing.measures.counting import Counting, FloatArray
from rhetoric.framing.measures.definitions import Measure, Within
from rhetoric.framing.measures.parts import passages
from rhetoric.metrics.arrays import BoolArray

__all__ = ["BY_SENTENCE", "UnitCounts", "count_articles_for", "count_units", "indicators_of"]

BY_SENTENCE = frozenset({"sentences", "spans", "attributions", "content_words", "targets"})
"""Things that stand in sentences, so that a sentence has some or none of them."""


@dataclass(frozen=True, eq=False)
class UnitCounts:
    """What one measure counts in each unit, (n_units,) each; by people, the mean over those who coded it."""

    gold_above: FloatArray
    gold_below: FloatArray
    above: FloatArray
    below: FloatArray


def count_articles_for(
    measures: Mapping[str, Measure], articles: Sequence[AnnotatedArticle]
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return numerators and denominators by measure, (n_articles,) each."""
    counting = Counting(measures)
    return counting.count(take_census(article, counting.things) for article in articles)


def count_units(
    units: Sequence[UnitCodes],
    articles: Mapping[str, AnnotatedArticle],
    measures: Mapping[str, Measure],
    part: Part,
    adjudicator: str,
) -> dict[str, UnitCounts]:
    """Return what each measure counts in each unit.

    Args:
        units: that were coded.
        articles: of the run, by id.
        measures: by name.
        part: of the articles, that was coded.
        adjudicator: the coder whose codes end a disagreement.
    """
    gold = [(i, article) for i, unit in enumerate(units) for article in unit.final(adjudicator)]
    owners = np.array([i for i, _ in gold], np.intp)
    coded = _counted([units[i] for i in owners], [a for _, a in gold], articles, measures, part)
    predicted = _counted(units, [articles[unit.unit.article_id] for unit in units], articles, measures, part)
    return {
        name: UnitCounts(
            *(_mean(side[name], owners, len(units)) for side in coded), *(side[name] for side in predicted)
        )
        for name in measures
    }


def _mean(values: FloatArray, owners: npt.NDArray[np.intp], n: int) -> FloatArray:
    sums, counts = np.zeros(n), np.zeros(n)
    np.add.at(sums, owners, values)
    np.add.at(counts, owners, 1.0)
    return sums / counts


def _counted(
    units: Sequence[UnitCodes],
    found: Sequence[AnnotatedArticle],
    articles: Mapping[str, AnnotatedArticle],
    measures: Mapping[str, Measure],
    part: Part,
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return what stands in each of `found`, or in the one sentence of it that is its unit."""
    numbers = [unit.unit.sentence for unit in units]
    if None in numbers:
        return count_articles_for(measures, found)
    places = [(articles[u.unit.article_id], n) for u, n in zip(units, numbers, strict=True) if n is not None]
    alone = [only_sentence(a, part, sentences_of(own, part)[n]) for a, (own, n) in zip(found, places, strict=True)]
    return _count_alone(alone, places, measures, part)


def _count_alone(
    alone: Sequence[AnnotatedArticle],
    places: Sequence[tuple[AnnotatedArticle, int]],
    measures: Mapping[str, Measure],
    part: Part,
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return what stands in single sentences; lead or body is told by the whole article, which they no longer are."""
    if part == "title":
        return count_articles_for(measures, alone)
    above, below = count_articles_for({n: m.model_copy(update={"within": "all"}) for n, m in measures.items()}, alone)
    for name, measure in measures.items():
        if measure.within != "all":
            is_inside = _stand_in(measure.within, places)
            above[name], below[name] = above[name] * is_inside, below[name] * is_inside
    return above, below


def _stand_in(within: Within, places: Sequence[tuple[AnnotatedArticle, int]]) -> BoolArray:
    """Return whether each sentence of a text stands in a part of it."""
    texts = {id(article): passages(article)[0] for article, _ in places}
    return np.array([texts[id(article)].part_of(article.sentences[i]) == within for article, i in places], np.bool_)


def indicators_of(
    article: AnnotatedArticle,
    found: AnnotatedArticle,
    measures: Mapping[str, Measure],
    part: Part,
    only: int | None = None,
) -> dict[str, FloatArray]:
    """Return, for each sentence that a measure looks at, whether it counts anything in it.

    Measures of things that do not stand in single sentences look at the article as a whole.

    Args:
        article: of the run.
        found: the same, as the model or as people have it.
        measures: that count, by name.
        part: of the articles, that was coded.
        only: the one sentence to look at; None for all.

    Returns:
        By measure, shape (n_sentences,) or (1,): 1 where it counts something, 0 where not, NaN where it does not look.
    """
    numbers = range(len(sentences_of(article, part))) if only is None else (only,)
    alone = [only_sentence(found, part, sentences_of(article, part)[i]) for i in numbers]
    by_sentence = {name: m for name, m in measures.items() if m.of in BY_SENTENCE}
    above, below = _count_alone(alone, [(article, i) for i in numbers], by_sentence, part)
    whole = count_articles_for({n: m for n, m in measures.items() if n not in by_sentence}, [found])
    above, below = above | whole[0], below | whole[1]
    return {
        name: np.where((below[name] != 0) & ~np.isnan(below[name]), (above[name] > 0).astype(np.float64), np.nan)
        for name in measures
    }
