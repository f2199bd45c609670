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

__all__ = ["ErrorPassage", "Passage", "PassageDraw", "draw_errors", "group_of", "show_error"]

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


class PassageDraw:
    """Draws up to `n` sentences with a label of each group at random, in one pass (Vitter 1985, algorithm R).

    Args:
        by: fields of the articles' meta that make the groups.
        label: of sentences.
        n: passages a group.
        seed: of the draw.
    """

    def __init__(self, by: Sequence[str], label: str, n: int, seed: int = 13) -> None:
        """Begin; nothing is drawn yet."""
        self.by, self.label, self.n = by, label, n
        self._chance = random.Random(seed)
        self._drawn: dict[str, list[Passage]] = defaultdict(list)
        self._seen: dict[str, int] = defaultdict(int)

    def see(self, article: AnnotatedArticle) -> None:
        """Give each of its sentences with the label its chance; one without text or group is passed over."""
        group = group_of(article, self.by)
        if group is None or isinstance(article.text, WithheldText):
            return
        drawn = self._drawn[group]
        for sentence in (s for s in article.sentences if self.label in s.labels):
            self._seen[group] += 1
            place = len(drawn) if len(drawn) < self.n else self._chance.randrange(self._seen[group])
            if place < self.n:
                drawn[place : place + 1] = [Passage(group, article.id, _pieces(article.text, sentence, article))]

    @property
    def passages(self) -> list[Passage]:
        """What was drawn, by group."""
        return [passage for group in sorted(self._drawn) for passage in self._drawn[group]]


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
