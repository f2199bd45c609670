"""What the heads that a user added say about a text: more sentence labels, more spans, labels of other units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.annotation import CharSpan, Span
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import decode_tags, softmax
from rhetoric.runtime.added import AddedHead, Unit, mention_bounds, mention_features, unit_features
from rhetoric.runtime.heads import N_TAGS, FloatArray, NumpyHeads
from rhetoric.taxonomy import layer_of

__all__ = ["AddedDecoder", "Scores"]

Scores = dict[str, float]


@dataclass(frozen=True)
class AddedDecoder:
    """The added heads of a model with its decision rules."""

    heads: NumpyHeads
    added: Sequence[AddedHead]
    rules: DecisionRules

    def of(self, unit: Unit) -> list[AddedHead]:
        """Return the heads that label such units."""
        return [head for head in self.added if head.unit == unit]

    def scores(self, unit: Unit, features: FloatArray) -> list[Scores]:
        """Return the probability of every label of the heads of `unit`, for each row of features."""
        rows: list[Scores] = [{} for _ in features]
        for head in self.of(unit):
            columns = self._probabilities(head, self.heads.added(head.weight, features))
            for row, values in zip(rows, columns.tolist(), strict=True):
                row.update(zip(head.labels, values, strict=True))
        return rows

    def _probabilities(self, head: AddedHead, logits: FloatArray) -> FloatArray:
        if head.is_exclusive:
            return softmax(logits / np.float32(self.rules.temperature(head.name)))
        columns = [self.rules.platt(head.unit, name).apply(logits[:, i]) for i, name in enumerate(head.labels)]
        return np.stack(columns, axis=1).astype(np.float32)

    def chosen(self, unit: Unit, scores: Mapping[str, float]) -> list[str]:
        """Return the labels that a unit is given: of an exclusive head the likeliest, of others all above threshold."""
        labels: list[str] = []
        for head in self.of(unit):
            if head.is_exclusive:
                labels.append(max(head.labels, key=scores.__getitem__))
            else:
                labels += [n for n in head.labels if scores[n] >= self.rules.threshold(unit, n)]
        return labels

    def sentence_scores(self, words: FloatArray, bounds: IntArray) -> list[Scores]:
        """Return the probabilities of the added sentence labels, for the sentences with those `bounds`, (n, 2)."""
        if not self.of("sentence"):
            return [{} for _ in bounds]
        return self.scores("sentence", unit_features(words, bounds))

    def spans(self, words: FloatArray, aligned: AlignedArticle) -> list[Span]:
        """Return the stretches that the heads of spans find, without voice or id."""
        found = []
        for head in self.of("span"):
            logits = self.heads.added(head.weight, words).reshape(len(words), len(head.labels), N_TAGS)
            for i, label in enumerate(head.labels):
                platt, cut = self.rules.platt("span", label), self.rules.threshold("span", label)
                for one in decode_tags(logits[:, i], aligned, cut, self.rules.switch_cost(label)):
                    score = float(platt.apply(one.logit))
                    found.append(Span(one.span.start, one.span.end, label=label, score=score, layer=layer_of(label)))
        return found

    def target_codes(self, words: FloatArray, aligned: AlignedArticle, targets: Sequence[CharSpan]) -> list[Scores]:
        """Return the probabilities of the labels of each given mention; none for one that holds no word."""
        rows, places = [], []
        for place, target in enumerate(targets):
            bounds = mention_bounds(aligned, target) if self.of("target") else None
            if bounds:
                rows.append(bounds)
                places.append(place)
        codes: list[Scores] = [{} for _ in targets]
        if rows:
            found = self.scores("target", mention_features(words, np.array(rows, np.int64)))
            for place, scores in zip(places, found, strict=True):
                codes[place] = scores
        return codes
