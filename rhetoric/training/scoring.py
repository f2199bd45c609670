"""Development scores: what a model finds, against gold, with intervals clustered by article."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from rhetoric.alignment import IntArray
from rhetoric.annotation import Attribution, CharSpan
from rhetoric.decoding.decoder import Decoder
from rhetoric.decoding.spans import decode_tags
from rhetoric.metrics.arrays import BoolArray, FloatArray
from rhetoric.metrics.attribution import Role, accuracy_of, link_counts, role_counts
from rhetoric.metrics.bootstrap import Interval, interval, interval_of_articles
from rhetoric.metrics.calibration import expected_calibration_error
from rhetoric.metrics.counts import Counts, f1_of, stack
from rhetoric.metrics.signature import METRICS_VERSION
from rhetoric.metrics.spans import ptc_counts, technique_counts_by_label
from rhetoric.training.gold import GoldSpan
from rhetoric.training.readings import Reading

__all__ = [
    "HALF",
    "Score",
    "calibration_error",
    "calibration_score",
    "class_macro_f1",
    "class_micro_f1",
    "f1_of_confusions",
    "label_f1",
    "label_macro_f1",
    "link_accuracy",
    "role_f1",
    "span_f1",
    "to_score",
]

Readings = Sequence[Reading]
Decisions = tuple[FloatArray, BoolArray]
"""Probabilities of a label and whether it holds, for the sentences of one article."""

HALF = 0.5


@dataclass(frozen=True)
class Score:
    """One figure of a model on one set of articles.

    `low` and `high` bound its 95 % interval by resampling articles with that `seed`; `n` is how many there are.
    """

    task: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    seed: int
    version: str = METRICS_VERSION


def to_score(task: str, metric: str, found: Interval) -> Score:
    """Return a figure with its interval as it is reported."""
    value, low, high = (round(x, 4) for x in (found.value, found.low, found.high))
    return Score(task, metric, value, low, high, found.n_clusters, found.seed)


def _from_counts(task: str, metric: str, counts: Iterable[Counts]) -> Score:
    return to_score(task, metric, interval(stack(counts), f1_of))


def span_f1(task: str, readings: Readings, decoder: Decoder, taggers: Sequence[str]) -> Score:
    """Return PTC's partial-overlap F1 of the spans of `taggers` together."""
    rules = decoder.rules
    cuts = [(decoder.labels.taggers.index(t), rules.threshold("tagger", t), rules.switch_cost(t)) for t in taggers]

    def count(reading: Reading) -> Counts:
        logits = decoder.heads.tags(reading.words)
        ours = [f.span for i, *cut in cuts for f in decode_tags(logits[:, i], reading.aligned, *cut)]
        gold: list[CharSpan] = [s for t in taggers for s in reading.gold.taggers[t].positive]
        return ptc_counts(ours, gold)

    return _from_counts(task, "span F1 (PTC)", map(count, readings))


def role_f1(task: str, readings: Readings, decoder: Decoder, roles: Sequence[Role]) -> list[Score]:
    """Return exact F1 of each role of the finished attributions."""
    found = _attributions(readings, decoder)
    gold = [r.gold.attributions or () for r in readings]
    return [
        _from_counts(task, f"{role} exact F1", (role_counts(a, b, role) for a, b in zip(found, gold, strict=True)))
        for role in roles
    ]


def link_accuracy(task: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the share of the contents found to the character whose source is the right one."""
    found = _attributions(readings, decoder)
    rows = [link_counts(a, r.gold.attributions or ()).row for a, r in zip(found, readings, strict=True)]
    return to_score(task, "link accuracy", interval(rows, accuracy_of))


def _attributions(readings: Readings, decoder: Decoder) -> list[list[Attribution]]:
    return [decoder.attributions(r.gold.article.text, r.aligned, r.words) for r in readings]


def _decisions(name: str, readings: Readings, decoder: Decoder) -> Iterator[Decisions]:
    """Yield, for each article, probabilities and gold of the sentences whose label is known."""
    column = decoder.labels.sentence_labels.index(name)
    for reading in readings:
        gold = reading.sentence_labels((name,))[:, 0]
        logits = decoder.heads.sentences(reading.words, reading.aligned.sentence_bounds)[:, column]
        probabilities = decoder.rules.platt("sentence", name).apply(logits)
        yield probabilities[gold >= 0], gold[gold >= 0] > HALF


def _confusions(name: str, readings: Readings, decoder: Decoder) -> FloatArray:
    """Return true and false positives, false and true negatives of each article, (n_articles, 4)."""
    threshold = decoder.rules.threshold("sentence", name)
    rows = []
    for probabilities, theirs in _decisions(name, readings, decoder):
        ours = probabilities >= threshold
        rows.append([(ours & theirs).sum(), (ours & ~theirs).sum(), (~ours & theirs).sum(), (~ours & ~theirs).sum()])
    return np.array(rows, np.float64).reshape(-1, 4)


def _f1(hits: FloatArray, false_alarms: FloatArray, misses: FloatArray) -> FloatArray:
    return f1_of(np.stack([hits, hits + false_alarms, hits, hits + misses], axis=-1))


def f1_of_confusions(rows: FloatArray) -> FloatArray:
    """Return F1 of rows of true and false positives, false and true negatives, (..., 4) to (...)."""
    return _f1(rows[..., 0], rows[..., 1], rows[..., 2])


def label_f1(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return F1 of one sentence label."""
    found = interval(_confusions(name, readings, decoder), f1_of_confusions)
    return to_score(task, f"{name} F1", found)


def label_macro_f1(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the mean of the F1 of having one sentence label and of not having it."""

    def macro(c: FloatArray) -> FloatArray:
        return (_f1(c[..., 0], c[..., 1], c[..., 2]) + _f1(c[..., 3], c[..., 2], c[..., 1])) / 2

    return to_score(task, f"{name} macro-F1", interval(_confusions(name, readings, decoder), macro))


def calibration_score(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the expected calibration error of one sentence label."""
    found = interval_of_articles(list(_decisions(name, readings, decoder)), calibration_error)
    return to_score(task, f"{name} ECE", found)


def calibration_error(decisions: Sequence[Decisions]) -> float:
    """Return the expected calibration error of the decisions of all articles together."""
    probabilities, gold = zip(*decisions, strict=True)
    return expected_calibration_error(np.concatenate(probabilities), np.concatenate(gold))


def _class_counts(head: str, readings: Readings, decoder: Decoder) -> FloatArray:
    """Return the counts of every class of a span head in each article, (n_articles, 4 * n_classes)."""
    names = decoder.labels.span_heads[head]
    rows = np.zeros((len(readings), len(names), 4))
    for row, reading in zip(rows, readings, strict=True):
        bounds, gold = reading.span_rows(head)
        ranked = np.argsort(-decoder.heads.spans(head, reading.words, bounds), axis=1, kind="stable")
        for label, counts in technique_counts_by_label(_classified(gold, ranked, names), gold).items():
            row[names.index(label)] = astuple(counts)
    return rows.reshape(len(readings), -1)


def _classified(gold: Sequence[GoldSpan], ranked: IntArray, names: Sequence[str]) -> Iterator[GoldSpan]:
    """Yield the spans of `gold` with predicted labels; one that stands in several rows takes as many of the best."""
    n_before: Counter[CharSpan] = Counter()
    for span, best in zip(gold, ranked.tolist(), strict=True):
        yield GoldSpan(span.start, span.end, names[best[n_before[span.extent]]])
        n_before[span.extent] += 1


def class_micro_f1(task: str, head: str, readings: Readings, decoder: Decoder) -> Score:
    """Return micro-F1 of a span head on given spans; a span with several labels takes as many of the best."""
    n = len(decoder.labels.span_heads[head])

    def micro(sums: FloatArray) -> FloatArray:
        return f1_of(sums.reshape(*sums.shape[:-1], n, 4).sum(-2))

    return to_score(task, f"{head} micro-F1", interval(_class_counts(head, readings, decoder), micro))


def class_macro_f1(task: str, head: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the mean F1 of the classes of a span head on given spans."""
    n = len(decoder.labels.span_heads[head])

    def macro(sums: FloatArray) -> FloatArray:
        of_class: FloatArray = f1_of(sums.reshape(*sums.shape[:-1], n, 4)).mean(-1)
        return of_class

    return to_score(task, f"{head} macro-F1", interval(_class_counts(head, readings, decoder), macro))
