"""Development scores: what a model finds, against gold, with intervals clustered by article."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import Attribution, CharSpan
from rhetoric.decoding.decoder import Decoder
from rhetoric.decoding.spans import decode_tags
from rhetoric.metrics.attribution import LinkCounts, Role, accuracy_of, link_counts, role_counts
from rhetoric.metrics.bootstrap import SEED, Interval, interval
from rhetoric.metrics.calibration import expected_calibration_error
from rhetoric.metrics.counts import Counts, f1_of, stack
from rhetoric.metrics.signature import METRICS_VERSION
from rhetoric.metrics.spans import ptc_counts
from rhetoric.training.readings import Reading

__all__ = [
    "Score",
    "calibration_score",
    "class_macro_f1",
    "class_micro_f1",
    "label_f1",
    "label_macro_f1",
    "link_accuracy",
    "role_f1",
    "span_f1",
]

FloatArray = npt.NDArray[np.float64]
Readings = Sequence[Reading]
HALF = 0.5


@dataclass(frozen=True)
class Score:
    """One figure of a model on one set of articles.

    `low` and `high` bound its 95 % interval by resampling articles; `n` is how many there are.
    """

    task: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    seed: int = SEED
    version: str = METRICS_VERSION


def _score(task: str, metric: str, found: Interval) -> Score:
    return Score(task, metric, round(found.value, 4), round(found.low, 4), round(found.high, 4), found.n_clusters)


def _from_counts(task: str, metric: str, counts: Iterable[Counts]) -> Score:
    return _score(task, metric, interval(stack(counts), f1_of))


def span_f1(task: str, readings: Readings, decoder: Decoder, taggers: Sequence[str]) -> Score:
    """Return PTC's partial-overlap F1 of the spans of `taggers` together."""
    columns = [(decoder.labels.taggers.index(t), decoder.rules.threshold("tagger", t)) for t in taggers]

    def count(reading: Reading) -> Counts:
        logits = decoder.heads.tags(reading.words)
        ours = [f.span for i, threshold in columns for f in decode_tags(logits[:, i], reading.aligned, threshold)]
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
    counts: list[LinkCounts] = [
        link_counts(a, r.gold.attributions or ()) for a, r in zip(found, readings, strict=True)
    ]
    return _score(task, "link accuracy", interval([c.row for c in counts], accuracy_of))


def _attributions(readings: Readings, decoder: Decoder) -> list[list[Attribution]]:
    return [decoder.attributions(r.gold.article.text, r.aligned, r.words) for r in readings]


def _decisions(name: str, readings: Readings, decoder: Decoder) -> list[tuple[FloatArray, FloatArray]]:
    """Return, for each article, probabilities and gold of the sentences whose label is known."""
    column = decoder.labels.sentence_labels.index(name)
    pairs = []
    for reading in readings:
        gold = reading.sentence_labels((name,))[:, 0]
        logits = decoder.heads.sentences(reading.words, reading.aligned.sentence_bounds)[:, column]
        probabilities = decoder.rules.platt("sentence", name).apply(logits)
        pairs.append((probabilities[gold >= 0], gold[gold >= 0]))
    return pairs


def _confusions(name: str, readings: Readings, decoder: Decoder) -> FloatArray:
    """Return true and false positives, false and true negatives of each article, (n_articles, 4)."""
    threshold = decoder.rules.threshold("sentence", name)
    rows = []
    for probabilities, gold in _decisions(name, readings, decoder):
        ours, theirs = probabilities >= threshold, gold > HALF
        rows.append([(ours & theirs).sum(), (ours & ~theirs).sum(), (~ours & theirs).sum(), (~ours & ~theirs).sum()])
    return np.array(rows, np.float64).reshape(-1, 4)


def _f1(hits: FloatArray, false_alarms: FloatArray, misses: FloatArray) -> FloatArray:
    return 2 * hits / np.maximum(2 * hits + false_alarms + misses, 1e-9)


def label_f1(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return F1 of one sentence label."""
    found = interval(_confusions(name, readings, decoder), lambda c: _f1(c[..., 0], c[..., 1], c[..., 2]))
    return _score(task, f"{name} F1", found)


def label_macro_f1(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the mean of the F1 of having one sentence label and of not having it."""

    def macro(c: FloatArray) -> FloatArray:
        return (_f1(c[..., 0], c[..., 1], c[..., 2]) + _f1(c[..., 3], c[..., 2], c[..., 1])) / 2

    return _score(task, f"{name} macro-F1", interval(_confusions(name, readings, decoder), macro))


def calibration_score(task: str, name: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the expected calibration error of one sentence label, without interval (it is no mean of articles)."""
    pairs = _decisions(name, readings, decoder)
    error = expected_calibration_error(np.concatenate([p for p, _ in pairs]), np.concatenate([g for _, g in pairs]) > HALF)
    value = round(float(error), 4)
    return Score(task, f"{name} ECE", value, value, value, len(pairs))


def _class_counts(head: str, readings: Readings, decoder: Decoder) -> FloatArray:
    """Return hits, predictions and gold of every class for each article, (n_articles, 3 * n_classes).

    A span with several labels takes as many of the most probable classes.
    """
    names = decoder.labels.span_heads[head]
    counts = np.zeros((len(readings), 3, len(names)))
    for row, reading in zip(counts, readings, strict=True):
        bounds, spans = reading.span_rows(head)
        logits = decoder.heads.spans(head, reading.words, bounds) if spans else np.zeros((0, len(names)))
        ranked = {span.extent: np.argsort(-of_span) for span, of_span in zip(spans, logits, strict=True)}
        wanted = Counter((span.extent, names.index(span.label)) for span in spans)
        n_wanted = Counter(extent for extent, _ in wanted)
        given = {(extent, int(k)) for extent, n in n_wanted.items() for k in ranked[extent][:n]}
        for (extent, label), n in wanted.items():
            row[2, label] += n
            row[0, label] += n * ((extent, label) in given)
        for _, label in given:
            row[1, label] += 1
    return counts.reshape(len(readings), -1)


def class_micro_f1(task: str, head: str, readings: Readings, decoder: Decoder) -> Score:
    """Return micro-F1 of a span head on given spans; a span with several labels takes as many of the best."""
    n = len(decoder.labels.span_heads[head])

    def micro(c: FloatArray) -> FloatArray:
        return 2 * c[..., :n].sum(-1) / np.maximum(c[..., n:].sum(-1), 1e-9)

    return _score(task, f"{head} micro-F1", interval(_class_counts(head, readings, decoder), micro))


def class_macro_f1(task: str, head: str, readings: Readings, decoder: Decoder) -> Score:
    """Return the mean F1 of the classes of a span head on given spans."""
    n = len(decoder.labels.span_heads[head])

    def macro(c: FloatArray) -> FloatArray:
        return (2 * c[..., :n] / np.maximum(c[..., n : 2 * n] + c[..., 2 * n :], 1e-9)).mean(-1)

    return _score(task, f"{head} macro-F1", interval(_class_counts(head, readings, decoder), macro))
