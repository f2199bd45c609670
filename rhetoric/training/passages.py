"""Coded texts → what an encoder reads while it is trained: a text alone, or several as one passage, and where each is.

What is read is what serves: the same sentences, windows and words. A text too long for one step is read in blocks of
sentences, each a passage with the text's codes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from rhetoric.alignment import AlignedArticle, Aligner, IntArray, decided_words
from rhetoric.annotation import CharSpan
from rhetoric.segmentation import blocks, split_sentences
from rhetoric.training.frozen import COMPANY

__all__ = ["Chunk", "Passage", "make_chunks", "read_passages", "read_uncoded"]

T = TypeVar("T")

BLOCK_LENGTH = 16_000
"""Characters of a passage: some twenty windows, whose gradients a laptop's memory holds."""


@dataclass(frozen=True)
class Passage:
    """A text, or several on a line each, as the encoder gets it.

    Attributes:
        text: all of it.
        aligned: its words.
        windows: ids of each window, special tokens included.
        places: (n_words, 2) the window that decides each word, and the position of its first token there.
        rows: (n_texts,) which of the coded texts are in it.
        bounds: (n_texts, 2) the words of each.
    """

    text: str
    aligned: AlignedArticle
    windows: tuple[IntArray, ...]
    places: IntArray
    rows: IntArray
    bounds: IntArray

    @property
    def longest(self) -> int:
        """Tokens of its longest window."""
        return max(map(len, self.windows))


@dataclass(frozen=True)
class Chunk(Generic[T]):
    """Some coded texts in two readings: all in one passage, and each alone."""

    together: tuple[T, ...]
    alone: tuple[T, ...]


def make_chunks(
    texts: Sequence[str], rows: Sequence[int], aligner: Aligner, seed: int, *, in_company: bool
) -> list[Chunk[Passage]]:
    """Return the texts with those `rows` in chunks of a few; without company, a text's two readings are the same.

    Args:
        texts: all coded texts.
        rows: which to read.
        aligner: of the encoder that reads them.
        seed: of the company that each is put in.
        in_company: whether a text stands among others where it is served, as a sentence does.
    """
    alone = {row: tuple(read_passages([texts[row]], [row], aligner)) for row in rows}
    if not in_company:
        return [Chunk(passages, passages) for passages in alone.values() if passages]
    order = np.random.default_rng(seed).permutation(np.array(rows, np.int64)).tolist()
    chunks = []
    for start in range(0, len(order), COMPANY):
        members = order[start : start + COMPANY]
        together = tuple(read_passages([texts[i] for i in members], members, aligner))
        chunks.append(Chunk(together, tuple(p for i in members for p in alone[i])))
    return [chunk for chunk in chunks if chunk.together]


def read_passages(texts: Sequence[str], rows: Sequence[int], aligner: Aligner) -> Iterator[Passage]:
    """Yield `texts` on a line each as passages, as many as their length asks for; none where there is no word.

    Args:
        texts: what to read.
        rows: the number of each.
        aligner: of the encoder that reads them.
    """
    text = "\n".join(texts)
    ends = np.cumsum([len(one) + 1 for one in texts]).tolist()
    stretches = [CharSpan(end - 1 - len(one), end - 1) for one, end in zip(texts, ends, strict=True)]
    for block in blocks(split_sentences(text), BLOCK_LENGTH):
        aligned = aligner.align(text, block)
        if aligned.n_words:
            found = [(row, bounds) for row, s in zip(rows, stretches, strict=True) if (bounds := aligned.words_of(s))]
            places_of_texts = np.array([bounds for _, bounds in found], np.int64).reshape(-1, 2)
            windows, places = _windows(aligned, aligner)
            yield Passage(
                text, aligned, windows, places, np.array([row for row, _ in found], np.int64), places_of_texts
            )


def read_uncoded(text: str, aligner: Aligner) -> Iterator[Passage]:
    """Yield a text as passages in which no coded text is."""
    for passage in read_passages([text], [0], aligner):
        yield replace(passage, rows=passage.rows[:0], bounds=passage.bounds[:0])


def _windows(aligned: AlignedArticle, aligner: Aligner) -> tuple[tuple[IntArray, ...], IntArray]:
    ids, places = [], []
    for number, window in enumerate(aligner.windows(aligned)):
        first, last = decided_words(aligned, window)
        # One special token stands before the window's first.
        positions = aligned.word_tokens[first:last] - window.start + 1
        places.append(np.stack([np.full(last - first, number), positions], axis=1))
        ids.append(aligner.window_ids(aligned, window))
    return tuple(ids), np.concatenate(places).astype(np.int64)
