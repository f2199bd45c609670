"""Candidates for the target of a loaded span: runs of proper nouns, and pronouns."""

import re

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan

__all__ = ["find_mentions"]

PROPER = r"[A-ZÀ-ÞА-Я][\w’'-]*"
PROPER_RUN = re.compile(rf"\b{PROPER}(?:\s(?:of\s|the\s|de\s|al\s|bin\s|von\s)?{PROPER})*")
PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their|it|its|we|us|our|you|your|i|my|me)\b", re.IGNORECASE)


def find_mentions(text: str, aligned: AlignedArticle) -> list[CharSpan]:
    """Return the candidate mentions in the sentences of `aligned`, in order.

    A single capital at the head of a sentence is kept only where the same word stands capitalised elsewhere.
    """
    starts = {s.start for s in aligned.sentences}
    bounds = [(s.start, s.end) for s in aligned.sentences]
    runs = [CharSpan(m.start(), m.end()) for b in bounds for m in PROPER_RUN.finditer(text, *b)]
    inner = {run.of(text).split()[0] for run in runs if run.start not in starts}
    named = (run for run in runs if run.start not in starts or " " in run.of(text) or run.of(text) in inner)
    pronouns = (CharSpan(m.start(), m.end()) for b in bounds for m in PRONOUN.finditer(text, *b))
    return sorted({*named, *pronouns})
