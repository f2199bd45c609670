"""Any model on any gold: labels of texts, spans, and whole annotations, each figure with its interval and signature."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rhetoric.annotation import AnnotatedArticle, Article, ArticleLabels, CharSpan, Sentence, Span
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.metrics.attribution import ROLES, accuracy_of, link_counts, role_counts
from rhetoric.metrics.bootstrap import Interval, interval
from rhetoric.metrics.calibration import Bin, reliability
from rhetoric.metrics.counts import Counts, f1_of, precision_of, recall_of, stack
from rhetoric.metrics.signature import Signature, hash_data
from rhetoric.metrics.spans import exact_counts, overlap_counts, ptc_counts
from rhetoric.pipeline import Annotator
from rhetoric.taxonomy import techniques
from rhetoric.training.coding import CodedUnit, group_of, join_coders, shares_of
from rhetoric.training.label_scores import LabelScores, group_rows, score_labels

__all__ = [
    "ALL",
    "HALF",
    "SPAN_MEASURES",
    "AttributionScores",
    "Evaluation",
    "SpanScore",
    "evaluate_annotations",
    "evaluate_spans",
    "evaluate_texts",
    "named_spans",
    "require_known",
    "score_spans",
    "signature_of",
]

HALF = 0.5
"""Share of the coders who gave a label, from which gold has it."""
SEED = 13
ALL = "all"
"""The row of all labels together."""
Measure = Callable[[Iterable[CharSpan], Iterable[CharSpan]], Counts]

SPAN_MEASURES: dict[str, Measure] = {"exact": exact_counts, "overlap": overlap_counts, "ptc": ptc_counts}
"""To the character; at least half of a gold span; by the share of characters, as PTC's task scores them."""


@dataclass(frozen=True)
class SpanScore:
    """The scores of spans of one label (or of all together) by one measure; intervals by resampling articles."""

    label: str
    measure: str
    support: int
    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True)
class AttributionScores:
    """The scores of attributions: exact F1 of each role, and the share of the contents found with the right source."""

    roles: dict[str, Interval]
    link_accuracy: Interval


@dataclass(frozen=True)
class Evaluation:
    """What a model scores on gold.

    Attributes:
        signature: what it was measured with.
        labels: scores of labels of texts or sentences.
        spans: scores of spans, by label and measure.
        attributions: scores of attributions.
        bins: by label, the table behind a reliability diagram.
        n_learnt: of how many of the texts the model learnt, so that the figures flatter; None where its folder does not
            say.
    """

    signature: str
    labels: LabelScores | None = None
    spans: tuple[SpanScore, ...] = ()
    attributions: AttributionScores | None = None
    bins: dict[str, tuple[Bin, ...]] | None = None
    n_learnt: int | None = None

    def to_record(self) -> dict[str, Any]:
        """Return the evaluation as a JSON object."""
        return asdict(self)


def signature_of(what: str, annotator: Annotator, records: Iterable[str]) -> str:
    """Return what the figures of an evaluation are measured with, in one line; `records` are the gold."""
    info = annotator.network.info
    return str(Signature(what, model=f"{info.name}-{info.version}", data=hash_data(records), seed=SEED))


def _labels_of(article: AnnotatedArticle) -> tuple[dict[str, float], set[str]]:
    """Return the highest score of each label among the units of a text, and the labels that any of them is given."""
    units: list[Sentence | ArticleLabels] = [*article.sentences, *article.paragraphs, article.article]
    scores: dict[str, float] = {}
    for unit in units:
        for name, score in unit.scores.items():
            scores[name] = max(score, scores.get(name, 0.0))
    return scores, {name for unit in units for name in unit.labels}


def evaluate_texts(annotator: Annotator, texts: Sequence[CodedText]) -> Evaluation:
    """Return the scores of labels on texts that were coded as wholes.

    A text of several sentences has a label of sentences where one of them has it.

    Raises:
        InputError: gold has a label that the model does not give, or no text is coded.
    """
    units = join_coders(texts)
    if not units:
        raise InputError("no text is coded as a whole: expected codes in the column of labels")
    annotated = list(annotator.pipe(Article(unit.id, unit.text) for unit in units))
    found = [_labels_of(article) for article in annotated]
    known = {name for scores, _ in found for name in scores}
    labels = require_known({label for unit in units for label in unit.shares}, known)
    probabilities = np.array([[scores.get(label, 0.0) for label in labels] for scores, _ in found])
    chosen = np.array([[label in given for label in labels] for _, given in found])
    gold = shares_of(units, labels) >= HALF
    return Evaluation(
        signature_of("labels", annotator, (f"{u.id} {u.text} {sorted(u.shares.items())}" for u in units)),
        labels=score_labels(labels, probabilities, chosen, gold, [unit.group for unit in units]),
        bins={label: reliability(probabilities[:, i], gold[:, i]) for i, label in enumerate(labels)},
    )


def require_known(wanted: set[str], known: set[str]) -> tuple[str, ...]:
    """Return the labels of gold, sorted.

    Raises:
        InputError: the model does not give one of them.
    """
    for label in sorted(wanted - known):
        message = (
            f"gold has the label {label!r}, which the model does not give: expected some of {', '.join(sorted(known))}"
        )
        raise InputError(message)
    return tuple(sorted(wanted))


def evaluate_spans(annotator: Annotator, texts: Sequence[CodedText]) -> Evaluation:
    """Return the scores of spans, for each label of gold and for all together, by three measures.

    Labels of SemEval-2020 task 11 are read as the techniques that they name; spans without a label count in the total
    alone.

    Raises:
        InputError: gold has a label that the model does not give, or no text is coded for spans.
    """
    coded = [text for text in texts if text.spans is not None]
    if not coded:
        raise InputError("no text is coded for spans: expected a list of spans; check the column and its format")
    annotated = list(annotator.pipe(Article(text.id, text.text) for text in coded))
    gold = [named_spans(text.spans or ()) for text in coded]
    wanted = {span.label for spans in gold for span in spans if span.label}
    labels = require_known(wanted, _span_labels(annotator))
    rows = _span_rows(annotated, gold, labels, [group_of(text) for text in coded])
    records = (f"{t.id} {t.text} {sorted(s)}" for t, s in zip(coded, gold, strict=True))
    return Evaluation(signature_of("spans", annotator, records), spans=rows)


def _span_rows(
    annotated: Sequence[AnnotatedArticle],
    gold: Sequence[Sequence[CodedSpan | Span]],
    labels: Sequence[str],
    groups: Sequence[str],
) -> tuple[SpanScore, ...]:
    found = {
        label: [[s for s in article.spans if _is_of(s.label, label, labels)] for article in annotated]
        for label in (*labels, ALL)
    }
    wanted = {label: [[s for s in spans if label in (s.label, ALL)] for spans in gold] for label in found}
    return score_spans(found, wanted, groups)


def _is_of(found: str, label: str, labels: Sequence[str]) -> bool:
    """Return whether a span counts under a label; under all together, where gold has labels, if gold has its label."""
    return found == label or (label == ALL and (not labels or found in labels))


def named_spans(spans: Iterable[CodedSpan]) -> list[CodedSpan]:
    """Return spans with the ids of the techniques that SemEval-2020 task 11 names otherwise."""
    names = {one.semeval: one.id for one in techniques()}
    return [CodedSpan(s.start, s.end, names.get(s.label, s.label)) for s in spans]


def _span_labels(annotator: Annotator) -> set[str]:
    own = {label for head in annotator.network.added if head.unit == "span" for label in head.labels}
    return own | set(annotator.network.span_heads.get("technique", ()))


def score_spans(
    found: Mapping[str, Sequence[Sequence[CharSpan]]],
    gold: Mapping[str, Sequence[Sequence[CharSpan]]],
    groups: Sequence[str],
) -> tuple[SpanScore, ...]:
    """Return the scores of each label by each measure.

    Args:
        found: by label, the spans of each text.
        gold: likewise.
        groups: the article of each text.
    """
    rows = group_rows(groups)
    return tuple(
        _span_score(label, measure, found[label], gold[label], rows) for label in found for measure in SPAN_MEASURES
    )


def _span_score(
    label: str,
    measure: str,
    ours: Sequence[Sequence[CharSpan]],
    theirs: Sequence[Sequence[CharSpan]],
    groups: Sequence[Any],
) -> SpanScore:
    counts = stack(SPAN_MEASURES[measure](a, b) for a, b in zip(ours, theirs, strict=True))
    by_group = np.stack([counts[rows].sum(axis=0) for rows in groups])
    figures = (interval(by_group, of) for of in (precision_of, recall_of, f1_of))
    return SpanScore(label, measure, sum(map(len, theirs)), *figures)


def evaluate_annotations(annotator: Annotator, gold: Sequence[AnnotatedArticle]) -> Evaluation:
    """Return the scores of sentence labels, spans and attributions on articles that were annotated by hand.

    Raises:
        InputError: there is no article, or gold has a label that the model does not give.
    """
    if not gold:
        raise InputError(
            "no annotated article: expected the JSON lines that `rhetoric annotate` writes, corrected by hand"
        )
    found = list(annotator.pipe(Article(article.id, article.text) for article in gold))
    roles: dict[str, Interval] = {
        role: interval(
            stack(role_counts(a.attributions, b.attributions, role) for a, b in zip(found, gold, strict=True)), f1_of
        )
        for role in ROLES
    }
    links = [link_counts(a.attributions, b.attributions).row for a, b in zip(found, gold, strict=True)]
    units = [_sentence_unit(article, s) for article in gold for s in article.sentences]
    labels = require_known({span.label for article in gold for span in article.spans}, _span_labels(annotator))
    spans = _span_rows(found, [article.spans for article in gold], labels, [article.id for article in gold])
    return Evaluation(
        signature_of("annotations", annotator, (f"{a.id} {a.text}" for a in gold)),
        labels=_sentence_scores(found, gold, units) if units else None,
        spans=spans if labels else (),
        attributions=AttributionScores(roles, interval(links, accuracy_of)),
    )


def _sentence_unit(article: AnnotatedArticle, sentence: Sentence) -> CodedUnit:
    shares = dict.fromkeys(sentence.labels, 1.0)
    return CodedUnit(f"{article.id}:{sentence.start}", sentence.of(article.text), shares, article.id)


def _sentence_scores(
    found: Sequence[AnnotatedArticle], gold: Sequence[AnnotatedArticle], units: Sequence[CodedUnit]
) -> LabelScores:
    pairs = [(a.sentences, b.sentences, b.id) for a, b in zip(found, gold, strict=True)]
    for ours, theirs, name in pairs:
        if [s.extent for s in ours] != [s.extent for s in theirs]:
            message = f"the sentences of {name!r} are not those of its text: expected annotations of this version"
            raise InputError(message)
    sentences = [s for ours, _, _ in pairs for s in ours]
    labels = require_known({name for unit in units for name in unit.shares}, set(sentences[0].scores))
    probabilities = np.array([[s.scores[label] for label in labels] for s in sentences])
    chosen = np.array([[label in s.labels for label in labels] for s in sentences])
    return score_labels(labels, probabilities, chosen, shares_of(units, labels) >= HALF, [u.group for u in units])
