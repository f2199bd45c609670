"""Passages to show beside a comparison: drawn at random among those with a label, as many of each group.

Not the strongest ones: a reader would take them for the rule.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rhetoric.annotation import AnnotatedArticle, CharSpan, Sentence, merge
from rhetoric.formats.withheld import WithheldText
from rhetoric.framing.comparison import JOIN

__all__ = ["Passage", "draw_passages"]


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
    pieces: tuple[tuple[str, bool], ...]


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
        values = [article.meta.get(name) for name in by]
        if None in values or isinstance(article.text, WithheldText):
            continue
        group = JOIN.join(map(str, values))
        for sentence in (s for s in article.sentences if label in s.labels):
            seen[group] += 1
            place = len(drawn[group]) if len(drawn[group]) < n else chance.randrange(seen[group])
            if place < n:
                drawn[group][place : place + 1] = [_passage(group, article, sentence)]
    return [passage for group in sorted(drawn) for passage in drawn[group]]


def _passage(group: str, article: AnnotatedArticle, sentence: Sentence) -> Passage:
    worded = [s.extent for s in article.spans if s.layer == "wording" and sentence.contains(s)]
    pieces, at = [], sentence.start
    for span in merge(worded):
        pieces += [(CharSpan(at, span.start).of(article.text), False), (span.of(article.text), True)]
        at = span.end
    pieces.append((CharSpan(at, sentence.end).of(article.text), False))
    return Passage(group, article.id, tuple((text, is_marked) for text, is_marked in pieces if text))
