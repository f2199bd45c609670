"""Development scores of finished articles: what a user is given, with all that spans and sources add to the heads."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Span
from rhetoric.metrics.arrays import BoolArray, FloatArray, divide
from rhetoric.metrics.attribution import Attributed, touch
from rhetoric.metrics.bootstrap import interval, interval_of_articles
from rhetoric.metrics.counts import f1_of, precision_of, recall_of
from rhetoric.metrics.matching import Item, find_matches, solid
from rhetoric.training.gold import GoldAttribution
from rhetoric.training.readings import Reading
from rhetoric.training.scoring import HALF, Score, calibration_error, to_score

__all__ = [
    "LABEL_FIGURES",
    "label_calibration",
    "label_scores",
    "outlet_country_accuracy",
    "right_targets",
    "source_type_accuracy",
    "target_accuracy",
]

Readings = Sequence[Reading]
Articles = Sequence[AnnotatedArticle]

LABEL_FIGURES = {"F1": f1_of, "precision": precision_of, "recall": recall_of}
"""Of a sentence label; the power calculation of an audit reads precision and recall."""


def label_scores(task: str, name: str, readings: Readings, annotated: Articles) -> Iterator[Score]:
    """Yield F1, precision and recall of one sentence label as it is given out."""
    rows = []
    for article, (_, gold, known) in zip(annotated, _decisions(name, readings, annotated), strict=True):
        ours = np.array([name in s.labels for s in article.sentences], bool)[known]
        hits = (ours & gold).sum()
        rows.append([hits, ours.sum(), hits, gold.sum()])
    counts = np.array(rows, np.float64).reshape(-1, 4)
    for figure, value_of in LABEL_FIGURES.items():
        yield to_score(task, f"{name} {figure}", interval(counts, value_of))


def label_calibration(task: str, name: str, readings: Readings, annotated: Articles) -> Score:
    """Return the expected calibration error of one sentence label's score as it is given out."""
    decisions = [(scores, gold) for scores, gold, _ in _decisions(name, readings, annotated)]
    return to_score(task, f"{name} ECE", interval_of_articles(decisions, calibration_error))


def _decisions(name: str, readings: Readings, annotated: Articles) -> Iterator[tuple[FloatArray, BoolArray, BoolArray]]:
    """Yield, for each article, scores and gold of the sentences whose label is known, and which these are."""
    for reading, article in zip(readings, annotated, strict=True):
        gold = reading.sentence_labels((name,))[:, 0]
        scores = np.array([s.scores[name] for s in article.sentences])
        yield scores[gold >= 0], gold[gold >= 0] > HALF, gold >= 0


def source_type_accuracy(task: str, readings: Readings, annotated: Articles) -> Score:
    """Return the share of the attributions found (half of the content, the right source) with the right source type."""
    pairs = _matched(readings, annotated)
    rows = [_hits(one.source_type == gold.source_type for one, gold in found if gold.source_type) for found in pairs]
    return _accuracy(task, "source type accuracy, end to end", rows)


def outlet_country_accuracy(task: str, readings: Readings, annotated: Articles) -> Score:
    """Return the share of the attributions found that are linked to an outlet whose country is that of the gold one."""
    rows = [
        _hits(
            one.outlet.country == gold.country for one, gold in found if one.outlet and one.outlet.name and gold.outlet
        )
        for found in _matched(readings, annotated)
    ]
    return _accuracy(task, "outlet country accuracy", rows)


def target_accuracy(task: str, readings: Readings, annotated: Articles) -> Score:
    """Return the share of the loaded spans found whose target is the right mention, or another of the same words.

    Spans that evaluate nothing that is mentioned count as right where no target is given.
    """
    rows = [right_targets(a.spans, r) for r, a in zip(readings, annotated, strict=True)]
    return _accuracy(task, "loaded target accuracy", rows)


def right_targets(spans: Sequence[Span], reading: Reading) -> tuple[int, int]:
    """Return how many loaded spans have the right target, and how many are spans of gold at all."""
    text, gold = reading.gold.article.text, {t.span.extent: t.mention for t in reading.gold.targets}
    loaded = [span for span in spans if span.layer == "wording"]
    found = [(s.target, gold[near]) for s in loaded if (near := _nearest(s, gold)) is not None]
    return _hits(_same_mention(one, other, text) for one, other in found)


def _nearest(span: CharSpan, gold: Iterable[CharSpan]) -> CharSpan | None:
    best = max(gold, key=span.n_shared, default=None)
    return best if best is not None and span.overlaps(best) else None


def _same_mention(one: CharSpan | None, other: CharSpan | None, text: str) -> bool:
    return touch(one, other) or (one is not None and other is not None and one.of(text) == other.of(text))


def _matched(readings: Readings, annotated: Articles) -> Iterator[list[tuple[Attribution, GoldAttribution]]]:
    """Yield, for each article, the attributions found and the gold ones that they stand for."""
    for reading, article in zip(readings, annotated, strict=True):
        ours = {_item(a): a for a in article.attributions if a.content}
        theirs = {_item(a): a for a in reading.gold.attributions or () if a.content}
        pairs = ((ours[match.predicted], theirs[match.gold]) for match in find_matches(ours, theirs, HALF))
        yield [(one, gold) for one, gold in pairs if touch(one.source, gold.source)]


def _item(attribution: Attributed) -> Item:
    return Item(solid(attribution.content), attribution.source)


def _hits(decisions: Iterable[bool]) -> tuple[int, int]:
    listed = list(decisions)
    return sum(listed), len(listed)


def _accuracy(task: str, metric: str, rows: Sequence[tuple[int, int]]) -> Score:
    counts = np.array(rows, np.float64).reshape(-1, 2)
    return to_score(task, metric, interval(counts, lambda c: divide(c[..., 0], c[..., 1], np.nan)))
