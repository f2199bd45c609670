"""How far the scores of a model moved when its encoder was trained further: the same texts, before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.metrics.attribution import Role, role_counts
from rhetoric.metrics.counts import Counts, total
from rhetoric.metrics.spans import ptc_counts

if TYPE_CHECKING:
    from rhetoric.pipeline import Annotator

__all__ = ["LabelMovement", "Movement", "measure_movement"]

FAR = 95
"""Percentile of the movements that stands for the large ones."""
ATTRIBUTED: tuple[Role, ...] = ("source", "cue", "piece")


@dataclass(frozen=True)
class LabelMovement:
    """How far one label's score moved.

    Attributes:
        label: which.
        mean: absolute difference of the score.
        far: the 95th percentile of it.
        n_changed: units that have the label now and had not, or the other way round.
        n_units: sentences, paragraphs or texts that were compared.
    """

    label: str
    mean: float
    far: float
    n_changed: int
    n_units: int


@dataclass(frozen=True)
class Movement:
    """How far everything moved that a model finds.

    Attributes:
        n_texts: that were compared.
        labels: of sentences, and of other units where the model had heads for them.
        spans: F1 of the spans after against those before, by the share of characters.
        attributions: F1 of sources, cues and pieces of content after against those before, to the character.
    """

    n_texts: int
    labels: tuple[LabelMovement, ...]
    spans: float
    attributions: float

    @property
    def mean(self) -> float:
        """The mean movement of all labels' scores."""
        return float(np.mean([one.mean for one in self.labels])) if self.labels else 0.0


def measure_movement(before: "Annotator", after: "Annotator", texts: Sequence[str]) -> Movement:
    """Return how far `after` moved from `before` on some texts; labels that only one of them gives are left out."""
    articles = [Article(str(i), text) for i, text in enumerate(texts)]
    pairs = list(zip(before.pipe(articles), after.pipe(articles), strict=True))
    rows = [row for one, other in pairs for row in _label_rows(one, other)]
    labels = dict.fromkeys(label for label, *_ in rows)
    return Movement(
        len(texts),
        tuple(_moved(label, [row for row in rows if row[0] == label]) for label in labels),
        total(counts for one, other in pairs for counts in _span_counts(one, other)).f1,
        total(role_counts(b.attributions, a.attributions, role) for a, b in pairs for role in ATTRIBUTED).f1,
    )


def _label_rows(one: AnnotatedArticle, other: AnnotatedArticle) -> Iterator[tuple[str, float, bool]]:
    """Yield, for each unit and label, by how much the score moved, and whether the label changed."""
    kinds = ((one.sentences, other.sentences), (one.paragraphs, other.paragraphs), ((one.article,), (other.article,)))
    for units in kinds:
        for a, b in zip(*units, strict=False):  # who has no head for paragraphs gives none
            for label in (name for name in a.scores if name in b.scores):
                yield label, abs(a.scores[label] - b.scores[label]), (label in a.labels) != (label in b.labels)


def _moved(label: str, rows: Sequence[tuple[str, float, bool]]) -> LabelMovement:
    apart = np.array([row[1] for row in rows])
    changed = sum(row[2] for row in rows)
    return LabelMovement(label, float(apart.mean()), float(np.percentile(apart, FAR)), changed, len(rows))


def _span_counts(one: AnnotatedArticle, other: AnnotatedArticle) -> Iterator[Counts]:
    for label in sorted({span.label for span in one.spans}):
        yield ptc_counts([s for s in other.spans if s.label == label], [s for s in one.spans if s.label == label])
