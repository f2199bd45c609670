"""Coded texts of one or several coders → what a head learns from: one unit a text, each label with its share of coders.

Coders who disagree are not outvoted: a label that two of three gave counts two thirds (soft labels; Uma et al. 2021,
"Learning from disagreement").
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings
from rhetoric.runtime.heads import FloatArray

__all__ = [
    "GROUP_KEYS",
    "MIN_EXAMPLES",
    "CodedUnit",
    "LabelSet",
    "find_labels",
    "group_of",
    "join_coders",
    "shares_of",
]

MIN_EXAMPLES = 5
"""Texts that a label needs: with fewer, neither threshold nor score would mean anything."""
GROUP_KEYS = ("article_id", "article", "url", "document", "doc_id")
"""Where a record names the article that its text was taken from, in the order in which it is looked for."""


@dataclass(frozen=True)
class CodedUnit:
    """A text, or one mention in it, with the codes of all its coders.

    Attributes:
        id: of the text, or of the mention.
        text: as it came.
        shares: the share of its coders who gave each label, labels that nobody gave left out.
        group: the article that the text was taken from; its own id where nothing says so.
        n_coders: how many coded it.
        meta: other fields of its record.
        target: the mention that was coded; None where the text as a whole was.
    """

    id: str
    text: str
    shares: Mapping[str, float]
    group: str
    n_coders: int = 1
    meta: Mapping[str, Any] = field(default_factory=dict)
    target: CharSpan | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that at least half of the coders gave, in order."""
        return tuple(sorted(name for name, share in self.shares.items() if share >= 0.5))


@dataclass(frozen=True)
class LabelSet:
    """The labels of one head, and whether each unit has exactly one of them."""

    labels: tuple[str, ...]
    is_exclusive: bool


def join_coders(texts: Sequence[CodedText]) -> list[CodedUnit]:
    """Return one unit for each text that was coded as a whole, in the order in which the texts came first.

    Raises:
        InputError: an id stands for two texts, or one coder coded a text twice.
    """
    return [_joined(codings) for codings in group_codings(text for text in texts if text.labels is not None)]


def _joined(codings: Sequence[CodedText]) -> CodedUnit:
    first = codings[0]
    counts = Counter(label for coding in codings for label in set(coding.labels or ()))
    shares = {label: n / len(codings) for label, n in sorted(counts.items())}
    target = first.targets[0].extent if first.targets else None
    return CodedUnit(first.id, first.text, shares, group_of(first), len(codings), first.meta, target)


def group_of(text: CodedText) -> str:
    """Return the article that a text was taken from; its own id where nothing says so."""
    return next((str(text.meta[key]) for key in GROUP_KEYS if text.meta.get(key)), text.id)


def find_labels(units: Sequence[CodedUnit], is_exclusive: bool | None = None) -> LabelSet:
    """Return the labels of `units`, and whether they exclude each other (if that is not said: as the data have it).

    Labels exclude each other where every coder gave every text exactly one of at least two.

    Raises:
        InputError: there is no label, one class only, or a label with too few examples.
    """
    counts = Counter(label for unit in units for label in unit.shares)
    if not counts:
        raise InputError("no text has a label: expected codes in the column of labels; check its name")
    is_single = all(abs(sum(unit.shares.values()) - 1.0) < 1e-9 for unit in units)
    exclusive = (is_single and len(counts) > 1) if is_exclusive is None else is_exclusive
    if exclusive and not is_single:
        unit = next(u for u in units if abs(sum(u.shares.values()) - 1.0) > 1e-9)
        message = (
            f"the text {unit.id!r} has {len(unit.shares)} labels: exclusive labels need exactly one;"
            " or train them as not exclusive"
        )
        raise InputError(message)
    _require_enough(counts, units)
    return LabelSet(tuple(sorted(counts)), exclusive)


def _require_enough(counts: Counter[str], units: Sequence[CodedUnit]) -> None:
    """Refuse labels from which nothing can be learnt.

    Raises:
        InputError: a label has too few examples, or every text has it.
    """
    for label, n in sorted(counts.items()):
        if n < MIN_EXAMPLES:
            message = (
                f"the label {label!r} has {n} examples: expected at least {MIN_EXAMPLES}; code more, or leave it out"
            )
            raise InputError(message)
        n_without = sum(unit.shares.get(label, 0.0) < 1.0 for unit in units)
        if n_without < MIN_EXAMPLES:
            message = (
                f"{len(units) - n_without} of {len(units)} texts have the label {label!r}: expected at least"
                f" {MIN_EXAMPLES} without it; code texts to which it does not apply as well"
            )
            raise InputError(message)


def shares_of(units: Sequence[CodedUnit], labels: Sequence[str]) -> FloatArray:
    """Return the share of coders who gave each label, (n_units, n_labels)."""
    rows = [[unit.shares.get(label, 0.0) for label in labels] for unit in units]
    return np.array(rows, np.float32).reshape(len(units), len(labels))
