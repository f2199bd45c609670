"""Where characters meet tokens: sentences → words and token windows, spans ↔ BIO.

A *word* is a pre-token of the tokenizer (“Jong-un” has three); the model decides words, read from the hidden
state of their first token. Windows pack whole sentences; every word is decided in exactly one of them.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from rhetoric.annotation import CharSpan, Sentence
from rhetoric.errors import ConfigError, ModelError
from rhetoric.segmentation import legible

__all__ = [
    "BEGIN",
    "INSIDE",
    "OUTSIDE",
    "AlignedArticle",
    "Aligner",
    "IntArray",
    "Window",
    "decided_words",
    "from_bio",
    "to_bio",
]

IntArray = npt.NDArray[np.int64]

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
"""BIO as Ramshaw and Marcus (1995) have it: each span begins with B."""

N_SPECIAL = 2
TOKENIZER_FILE = "tokenizer.json"
ZERO_WIDTH_JOINER = "\u200d"


@dataclass(frozen=True)
class Window:
    """A range of an article's tokens that the encoder reads at once.

    The tokens from `start` to `first` are context that an earlier window decides; those from `first` to `end` are
    decided here.
    """

    start: int
    first: int
    end: int


@dataclass(frozen=True)
class AlignedArticle:
    """The tokens and words of an article, and where they stand in its text.

    Attributes:
        token_ids: ids of all tokens, shape (n_tokens,), without special tokens.
        word_tokens: index of the first token of each word, shape (n_words,).
        word_starts: character offset at which each word starts, shape (n_words,).
        word_ends: character offset behind each word, shape (n_words,).
        word_sentences: index of the sentence of each word, shape (n_words,).
    """

    sentences: tuple[Sentence, ...]
    token_ids: IntArray
    word_tokens: IntArray
    word_starts: IntArray
    word_ends: IntArray
    word_sentences: IntArray

    @property
    def n_words(self) -> int:
        """The number of words."""
        return len(self.word_tokens)

    @cached_property
    def sentence_bounds(self) -> IntArray:
        """First and last-plus-one word of each sentence, shape (n_sentences, 2)."""
        order = np.arange(len(self.sentences))
        first = np.searchsorted(self.word_sentences, order, side="left")
        last = np.searchsorted(self.word_sentences, order, side="right")
        return np.stack([first, last], axis=1).astype(np.int64)

    def words_of(self, span: CharSpan) -> tuple[int, int] | None:
        """Return the first and last-plus-one word that `span` touches, None if it touches none."""
        starts, ends = self._edges
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
        return (first, last) if first < last else None

    @cached_property
    def _edges(self) -> tuple[list[int], list[int]]:
        """Starts and ends of the words as lists, in which one place is found ten times as fast as in arrays."""
        return self.word_starts.tolist(), self.word_ends.tolist()

    def span_of(self, first: int, last: int) -> CharSpan:
        """Return the characters from word `first` up to, not including, word `last`."""
        return CharSpan(int(self.word_starts[first]), int(self.word_ends[last - 1]))


class Aligner:
    """A tokenizer and the size of its windows.

    Args:
        tokenizer: a fast tokenizer with `[CLS] A [SEP]` or `<s> A </s>` as its template.
        window_size: tokens of a window, special ones included.
        context_size: tokens of preceding sentences read again as context, at most.

    Raises:
        ConfigError: the window has no room for a token beside its context.
        ModelError: the tokenizer has another template.
    """

    def __init__(self, tokenizer: Tokenizer, window_size: int = 256, context_size: int = 48) -> None:
        """Prepare the tokenizer: no truncation, no padding, and a text's own `[SEP]` is four characters like others."""
        if not 0 <= context_size < window_size - N_SPECIAL:
            message = (
                f"window_size {window_size} and context_size {context_size} do not fit: expected a context of 0 up to,"
                f" not including, window_size - {N_SPECIAL}"
            )
            raise ConfigError(message)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        self.window_size = window_size
        self.context_size = context_size
        self.first_id, self.last_id = _edge_ids(tokenizer)

    @classmethod
    def from_file(cls, folder: Path, window_size: int = 256, context_size: int = 48) -> "Aligner":
        """Read the tokenizer of a model folder.

        Raises:
            ModelError: there is no readable `tokenizer.json`, or it does not fit.
        """
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # tokenizers raises bare Exception
            message = f"model {folder}: {TOKENIZER_FILE} cannot be read ({error}); copy the whole model folder"
            raise ModelError(message) from error
        try:
            return cls(tokenizer, window_size, context_size)
        except (ConfigError, ModelError) as error:
            message = f"model {folder}: {error}"
            raise ModelError(message) from error

    def align(self, text: str, sentences: Sequence[Sentence]) -> AlignedArticle:
        """Return the tokens and words of `sentences`, with their offsets in `text`."""
        readable = legible(text)
        encodings = self.tokenizer.encode_batch([s.of(readable) for s in sentences], add_special_tokens=False)
        token_ids: list[int] = []
        words: list[tuple[int, int, int, int]] = []
        for i, (sentence, encoding) in enumerate(zip(sentences, encodings, strict=True)):
            previous = None
            for token, (word, (start, end)) in enumerate(zip(encoding.word_ids, encoding.offsets, strict=True)):
                if word != previous:
                    words.append((len(token_ids) + token, sentence.start + start, sentence.start + end, i))
                    previous = word
                else:
                    words[-1] = (*words[-1][:2], sentence.start + end, i)
            token_ids.extend(encoding.ids)
        tokens, starts, ends, owners = np.array(words, dtype=np.int64).reshape(-1, 4).T
        sentence_ends = np.array([s.end for s in sentences], dtype=np.int64)
        limits = np.minimum(np.append(starts, len(text))[1:], sentence_ends[owners])
        ends = _behind_marks(readable, ends, limits)
        return AlignedArticle(tuple(sentences), np.array(token_ids, dtype=np.int64), tokens, starts, ends, owners)

    def windows(self, aligned: AlignedArticle) -> Iterator[Window]:
        """Yield windows of whole sentences that decide every token exactly once.

        A sentence longer than a window is continued in the next, with the tokens before the cut as context.
        """
        room = self.window_size - N_SPECIAL
        n_tokens = len(aligned.token_ids)
        sentence_starts = _token_bounds(aligned)
        word_starts = np.append(aligned.word_tokens, n_tokens)
        first = 0
        while first < n_tokens:
            start = self._context_start(sentence_starts, word_starts, first)
            end = _last_at_most(sentence_starts, start + room)
            if end <= first:
                end = _last_at_most(word_starts, start + room)
            if end <= first:  # one word longer than the window: its further tokens are context of nothing
                end = start + room
            yield Window(start, first, int(end))
            first = int(end)

    def _context_start(self, sentence_starts: IntArray, word_starts: IntArray, first: int) -> int:
        lowest = max(0, first - self.context_size)
        bounds = sentence_starts if first in sentence_starts else word_starts
        i = int(np.searchsorted(bounds, lowest, side="left"))
        return min(int(bounds[i]), first)

    def window_ids(self, aligned: AlignedArticle, window: Window) -> IntArray:
        """Return the ids that the encoder reads, special tokens included, shape (window length + 2,)."""
        ids = aligned.token_ids[window.start : window.end]
        return np.concatenate([[self.first_id], ids, [self.last_id]]).astype(np.int64)


def decided_words(aligned: AlignedArticle, window: Window) -> tuple[int, int]:
    """Return the first and last-plus-one word whose first token is decided in `window`."""
    first, last = np.searchsorted(aligned.word_tokens, [window.first, window.end], side="left")
    return int(first), int(last)


def _edge_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the ids of the special tokens before and behind a text.

    Raises:
        ModelError: there is not one of each.
    """
    ids = tokenizer.encode("a").ids
    n_special = len(ids) - len(tokenizer.encode("a", add_special_tokens=False).ids)
    if n_special != N_SPECIAL:
        message = f"the tokenizer adds {n_special} special tokens to a text: expected one before and one behind it"
        raise ModelError(message)
    return ids[0], ids[-1]


def _behind_marks(text: str, ends: IntArray, limits: IntArray) -> IntArray:
    """Return the ends of words, moved behind accents, joiners and variation selectors, at most to the `limits`.

    Many tokenizers strip these, and a span would end between a letter and its accent.
    """
    moved = ends.tolist()
    for i, limit in enumerate(limits.tolist()):
        while moved[i] < limit and _is_mark(text[moved[i]]):
            moved[i] += 1
    return np.array(moved, dtype=np.int64)


def _is_mark(character: str) -> bool:
    return character == ZERO_WIDTH_JOINER or unicodedata.category(character).startswith("M")


def _token_bounds(aligned: AlignedArticle) -> IntArray:
    """Return the first token of each sentence that has tokens, and the number of tokens."""
    bounds = aligned.sentence_bounds
    firsts = bounds[bounds[:, 0] < bounds[:, 1], 0]
    return np.append(aligned.word_tokens[firsts], len(aligned.token_ids))


def _last_at_most(bounds: IntArray, limit: int) -> int:
    return int(bounds[np.searchsorted(bounds, limit, side="right") - 1])


def to_bio(spans: Iterable[CharSpan], aligned: AlignedArticle) -> IntArray:
    """Return one BIO tag a word, shape (n_words,); of overlapping spans the union is tagged."""
    tags = np.full(aligned.n_words, OUTSIDE, dtype=np.int64)
    for span in sorted(s.extent for s in spans):
        touched = aligned.words_of(span)
        if touched is None:
            continue
        first, last = touched
        is_new = tags[first] == OUTSIDE
        tags[first:last] = np.where(tags[first:last] == BEGIN, BEGIN, INSIDE)
        if is_new:
            tags[first] = BEGIN
    return tags


def from_bio(tags: IntArray, aligned: AlignedArticle) -> list[CharSpan]:
    """Return the spans of BIO `tags`, shape (n_words,); an I without a B before it begins a span."""
    inside = tags != OUTSIDE
    previous = np.concatenate([[False], inside[:-1]])
    begins = np.flatnonzero(inside & ((tags == BEGIN) | ~previous))
    spans = []
    for i, first in enumerate(begins):
        limit = begins[i + 1] if i + 1 < len(begins) else len(tags)
        outside = np.flatnonzero(~inside[first:limit])
        spans.append(aligned.span_of(int(first), int(first + outside[0] if len(outside) else limit)))
    return spans
