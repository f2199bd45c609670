"""Stretches of one's own: a BIO tagger for each label, on the states of words, from texts in which people marked them.

Where several people marked a text, a word is in a stretch if at least half of them have it in one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, AlignedArticle, IntArray, from_bio, to_bio
from rhetoric.annotation import CharSpan
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import decode_tags
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings, require_one_codebook
from rhetoric.metrics.calibration import fit_platt
from rhetoric.metrics.counts import total
from rhetoric.metrics.spans import ptc_counts
from rhetoric.runtime import Network, load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import N_TAGS, FloatArray
from rhetoric.segmentation import split_sentences
from rhetoric.training.coding import MIN_EXAMPLES, group_of
from rhetoric.training.evaluating import SpanScore, score_spans
from rhetoric.training.frozen import LinearHead, fit_head
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.outcomes import Tuned
from rhetoric.training.own import require_free, write_added
from rhetoric.training.seen import record_seen
from rhetoric.training.splits import Split, split_units
from rhetoric.training.splits import Unit as SplitUnit

__all__ = [
    "MarkedText",
    "ReadText",
    "Tagger",
    "TrainedSpans",
    "cut_tagger",
    "find_span_head",
    "join_marks",
    "join_taggers",
    "n_marks",
    "read_marked",
    "score_taggers",
    "split_marked",
    "train_spans",
]

HALF = 0.5
THRESHOLDS: tuple[float, ...] = tuple(np.round(np.arange(0.3, 0.96, 0.05), 2).tolist())
SWITCH_COSTS = (0.0, 1.0, 2.0)
Advance = Callable[[], None]


@dataclass(frozen=True)
class MarkedText:
    """A text with the stretches of each label that all of its coders together marked.

    Attributes:
        id: of the text.
        text: as it came.
        marks: by label, the codings of all coders.
        n_coders: how many coded it.
        group: the article that it was taken from.
    """

    id: str
    text: str
    marks: dict[str, tuple[tuple[CharSpan, ...], ...]]
    n_coders: int
    group: str

    def spans(self, label: str, aligned: AlignedArticle) -> list[CharSpan]:
        """Return the stretches of words that at least half of the coders have in a stretch of `label`."""
        return from_bio(self.tags(label, aligned), aligned)

    def tags(self, label: str, aligned: AlignedArticle) -> IntArray:
        """Return one BIO tag a word, shape (n_words,)."""
        tags = np.stack([to_bio(spans, aligned) for spans in self.marks.get(label, ((),))])
        inside = (tags != OUTSIDE).sum(0) >= HALF * self.n_coders
        begins = (tags == BEGIN).sum(0) >= HALF * self.n_coders
        return np.where(inside, np.where(begins, BEGIN, INSIDE), OUTSIDE).astype(np.int64)


@dataclass(frozen=True)
class TrainedSpans:
    """A head of stretches that was trained, and what it scores on texts that were kept for testing.

    Attributes:
        head: what it marks.
        scores: by label and measure.
        n_train: texts that it learnt from.
        n_test: texts that were kept for testing.
        repeats: mean F1 by the share of characters of each of the splits that were tried.
        tuned: how the encoder was fine-tuned; None where it stayed as it is.
    """

    head: AddedHead
    scores: tuple[SpanScore, ...]
    n_train: int
    n_test: int
    repeats: tuple[float, ...] = ()
    tuned: Tuned | None = None


@dataclass(frozen=True)
class ReadText:
    """A text as the model read it."""

    marked: MarkedText
    aligned: AlignedArticle
    words: FloatArray


@dataclass(frozen=True)
class Tagger:
    """The tagger of one label, and where its probabilities are cut."""

    linear: LinearHead
    threshold: float
    switch_cost: float
    rules: DecisionRules


def join_marks(texts: Sequence[CodedText]) -> list[MarkedText]:
    """Return one text for each that was coded for stretches, in the order in which they came first.

    Raises:
        InputError: no text is coded for stretches, an id stands for two texts, or one coder coded a text twice.
    """
    coded = [text for text in texts if text.spans is not None]
    if not coded:
        raise InputError("no text is coded for spans: expected a list of spans; check the column and its format")
    return [_joined(codings) for codings in group_codings(coded)]


def _joined(codings: Sequence[CodedText]) -> MarkedText:
    first = codings[0]
    labels = sorted({span.label for coding in codings for span in coding.spans or ()})
    marks = {
        label: tuple(tuple(s.extent for s in coding.spans or () if s.label == label) for coding in codings)
        for label in labels
    }
    return MarkedText(first.id, first.text, marks, len(codings), group_of(first))


def train_spans(recipe: LabelRecipe, texts: Sequence[CodedText], output: Path, advance: Advance) -> TrainedSpans:
    """Train a head of stretches on marked texts and write the model that has it beside all that the base model has.

    Args:
        recipe: what to train on what.
        texts: the codings; a fifth of the texts is kept for testing.
        output: folder of the new model.
        advance: is called after each text that was encoded.

    Raises:
        ConfigError: a label has the name of one that the base model has, or the recipe asks for what stretches lack.
        InputError: a label has too few stretches, or versions of a codebook are mixed.
    """
    require_one_codebook(texts)
    base = load_network(recipe.base)
    marked = join_marks(texts)
    head = find_span_head(recipe, marked, base)
    reads = [read_marked(text, base, advance) for text in marked]
    split = split_marked(marked, recipe.seed, tuning_share=0.0)
    train = [reads[i] for i in (*split.train, *split.tuning)]
    test = [reads[i] for i in split.test]
    taggers = {label: _fit(label, train, recipe.seed) for label in head.labels}
    write_added(base, head, _stacked(taggers), join_taggers(taggers), output)
    record_seen(output, {"training": (read.marked.text for read in train)}, base.folder)
    return TrainedSpans(head, score_taggers(taggers, test), len(train), len(test))


def find_span_head(recipe: LabelRecipe, marked: Sequence[MarkedText], base: Network) -> AddedHead:
    """Return the head that a recipe asks for.

    Raises:
        ConfigError: a label is taken, or the recipe asks for what stretches lack.
        InputError: a label has too few stretches.
    """
    _refuse_options_of_texts(recipe)
    return require_free(AddedHead(recipe.name, "span", _labels(marked)), base)


def split_marked(marked: Sequence[MarkedText], seed: int, tuning_share: float) -> Split:
    """Return which texts to train on, to tune on and to test on."""
    listed = [SplitUnit(str(i), t.text, t.group, tuple(t.marks)) for i, t in enumerate(marked)]
    return split_units(listed, seed, tuning_share=tuning_share)


def n_marks(texts: Sequence[CodedText]) -> int:
    """Return the number of stretches that people marked."""
    return sum(len(text.spans or ()) for text in texts)


def _refuse_options_of_texts(recipe: LabelRecipe) -> None:
    """Refuse what would be passed over in silence.

    Raises:
        ConfigError: the recipe asks for what only labels of whole texts have.
    """
    for key in ("test", "is_exclusive", "group_by"):
        if getattr(recipe, key) is not None:
            message = f"{key}: stretches of text are trained without it; leave it out, or label whole texts"
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


def read_marked(marked: MarkedText, network: Network, advance: Advance) -> ReadText:
    """Return a text with the states of its words by the runtime that will serve the head."""
    aligned = network.aligner.align(marked.text, split_sentences(marked.text))
    words = network.words(aligned) if aligned.n_words else np.zeros((0, network.hidden_size), np.float32)
    advance()
    return ReadText(marked, aligned, words)


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

    cuts = list(product(THRESHOLDS, SWITCH_COSTS))
    best = max(cuts, key=lambda cut: total(ptc_counts(a, b) for a, b in zip(found(cut), gold, strict=True)).f1)
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
