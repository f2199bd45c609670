"""Stretches of text as a new head is to learn them: the tags of words, what counts how much, how good logits are."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from rhetoric.alignment import IntArray
from rhetoric.decoding import decode_tags
from rhetoric.metrics.counts import total
from rhetoric.metrics.spans import ptc_counts
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import N_TAGS, FloatArray
from rhetoric.training.lessons import Lesson
from rhetoric.training.marked import MarkedText
from rhetoric.training.passages import Passage
from rhetoric.training.tuned import ClassWeights

__all__ = ["SpanTask"]

MAX_WEIGHT = 10.0
GRID = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the taggers are cut while they are trained; the finished ones are cut more finely."""


@dataclass(frozen=True)
class SpanTask:
    """Stretches of texts, as a new head is to learn them.

    Attributes:
        head: the labels.
        marked: all marked texts.
    """

    head: AddedHead
    marked: Sequence[MarkedText]

    @property
    def texts(self) -> list[str]:
        """All texts."""
        return [text.text for text in self.marked]

    @property
    def in_company(self) -> bool:
        """Whether a text stands among others where it is served."""
        return False

    def gold(self, passage: Passage) -> tuple[IntArray, IntArray]:
        """Return each word of a coded text, and its tag by each label."""
        n_words = passage.aligned.n_words
        if not len(passage.rows):
            return np.zeros((0, 1), np.int64), np.zeros((0, len(self.head.labels)), np.int64)
        (row,) = passage.rows.tolist()
        tags = [self.marked[row].tags(label, passage.aligned) for label in self.head.labels]
        return np.arange(n_words)[:, None], np.stack(tags, axis=1)

    def weights(self, _: Sequence[int], lessons: Sequence[Lesson]) -> ClassWeights:
        """Return weights by the square root of how rare a tag is: by all of it, taggers would mark everything."""
        tags = np.concatenate([lesson.gold for lesson in lessons])
        counts = np.stack([np.bincount(column, minlength=N_TAGS) for column in tags.T.astype(np.int64)])
        rarity = len(tags) / (N_TAGS * np.maximum(counts, 1))
        positive = np.minimum(np.sqrt(rarity), MAX_WEIGHT).astype(np.float32)
        return ClassWeights(positive, np.ones_like(positive))

    def quality(self, lessons: Sequence[Lesson], logits: Sequence[FloatArray]) -> float:
        """Return the mean F1 of the labels by the share of characters, each cut where that is best."""
        return mean(self._best_f1(i, lessons, logits) for i in range(len(self.head.labels)))

    def _best_f1(self, label: int, lessons: Sequence[Lesson], logits: Sequence[FloatArray]) -> float:
        of_label = [found.reshape(len(found), -1, N_TAGS)[:, label] for found in logits]
        name = self.head.labels[label]
        read = [(one.passage.aligned, self.marked[int(one.passage.rows[0])]) for one in lessons]
        gold = [marked.spans(name, aligned) for aligned, marked in read]

        def f1(threshold: float) -> float:
            found = (decode_tags(x, aligned, threshold) for x, (aligned, _) in zip(of_label, read, strict=True))
            return total(ptc_counts([s.span for s in a], b) for a, b in zip(found, gold, strict=True)).f1

        return max(map(f1, GRID))
