"""Heads that a user trained onto a model: which labels they give to which units of a text.

An added head is one matrix over the states that the encoder gives anyway. It is multiplied by itself, not joined with
the others: a matrix of another width is summed in another order, and the scores of all labels would change in their
last digits whenever a label is added.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.annotation import CharSpan
from rhetoric.errors import ModelError
from rhetoric.runtime.heads import FloatArray, pool_max, pool_mean

__all__ = ["UNITS", "AddedHead", "Unit", "UnitPools", "mention_bounds", "mention_features", "unit_features"]

Unit = Literal["sentence", "paragraph", "article", "span", "target"]
UNITS: tuple[Unit, ...] = ("sentence", "paragraph", "article", "span", "target")


@dataclass(frozen=True)
class AddedHead:
    """What one added head says.

    Attributes:
        name: of the head.
        unit: what it labels: sentences, paragraphs, articles, stretches of words, or given mentions.
        labels: in the order of its outputs; a head of stretches has three outputs (BIO) for each.
        is_exclusive: each unit has exactly one of the labels, rather than any number of them.
    """

    name: str
    unit: Unit
    labels: tuple[str, ...]
    is_exclusive: bool = False

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Read a head from the configuration of a model.

        Raises:
            ModelError: it is not as `to_config` writes it.
        """
        head = cls(**{**config, "labels": tuple(config["labels"])})
        if head.unit not in UNITS or not head.labels:
            message = f"added head {head.name!r} labels {head.unit!r} with {list(head.labels)}: train it again"
            raise ModelError(message)
        return head

    def to_config(self) -> dict[str, Any]:
        """Return the head as it is written to the configuration of a model."""
        return {**asdict(self), "labels": list(self.labels)}

    @property
    def weight(self) -> str:
        """The name of its matrix among the heads' arrays, without `.weight` or `.bias`."""
        return f"added.{self.name}"

    @property
    def n_outputs(self) -> int:
        """The number of rows of its matrix."""
        return len(self.labels) * (3 if self.unit == "span" else 1)


def unit_features(words: FloatArray, bounds: IntArray) -> FloatArray:
    """Return what is read of sentences: mean and maximum of their words' states, (n, 2 * hidden)."""
    return np.concatenate([pool_mean(words, bounds), pool_max(words, bounds)], axis=1)


def mention_bounds(aligned: AlignedArticle, mention: CharSpan) -> tuple[int, int, int, int] | None:
    """Return the bounds, in words, of a mention and of the sentence that it begins in; None if it holds no word."""
    words = aligned.words_of(mention)
    if words is None:
        return None
    first, last = aligned.sentence_bounds[aligned.word_sentences[words[0]]].tolist()
    return *words, first, last


def mention_features(words: FloatArray, rows: IntArray) -> FloatArray:
    """Return what is read of mentions: their mean and maximum and the mean of their sentence, (n, 3 * hidden).

    Args:
        words: (n_words, hidden).
        rows: (n, 4) bounds of the mention and of its sentence, as `mention_bounds` gives them.
    """
    return np.concatenate([unit_features(words, rows[:, :2]), pool_mean(words, rows[:, 2:])], axis=1)


class UnitPools:
    """The features of units that may be longer than what is encoded at once, gathered block by block.

    Args:
        units: stretches of one text.
    """

    def __init__(self, units: list[CharSpan]) -> None:
        """Begin with no word read."""
        self.units = units
        self._pools: dict[int, tuple[FloatArray, FloatArray, int]] = {}

    def add(self, aligned: AlignedArticle, words: FloatArray) -> None:
        """Take in the words of a block, (n_words, hidden)."""
        for i, unit in enumerate(self.units):
            bounds = aligned.words_of(unit)
            if bounds:
                inside = words[slice(*bounds)]
                total, highest, n = self._pools.get(i, (np.float32(0), np.float32(-np.inf), 0))
                self._pools[i] = (total + inside.sum(0), np.maximum(highest, inside.max(0)), n + len(inside))

    def features(self, hidden: int) -> FloatArray:
        """Return the mean and maximum of each unit's words, (n, 2 * hidden); zeros for a unit without a word."""
        rows = np.zeros((len(self.units), 2 * hidden), np.float32)
        for i, (total, highest, n) in self._pools.items():
            rows[i] = np.concatenate([total / n, highest])
        return rows
