"""Technique classification (TC of SemEval-2020 task 11): of spans that people marked, which technique is each?

A span that carries several techniques stands in as many rows, and is given as many predictions.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple

import numpy as np

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan
from rhetoric.decoding.spans import softmax
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.metrics.bootstrap import interval
from rhetoric.metrics.counts import f1_of, precision_of, recall_of
from rhetoric.metrics.spans import technique_counts_by_label
from rhetoric.pipeline import Annotator
from rhetoric.runtime.heads import FloatArray, on_one_core
from rhetoric.segmentation import split_sentences
from rhetoric.training.coding import group_of
from rhetoric.training.evaluating import ALL, Evaluation, SpanScore, named_spans, signature_of
from rhetoric.training.label_scores import group_rows
from rhetoric.training.occurrences import load_occurrences, n_occurrences

__all__ = ["MEASURE", "classify_given", "evaluate_techniques"]

HEAD = "technique"
MEASURE = "given"
"""How the table of scores names what is measured: spans are given, and nothing is to be found."""
TINY = 1e-9


def evaluate_techniques(annotator: Annotator, texts: Sequence[CodedText], joins_occurrences: bool = True) -> Evaluation:
    """Return precision, recall and F1 of each technique on given spans, and micro-F1 of all together.

    Args:
        annotator: the model; its head of techniques is asked.
        texts: with spans, labelled by the ids of techniques or as SemEval-2020 task 11 names them.
        joins_occurrences: whether the number of times that the words of a span stand in its article counts too.

    Raises:
        InputError: no text has a span, or a label is no technique of the model.
        ConfigError: the model has no head of techniques.
    """
    coded = [text for text in texts if text.spans]
    if not coded:
        raise InputError("no text has a span: expected spans with a technique each; check the column and its format")
    gold = [named_spans(text.spans or ()) for text in coded]
    names = _techniques(annotator)
    for text, spans in zip(coded, gold, strict=True):
        _require_known(text, spans, names)
    with on_one_core():
        found = [
            classify_given(annotator, text.text, spans, joins_occurrences)
            for text, spans in zip(coded, gold, strict=True)
        ]
    rows = _rows(found, gold, names, [group_of(text) for text in coded])
    records = (f"{t.id} {t.text} {sorted(s)}" for t, s in zip(coded, gold, strict=True))
    what = "technique-classification" + ("+occurrences" if joins_occurrences else "")
    return Evaluation(signature_of(what, annotator, records), spans=rows)


def _techniques(annotator: Annotator) -> tuple[str, ...]:
    names = annotator.network.span_heads.get(HEAD)
    if names is None:
        message = f"the model {annotator.network.info.name!r} has no head of techniques: expected a shipped model"
        raise ConfigError(message)
    return names


def _require_known(text: CodedText, spans: Sequence[CodedSpan], names: Sequence[str]) -> None:
    for span in spans:
        if span.label not in names:
            message = (
                f"the span {span.start}–{span.end} of {text.id!r} has the label {span.label!r}, no technique of the"
                f" model: expected some of {', '.join(names)}"
            )
            raise InputError(message)


def classify_given(
    annotator: Annotator, text: str, spans: Sequence[CodedSpan], joins_occurrences: bool = True
) -> list[CodedSpan]:
    """Return a predicted technique for each row of `spans`: as many of the likeliest as a span has rows.

    Args:
        annotator: the model.
        text: of the article.
        spans: whose labels only say how many techniques a span has.
        joins_occurrences: see `evaluate_techniques`.
    """
    n_rows = Counter(span.extent for span in spans)
    places = sorted(n_rows)
    names = _techniques(annotator)
    scores = _log_probabilities(annotator, text, places)
    if joins_occurrences:
        known = load_occurrences()
        scores = scores + np.stack([known.evidence(n_occurrences(place, text), names) for place in places])
    ranked = np.argsort(-scores, axis=1, kind="stable")
    return [
        CodedSpan(place.start, place.end, names[best])
        for place, order in zip(places, ranked.tolist(), strict=True)
        for best in order[: n_rows[place]]
    ]


def _log_probabilities(annotator: Annotator, text: str, places: Sequence[CharSpan]) -> FloatArray:
    """Return what the head says of each span, (n_spans, n_techniques); all are equally likely where it has no word."""
    network = annotator.network
    aligned = network.aligner.align(text, split_sentences(text))
    bounds = [_bounds(aligned, place) for place in places]
    scores = np.zeros((len(places), len(_techniques(annotator))), np.float32)
    rows = [i for i, found in enumerate(bounds) if found is not None]
    if rows:
        logits = network.heads.spans(HEAD, network.words(aligned), np.array([bounds[i] for i in rows], np.int64))
        scores[rows] = np.log(softmax(logits / np.float32(annotator.rules.temperature(HEAD))) + TINY)
    return scores


def _bounds(aligned: AlignedArticle, place: CharSpan) -> tuple[int, ...] | None:
    """Return the bounds that the head reads: the span, the span again, and its sentence."""
    words = aligned.words_of(place)
    if words is None:
        return None
    return *words, *words, *aligned.sentence_bounds[aligned.word_sentences[words[0]]].tolist()


def _rows(
    found: Sequence[Sequence[CodedSpan]],
    gold: Sequence[Sequence[CodedSpan]],
    names: Sequence[str],
    groups: Sequence[str],
) -> tuple[SpanScore, ...]:
    counts = np.zeros((len(gold), len(names) + 1, 4))
    for row, ours, theirs in zip(counts, found, gold, strict=True):
        for label, of_label in technique_counts_by_label(ours, theirs).items():
            row[names.index(label)] = astuple(of_label)
    counts[:, -1] = counts.sum(axis=1)
    by_group = np.stack([counts[rows].sum(axis=0) for rows in group_rows(groups)])
    return tuple(_scores(by_group, [*names, ALL]))


def _scores(counts: FloatArray, labels: Sequence[str]) -> Iterator[SpanScore]:
    for i, label in enumerate(labels):
        figures = (interval(counts[:, i], of) for of in (precision_of, recall_of, f1_of))
        support = int(counts[:, i, 3].sum())
        if support or counts[:, i, 1].sum():
            yield SpanScore(label, MEASURE, support, *figures)
