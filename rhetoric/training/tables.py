"""Scores as Markdown tables, aligned so that they read well on a terminal too."""

import math
from collections.abc import Iterator, Mapping, Sequence

from rhetoric.metrics.bootstrap import Interval
from rhetoric.report.text_table import table_lines
from rhetoric.training.evaluating import AttributionScores, Evaluation, SpanScore
from rhetoric.training.label_scores import LabelScores
from rhetoric.training.patterns import PatternReport

__all__ = ["evaluation_lines", "label_lines", "pattern_lines", "span_lines"]

LABEL_HEAD = ("label", "texts", "precision", "recall", "F1", "ECE")
PATTERN_HEAD = ("rule", "label", "texts", "coverage", "overlaps", "conflicts", "coded", "precision", "recall")
SPAN_HEAD = ("label", "match", "spans", "precision", "recall", "F1")


def label_lines(scores: LabelScores, raw_ece: Mapping[str, float] | None = None) -> list[str]:
    """Return the scores of labels; with the calibration errors that they had before calibration, if these are given."""
    rows = [
        [
            *(one.label, str(one.support), str(one.precision), str(one.recall), str(one.f1)),
            _ece(one.ece, (raw_ece or {}).get(one.label)),
        ]
        for one in scores.labels
    ]
    macro = ["macro", str(scores.n_texts), "", "", str(scores.macro_f1), ""]
    return table_lines(LABEL_HEAD, [*rows, macro])


def _ece(found: Interval, before: float | None) -> str:
    return str(found) if before is None or math.isnan(before) else f"{before:.3f} before, {found}"


def evaluation_lines(found: Evaluation) -> list[str]:
    """Return all tables of an evaluation, with a blank line between them."""
    tables = list(_tables(found))
    return [line for i, table in enumerate(tables) for line in ([""] if i else []) + table]


def _tables(found: Evaluation) -> Iterator[list[str]]:
    if found.labels:
        yield label_lines(found.labels)
    if found.spans:
        yield span_lines(found.spans)
    if found.attributions:
        yield _attribution_lines(found.attributions)


def span_lines(spans: Sequence[SpanScore]) -> list[str]:
    """Return the scores of spans, a row for each label and measure."""
    rows = [[s.label, s.measure, str(s.support), str(s.precision), str(s.recall), str(s.f1)] for s in spans]
    return table_lines(SPAN_HEAD, rows)


def pattern_lines(reports: Sequence[PatternReport]) -> list[str]:
    """Return what rules did to texts, a row for each; a dash where nothing is known."""
    return table_lines(PATTERN_HEAD, [_pattern_row(one) for one in reports])


def _pattern_row(one: PatternReport) -> list[str]:
    shares = [f"{share:.3f}" for share in (one.coverage, one.overlaps, one.conflicts)]
    low, high = one.precision_interval or (math.nan, math.nan)
    precision = "–" if one.precision is None else f"{one.precision:.3f} [{low:.3f}, {high:.3f}]"
    recall = "–" if one.recall is None else f"{one.recall:.3f}"
    return [one.name, one.label, str(one.n_matched), *shares, str(one.n_coded), precision, recall]


def _attribution_lines(scores: AttributionScores) -> list[str]:
    rows = [[f"{role} exact F1", str(found)] for role, found in scores.roles.items()]
    return table_lines(("attributions", "value"), [*rows, ["link accuracy", str(scores.link_accuracy)]])
