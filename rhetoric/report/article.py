"""One self-contained HTML page for annotated articles: nothing is loaded from elsewhere, and hostile text stays text.

A content security policy allows the page's own style and script, by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rhetoric.annotation import AnnotatedArticle
from rhetoric.formats.output import open_output
from rhetoric.report.summary import FacetGroup, count_facets
from rhetoric.report.views import ArticleView, view_article
from rhetoric.segmentation import legible

__all__ = ["render_html", "write_html"]

TEMPLATES = "templates"


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
    views = [view_article(article, i) for i, article in enumerate(shown)]
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
