"""An article as a page shows it: its text with marks, its sentences by label, and who is cited for what."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, Sentence
from rhetoric.report.marks import Unit, render
from rhetoric.report.names import QUOTE_TYPES, readable
from rhetoric.report.notes import Note, find_marks, outlet_code, outlet_label
from rhetoric.report.summary import STATE_MEDIA, Strip, strips
from rhetoric.segmentation import paragraphs
from rhetoric.sources.outlets import STATE_CONTROLLED

__all__ = ["ArticleView", "QuotationRow", "view_article"]

LINKED_SCHEMES = ("http://", "https://")
SHOWN_META = ("outlet", "date")
UNNAMED = "State media"


@dataclass(frozen=True)
class QuotationRow:
    """A line of the list of quotations under an article."""

    number: int
    source: str
    source_type: str
    outlet: str
    cue: str
    quote_type: str
    content: str


@dataclass(frozen=True)
class ArticleView:
    """An article as the template shows it."""

    anchor: str
    name: str
    title: Markup | str
    meta: tuple[str, ...]
    url: str
    body: Markup
    strips: list[Strip]
    quotations: list[QuotationRow]
    coverage: str
    n_sentences: int
    notes: list[Note]


def _is_state_media(attribution: Attribution) -> bool:
    outlet = attribution.outlet
    return attribution.source_type == "state_media" or (outlet is not None and outlet.typology in STATE_CONTROLLED)


def _state_outlet(sentence: Sentence, attributions: Iterable[Attribution], before: str) -> str:
    """Return whose state media a sentence quotes, in a few words; empty if it quotes none.

    A sentence that names nobody goes on with the outlet `before` it ("Our army stands ready.").
    """
    if STATE_MEDIA not in sentence.labels:
        return ""
    quoted = (a for a in attributions if _is_state_media(a) and a.hull.overlaps(sentence))
    outlets = [a.outlet for a in quoted if a.outlet is not None]
    return next((outlet_code(o) for o in outlets if outlet_code(o)), "") or before or UNNAMED


def _title_of(sentence: Sentence, state: str) -> str:
    score = sentence.scores.get(STATE_MEDIA)
    shown = "" if score is None else f"; score: {score:.2f}"
    return f"From state media: {state}{shown}" if state else ""


def _unit(sentence: Sentence, anchor: str, state: str) -> Unit:
    return Unit(sentence.extent, anchor, state, _title_of(sentence, state), ("layer-state",) if state else ())


def _units(article: AnnotatedArticle | Headline, prefix: str) -> list[Unit]:
    quoted = [a for a in article.attributions if _is_state_media(a) and (a.source or a.cue or a.content)]
    units: list[Unit] = []
    for i, sentence in enumerate(article.sentences):
        state = _state_outlet(sentence, quoted, units[-1].state if units else "")
        units.append(_unit(sentence, f"{prefix}{i}", state))
    return units


def _heading(article: AnnotatedArticle, name: str, prefix: str) -> tuple[Markup | str, list[Note]]:
    title = article.meta.get("title")
    if article.headline is None or not isinstance(title, str):
        return name, []
    found = find_marks(title, article.headline, f"{prefix}h")
    return render(title, found.marks, [], _units(article.headline, f"{prefix}h")), found.notes


def _quotations(article: AnnotatedArticle) -> list[QuotationRow]:
    def words(span: CharSpan | None) -> str:
        return " ".join(span.of(article.text).split()) if span else ""

    return [
        QuotationRow(
            number=i,
            source=words(a.source),
            source_type=readable(a.source_type),
            outlet=outlet_label(a.outlet) if a.outlet else "",
            cue=words(a.cue),
            quote_type=QUOTE_TYPES.get(a.quote_type, a.quote_type),
            content=" … ".join(words(piece) for piece in a.content),
        )
        for i, a in enumerate(article.attributions, start=1)
    ]


def _url(article: AnnotatedArticle) -> str:
    url = article.meta.get("url")
    return url if isinstance(url, str) and url.lower().startswith(LINKED_SCHEMES) else ""


def view_article(article: AnnotatedArticle, index: int) -> ArticleView:
    """Return what the template shows of an article; `index` keeps its anchors apart from those of others."""
    prefix = f"a{index}-"
    title = article.meta.get("title")
    name = title if isinstance(title, str) and title.strip() else article.id
    found = find_marks(article.text, article, prefix)
    heading, heading_notes = _heading(article, name, prefix)
    units = _units(article, f"{prefix}x")
    return ArticleView(
        anchor=f"a{index}",
        name=name,
        title=heading,
        meta=tuple(str(article.meta[key]) for key in SHOWN_META if article.meta.get(key)),
        url=_url(article),
        body=render(article.text, found.marks, paragraphs(article.text), units),
        strips=strips(article, [unit.anchor for unit in units]),
        quotations=_quotations(article),
        coverage=f"{article.coverage:.0%}",
        n_sentences=len(article.sentences),
        notes=[*heading_notes, *found.notes],
    )
