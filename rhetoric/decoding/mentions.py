"""Candidates for the target of a loaded span: runs of proper nouns, pronouns, and what may be a noun phrase.

There is no parser behind it. A noun phrase is guessed from the closed classes alone: between two words that no phrase
holds, a determiner and the words that follow it, or the first or last words where none stands. Several of the
guesses at one place are wrong, and the link head picks. Of the targets coded by hand 99 % share words with one, 65 %
are one.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import groupby

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan
from rhetoric.decoding.closed_classes import closed_class

__all__ = ["PROPER_RUN", "find_mentions"]

PROPER = r"[A-ZÀ-ÞА-Я][\w’'-]*"
PROPER_RUN = re.compile(rf"\b{PROPER}(?:\s(?:of\s|the\s|de\s|al\s|bin\s|von\s)?{PROPER})*")
"""A run of proper nouns: capitalised words, with particles between them."""
PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their|it|its|we|us|our|you|your|i|my|me)\b", re.IGNORECASE)
WORD = re.compile(r"\w[\w’'-]*|[^\w\s]")

MAX_DETERMINED = 4
"""Words behind a determiner, at most."""
MAX_BARE = 2
"""Words of a noun phrase without determiner, at most."""


def find_mentions(text: str, aligned: AlignedArticle, within: Collection[int] | None = None) -> list[CharSpan]:
    """Return the candidate mentions in the sentences of `aligned`, in order.

    A single capital at the head of a sentence is a name only where the same word stands capitalised elsewhere.

    Args:
        text: the whole text.
        aligned: the sentences.
        within: indices of those that are asked for; all, if not given.
    """
    found: set[CharSpan] = set()
    inner = _names_within(text, aligned.sentences)
    for i, sentence in enumerate(aligned.sentences):
        if within is None or i in within:
            bounds = sentence.start, sentence.end
            found.update(_names(text, sentence, inner))
            found.update(CharSpan(m.start(), m.end()) for m in PRONOUN.finditer(text, *bounds))
            found.update(_noun_phrases(text, *bounds))
    return sorted(found, key=lambda span: (span.start, span.end))


def _names_within(text: str, sentences: Iterable[CharSpan]) -> set[str]:
    """Return the words that a name begins with, anywhere but at the head of a sentence."""
    runs = ((m, s.start) for s in sentences for m in PROPER_RUN.finditer(text, s.start, s.end))
    return {run.group().split()[0] for run, head in runs if run.start() != head}


def _names(text: str, sentence: CharSpan, inner: Collection[str]) -> Iterator[CharSpan]:
    for run in PROPER_RUN.finditer(text, sentence.start, sentence.end):
        if run.start() != sentence.start or " " in run.group() or run.group() in inner:
            yield CharSpan(run.start(), run.end())


def _noun_phrases(text: str, start: int, end: int) -> Iterator[CharSpan]:
    determiner = None
    for is_open, group in groupby(WORD.finditer(text, start, end), _is_open):
        words = [CharSpan(m.start(), m.end()) for m in group]
        if not is_open:
            determiner = words[-1] if words[-1].of(text).lower() in closed_class("determiners") else None
        elif determiner:
            yield from (CharSpan(determiner.start, word.end) for word in words[:MAX_DETERMINED])
        else:
            yield from (CharSpan(words[0].start, word.end) for word in words[:MAX_BARE])
            yield from (CharSpan(word.start, words[-1].end) for word in words[-MAX_BARE:])


def _is_open(match: re.Match[str]) -> bool:
    word = match.group().lower()
    return word[0].isalnum() and word not in _closed_words()


@cache
def _closed_words() -> frozenset[str]:
    return closed_class("edge_words") | closed_class("determiners") | closed_class("phrase_breaks")
