"""One self-contained HTML page for annotated articles."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rhetoric.annotation import AnnotatedArticle
from rhetoric.formats.output import open_output
from rhetoric.report.page import asset, render
from rhetoric.report.summary import FacetGroup, count_facets
from rhetoric.report.views import ArticleView, view_article

__all__ = ["render_html", "write_html"]


def _content(
    articles: Sequence[AnnotatedArticle], views: list[ArticleView], legend: list[FacetGroup]
) -> dict[str, Any]:
    models = dict.fromkeys(" ".join(filter(None, (a.model.name, a.model.version))) for a in articles)
    return {
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
    content = _content(shown, views, count_facets(shown))
    return render("article.html", asset("article.css"), asset("article.js"), content)


def write_html(articles: Iterable[AnnotatedArticle], path: Path | None) -> None:
    """Write one self-contained HTML page that shows the articles (None: to standard output).

    Args:
        articles: what to show, in this order.
        path: the file; it appears under its name when it is whole.
    """
    html = render_html(articles)
    with open_output(path) as stream:
        stream.write(html.encode("utf-8"))
