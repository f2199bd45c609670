"""Precision, recall and F1 of spans: partial overlap as PTC scores it, exact, overlap at a ratio; techniques of spans.

Each measure counts one article; `counts.per_article` runs it over many and `total` adds up. Empty spans are left out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.metrics.counts import Counts, total
from rhetoric.metrics.matching import Item, find_matches, solid

__all__ = [
    "LabelledSpan",
    "Measure",
    "counts_by_label",
    "exact_counts",
    "labelled_counts",
    "overlap_counts",
    "ptc_counts",
    "technique_counts",
    "technique_counts_by_label",
]

Measure = Callable[[Iterable[CharSpan], Iterable[CharSpan]], Counts]

DEFAULT_RATIO = 0.5


class LabelledSpan(Protocol):
    """A span with a label: a `Span`, or the gold for one."""

    @property
    def extent(self) -> CharSpan:
        """The bare offsets."""

    @property
    def label(self) -> str:
        """The label."""


def ptc_counts(predicted: Iterable[CharSpan], gold: Iterable[CharSpan]) -> Counts:
    """Count spans with partial credit, as span identification (SI) of SemEval-2020 task 11 does.

    A pair of a predicted s and a gold t is worth C(s, t, h) = |s ∩ t| / h characters. Precision sums it over all pairs
    with h = |s| and divides by the number of predictions; recall sums it with h = |t| and divides by the number of
    gold spans (Da San Martino et al. 2019, 2020). Spans that share characters are merged before, on both sides;
    spans that only touch are not. For task FLC, where labels must agree, see `labelled_counts`.

    >>> ptc_counts([CharSpan(0, 10)], [CharSpan(5, 10), CharSpan(20, 25)])
    Counts(correct=0.5, n_predicted=1, found=1.0, n_gold=2)
    """
    ours, theirs = solid(predicted), solid(gold)
    pairs = [(s, t, s.n_shared(t)) for s, t in _overlapping(ours, theirs)]
    correct = sum(shared / len(s) for s, _, shared in pairs)
    found = sum(shared / len(t) for _, t, shared in pairs)
    return Counts(min(correct, float(len(ours))), len(ours), min(found, float(len(theirs))), len(theirs))


def exact_counts(predicted: Iterable[CharSpan], gold: Iterable[CharSpan]) -> Counts:
    """Count spans that must agree to the character; each is counted once.

    >>> exact_counts([CharSpan(0, 3), CharSpan(4, 6)], [CharSpan(0, 3)]).precision
    0.5
    """
    ours, theirs = ({s.extent for s in spans if len(s)} for spans in (predicted, gold))
    n_right = len(ours & theirs)
    return Counts(n_right, len(ours), n_right, len(theirs))


def overlap_counts(predicted: Iterable[CharSpan], gold: Iterable[CharSpan], ratio: float = DEFAULT_RATIO) -> Counts:
    """Count gold spans of which a prediction covers at least `ratio`, each prediction used once.

    >>> overlap_counts([CharSpan(2, 6)], [CharSpan(0, 6)], ratio=0.8).f1
    0.0
    """
    ours, theirs = ([Item((s,)) for s in {s.extent for s in spans if len(s)}] for spans in (predicted, gold))
    n_right = len(find_matches(ours, theirs, ratio))
    return Counts(n_right, len(ours), n_right, len(theirs))


def counts_by_label(
    predicted: Iterable[LabelledSpan], gold: Iterable[LabelledSpan], measure: Measure = ptc_counts
) -> dict[str, Counts]:
    """Return, for each label that occurs, what `measure` counts among its spans."""
    ours, theirs = _by_label(predicted), _by_label(gold)
    return {label: measure(ours.get(label, ()), theirs.get(label, ())) for label in sorted({*ours, *theirs})}


def labelled_counts(
    predicted: Iterable[LabelledSpan], gold: Iterable[LabelledSpan], measure: Measure = ptc_counts
) -> Counts:
    """Count spans that count only where their labels agree; with `ptc_counts` this is PTC's task FLC."""
    return total(counts_by_label(predicted, gold, measure).values())


def technique_counts(predicted: Iterable[LabelledSpan], gold: Iterable[LabelledSpan]) -> Counts:
    """Count the right labels of given spans, as technique classification (TC) of SemEval-2020 task 11 does.

    A span with several gold labels stands in as many rows and is given as many predictions; these are compared in the
    best order. F1 of the counts is the official micro-F1, the share of rows that are right.

    Raises:
        InputError: the predicted rows are not of the gold spans.
    """
    return total(technique_counts_by_label(predicted, gold).values())


def technique_counts_by_label(predicted: Iterable[LabelledSpan], gold: Iterable[LabelledSpan]) -> dict[str, Counts]:
    """Return, for each label that occurs, the counts of `technique_counts`.

    Raises:
        InputError: the predicted rows are not of the gold spans.
    """
    ours, theirs = list(predicted), list(gold)
    _require_same_rows(Counter(s.extent for s in ours), Counter(s.extent for s in theirs))
    return counts_by_label(ours, theirs, _row_counts)


def _row_counts(predicted: Iterable[CharSpan], gold: Iterable[CharSpan]) -> Counts:
    ours, theirs = Counter(predicted), Counter(gold)
    n_right = (ours & theirs).total()
    return Counts(n_right, ours.total(), n_right, theirs.total())


def _require_same_rows(ours: Counter[CharSpan], theirs: Counter[CharSpan]) -> None:
    if ours != theirs:
        span = min((ours - theirs) + (theirs - ours))
        message = (
            f"span {span.start}–{span.end} has {ours[span]} predicted labels and {theirs[span]} gold labels: "
            "give one prediction for each gold label of a span"
        )
        raise InputError(message)


def _by_label(spans: Iterable[LabelledSpan]) -> dict[str, list[CharSpan]]:
    grouped: dict[str, list[CharSpan]] = {}
    for span in spans:
        grouped.setdefault(span.label, []).append(span.extent)
    return grouped


def _overlapping(ours: Sequence[CharSpan], theirs: Sequence[CharSpan]) -> Iterator[tuple[CharSpan, CharSpan]]:
    """Yield the pairs that share characters; both sequences are sorted and disjoint."""
    first = 0
    for span in ours:
        while first < len(theirs) and theirs[first].precedes(span):
            first += 1
        for i in range(first, len(theirs)):
            if not theirs[i].overlaps(span):
                break
            yield span, theirs[i]
