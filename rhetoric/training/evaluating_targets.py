"""Labels of given mentions against gold: those of heads that a user added, and the valence that every model gives."""

from collections.abc import Sequence

import numpy as np

from rhetoric.annotation import Article, CharSpan, Target
from rhetoric.formats.coded import CodedText
from rhetoric.metrics.calibration import reliability
from rhetoric.pipeline import Annotator
from rhetoric.training.coding import CodedUnit, join_coders, shares_of
from rhetoric.training.evaluating import HALF, Evaluation, require_known, signature_of
from rhetoric.training.label_scores import score_labels
from rhetoric.training.own_targets import split_mentions

__all__ = ["evaluate_targets"]


def evaluate_targets(annotator: Annotator, texts: Sequence[CodedText]) -> Evaluation:
    """Return the scores of labels on mentions that people coded.

    Raises:
        InputError: no mention is coded, or gold has a label that the model does not give.
    """
    units = join_coders(split_mentions(texts))
    found = _annotated(annotator, units)
    own = {label for head in annotator.network.added if head.unit == "target" for label in head.labels}
    known = own | set(annotator.network.span_heads.get("target", ()))
    labels = require_known({label for unit in units for label in unit.shares}, known)
    probabilities = np.array([[_probability(one, label) for label in labels] for one in found])
    chosen = np.array([[_is_given(one, label, label in own) for label in labels] for one in found])
    gold = shares_of(units, labels) >= HALF
    return Evaluation(
        signature_of("targets", annotator, (f"{u.id} {u.text} {sorted(u.shares.items())}" for u in units)),
        labels=score_labels(labels, probabilities, chosen, gold, [unit.group for unit in units]),
        bins={label: reliability(probabilities[:, i], gold[:, i]) for i, label in enumerate(labels)},
    )


def _annotated(annotator: Annotator, units: Sequence[CodedUnit]) -> list[Target]:
    """Return what is found of the mention of each unit; a text is read once for all of its mentions."""
    places: dict[str, list[CharSpan]] = {}
    for unit in units:
        if unit.target is not None:
            places.setdefault(unit.text, []).append(unit.target)
    articles = [Article(str(i), text, targets=tuple(found)) for i, (text, found) in enumerate(places.items())]
    targets = {
        (article.text, target.extent): target for article in annotator.pipe(articles) for target in article.targets
    }
    return [targets[unit.text, unit.target] for unit in units if unit.target is not None]


def _probability(target: Target, label: str) -> float:
    return target.codes.get(label, target.scores.get(label, 0.0))


def _is_given(target: Target, label: str, is_own: bool) -> bool:
    return label in target.labels if is_own else label == target.valence
