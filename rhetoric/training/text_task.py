"""Labels of whole texts as a new head is to learn them: what is right, what counts how much, how good logits are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rhetoric.alignment import IntArray
from rhetoric.metrics.calibration import fit_platt
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray
from rhetoric.training.coding import CodedUnit, shares_of
from rhetoric.training.lessons import Lesson
from rhetoric.training.passages import Passage
from rhetoric.training.tuned import ClassWeights
from rhetoric.training.tuning import fit_temperature

__all__ = ["TextTask"]

HALF = 0.5
MAX_WEIGHT = 10.0
"""What an example of a rare class counts at most: beyond, a few of them would shake the encoder."""


@dataclass(frozen=True)
class TextTask:
    """Labels of whole texts, as a new head is to learn them.

    Attributes:
        head: the labels.
        units: all coded texts.
    """

    head: AddedHead
    units: Sequence[CodedUnit]

    @property
    def texts(self) -> list[str]:
        """All texts."""
        return [unit.text for unit in self.units]

    @property
    def in_company(self) -> bool:
        """Whether a text stands among others where it is served."""
        return self.head.unit == "sentence"

    @cached_property
    def shares(self) -> FloatArray:
        """The share of coders who gave each label, (n_texts, n_labels)."""
        return shares_of(self.units, self.head.labels)

    def gold(self, passage: Passage) -> tuple[IntArray, FloatArray]:
        """Return the words of each coded text in a passage, and its shares."""
        return passage.bounds, self.shares[passage.rows]

    def weights(self, rows: Sequence[int], _: Sequence[Lesson]) -> ClassWeights:
        """Return weights by which all classes count the same, as far as they are not too rare."""
        shares = self.shares[list(rows)]
        n_positive = np.maximum(shares.sum(axis=0), 1.0)
        n_negative = np.maximum((1 - shares).sum(axis=0), 1.0)
        if self.head.is_exclusive:
            return ClassWeights(_capped(len(rows) / (len(self.head.labels) * n_positive)), np.ones_like(n_negative))
        return ClassWeights(_capped(len(rows) / (2 * n_positive)), _capped(len(rows) / (2 * n_negative)))

    def quality(self, lessons: Sequence[Lesson], logits: Sequence[FloatArray]) -> float:
        """Return minus the log-loss that is left after calibration: it does not punish what calibration mends."""
        gold, found = np.concatenate([one.gold for one in lessons]), np.concatenate(list(logits)).astype(np.float64)
        if self.head.is_exclusive:
            found = found / fit_temperature(found.astype(np.float32), gold.argmax(axis=1))
            return float((gold * (found - np.logaddexp.reduce(found, axis=1, keepdims=True))).sum(axis=1).mean())
        losses = []
        for i in range(gold.shape[1]):
            p = np.clip(fit_platt(found[:, i], gold[:, i] >= HALF).apply(found[:, i]), 1e-6, 1 - 1e-6)
            losses.append((gold[:, i] * np.log(p) + (1 - gold[:, i]) * np.log(1 - p)).mean())
        return float(np.mean(losses))


def _capped(weights: FloatArray) -> FloatArray:
    return np.minimum(weights, MAX_WEIGHT).astype(np.float32)
