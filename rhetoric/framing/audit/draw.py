"""Which articles people code: drawn at random from each outlet and score, every unit with a probability that is known.

In each outlet articles are drawn without replacement within strata of the predicted value; in a sentence audit, so are
sentences within each drawn article, by whether the model labelled them. The order in which people get them is random,
and so is the part that two people code.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError, UsageError
from rhetoric.framing.audit.design import AuditUnit, FrameRow
from rhetoric.framing.audit.pieces import text_hash
from rhetoric.framing.audit.strata import allocate, score_strata, split_sentences_to_code

__all__ = [
    "DOUBLE_SHARE",
    "LABELLED",
    "MIN_ARTICLES",
    "MIN_SENTENCES",
    "OTHER",
    "Candidate",
    "article_units",
    "draw_frame",
    "number_units",
    "sentence_units",
]

MIN_ARTICLES = 10
"""Audited articles that an outlet needs: with fewer, no estimate is corrected."""
MIN_OUTLETS = 2
MIN_SENTENCES = 2
"""Sentences of an article that are coded: one with the label, if there is one, and one without."""
DOUBLE_SHARE = 0.2
"""Of the units of each outlet, coded by a second person as well."""
LABELLED, OTHER = "labelled", "other"

Indicators = Sequence[bool | None]
"""Of each sentence of an article: whether the measure counts it; None where it is none of those that it looks at."""


@dataclass(frozen=True)
class Candidate:
    """An article that an audit might draw.

    Attributes:
        id: its own.
        outlet: its own.
        value: predicted; NaN where the measure is not defined.
        left_out: why it is not drawn, None if it may be: see `FrameRow`.
    """

    id: str
    outlet: str
    value: float
    left_out: str | None = None


def draw_frame(candidates: Sequence[Candidate], n: int, seed: int) -> tuple[list[FrameRow], list[FrameRow]]:
    """Return all articles with the probability of each, and those that were drawn: `n` of each outlet, or all it has.

    Both are in the order of their ids, so that the order of a run does not matter.

    Raises:
        UsageError: `n` is too small for anything to come of it.
        InputError: an id stands for two articles, there is one outlet only, or an outlet has too few articles.
    """
    _check(candidates, n)
    rng = np.random.default_rng(seed)
    frame: list[FrameRow] = [FrameRow(c.id, c.outlet, None, 0.0, c.left_out) for c in candidates if c.left_out]
    drawn: list[FrameRow] = []
    for outlet in sorted({c.outlet for c in candidates}):
        own = sorted((c for c in candidates if c.outlet == outlet and not c.left_out), key=lambda c: c.id)
        for rows, k in _strata(own, n):
            frame += rows
            drawn += [rows[i] for i in rng.choice(len(rows), size=k, replace=False)]
    return sorted(frame, key=lambda row: row.id), sorted(drawn, key=lambda row: row.id)


def _strata(own: Sequence[Candidate], n: int) -> Iterator[tuple[list[FrameRow], int]]:
    """Yield the rows of each stratum of an outlet, and how many of them are drawn."""
    strata = score_strata(np.array([c.value for c in own], np.float64))
    members = {name: [c for c, s in zip(own, strata, strict=True) if s == name] for name in sorted(set(strata))}
    sizes = allocate([len(m) for m in members.values()], n)
    for (name, stratum), k in zip(members.items(), sizes, strict=True):
        yield [FrameRow(c.id, c.outlet, name, k / len(stratum), None) for c in stratum], k


def _check(candidates: Sequence[Candidate], n: int) -> None:
    if n < MIN_ARTICLES:
        message = f"{n} articles an outlet: expected at least {MIN_ARTICLES}, below which nothing is corrected"
        raise UsageError(message)
    ids = Counter(c.id for c in candidates)
    name, times = ids.most_common(1)[0] if ids else ("", 0)
    if times > 1:
        message = f"{times} articles have the id {name!r}: expected each id once; number them"
        raise InputError(message)
    counts = Counter({c.outlet: 0 for c in candidates})
    counts.update(c.outlet for c in candidates if not c.left_out)
    if len(counts) < MIN_OUTLETS:
        found = f"one outlet only ({next(iter(counts))!r})" if counts else "no article has an outlet"
        message = f"{found}: expected two outlets at least, to compare them"
        raise InputError(message)
    small = ", ".join(f"{outlet} {n}" for outlet, n in sorted(counts.items()) if n < MIN_ARTICLES)
    if small:
        message = f"too few articles to audit ({small}): expected at least {MIN_ARTICLES} an outlet; add articles, or"
        raise InputError(f"{message} name the outlets that have enough with --only")


def article_units(drawn: Sequence[FrameRow], texts: Mapping[str, str]) -> list[AuditUnit]:
    """Return the units of an audit of whole articles, or their titles, without numbers yet.

    Args:
        drawn: the articles.
        texts: what people code of each, by id.
    """
    return [_unit(one, None, None, 1.0, texts[one.id]) for one in drawn]


def sentence_units(
    drawn: Sequence[FrameRow],
    articles: Mapping[str, AnnotatedArticle],
    indicators: Callable[[AnnotatedArticle], Indicators],
    k: int,
    seed: int,
) -> list[AuditUnit]:
    """Return the units of an audit of `k` sentences of each article, or all where it has fewer, without numbers yet.

    Args:
        drawn: the articles.
        articles: by id.
        indicators: whether the measure counts each sentence of an article, by the model.
        k: sentences an article.
        seed: of the draw.

    Raises:
        UsageError: `k` is too small to draw from both kinds of sentences.
    """
    if k < MIN_SENTENCES:
        message = f"{k} sentences an article: expected at least {MIN_SENTENCES}, one of each kind"
        raise UsageError(message)
    rng = np.random.default_rng([seed, 1])
    units: list[AuditUnit] = []
    for one in drawn:
        article = articles[one.id]
        found = indicators(article)
        kinds = {LABELLED: [i for i, f in enumerate(found) if f], OTHER: [i for i, f in enumerate(found) if f is False]}
        sizes = split_sentences_to_code(len(kinds[LABELLED]), len(kinds[OTHER]), k)
        for (kind, members), size in zip(kinds.items(), sizes, strict=True):
            for i in sorted(rng.choice(members, size=size, replace=False)) if size else ():
                text = article.sentences[i].of(article.text)
                units.append(_unit(one, int(i), kind, size / len(members), text))
    return units


def _unit(one: FrameRow, sentence: int | None, kind: str | None, probability: float, text: str) -> AuditUnit:
    place = (one.id, sentence, one.outlet, one.stratum or "", one.p_article)
    return AuditUnit("", *place, kind, probability, is_double=False, text_hash=text_hash(text))


def number_units(units: Sequence[AuditUnit], seed: int) -> tuple[AuditUnit, ...]:
    """Return the units in a random order, numbered by it, with a fifth of each outlet chosen to be coded twice."""
    rng = np.random.default_rng([seed, 2])
    doubled: set[int] = set()
    for outlet in sorted({unit.outlet for unit in units}):
        own = [i for i, unit in enumerate(units) if unit.outlet == outlet]
        doubled |= {int(i) for i in rng.choice(own, size=ceil(DOUBLE_SHARE * len(own)), replace=False)}
    order = rng.permutation(len(units))
    width = len(str(len(units)))
    return tuple(
        replace(units[i], unit=f"u{number:0{width}}", is_double=int(i) in doubled)
        for number, i in enumerate(order, start=1)
    )
