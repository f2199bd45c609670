"""Passages to show beside a comparison: drawn at random, as many of each group.

Not the strongest ones: a reader would take them for the rule. Where people coded a sample, an error of the model of
either kind stands beside them.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rhetoric.annotation import AnnotatedArticle, CharSpan, Headline, merge
from rhetoric.formats.withheld import WithheldText
from rhetoric.framing.audit.disagreements import Disagreement, ErrorKind
from rhetoric.framing.comparison import JOIN

__all__ = ["ErrorPassage", "Passage", "draw_errors", "draw_passages", "group_of", "show_error"]

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Passage:
    """A sentence with the label, and what is marked in it.

    Attributes:
        group: that its article is of.
        article_id: of the article.
        pieces: the sentence in pieces, each marked or not.
    """

    group: str
    article_id: str
    pieces: Pieces


@dataclass(frozen=True)
class ErrorPassage:
    """A coded sentence on which model and people differ."""

    passage: Passage
    measure: str
    kind: ErrorKind


def group_of(article: AnnotatedArticle, by: Sequence[str]) -> str | None:
    """Return the group of an article by fields of its meta; None where it lacks one."""
    values = [article.meta.get(name) for name in by]
    return None if None in values else JOIN.join(map(str, values))


def draw_passages(
    articles: Iterable[AnnotatedArticle], by: tuple[str, ...], label: str, n: int, seed: int = 13
) -> list[Passage]:
    """Return up to `n` sentences with a label of each group, drawn at random in one pass (Vitter 1985, algorithm R).

    Args:
        articles: of all groups; those without text are passed over.
        by: fields of their meta that make the groups.
        label: of sentences.
        n: passages a group.
        seed: of the draw.
    """
    chance = random.Random(seed)
    drawn: dict[str, list[Passage]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for article in articles:
        group = group_of(article, by)
        if group is None or isinstance(article.text, WithheldText):
            continue
        for sentence in (s for s in article.sentences if label in s.labels):
            seen[group] += 1
            place = len(drawn[group]) if len(drawn[group]) < n else chance.randrange(seen[group])
            if place < n:
                pieces = _pieces(article.text, sentence, article)
                drawn[group][place : place + 1] = [Passage(group, article.id, pieces)]
    return [passage for group in sorted(drawn) for passage in drawn[group]]


def draw_errors(
    found: Iterable[Disagreement], measures: Sequence[str], groups: Mapping[str, str], seed: int = 13
) -> list[Disagreement]:
    """Return a false positive and a miss of each group, drawn at random, of the first of the measures that has any.

    Args:
        found: all that an audit kept.
        measures: names, in the order in which they matter.
        groups: by article, its group; others are passed over.
        seed: of the draw.
    """
    chance = random.Random(seed)
    by_place: dict[tuple[str, ErrorKind], dict[str, list[Disagreement]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        if one.article_id in groups and one.measure in measures:
            by_place[groups[one.article_id], one.kind][one.measure].append(one)
    drawn = []
    for _, of in sorted(by_place.items()):
        first = next(name for name in measures if name in of)
        drawn.append(chance.choice(of[first]))
    return drawn


def show_error(one: Disagreement, article: AnnotatedArticle, by: tuple[str, ...]) -> ErrorPassage | None:
    """Return a disagreement with its words; None where the record does not hold them.

    Args:
        one: of the article.
        article: its own.
        by: fields of the meta that make the groups.
    """
    group, found = group_of(article, by), article if one.part == "text" else article.headline
    text = article.text if one.part == "text" else article.meta.get("title")
    if group is None or found is None or isinstance(text, WithheldText) or not isinstance(text, str):
        return None
    pieces = _pieces(text, CharSpan(one.start, one.end), found)
    return ErrorPassage(Passage(group, article.id, pieces), one.measure, one.kind)


def _pieces(text: str, sentence: CharSpan, found: AnnotatedArticle | Headline) -> Pieces:
    worded = [s.extent for s in found.spans if s.layer == "wording" and sentence.contains(s)]
    pieces, at = [], sentence.start
    for span in merge(worded):
        pieces += [(CharSpan(at, span.start).of(text), False), (span.of(text), True)]
        at = span.end
    pieces.append((CharSpan(at, sentence.end).of(text), False))
    return tuple((words, is_marked) for words, is_marked in pieces if words)
