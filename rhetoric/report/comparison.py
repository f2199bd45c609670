"""One self-contained HTML page for a comparison: pictures, every number, how they came about, random passages."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from rhetoric.framing.comparison import Comparison
from rhetoric.framing.rows import Row
from rhetoric.report.forest import Whisker, forest_svg
from rhetoric.report.methods import Provenance, methods_markdown, to_latex
from rhetoric.report.page import asset, render
from rhetoric.report.passages import Passage

__all__ = ["render_comparison"]

NOTHING = Provenance()
DRAWN = ("level", "pairwise", "rest")
HOW = {"adjusted": ", at like values", "story": ", within stories"}
NO_SCRIPT = Markup("")


@dataclass(frozen=True)
class _Line:
    """A row of a table, for people to read."""

    contrast: str
    estimate: str
    interval: str
    p_value: str
    p_adjusted: str
    n: str
    note: str


@dataclass(frozen=True)
class _Panel:
    """What the page shows of one measure."""

    name: str
    title: str
    unit: str
    is_primary: bool
    picture: str | None
    summary: str
    lines: Sequence[_Line]


def _number(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit == "share" else f"{value:.2f}"


def _p(value: float) -> str:
    if value != value:  # not a number
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _line(row: Row) -> _Line:
    told = row.contrast + HOW.get(row.kind, "") + (f", rank {row.rank}" if row.rank else "")
    if row.note:
        return _Line(told, "–", "–", "–", "–", "–", row.note)
    n = f"{row.n_articles:,}" + (f", {row.n_audited:,} audited" if row.n_audited else "")
    low, high = _number(row.low, row.unit), _number(row.high, row.unit)
    how = "" if row.estimator == "plain" else f"corrected ({row.estimator})"
    return _Line(told, _number(row.estimate, row.unit), f"{low} to {high}", _p(row.p_value), _p(row.p_adjusted), n, how)


def _picture(rows: Sequence[Row]) -> str | None:
    drawn = [row for row in rows if not row.note and row.kind in DRAWN]
    if not drawn:
        return None
    scale = 100 if drawn[0].unit == "share" else 1
    whiskers = [
        Whisker(r.contrast, r.estimate * scale, r.low * scale, r.high * scale, r.kind != "level") for r in drawn
    ]
    svg = forest_svg(whiskers, "percent" if scale == 100 else drawn[0].unit)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _summary(rows: Sequence[Row]) -> str:
    """Return in one sentence which differences stand out."""
    differences = [row for row in rows if row.kind == "pairwise"]
    told = [row for row in differences if not row.note]
    if not told:
        return "No two groups can be compared."
    clear = sum(row.p_adjusted < 0.05 for row in told)
    known = f"{clear} of {len(told)} differences have an adjusted p-value below 0.05"
    missing = len(differences) - len(told)
    return f"{known}; {missing} cannot be told." if missing else f"{known}."


def _panels(comparison: Comparison) -> Iterator[_Panel]:
    for measure, group in groupby(comparison.rows, key=lambda row: row.measure):
        rows = list(group)
        yield _Panel(
            measure,
            comparison.titles[measure],
            rows[0].unit,
            rows[0].is_primary,
            _picture(rows),
            _summary(rows),
            [_line(row) for row in rows],
        )


def render_comparison(
    comparison: Comparison, provenance: Provenance = NOTHING, passages: Sequence[Passage] = ()
) -> str:
    """Return the page.

    Args:
        comparison: what was compared.
        provenance: what annotated the articles.
        passages: examples to show.
    """
    methods = methods_markdown(comparison, provenance)
    content = {
        "by": " and ".join(comparison.question.by),
        "level": f"{comparison.question.level:.0%}".replace("%", " %"),
        "groups": comparison.groups,
        "panels": list(_panels(comparison)),
        "notes": comparison.notes,
        "is_corrected": any(row.estimator != "plain" for row in comparison.rows),
        "methods": methods,
        "latex": to_latex(methods),
        "passages": {name: list(of) for name, of in groupby(passages, key=lambda p: p.group)},
        "provenance": provenance,
    }
    return render("comparison.html", asset("comparison.css"), NO_SCRIPT, content)
