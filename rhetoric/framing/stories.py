"""Which articles of several outlets tell the same story: by date, names and content, never by tone.

Loaded words and quoted content are masked before texts are compared, so that two outlets that differ in tone alone are
still matched. Pairs are joined from the most similar on, as long as every two articles of a story may be on one event
(complete linkage: otherwise a chain would lead from one attack on a city to the next) and no outlet has two in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rhetoric.annotation import AnnotatedArticle, CharSpan, subtract
from rhetoric.decoding.mentions import PROPER_RUN
from rhetoric.formats.withheld import check_text
from rhetoric.framing.dates import read_day
from rhetoric.framing.uncertainty import IntArray

__all__ = ["MAX_DAYS", "MIN_SIMILARITY", "Stories", "match_stories"]

MAX_DAYS = 3
"""Days between two articles on one event, at most."""
MIN_SIMILARITY = 0.25
"""Cosine of TF-IDF vectors from which two articles may be on one event."""
NAME_WEIGHT = 2
"""How often a name counts for each time that it occurs."""
N_ROWS_AT_ONCE = 512

Pair = tuple[float, int, int]


@dataclass(frozen=True, eq=False)
class Stories:
    """Which story each article belongs to.

    Attributes:
        numbers: of the stories, (n,), in the order of the articles; an article that no other outlet matches has a
            number of its own.
        n_outlets: that tell the story of each article, (n,).
        unmatched: by outlet, the share of its articles that no other outlet matches.
    """

    numbers: IntArray
    n_outlets: IntArray
    unmatched: Mapping[str, float]


def match_stories(articles: Iterable[AnnotatedArticle], outlets: Sequence[str | None]) -> Stories:
    """Return the stories of articles.

    Args:
        articles: with their texts; one without an ISO `date` in its meta is matched with none.
        outlets: of the articles, in the same order; one without an outlet is matched with none.

    Raises:
        InputError: a text is withheld.
    """
    texts, days = [], []
    for article in articles:
        check_text(article)
        texts.append(_content(article))
        days.append(_day(article.meta.get("date")))
    pairs = _pairs(texts, days, outlets)
    return _stories(_join(pairs, outlets), outlets)


def _day(value: object) -> int | None:
    day = read_day(value)
    return None if day is None else day.toordinal()


def _content(article: AnnotatedArticle) -> str:
    """Return what is compared: the text without loaded words and quotations, its names once more."""
    toned = [s.extent for s in article.spans if s.layer == "wording"]
    quoted = [p for a in article.attributions if a.quote_type != "indirect" for p in a.content]
    kept = subtract(CharSpan(0, len(article.text)), [*toned, *quoted])
    bare = " ".join(piece.of(article.text) for piece in kept)
    names = [m.group().replace(" ", "_") for m in PROPER_RUN.finditer(bare)]
    return " ".join([bare, *(names * (NAME_WEIGHT - 1))])


def _pairs(texts: Sequence[str], days: Sequence[int | None], outlets: Sequence[str | None]) -> list[Pair]:
    """Return the pairs that may tell one story, the most similar first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = [i for i, (day, outlet) in enumerate(zip(days, outlets, strict=True)) if day is not None and outlet]
    order = sorted(known, key=lambda i: (days[i], i))
    if len(order) < 2:
        return []
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32).fit_transform(
        texts[i] for i in order
    )
    when = np.array([days[i] for i in order])
    ends = np.searchsorted(when, when + MAX_DAYS, "right")
    found: list[Pair] = []
    for start in range(0, len(order), N_ROWS_AT_ONCE):
        stop = min(start + N_ROWS_AT_ONCE, len(order))
        near = (vectors[start:stop] @ vectors[start : ends[stop - 1]].T).tocoo()
        found += _of_block(near, start, lambda a, b: b > a and b < ends[a] and outlets[order[a]] != outlets[order[b]])
    named = [(similarity, order[a], order[b]) for similarity, a, b in found]
    return sorted(named, key=lambda pair: (-pair[0], pair[1:]))


def _of_block(near: Any, start: int, is_pair: Callable[[int, int], bool]) -> list[Pair]:  # noqa: ANN401  (a sparse matrix)
    close = near.data >= MIN_SIMILARITY
    rows, columns = near.row[close] + start, near.col[close] + start
    triples = zip(near.data[close].tolist(), rows.tolist(), columns.tolist(), strict=True)
    return [(similarity, a, b) for similarity, a, b in triples if is_pair(a, b)]


def _join(pairs: Sequence[Pair], outlets: Sequence[str | None]) -> list[list[int]]:
    """Return the stories as lists of articles, of which every two are a pair, which are of different outlets."""
    story = {i: [i] for i in range(len(outlets))}
    known = {frozenset((one, other)) for _, one, other in pairs}
    for _, one, other in pairs:
        first, second = story[one], story[other]
        if first is second or not all(frozenset((i, j)) in known for i in first for j in second):
            continue
        first.extend(second)
        story.update(dict.fromkeys(second, first))
    return list({id(members): members for members in story.values()}.values())


def _stories(joined: Sequence[Sequence[int]], outlets: Sequence[str | None]) -> Stories:
    numbers, n_outlets = np.zeros(len(outlets), np.intp), np.ones(len(outlets), np.intp)
    for number, members in enumerate(sorted(joined, key=min)):
        numbers[list(members)] = number
        n_outlets[list(members)] = len(members)
    names = sorted({outlet for outlet in outlets if outlet})
    own = {name: np.array([outlet == name for outlet in outlets]) for name in names}
    return Stories(numbers, n_outlets, {name: float((n_outlets[rows] == 1).mean()) for name, rows in own.items()})
