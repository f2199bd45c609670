"""How well labels of whole texts are given: precision, recall, F1 and calibration, and how sure each figure is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rhetoric.metrics.arrays import BoolArray, FloatArray
from rhetoric.metrics.bootstrap import Interval, interval, interval_of_articles
from rhetoric.metrics.calibration import expected_calibration_error
from rhetoric.metrics.counts import f1_of, precision_of, recall_of

__all__ = ["LabelScore", "LabelScores", "group_rows", "score_labels"]

N_COUNTS = 4
N_ECE_RESAMPLES = 200
"""Fewer than for counts: each resample is binned anew."""


@dataclass(frozen=True)
class LabelScore:
    """The scores of one label; intervals are of 95 %, by resampling articles.

    Attributes:
        label: which.
        support: texts that have it.
        precision: share of the texts given the label that have it.
        recall: share of the texts that have it which were given it.
        f1: their harmonic mean.
        ece: expected calibration error of its probability.
    """

    label: str
    support: int
    precision: Interval
    recall: Interval
    f1: Interval
    ece: Interval


@dataclass(frozen=True)
class LabelScores:
    """The scores of all labels of one head on one set of texts."""

    labels: tuple[LabelScore, ...]
    macro_f1: Interval
    n_texts: int
    n_groups: int

    def to_record(self) -> dict[str, Any]:
        """Return the scores as a JSON object."""
        return asdict(self)


def score_labels(
    labels: Sequence[str], probabilities: FloatArray, chosen: BoolArray, gold: BoolArray, groups: Sequence[str]
) -> LabelScores:
    """Return the scores of labels.

    Args:
        labels: names, in the order of the columns.
        probabilities: (n_texts, n_labels).
        chosen: (n_texts, n_labels) labels that were given.
        gold: (n_texts, n_labels) labels that are there.
        groups: the article of each text; articles are what is resampled.
    """
    members = group_rows(groups)
    counts = np.stack([_counts(chosen[rows], gold[rows]) for rows in members])
    scores = tuple(
        LabelScore(
            label,
            int(gold[:, i].sum()),
            interval(counts[:, i], precision_of),
            interval(counts[:, i], recall_of),
            interval(counts[:, i], f1_of),
            _ece([(probabilities[rows, i], gold[rows, i]) for rows in members]),
        )
        for i, label in enumerate(labels)
    )
    n = len(labels)
    macro = interval(
        counts.reshape(len(counts), -1), lambda c: f1_of(c.reshape(*c.shape[:-1], n, N_COUNTS)).mean(axis=-1)
    )
    return LabelScores(scores, macro, len(groups), len(members))


def group_rows(groups: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each group, in the order in which the groups come first."""
    rows: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        rows.setdefault(group, []).append(i)
    return [np.array(of_one, np.int64) for of_one in rows.values()]


def _counts(chosen: BoolArray, gold: BoolArray) -> FloatArray:
    """Return right, given, right and gold of each label, (n_labels, 4)."""
    right = (chosen & gold).sum(axis=0)
    return np.stack([right, chosen.sum(axis=0), right, gold.sum(axis=0)], axis=1).astype(np.float64)


def _ece(articles: list[tuple[FloatArray, BoolArray]]) -> Interval:
    def error(drawn: list[tuple[FloatArray, BoolArray]]) -> float:
        probabilities, gold = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        return expected_calibration_error(probabilities, gold)

    return interval_of_articles(articles, error, n=N_ECE_RESAMPLES)
