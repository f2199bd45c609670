"""Aligned articles without a tokenizer, and heads that say what a test tells them to."""

import re

import numpy as np
import pytest

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import Sentence
from rhetoric.decoding.spans import WordSpan
from rhetoric.segmentation import split_sentences

WORD = re.compile(r"\w+|[^\w\s]")


def align(text: str) -> AlignedArticle:
    """Return the words and marks of `text`, each one token."""
    sentences = tuple(Sentence(s.start, s.end) for s in split_sentences(text))
    rows = [(m.start(), m.end(), i) for i, s in enumerate(sentences) for m in WORD.finditer(text, s.start, s.end)]
    starts, ends, owners = np.array(rows, np.int64).reshape(-1, 3).T
    order = np.arange(len(rows), dtype=np.int64)
    return AlignedArticle(sentences, order, order, starts, ends, owners)


@pytest.fixture(scope="session")
def aligner():
    return align


@pytest.fixture(scope="session")
def word_span():
    """Return the words of a phrase of an aligned text, at its n-th occurrence."""

    def find(text, aligned, phrase, occurrence=0, logit=0.0):
        start = [m.start() for m in re.finditer(re.escape(phrase), text)][occurrence]
        words = aligned.words_of(Sentence(start, start + len(phrase)))
        return WordSpan(*words, aligned.span_of(*words), logit)

    return find
