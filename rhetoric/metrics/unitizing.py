"""How far coders agree on stretches of text that they had to find: Krippendorff's alpha_U, and F1 between coders.

alpha_U was defined by Krippendorff (1995, On the Reliability of Unitizing Continuous Data) and is taken in its form of
2004 (Measuring the Reliability of Qualitative Text Analysis Data, Quality & Quantity 38). It is not one of the u-alphas
of 2016: each label has a continuum of its own, so stretches of different labels may overlap.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np

from rhetoric.annotation import CharSpan, find_overlaps, hull, subtract
from rhetoric.errors import InputError
from rhetoric.metrics.agreement import Agreement, Tally
from rhetoric.metrics.arrays import FloatArray, divide
from rhetoric.metrics.matching import solid
from rhetoric.metrics.spans import LabelledSpan, Measure, exact_counts, ptc_counts

__all__ = ["Continuum", "SpanMeasure", "UnitizingCoefficient", "alpha_u", "span_f1", "unitizing_agreement"]

SpanMeasure = Literal["exact_f1", "ptc_f1"]
UnitizingCoefficient = Literal["alpha_u", "exact_f1", "ptc_f1"]

MEASURES: Mapping[SpanMeasure, Measure] = MappingProxyType({"exact_f1": exact_counts, "ptc_f1": ptc_counts})

N_SUMS = 4
"""The counts of a label that come before those of its lengths: see `_label_row`."""

Codings = Sequence[Sequence[CharSpan]]
"""The stretches with one label, for each coder of a text."""


@dataclass(frozen=True)
class Continuum:
    """A text in which coders looked for stretches to code.

    Attributes:
        n_characters: its length.
        spans: what each coder marked, by coder; who marked nothing has an empty list, who did not code it has none.
        group: the article that the text is of.
    """

    n_characters: int
    spans: Mapping[str, Sequence[LabelledSpan]]
    group: str

    def __post_init__(self) -> None:
        """Refuse stretches that lie outside of the text.

        Raises:
            InputError: one ends after the text does.
        """
        marked = [span.extent for spans in self.spans.values() for span in spans]
        if marked and not CharSpan(0, self.n_characters).contains(hull(marked)):
            message = (
                f"spans of group {self.group!r} end at {hull(marked).end}, outside of a text of "
                f"{self.n_characters} characters: give offsets into the text that was coded"
            )
            raise InputError(message)


def alpha_u(texts: Iterable[Continuum], label: str | None = None) -> float:
    """Return Krippendorff's alpha_U of one label, or of all together: 1 - D_o / D_e, each summed over the labels.

    D_o compares the stretches of each pair of coders. Two that share characters differ by the squared distance of
    their beginnings plus that of their ends; one that lies in a gap of the other coder differs by its squared length.
    D_e is what is expected if all coders' stretches and gaps were put down at random. Stretches of one coder and label
    that share characters are merged before; those that only touch stay two.

    With one text this is the definition as published. It is carried over to several texts, which may have different
    coders, so that chance alone still gives about 0 where stretches are short beside texts: a text of m coders counts
    its pairs with weight 1 / (m - 1); what is mL in the definition, for L characters coded by m, is the sum of that
    over texts; gaps end where texts do; and since a stretch cannot lie across the border of two texts, chance has as
    many places less to put it down.

    It is NaN where nobody marked anything, no text has two coders, or chance leaves no room to differ (one character).

    >>> from rhetoric.annotation import Span
    >>> coded = {"one": [Span(2, 6, label="doubt")], "other": [Span(2, 6, label="doubt")]}
    >>> alpha_u([Continuum(20, coded, group="a1")])
    1.0
    """
    return _tally(_comparable(texts), label, "alpha_u").value


def span_f1(texts: Iterable[Continuum], label: str | None = None, measure: SpanMeasure = "ptc_f1") -> float:
    """Return F1 of each coder against each other, of one label or of all (which must agree), pooled over pairs.

    Either coder of a pair is taken as gold once, so precision and recall are the same, and F1 is the share of credit
    that the stretches of all coders get. Unlike the scorers of models it is NaN where nobody marked anything.
    (Hripcsak and Rothschild 2005, Agreement, the F-Measure, and Reliability in Information Retrieval.)

    Args:
        texts: what was coded.
        label: the label; None for all together.
        measure: stretches that agree to the character, or partial credit as `spans.ptc_counts` gives it.
    """
    return _tally(_comparable(texts), label, measure).value


def unitizing_agreement(texts: Iterable[Continuum], coefficient: UnitizingCoefficient = "alpha_u") -> list[Agreement]:
    """Return the agreement on the stretches of each label that occurs, and of all together at the end (label None).

    `n_units` counts the stretches that coders marked, after merging. Intervals draw whole articles (`group`).
    """
    comparable = _comparable(texts)
    labels: list[str | None] = [*_labels(comparable), None]
    return [_tally(comparable, label, coefficient).agreement(coefficient, label) for label in labels]


def _comparable(texts: Iterable[Continuum]) -> list[Continuum]:
    return [text for text in texts if len(text.spans) > 1 and text.n_characters]


def _labels(texts: Iterable[Continuum]) -> list[str]:
    return sorted({span.label for text in texts for spans in text.spans.values() for span in spans if len(span.extent)})


def _tally(texts: Sequence[Continuum], label: str | None, coefficient: UnitizingCoefficient) -> Tally:
    labels = _labels(texts) if label is None else [label]
    by_label = [[_codings(text, name) for text in texts] for name in labels]
    merged = [[[solid(spans) for spans in codings] for codings in column] for column in by_label]
    if coefficient == "alpha_u":
        rows, statistic = _alpha_rows([text.n_characters for text in texts], merged)
    else:
        rows, statistic = _f1_rows(len(texts), by_label, MEASURES[coefficient]), _f1_of
    n_units = sum(len(spans) for column in merged for codings in column for spans in codings)
    n_coders = len({coder for text in texts for coder in text.spans})
    return Tally(rows, [text.group for text in texts], statistic, n_units, n_coders)


def _codings(text: Continuum, label: str) -> Codings:
    return [[span.extent for span in spans if span.label == label] for spans in text.spans.values()]


def _f1_rows(n_texts: int, by_label: Sequence[Sequence[Codings]], measure: Measure) -> FloatArray:
    """Return the credit of the stretches of each text, and their number; each counts for every coder it is held to."""
    rows = np.zeros((n_texts, 2))
    for column in by_label:
        for row, codings in zip(rows, column, strict=True):
            for one, other in combinations(codings, 2):
                counts = measure(one, other)
                row += (counts.correct + counts.found, counts.n_predicted + counts.n_gold)
    return rows


def _f1_of(rows: FloatArray) -> FloatArray:
    return divide(rows[..., 0], rows[..., 1], np.nan)


class _Block(NamedTuple):
    """Where the counts of one label stand in a row, and the lengths of its stretches."""

    columns: slice
    lengths: FloatArray


def _alpha_rows(
    sizes: Sequence[int], by_label: Sequence[Sequence[Codings]]
) -> tuple[FloatArray, Callable[[FloatArray], FloatArray]]:
    """Return the counts of all labels of each text side by side, and how alpha_U is made of their sums."""
    parts, blocks, start = [np.zeros((len(sizes), 0))], [], 0
    for column in by_label:
        lengths = np.unique([float(len(s)) for codings in column for spans in codings for s in spans])
        rows = [_label_row(size, codings, lengths) for size, codings in zip(sizes, column, strict=True)]
        width = N_SUMS + 3 * len(lengths)
        parts.append(np.array(rows, np.float64).reshape(-1, width))
        blocks.append(_Block(slice(start, start + width), lengths))
        start += width

    def statistic(sums: FloatArray) -> FloatArray:
        found = [_disagreements(sums[..., block.columns], block.lengths) for block in blocks]
        nothing = np.zeros(sums.shape[:-1])
        observed = sum((one for one, _ in found), nothing)
        return 1 - divide(observed, sum((other for _, other in found), nothing), np.nan)

    return np.hstack(parts), statistic


def _label_row(n_characters: int, codings: Codings, lengths: FloatArray) -> FloatArray:
    """Return what a text adds to the disagreements on a label.

    First come the differences, the characters of all coders, the coders and the text itself; then for each of `lengths`
    the stretches of that length, the places in gaps where one would fit, and those in the text. Chance pairs any
    stretch with any gap, of whatever text; by length, these are counts that add up.
    """
    n_coders = len(codings)
    own = np.array([len(s) for spans in codings for s in spans], np.float64)
    whole = CharSpan(0, n_characters)
    gaps = np.array([len(gap) for spans in codings for gap in subtract(whole, spans)], np.float64)
    differences = sum(_difference(one, other) for one, other in combinations(codings, 2))
    sums = [2 * differences / (n_coders - 1), n_characters * n_coders, n_coders, 1]
    n_of_length = (own[:, None] == lengths).sum(0)
    n_in_gaps = np.maximum(gaps[:, None] - lengths + 1, 0).sum(0)
    n_places = n_coders * np.maximum(n_characters - lengths + 1, 0)
    return np.concatenate([sums, n_of_length, n_in_gaps, n_places])


def _difference(ours: Sequence[CharSpan], theirs: Sequence[CharSpan]) -> int:
    """Return the sum of squared differences between the stretches of two coders; each is sorted and disjoint."""
    reached = find_overlaps(ours, theirs)
    touched = {j for places in reached for j in places}
    alone = [s for s, places in zip(ours, reached, strict=True) if not places]
    alone += [s for j, s in enumerate(theirs) if j not in touched]
    pairs = [(s, theirs[j]) for s, places in zip(ours, reached, strict=True) for j in places]
    # What one of two has and the other has not is at most a stretch before and one behind: the distances of their ends.
    apart = [piece for s, t in pairs for piece in (*subtract(s, [t]), *subtract(t, [s]))]
    return sum(len(s) ** 2 for s in (*alone, *apart))


def _disagreements(sums: FloatArray, lengths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the observed and the expected disagreement on a label; the factor 1 / L, which both have, is left out."""
    differences, n, n_coders, n_texts = np.moveaxis(sums[..., :N_SUMS], -1, 0)
    n_of_length, n_in_gaps, n_places = np.split(sums[..., N_SUMS:], 3, axis=-1)
    n_stretches = n_of_length.sum(-1, keepdims=True)
    overlapping = (n_stretches - 1) / 3 * (2 * lengths**3 - 3 * lengths**2 + lengths)
    # The ends of a continuum take no places in the definition; only the borders between texts do.
    places = n_places + divide(n_coders, n_texts, 0.0)[..., None] * (lengths - 1)
    crowding = divide(n[..., None], places, 1.0)
    chance = (n_of_length * crowding * (overlapping + lengths**2 * n_in_gaps)).sum(-1)
    within = (n_of_length * lengths * (lengths - 1)).sum(-1)
    return divide(differences, n, 0.0), divide(2 * chance, n * (n - 1) - within, 0.0)
