"""Texts in which people marked stretches: the codings of all coders together, and the text as the model reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, AlignedArticle, IntArray, from_bio, to_bio
from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings
from rhetoric.runtime import Network
from rhetoric.runtime.heads import FloatArray
from rhetoric.segmentation import split_sentences
from rhetoric.training.coding import group_of

__all__ = ["MarkedText", "ReadText", "join_marks", "known_marks", "n_marks", "read_marked"]

HALF = 0.5
Advance = Callable[[], None]


@dataclass(frozen=True)
class MarkedText:
    """A text with the stretches of each label that all of its coders together marked.

    Attributes:
        id: of the text.
        text: as it came.
        marks: by label, the codings of all coders.
        n_coders: how many coded it.
        group: the article that it was taken from.
        meta: other fields of its record.
    """

    id: str
    text: str
    marks: dict[str, tuple[tuple[CharSpan, ...], ...]]
    n_coders: int
    group: str
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of stretches that a coder marked in it."""
        return tuple(self.marks)

    def spans(self, label: str, aligned: AlignedArticle) -> list[CharSpan]:
        """Return the stretches of words that at least half of the coders have in a stretch of `label`."""
        return from_bio(self.tags(label, aligned), aligned)

    def tags(self, label: str, aligned: AlignedArticle) -> IntArray:
        """Return one BIO tag a word, shape (n_words,)."""
        tags = np.stack([to_bio(spans, aligned) for spans in self.marks.get(label, ((),))])
        inside = (tags != OUTSIDE).sum(0) >= HALF * self.n_coders
        begins = (tags == BEGIN).sum(0) >= HALF * self.n_coders
        return np.where(inside, np.where(begins, BEGIN, INSIDE), OUTSIDE).astype(np.int64)


@dataclass(frozen=True)
class ReadText:
    """A text as the model read it."""

    marked: MarkedText
    aligned: AlignedArticle
    words: FloatArray


def join_marks(texts: Sequence[CodedText]) -> list[MarkedText]:
    """Return one text for each that was coded for stretches, in the order in which they came first.

    Raises:
        InputError: no text is coded for stretches, an id stands for two texts, or one coder coded a text twice.
    """
    coded = [text for text in texts if text.spans is not None]
    if not coded:
        raise InputError("no text is coded for spans: expected a list of spans; check the column and its format")
    return [_joined(codings) for codings in group_codings(coded)]


def _joined(codings: Sequence[CodedText]) -> MarkedText:
    first = codings[0]
    labels = sorted({span.label for coding in codings for span in coding.spans or ()})
    marks = {
        label: tuple(tuple(s.extent for s in coding.spans or () if s.label == label) for coding in codings)
        for label in labels
    }
    return MarkedText(first.id, first.text, marks, len(codings), group_of(first), first.meta)


def known_marks(texts: Sequence[MarkedText], labels: Sequence[str]) -> Sequence[MarkedText]:
    """Return texts to test on, whose labels must be known from those to train on.

    Raises:
        InputError: one is not.
    """
    for text in texts:
        for label in text.labels:
            if label not in labels:
                message = (
                    f"the test text {text.id!r} has the label {label!r}, which the training data lack: expected"
                    f" {', '.join(labels)}"
                )
                raise InputError(message)
    return texts


def n_marks(texts: Sequence[CodedText]) -> int:
    """Return the number of stretches that people marked."""
    return sum(len(text.spans or ()) for text in texts)


def read_marked(marked: MarkedText, network: Network, advance: Advance) -> ReadText:
    """Return a text with the states of its words by the runtime that will serve the head."""
    aligned = network.aligner.align(marked.text, split_sentences(marked.text))
    words = network.words(aligned) if aligned.n_words else np.zeros((0, network.hidden_size), np.float32)
    advance()
    return ReadText(marked, aligned, words)
