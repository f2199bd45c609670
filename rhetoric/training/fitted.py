"""A linear head of whole texts with its decision rules, however it was trained: what it decides, and what it scores."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rhetoric.decoding.added import AddedDecoder
from rhetoric.decoding.rules import DecisionRules
from rhetoric.metrics.arrays import BoolArray
from rhetoric.metrics.calibration import expected_calibration_error, fit_platt
from rhetoric.metrics.classification import best_threshold, label_confusions, macro_f1
from rhetoric.runtime import NumpyHeads
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray
from rhetoric.training.coding import CodedUnit, shares_of
from rhetoric.training.frozen import LinearHead
from rhetoric.training.label_scores import LabelScores, score_labels
from rhetoric.training.plans import rows_by_value
from rhetoric.training.tuning import SHRINKAGE, fit_temperature

__all__ = ["FittedHead", "fit_rules"]

HALF = 0.5


@dataclass(frozen=True)
class FittedHead:
    """A head of whole texts as it will serve: its labels, its matrix, and how its logits become decisions.

    Features are (n_texts, n_readings, n_features); the last reading is the one that is served.
    """

    head: AddedHead
    linear: LinearHead
    rules: DecisionRules

    def decide(self, features: FloatArray) -> tuple[npt.NDArray[np.float64], BoolArray]:
        """Return the probability of every label for each text, and whether it is given, both (n_texts, n_labels)."""
        head = self.head
        arrays = {f"{head.weight}.weight": self.linear.weight, f"{head.weight}.bias": self.linear.bias}
        decoder = AddedDecoder(NumpyHeads(arrays), (head,), self.rules)
        scores = decoder.scores(head.unit, features[:, -1])
        probabilities = np.array([[row[name] for name in head.labels] for row in scores])
        chosen = np.array([[name in decoder.chosen(head.unit, row) for name in head.labels] for row in scores])
        return probabilities, chosen

    def score(self, units: Sequence[CodedUnit], features: FloatArray) -> LabelScores:
        """Return the scores on `units`, whose features are given."""
        probabilities, chosen = self.decide(features)
        return score_labels(self.head.labels, probabilities, chosen, self._gold(units), [unit.group for unit in units])

    def score_by(self, units: Sequence[CodedUnit], features: FloatArray, field: str) -> dict[str, LabelScores]:
        """Return the scores on the units of each value of a field, the most frequent first; nothing if all have one.

        Labels that a value's units neither have nor are given are left out: of them there is no F1.
        """
        probabilities, chosen = self.decide(features)
        gold, groups = self._gold(units), [unit.group for unit in units]
        found = {}
        for value, rows in rows_by_value(units, field).items():
            known = np.flatnonzero((gold[rows] | chosen[rows]).any(axis=0))
            names = [self.head.labels[i] for i in known]
            if names:
                own, of_own = np.ix_(np.array(rows), known), [groups[i] for i in rows]
                found[value] = score_labels(names, probabilities[own], chosen[own], gold[own], of_own)
        return found

    def macro_f1(self, units: Sequence[CodedUnit], features: FloatArray) -> float:
        """Return the mean F1 of the labels."""
        _, chosen = self.decide(features)
        return macro_f1(label_confusions(chosen, self._gold(units), self.head.labels))

    def raw_ece(self, units: Sequence[CodedUnit], features: FloatArray) -> dict[str, float]:
        """Return the calibration error of each label as it is before calibration."""
        plain = replace(self, rules=DecisionRules({self.head.unit: dict.fromkeys(self.head.labels, HALF)}, {}, {}))
        probabilities, _ = plain.decide(features)
        gold = self._gold(units)
        return {n: expected_calibration_error(probabilities[:, i], gold[:, i]) for i, n in enumerate(self.head.labels)}

    def _gold(self, units: Sequence[CodedUnit]) -> BoolArray:
        return shares_of(units, self.head.labels) >= HALF


def fit_rules(head: AddedHead, logits: FloatArray, shares: FloatArray) -> DecisionRules:
    """Return calibration and thresholds by predictions for texts that the head did not learn from.

    Args:
        head: its labels.
        logits: (n_texts, n_labels).
        shares: of coders who gave each label, likewise.
    """
    if head.is_exclusive:
        return DecisionRules({}, {}, {head.name: fit_temperature(logits, shares.argmax(axis=1))})
    gold = shares >= HALF
    platt = {name: fit_platt(logits[:, i], gold[:, i]) for i, name in enumerate(head.labels)}
    thresholds = {
        name: round(
            best_threshold(platt[name].apply(logits[:, i]), gold[:, i], prior=HALF, shrinkage=SHRINKAGE).value, 3
        )
        for i, name in enumerate(head.labels)
    }
    return DecisionRules({head.unit: thresholds}, {head.unit: platt}, {})
