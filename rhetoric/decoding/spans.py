"""BIO logits → spans of words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, AlignedArticle
from rhetoric.annotation import CharSpan, trim

__all__ = ["WordSpan", "decode_tags", "softmax", "without_edge_marks"]

FloatArray = npt.NDArray[np.float32]

EDGE_MARKS = " \t\u00a0.,;:!?…-–—()[]"
"""What a loaded phrase neither begins nor ends with."""


@dataclass(frozen=True, order=True)
class WordSpan:
    """Words `first` up to, not including, `last`, the characters they cover, and the log-odds that they are a span."""

    first: int
    last: int
    span: CharSpan
    logit: float

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last-plus-one word."""
        return self.first, self.last


def softmax(logits: FloatArray) -> FloatArray:
    """Return probabilities over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def decode_tags(logits: FloatArray, aligned: AlignedArticle, threshold: float) -> list[WordSpan]:
    """Return the runs of words whose probability to be inside of a span reaches `threshold`.

    A run is cut where a word rather begins a span than goes on with one.

    Args:
        logits: (n_words, 3) of one tagger.
        aligned: the words.
        threshold: probability of B or I together.
    """
    if not len(logits):
        return []
    probabilities = softmax(logits)
    inside = 1.0 - probabilities[:, OUTSIDE]
    is_inside = inside >= threshold
    previous = np.concatenate([[False], is_inside[:-1]])
    is_begin = is_inside & (~previous | (probabilities[:, BEGIN] > probabilities[:, INSIDE]))
    begins = np.flatnonzero(is_begin)
    is_end = is_inside & np.concatenate([~is_inside[1:] | is_begin[1:], [True]])
    ends = np.flatnonzero(is_end) + 1
    return [_word_span(int(a), int(b), inside[a:b], aligned) for a, b in zip(begins, ends, strict=True)]


def _word_span(first: int, last: int, inside: FloatArray, aligned: AlignedArticle) -> WordSpan:
    mean = float(np.clip(inside.mean(), 1e-6, 1 - 1e-6))
    return WordSpan(first, last, aligned.span_of(first, last), float(np.log(mean / (1 - mean))))


def without_edge_marks(found: WordSpan, text: str, aligned: AlignedArticle) -> WordSpan | None:
    """Return a span without punctuation at its edges, None if nothing else is in it."""
    span = trim(found.span, text, EDGE_MARKS)
    words = aligned.words_of(span) if span else None
    return WordSpan(*words, span, found.logit) if span and words else None
