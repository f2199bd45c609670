"""Stretches of one's own: a BIO tagger for each label, on the states of words, from texts in which people marked them.

Where several people marked a text, a word is in a stretch if at least half of them have it in one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean

import numpy as np

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import decode_tags
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import require_one_codebook
from rhetoric.metrics.calibration import fit_platt
from rhetoric.metrics.counts import total
from rhetoric.metrics.spans import ptc_counts
from rhetoric.runtime import Network, load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import N_TAGS, FloatArray
from rhetoric.training.coding import MIN_EXAMPLES
from rhetoric.training.evaluating import SpanScore, score_spans
from rhetoric.training.frozen import LinearHead, fit_head
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.marked import MarkedText, ReadText, join_marks, known_marks, read_marked
from rhetoric.training.outcomes import Tuned
from rhetoric.training.own import OUTLET, require_free, write_added
from rhetoric.training.plans import plan_splits, rows_by_value
from rhetoric.training.seen import record_seen

__all__ = [
    "PTC",
    "Tagger",
    "TrainedSpans",
    "cut_tagger",
    "find_span_head",
    "join_taggers",
    "mean_f1",
    "score_by_outlet",
    "score_taggers",
    "train_spans",
]

HALF = 0.5
PTC = "ptc"
THRESHOLDS: tuple[float, ...] = tuple(np.round(np.arange(0.3, 0.96, 0.05), 2).tolist())
SWITCH_COSTS = (0.0, 1.0, 2.0)
Advance = Callable[[], None]


@dataclass(frozen=True)
class TrainedSpans:
    """A head of stretches that was trained, and what it scores on texts that were kept for testing.

    Attributes:
        head: what it marks.
        scores: by label and measure.
        n_train: texts that it learnt from.
        n_test: texts that were kept for testing.
        rules: its calibration and thresholds.
        repeats: mean F1 by the share of characters of each of the splits that were tried.
        left_out: by value of the field that was left out value by value, the scores on it.
        by_outlet: scores on the texts that were kept for testing, by outlet, where the data name several.
        tuned: how the encoder was fine-tuned; None where it stayed as it is.
    """

    head: AddedHead
    scores: tuple[SpanScore, ...]
    n_train: int
    n_test: int
    rules: DecisionRules
    repeats: tuple[float, ...]
    left_out: dict[str, tuple[SpanScore, ...]]
    by_outlet: dict[str, tuple[SpanScore, ...]]
    tuned: Tuned | None = None


@dataclass(frozen=True)
class Tagger:
    """The tagger of one label, and where its probabilities are cut."""

    linear: LinearHead
    threshold: float
    switch_cost: float
    rules: DecisionRules


def train_spans(
    recipe: LabelRecipe, texts: Sequence[CodedText], test: Sequence[CodedText], output: Path, advance: Advance
) -> TrainedSpans:
    """Train a head of stretches on marked texts and write the model that has it beside all that the base model has.

    Args:
        recipe: what to train on what.
        texts: the codings.
        test: those to test on; without any, a fifth of the texts is kept for it.
        output: folder of the new model.
        advance: is called after each text that was encoded.

    Raises:
        ConfigError: a label has the name of one that the base model has, or the recipe asks for what stretches lack.
        InputError: a label has too few stretches, versions of a codebook are mixed, or the test data leak.
    """
    require_one_codebook(texts)
    base = load_network(recipe.base)
    marked = join_marks(texts)
    head = find_span_head(recipe, marked, base)
    every = [*marked, *known_marks(join_marks(test) if test else [], head.labels)]
    planned = plan_splits(recipe, every, len(marked), tuning_share=0.0)
    reads = [read_marked(text, base, advance) for text in every]
    kept = [[reads[i] for i in one.split.test] for one in planned]
    fits = [_fit_all(head, [reads[i] for i in one.split.train], recipe.seed) for one in planned]
    scores = [score_taggers(*pair) for pair in zip(fits, kept, strict=True)]
    rules, train = join_taggers(fits[0]), planned[0].split.train
    write_added(base, head, _stacked(fits[0]), rules, output)
    record_seen(output, {"training": (every[i].text for i in train)}, base.folder)
    told = list(zip(planned, scores, strict=True))
    return TrainedSpans(
        head,
        scores[0],
        len(train),
        len(kept[0]),
        rules,
        tuple(mean_f1(of) for one, of in told if one.value is None),
        {one.value: of for one, of in told if one.value is not None},
        score_by_outlet(fits[0], kept[0]),
    )


def find_span_head(recipe: LabelRecipe, marked: Sequence[MarkedText], base: Network) -> AddedHead:
    """Return the head that a recipe asks for.

    Raises:
        ConfigError: a label is taken, or the recipe asks for what stretches lack.
        InputError: a label has too few stretches.
    """
    _refuse_options_of_texts(recipe)
    return require_free(AddedHead(recipe.name, "span", _labels(marked)), base)


def _refuse_options_of_texts(recipe: LabelRecipe) -> None:
    """Refuse what would be passed over in silence.

    Raises:
        ConfigError: the recipe asks for what only labels of whole texts have.
    """
    if recipe.is_exclusive is not None:
        message = "is_exclusive: stretches of text are trained without it; leave it out, or label whole texts"
        raise ConfigError(message)


def _labels(marked: Sequence[MarkedText]) -> tuple[str, ...]:
    """Return the labels, sorted.

    Raises:
        InputError: there is none, or one has too few stretches.
    """
    counts: dict[str, int] = {}
    for text in marked:
        for label, codings in text.marks.items():
            counts[label] = counts.get(label, 0) + max(map(len, codings))
    if not counts:
        raise InputError("no text has a span with a label: expected objects with start, end and label")
    for label, n in sorted(counts.items()):
        if n < MIN_EXAMPLES:
            message = f"the label {label!r} has {n} spans: expected at least {MIN_EXAMPLES}; mark more, or leave it out"
            raise InputError(message)
    return tuple(sorted(counts))


def _fit_all(head: AddedHead, reads: Sequence[ReadText], seed: int) -> dict[str, Tagger]:
    return {label: _fit(label, reads, seed) for label in head.labels}


def _fit(label: str, reads: Sequence[ReadText], seed: int) -> Tagger:
    """Return the tagger of one label, with its cut by out-of-fold predictions."""
    tags = [read.marked.tags(label, read.aligned) for read in reads]
    shares = np.eye(N_TAGS, dtype=np.float32)[np.concatenate(tags)]
    groups = [read.marked.group for read in reads for _ in range(read.aligned.n_words)]
    folded = fit_head(np.concatenate([read.words for read in reads]), shares, groups, is_exclusive=True, seed=seed)
    logits = np.split(folded.logits, np.cumsum([read.aligned.n_words for read in reads])[:-1])
    return cut_tagger(label, folded.head, [(read.marked, read.aligned) for read in reads], logits)


def cut_tagger(
    label: str, linear: LinearHead, texts: Sequence[tuple[MarkedText, AlignedArticle]], logits: Sequence[FloatArray]
) -> Tagger:
    """Return a tagger cut where it finds most by PTC's partial overlap, with its calibration.

    Args:
        label: what it marks.
        linear: its matrix.
        texts: that it did not learn from.
        logits: of their words, (n_words, 3) each.
    """
    read = list(zip(logits, (aligned for _, aligned in texts), strict=True))
    gold = [marked.spans(label, aligned) for marked, aligned in texts]

    def found(cut: tuple[float, float]) -> list[list[CharSpan]]:
        return [[s.span for s in decode_tags(of_one, aligned, *cut)] for of_one, aligned in read]

    def merit(cut: tuple[float, float]) -> tuple[float, float]:
        # Of few texts many cuts find the same; the one in the middle is the likeliest to do so elsewhere.
        f1 = total(ptc_counts(a, b) for a, b in zip(found(cut), gold, strict=True)).f1
        return round(f1, 9), -abs(cut[0] - HALF)

    best = max(product(THRESHOLDS, SWITCH_COSTS), key=merit)
    spans = [(s, g) for (x, aligned), g in zip(read, gold, strict=True) for s in decode_tags(x, aligned, *best)]
    right = [any(s.span.n_shared(one) >= HALF * len(s.span) for one in of_text) for s, of_text in spans]
    platt = {"span": {label: fit_platt(np.array([s.logit for s, _ in spans]), np.array(right, bool))}}
    thresholds = {"span": {label: best[0]}, "switch": {label: best[1]}}
    return Tagger(linear, *best, DecisionRules(thresholds, platt, {}))


def _stacked(taggers: dict[str, Tagger]) -> LinearHead:
    linear = [tagger.linear for tagger in taggers.values()]
    return LinearHead(np.concatenate([one.weight for one in linear]), np.concatenate([one.bias for one in linear]))


def join_taggers(taggers: dict[str, Tagger]) -> DecisionRules:
    """Return the decision rules of the taggers of one head."""
    rules = [tagger.rules for tagger in taggers.values()]
    kinds = ("span", "switch")
    thresholds = {kind: {k: v for one in rules for k, v in one.thresholds[kind].items()} for kind in kinds}
    return DecisionRules(thresholds, {"span": {k: v for one in rules for k, v in one.calibration["span"].items()}}, {})


def score_taggers(taggers: dict[str, Tagger], reads: Sequence[ReadText]) -> tuple[SpanScore, ...]:
    """Return the scores of the taggers of one head on some texts."""
    groups = [read.marked.group for read in reads]
    found = {
        label: [
            [s.span for s in decode_tags(t.linear.logits(r.words), r.aligned, t.threshold, t.switch_cost)]
            for r in reads
        ]
        for label, t in taggers.items()
    }
    gold = {label: [read.marked.spans(label, read.aligned) for read in reads] for label in taggers}
    return score_spans(found, gold, groups)


def score_by_outlet(taggers: dict[str, Tagger], reads: Sequence[ReadText]) -> dict[str, tuple[SpanScore, ...]]:
    """Return the scores on the texts of each outlet; nothing where the texts do not name several."""
    found = rows_by_value([read.marked for read in reads], OUTLET)
    return {value: score_taggers(taggers, [reads[i] for i in rows]) for value, rows in found.items()}


def mean_f1(scores: Sequence[SpanScore]) -> float:
    """Return the mean F1 of the labels by the share of characters."""
    return mean(one.f1.value for one in scores if one.measure == PTC)
