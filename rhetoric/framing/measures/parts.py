"""The passages of an article (its headline, its text) and the parts of its text (lead, body).

The lead is the first paragraph, or three sentences of it where it is longer: a text without line breaks has a lead too.
A byline or a dateline on a line of its own, which ends no sentence, is taken in.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Sentence, Span, Target, hull
from rhetoric.formats.withheld import WithheldText
from rhetoric.framing.measures.facts import Part
from rhetoric.segmentation import paragraphs

__all__ = ["MAX_LEAD", "Passage", "find_lead", "has_text", "passages"]

MAX_LEAD = 3  # sentences
ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")


def find_lead(text: str, sentences: Sequence[Sentence]) -> CharSpan | None:
    """Return the lead of a text, None where it has no sentence.

    >>> text = "By Ann Roe" + chr(10) + "It rained. It poured." + chr(10) + "It stopped."
    >>> from rhetoric.segmentation import split_sentences
    >>> find_lead(text, split_sentences(text))
    CharSpan(start=0, end=32)
    """
    if not sentences:
        return None
    blocks = paragraphs(text)
    opening = next((b for b in blocks if _is_prose(b, text, sentences)), blocks[0])
    before = [s for s in sentences if s.precedes(opening)]
    inside = sentences[len(before) : len(before) + MAX_LEAD]
    return hull([sentences[0], *(s for s in inside if s.overlaps(opening))])


def _is_prose(paragraph: CharSpan, text: str, sentences: Sequence[Sentence]) -> bool:
    """Return whether a paragraph is more than a line such as a byline: it ends a sentence, or holds several."""
    return ENDS_SENTENCE.search(paragraph.of(text)) is not None or sum(map(paragraph.overlaps, sentences)) > 1


def has_text(article: AnnotatedArticle) -> bool:
    """Return whether the record holds the text; one that was written without it has offsets alone."""
    is_told = bool(article.text) or not (article.sentences or article.spans or article.attributions)
    return is_told and not isinstance(article.text, WithheldText)


@dataclass(frozen=True)
class Passage:
    """The text of an article or its headline, with what was found in it.

    Attributes:
        text: the characters that offsets refer to, None where the record does not hold them.
        sentences: in order.
        spans: of rhetoric.
        attributions: of information to sources.
        targets: given mentions.
        is_headline: whether it is the headline.
    """

    text: str | None
    sentences: Sequence[Sentence]
    spans: Sequence[Span]
    attributions: Sequence[Attribution]
    targets: Sequence[Target] = ()
    is_headline: bool = False

    @cached_property
    def lead(self) -> CharSpan | None:
        """The lead of a text that is there."""
        return find_lead(self.text, self.sentences) if self.text and not self.is_headline else None

    def part_of(self, span: CharSpan) -> Part:
        """Return the part in which `span` begins."""
        if self.is_headline:
            return "headline"
        if self.text is None:
            return "text"
        lead = self.lead
        return "body" if lead is None or lead.precedes(span) else "lead"

    def n_words(self, pieces: Iterable[CharSpan]) -> int:
        """Return the number of words in stretches of the text: what stands between white space."""
        return sum(len(piece.of(self.text).split()) for piece in pieces) if self.text else 0


def passages(article: AnnotatedArticle) -> list[Passage]:
    """Return the text of an article, and its headline where it has one."""
    text = article.text if has_text(article) else None
    found = [Passage(text, article.sentences, article.spans, article.attributions, article.targets)]
    headline = article.headline
    if headline is not None:
        title = article.meta.get("title")
        words = title if isinstance(title, str) and not isinstance(title, WithheldText) else None
        found.append(
            Passage(words, headline.sentences, headline.spans, headline.attributions, is_headline=True),
        )
    return found
