"""One self-contained HTML page for annotated articles: nothing is loaded from elsewhere, and hostile text stays text.

A content security policy allows the page's own style and script, by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, Sentence
from rhetoric.formats.output import open_output
from rhetoric.report.marks import Unit, render
from rhetoric.report.names import QUOTE_TYPES, readable
from rhetoric.report.notes import Found, Note, find_marks, outlet_code, outlet_label
from rhetoric.report.summary import STATE_MEDIA, FacetGroup, Strip, count_facets, strips
from rhetoric.segmentation import legible, paragraphs
from rhetoric.sources.outlets import STATE_CONTROLLED

__all__ = ["render_html", "write_html"]

TEMPLATES = "templates"
LINKED_SCHEMES = ("http://", "https://")
SHOWN_META = ("outlet", "date")


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


def _state_outlet(sentence: Sentence, attributions: Iterable[Attribution]) -> str:
    """Return whose state media a sentence quotes, in a few words; empty if it quotes none."""
    if STATE_MEDIA not in sentence.labels:
        return ""
    quoted = (a for a in attributions if _is_state_media(a) and a.hull.overlaps(sentence))
    outlets = [a.outlet for a in quoted if a.outlet is not None]
    return next((outlet_code(o) for o in outlets if outlet_code(o)), "") or "State media"


def _title_of(sentence: Sentence, state: str) -> str:
    score = sentence.scores.get(STATE_MEDIA)
    shown = "" if score is None else f"; score: {score:.2f}"
    return f"From state media: {state}{shown}" if state else ""


def _unit(sentence: Sentence, anchor: str, state: str) -> Unit:
    return Unit(sentence.extent, anchor, state, _title_of(sentence, state), ("layer-state",) if state else ())


def _units(article: AnnotatedArticle | Headline, prefix: str) -> list[Unit]:
    quoted = [a for a in article.attributions if _is_state_media(a) and (a.source or a.cue or a.content)]
    sentences = enumerate(article.sentences)
    return [_unit(s, f"{prefix}{i}", _state_outlet(s, quoted)) for i, s in sentences]


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


def _view(article: AnnotatedArticle, index: int) -> ArticleView:
    prefix = f"a{index}-"
    title = article.meta.get("title")
    name = title if isinstance(title, str) and title.strip() else article.id
    found: Found = find_marks(article.text, article, prefix)
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


def _asset(name: str) -> Markup:
    return Markup(resources.files(__package__).joinpath(TEMPLATES, name).read_text(encoding="utf-8"))


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rhetoric.report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: f"{share:.0%}".replace("%", " %")
    return environment


def _page(articles: Sequence[AnnotatedArticle], views: list[ArticleView], legend: list[FacetGroup]) -> dict[str, Any]:
    style, script = _asset("article.css"), _asset("article.js")
    models = dict.fromkeys(" ".join(filter(None, (a.model.name, a.model.version))) for a in articles)
    allowed = f"img-src data:; style-src {_hash(style)}; script-src {_hash(script)}"
    return {
        "style": style,
        "script": script,
        "policy": f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
        "articles": views,
        "legend": legend,
        "models": [model for model in models if model],
        "notes": {note.id: note.to_record() for view in views for note in view.notes},
        "columns": list(dict.fromkeys(s.name for view in views for s in view.strips)),
    }


def render_html(articles: Iterable[AnnotatedArticle]) -> str:
    """Return one HTML page that shows the articles with everything that was found in them."""
    shown = list(articles)
    views = [_view(article, i) for i, article in enumerate(shown)]
    html = _environment().get_template("article.html").render(_page(shown, views, count_facets(shown)))
    return legible(html)


def write_html(articles: Iterable[AnnotatedArticle], path: Path | None) -> None:
    """Write one self-contained HTML page that shows the articles (None: to standard output).

    Args:
        articles: what to show, in this order.
        path: the file; it appears under its name when it is whole.
    """
    html = render_html(articles)
    with open_output(path) as stream:
        stream.write(html.encode("utf-8"))
