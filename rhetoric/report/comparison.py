"""One self-contained HTML page for a comparison: pictures, every number, how they came about, random passages."""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from rhetoric.framing.comparison import Comparison
from rhetoric.framing.measures.keyness import KeyWord
from rhetoric.framing.rows import Row, to_csv
from rhetoric.report.forest import Whisker, WhiskerKind, forest_svg
from rhetoric.report.methods import Provenance, methods_markdown, to_latex
from rhetoric.report.page import asset, render
from rhetoric.report.passages import ErrorPassage, Passage

__all__ = ["render_comparison"]

NOTHING = Provenance()
NO_SCRIPT = Markup("")
HOW = {"adjusted": ", at like values", "story": ", within stories"}
RATE, SHARE = "level", "share"
MAX_DRAWN = 15
"""Differences that are drawn at once: all pairs of six groups. More are there to unfold."""
MAX_WORDS = 15
"""Of each group."""
ERRORS = {
    "false positive": "the model found it, the coders did not",
    "miss": "the coders found it, the model did not",
}


@dataclass(frozen=True)
class _Line:
    """A row of a table, for people to read."""

    contrast: str
    estimate: str = "–"
    interval: str = "–"
    together: str = "–"
    size: str = "–"
    p_value: str = "–"
    p_adjusted: str = "–"
    n: str = "–"
    note: str = ""


@dataclass(frozen=True)
class _Panel:
    """What the page shows of one measure.

    Attributes:
        name: of the measure.
        title: what people call it.
        unit: of its values.
        is_primary: whether it was chosen before looking.
        picture: of rates and differences, None where there is no number.
        more: picture of the differences, where they are too many to stand there at once.
        n_more: how many there are in it.
        summary: in a sentence.
        error: what is known of the model's error, where it was not corrected.
        leaning: how far names alone move its scores, likewise.
        lines: every number.
    """

    name: str
    title: str
    unit: str
    is_primary: bool
    picture: str | None
    more: str | None
    n_more: int
    summary: str
    error: str
    leaning: str
    lines: Sequence[_Line]


def _is_share(row: Row) -> bool:
    return row.unit.startswith(SHARE)


def _digits(value: float, row: Row) -> str:
    """Return a number of a row, without its unit."""
    text = f"{100 * value:.1f}" if _is_share(row) else f"{value:.2f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _unit(row: Row) -> str:
    if not _is_share(row):
        return ""
    return " %" if row.kind == RATE else " pp"


def _interval(low: float, high: float, row: Row) -> str:
    return "–" if low != low else f"{_digits(low, row)} to {_digits(high, row)}{_unit(row)}"  # not a number


def _p(value: float) -> str:
    if value != value:  # not a number
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _size(row: Row) -> str:
    for name, value in (("h", row.cohen_h), ("d", row.standardised)):
        if value == value:
            return f"{name} = {value:.2f}".replace("-", "−")
    return "–"


def _told(row: Row) -> str:
    return row.contrast + HOW.get(row.kind, "")


def _line(row: Row) -> _Line:
    told = _told(row) + (f", rank {row.rank}" if row.rank else "")
    if row.note:
        return _Line(told, note=row.note)
    n = f"{row.n_articles:,}" + (f", {row.n_audited:,} audited" if row.n_audited else "")
    return _Line(
        told,
        f"{_digits(row.estimate, row)}{_unit(row)}",
        _interval(row.low, row.high, row),
        _interval(row.all_low, row.all_high, row),
        _size(row),
        _p(row.p_value),
        _p(row.p_adjusted),
        n,
        _corrected(row),
    )


def _corrected(row: Row) -> str:
    if row.estimator == "plain":
        return ""
    worth = f", as sure as {row.n_effective:.0f} audited articles alone" if row.n_effective == row.n_effective else ""
    other = f"{_digits(row.other_estimate, row)}{_unit(row)}" if row.other_estimator else ""
    beside = f"; {row.other_estimator}: {other}, {_interval(row.other_low, row.other_high, row)}" if other else ""
    return f"corrected ({row.estimator}{worth}){beside}"


def _whisker(row: Row) -> Whisker:
    scale = 100 if _is_share(row) else 1
    kinds: dict[str, WhiskerKind] = {RATE: "rate", "trend": "change a year"}
    together = None if row.all_low != row.all_low else (row.all_low * scale, row.all_high * scale)
    ends = row.estimate * scale, row.low * scale, row.high * scale
    return Whisker(_told(row), *ends, kinds.get(row.kind, "difference"), together)


def _picture(rows: Sequence[Row]) -> str | None:
    if not rows:
        return None
    units = ("percent", "percentage points") if _is_share(rows[0]) else (rows[0].unit, rows[0].unit)
    svg = forest_svg([_whisker(row) for row in rows], *units)
    return "data:image/svg+xml;base64," + _base64(svg)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


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
        drawn = [row for row in rows if not row.note]
        pairs = [row for row in drawn if row.kind in ("pairwise", *HOW)]
        is_folded = len(pairs) > MAX_DRAWN
        known = None if comparison.is_corrected(measure) else comparison.known_errors.get(measure)
        yield _Panel(
            measure,
            comparison.titles[measure],
            rows[0].unit,
            rows[0].is_primary,
            _picture([row for row in drawn if not (is_folded and row in pairs)]),
            _picture(pairs) if is_folded else None,
            len(pairs),
            _summary(rows),
            "" if known is None else known.told,
            "" if known is None or known.leaning is None else str(known.leaning),
            [_line(row) for row in rows],
        )


def _sentence(note: str) -> str:
    """Return a note as a sentence; one that begins with the name of a measure keeps that as it is."""
    return note[:1].upper() + note[1:] if note.partition(" ")[0].isalpha() else note


def _marked_up(markdown: str) -> Markup:
    """Return a paragraph of Markdown without markup but code as HTML."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(markdown))))


def render_comparison(
    comparison: Comparison,
    provenance: Provenance = NOTHING,
    passages: Sequence[Passage] = (),
    errors: Sequence[ErrorPassage] = (),
    words: Sequence[KeyWord] = (),
) -> str:
    """Return the page.

    Args:
        comparison: what was compared.
        provenance: what annotated the articles.
        passages: examples to show.
        errors: coded sentences on which model and people differ, by group.
        words: that set groups apart, by group, the strongest first.
    """
    methods = methods_markdown(comparison, provenance)
    content = {
        "by": " and ".join(comparison.question.by),
        "level": f"{comparison.question.level:.0%}".replace("%", " %"),
        "groups": comparison.groups,
        "contents": comparison.contents,
        "is_dated": any(held.first for held in comparison.contents.values()),
        "panels": list(_panels(comparison)),
        "notes": [_sentence(note) for note in comparison.notes],
        "is_corrected": any(row.estimator != "plain" for row in comparison.rows),
        "csv": "data:text/csv;charset=utf-8;base64," + _base64(to_csv(comparison.rows)),
        "methods": _marked_up(methods),
        "markdown": methods,
        "latex": to_latex(methods),
        "passages": {name: list(of) for name, of in groupby(passages, key=lambda p: p.group)},
        "errors": {name: list(of) for name, of in groupby(errors, key=lambda e: e.passage.group)},
        "kinds": ERRORS,
        "words": {name: list(of)[:MAX_WORDS] for name, of in groupby(words, key=lambda w: w.group)},
        "titles": comparison.titles,
        "provenance": provenance,
    }
    return render("comparison.html", asset("comparison.css"), NO_SCRIPT, content)
