"""What coders get to see: a text, or each of its sentences with what stands around it, under an id that tells nothing.

A unit of an audit of whole articles is there twice: as one text, for tools that mark stretches, and sentence by
sentence, for spreadsheets. Coders take the one or the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rhetoric.annotation import AnnotatedArticle, CharSpan, Sentence, hull
from rhetoric.errors import InputError
from rhetoric.formats.training_texts import hash_text
from rhetoric.framing.audit.design import AuditUnit, Part
from rhetoric.segmentation import legible

__all__ = ["Piece", "document_of", "part_text", "sentence_pieces", "sentences_of", "text_hash"]

N_BEFORE = 2
"""Sentences of context before the one that is coded: most references point back."""
N_AFTER = 1


@dataclass(frozen=True)
class Piece:
    """A text to code.

    Attributes:
        id: its own.
        unit: the unit of the audit that it is of.
        text: what is coded.
        sentence: which of the unit's text, from 0; None for the text as a whole.
        before: context.
        after: context.
        title: of the article, as context; empty where it is what is coded, or names the outlet.
    """

    id: str
    unit: str
    text: str
    sentence: int | None = None
    before: str = ""
    after: str = ""
    title: str = ""


def text_hash(text: str) -> str:
    """Return the hash of a text that coders get: of what it says, and as files can hold it."""
    return hash_text(legible(text))


def part_text(article: AnnotatedArticle, part: Part) -> str:
    """Return the text that is coded of an article.

    Raises:
        InputError: its title is asked for, and it has none.
    """
    if part == "text":
        return article.text
    title = article.meta.get("title")
    if article.headline is None or not isinstance(title, str):
        message = f"the article {article.id!r} has no title: expected one, as the measure is of headlines"
        raise InputError(message)
    return title


def sentences_of(article: AnnotatedArticle, part: Part) -> Sequence[Sentence]:
    """Return the sentences of the text that is coded of an article."""
    if part == "text":
        return article.sentences
    return article.headline.sentences if article.headline is not None else ()


def document_of(unit: AuditUnit, article: AnnotatedArticle, part: Part) -> Piece:
    """Return a unit as one piece: the whole text, or the one sentence with its context."""
    if unit.sentence is not None:
        return _in_context(unit.unit, unit, article, unit.sentence, part)
    return Piece(unit.unit, unit.unit, part_text(article, part), title=_title(unit, article, part))


def sentence_pieces(unit: AuditUnit, article: AnnotatedArticle, part: Part) -> list[Piece]:
    """Return a unit sentence by sentence, numbered from 1 after its id."""
    if unit.sentence is not None:
        return [document_of(unit, article, part)]
    n = len(sentences_of(article, part))
    return [_in_context(f"{unit.unit}/{i + 1}", unit, article, i, part) for i in range(n)]


def _in_context(name: str, unit: AuditUnit, article: AnnotatedArticle, i: int, part: Part) -> Piece:
    text, sentences = part_text(article, part), sentences_of(article, part)
    before, after = sentences[max(0, i - N_BEFORE) : i], sentences[i + 1 : i + 1 + N_AFTER]
    title = _title(unit, article, part)
    return Piece(name, unit.unit, sentences[i].of(text), i, _joined(before, text), _joined(after, text), title)


def _joined(spans: Sequence[CharSpan], text: str) -> str:
    return hull(spans).of(text) if spans else ""


def _title(unit: AuditUnit, article: AnnotatedArticle, part: Part) -> str:
    """Return the title as context; one that names the outlet is withheld, for coders must not know it."""
    title = article.meta.get("title")
    if part == "title" or not isinstance(title, str) or unit.outlet.casefold() in title.casefold():
        return ""
    return title
