"""BIO logits → spans of words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, AlignedArticle
from rhetoric.annotation import CharSpan
from rhetoric.decoding.closed_classes import closed_class

__all__ = ["WordSpan", "best_path", "decode_tags", "softmax", "trim_edges"]

FloatArray = npt.NDArray[np.float32]

EPSILON = 1e-6


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


def decode_tags(
    logits: FloatArray, aligned: AlignedArticle, threshold: float, switch_cost: float = 0.0
) -> list[WordSpan]:
    """Return the runs of words that are rather inside of a span than outside.

    The path through "inside" and "outside" is the best one (Viterbi 1967) where each word is worth its log-odds
    against `threshold` and each change between the two costs `switch_cost`: without a cost, each word is decided by
    itself. A run is cut where a word rather begins a span than goes on with one, by the same cost.

    Args:
        logits: (n_words, 3) of one tagger.
        aligned: the words.
        threshold: probability of B or I together, between 0 and 1; nothing reaches a higher one.
        switch_cost: in nats.
    """
    if not len(logits) or threshold >= 1.0:
        return []
    probabilities = np.clip(softmax(logits), EPSILON, 1.0)
    inside = np.clip(1.0 - probabilities[:, OUTSIDE], EPSILON, 1.0 - EPSILON)
    limit = max(threshold, EPSILON)
    gains = np.log(inside / (1.0 - inside)) - np.log(limit / (1.0 - limit))
    is_inside = best_path(gains, switch_cost)
    previous = np.concatenate([[False], is_inside[:-1]])
    rather_begins = np.log(probabilities[:, BEGIN] / probabilities[:, INSIDE]) > switch_cost
    is_begin = is_inside & (~previous | rather_begins)
    begins = np.flatnonzero(is_begin)
    is_end = is_inside & np.concatenate([~is_inside[1:] | is_begin[1:], [True]])
    ends = np.flatnonzero(is_end) + 1
    return [_word_span(int(a), int(b), inside[a:b], aligned) for a, b in zip(begins, ends, strict=True)]


def best_path(gains: FloatArray, switch_cost: float) -> npt.NDArray[np.bool_]:
    """Return whether each word is inside on the best path, (n,); the text begins and ends outside.

    Args:
        gains: (n,) what it is worth that a word is inside.
        switch_cost: what each change costs.
    """
    if switch_cost <= 0.0:
        return np.asarray(gains >= 0.0)
    outside, inside = 0.0, -switch_cost
    stays: list[tuple[bool, bool]] = []
    for gain in gains.tolist():
        lead = inside - outside
        stays.append((lead <= switch_cost, lead >= -switch_cost))
        outside, inside = (
            outside if lead <= switch_cost else inside - switch_cost,
            (inside if lead >= -switch_cost else outside - switch_cost) + gain,
        )
    path = np.zeros(len(gains), bool)
    state = inside - switch_cost > outside
    for i in range(len(stays) - 1, -1, -1):
        path[i] = state
        state = stays[i][1] if state else not stays[i][0]
    return path


def _word_span(first: int, last: int, inside: FloatArray, aligned: AlignedArticle) -> WordSpan:
    mean = float(np.clip(inside.mean(), 1e-6, 1 - 1e-6))
    return WordSpan(first, last, aligned.span_of(first, last), float(np.log(mean / (1 - mean))))


def trim_edges(found: WordSpan, text: str, aligned: AlignedArticle) -> WordSpan | None:
    """Return a loaded span without punctuation and empty words at its edges, None if nothing else is in it."""
    first, last = found.bounds
    while first < last and _is_empty(aligned.span_of(first, first + 1).of(text)):
        first += 1
    while first < last and _is_empty(aligned.span_of(last - 1, last).of(text)):
        last -= 1
    return WordSpan(first, last, aligned.span_of(first, last), found.logit) if first < last else None


def _is_empty(word: str) -> bool:
    return word.lower() in closed_class("edge_words") or not any(character.isalnum() for character in word)
