"""How often the words of a span occur in its article: what tells repetition, and the span itself does not show.

A head reads a span in its sentence. What it says of each technique is joined with what the number of occurrences says
(Bayes' rule, as if the two were independent given the technique), from counts on training articles.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import yaml

from rhetoric.annotation import CharSpan
from rhetoric.resources import seeds_path
from rhetoric.runtime.heads import FloatArray

__all__ = ["Occurrences", "load_occurrences", "n_occurrences"]

SEED_FILE = "technique_occurrences.yaml"
SMOOTHING = 1.0
"""Added to each count (Laplace), since most techniques are rare."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Occurrences:
    """Counts of spans by technique and number of occurrences.

    Attributes:
        bounds: the least number of occurrences of each column.
        counts: by technique.
    """

    bounds: tuple[int, ...]
    counts: dict[str, tuple[int, ...]]

    def evidence(self, n: int, techniques: Sequence[str]) -> FloatArray:
        """Return log P(technique | n occurrences) - log P(technique), up to a constant, (n_techniques,)."""
        nothing = (0,) * len(self.bounds)
        table = np.array([self.counts.get(name, nothing) for name in techniques], np.float64) + SMOOTHING
        column = table[:, max(0, bisect_right(self.bounds, n) - 1)]
        return np.asarray(np.log(column) - np.log(table.sum(axis=1)), np.float32)


@cache
def load_occurrences() -> Occurrences:
    """Return the counts of `seeds/technique_occurrences.yaml`."""
    content: dict[str, Any] = yaml.safe_load(seeds_path(SEED_FILE).read_text(encoding="utf-8"))
    return Occurrences(tuple(content["bounds"]), {name: tuple(row) for name, row in content["counts"].items()})


def n_occurrences(span: CharSpan, text: str) -> int:
    """Return how often the words of a span stand in the text, itself included; case and punctuation do not matter.

    >>> n_occurrences(CharSpan(0, 4), "Lies! It was lies, and he lied.")
    2
    """
    words = _words(span.of(text))
    return _words(text).count(words) if words.strip() else 0


@lru_cache(maxsize=1024)
def _words(text: str) -> str:
    # A word's blanks are its own, so that "lies lies" holds it twice.
    return "".join(f" {word} " for word in WORD.findall(text.casefold()))
