"""All heads of one article (or of one block of it) at once: hidden states → what was found, without its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.annotation import Attribution, CharSpan, Span
from rhetoric.decoding.added import AddedDecoder
from rhetoric.decoding.agreement import LOADED, agree
from rhetoric.decoding.links import MAX_TARGET_SENTENCES, Linked, link_attributions, link_targets
from rhetoric.decoding.mentions import find_mentions
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import WordSpan, decode_tags, softmax, trim_edges
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray, NumpyHeads
from rhetoric.taxonomy import technique_ids

__all__ = ["Decoder", "Findings", "Labels"]

WORDING_TAGGERS = ("loaded", "ptc_wording")
ATTRIBUTION_TAGGERS = ("source", "cue", "content")


@dataclass(frozen=True)
class Labels:
    """The names of a model's outputs, in the order of its logits."""

    taggers: tuple[str, ...]
    sentence_labels: tuple[str, ...]
    span_heads: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Findings:
    """What the heads say about a text.

    Attributes:
        sentence_scores: of each sentence, the probability of every label.
        spans: techniques with layer, valence and target, without voice or id.
        attributions: source, cue, content and score, without id.
        type_scores: of each attribution, the probability of every source type.
        target_scores: of each given mention, the probability of every valence.
        target_codes: of each given mention, the probability of every label of the heads that a user added.
    """

    sentence_scores: list[dict[str, float]]
    spans: list[Span]
    attributions: list[Attribution]
    type_scores: list[dict[str, float]]
    target_scores: list[dict[str, float]]
    target_codes: list[dict[str, float]]


class _Reading:
    """One pass over the words of one text: every head is asked through here."""

    def __init__(self, decoder: "Decoder", text: str, aligned: AlignedArticle, words: FloatArray) -> None:
        self.decoder, self.text, self.aligned, self.words = decoder, text, aligned, words
        self.tags = decoder.heads.tags(words)

    def tagged(self, tagger: str, rule: str | None = None) -> list[WordSpan]:
        """Return the spans of a tagger, by the threshold of its own name or of another `rule`."""
        labels, rules = self.decoder.labels, self.decoder.rules
        if tagger not in labels.taggers:
            return []
        logits = self.tags[:, labels.taggers.index(tagger)]
        return decode_tags(logits, self.aligned, rules.threshold("tagger", rule or tagger), rules.switch_cost(tagger))

    def row(self, span: WordSpan, beside: WordSpan | None) -> tuple[int, ...]:
        """Return the bounds that a span head reads: the span, what stands beside it, and its sentence."""
        sentence = self.aligned.sentence_bounds[self.aligned.word_sentences[span.first]]
        return *span.bounds, *(beside.bounds if beside else (0, 0)), int(sentence[0]), int(sentence[1])

    def classify(self, head: str, rows: Sequence[tuple[int, ...]]) -> list[dict[str, float]]:
        """Return the probability of every label of a span head for each row."""
        if not rows or head not in self.decoder.labels.span_heads:
            return [{} for _ in rows]
        logits = self.decoder.heads.spans(head, self.words, np.array(rows, np.int64))
        probabilities = softmax(logits / np.float32(self.decoder.rules.temperature(head)))
        names = self.decoder.labels.span_heads[head]
        return [dict(zip(names, row, strict=True)) for row in probabilities.tolist()]

    def score_links(self, rows: IntArray) -> FloatArray:
        return self.decoder.heads.links(self.words, rows)


class Decoder:
    """The heads of a model with its decision rules.

    Args:
        heads: the weights.
        labels: what their outputs mean.
        rules: calibration and thresholds.
        added: heads that a user trained onto the model.
    """

    def __init__(
        self, heads: NumpyHeads, labels: Labels, rules: DecisionRules, added: Sequence[AddedHead] = ()
    ) -> None:
        """Keep what was given."""
        self.heads, self.labels, self.rules = heads, labels, rules
        self.added = AddedDecoder(heads, added, rules)

    def decode(
        self, text: str, aligned: AlignedArticle, words: FloatArray, targets: Sequence[CharSpan] = ()
    ) -> Findings:
        """Return what the heads find in `aligned`, offsets into `text`.

        Args:
            text: the whole text.
            aligned: the words of it, or of a block of its sentences.
            words: their hidden states, (n_words, hidden).
            targets: the given mentions that lie in `aligned`.
        """
        if not aligned.n_words:
            names = (*self.labels.sentence_labels, *(n for head in self.added.of("sentence") for n in head.labels))
            empty = [dict.fromkeys(names, 0.0) for _ in aligned.sentences]
            return Findings(empty, [], [], [], self.neutral(len(targets)), [{} for _ in targets])
        return self._findings(_Reading(self, text, aligned, words), targets)

    def _findings(self, reading: _Reading, targets: Sequence[CharSpan]) -> Findings:
        linked = self._linked(reading)
        least = self.rules.thresholds.get("agreement", {}).get(LOADED, 0.0)
        sentences = reading.aligned.sentences
        scores, wording = agree(
            sentences, self._sentence_scores(reading), self._wording(reading), self.rules.pool(LOADED), least
        )
        return Findings(
            scores,
            wording + self._techniques(reading) + self.added.spans(reading.words, reading.aligned),
            [one.to_attribution("") for one in linked],
            self._type_scores(reading, linked),
            self._target_scores(reading, targets),
            self.added.target_codes(reading.words, reading.aligned, targets),
        )

    def neutral(self, n: int) -> list[dict[str, float]]:
        """Return the scores of mentions that hold no word: neutral, for want of anything to read."""
        names: Any = self.labels.span_heads.get("target", ())
        return [{name: float(name == "neutral") for name in names} for _ in range(n)]

    def attributions(self, text: str, aligned: AlignedArticle, words: FloatArray) -> list[Attribution]:
        """Return the attributions alone, as `decode` does."""
        return [one.to_attribution("") for one in self._linked(_Reading(self, text, aligned, words))]

    def _sentence_scores(self, reading: _Reading) -> list[dict[str, float]]:
        logits = self.heads.sentences(reading.words, reading.aligned.sentence_bounds)
        names = self.labels.sentence_labels
        columns = [self.rules.platt("sentence", name).apply(logits[:, i]) for i, name in enumerate(names)]
        rows = np.stack(columns, axis=1).tolist() if columns else [[] for _ in reading.aligned.sentences]
        added = self.added.sentence_scores(reading.words, reading.aligned.sentence_bounds)
        return [dict(zip(names, row, strict=True)) | more for row, more in zip(rows, added, strict=True)]

    def _linked(self, reading: _Reading) -> list[Linked]:
        found = {name: reading.tagged(name) for name in ATTRIBUTION_TAGGERS}
        found["doubtful_source"] = reading.tagged("source", "doubtful_source")
        return link_attributions(found, reading.aligned, reading.score_links, self.rules)

    def _type_scores(self, reading: _Reading, linked: Sequence[Linked]) -> list[dict[str, float]]:
        sourced = [one for one in linked if one.source]
        rows = [reading.row(one.source, one.cue) for one in sourced if one.source]
        scores = iter(reading.classify("source_type", rows))
        return [next(scores) if one.source else {} for one in linked]

    def _wording(self, reading: _Reading) -> list[Span]:
        kept: list[tuple[WordSpan, float]] = []
        for tagger in WORDING_TAGGERS:
            platt = self.rules.platt("span", tagger)
            for found in reading.tagged(tagger):
                bare = trim_edges(found, reading.text, reading.aligned)
                if bare and not any(bare.span.overlaps(other.span) for other, _ in kept):
                    kept.append((bare, float(platt.apply(bare.logit))))
        kept.sort()
        return self._described(reading, kept)

    def _described(self, reading: _Reading, kept: Sequence[tuple[WordSpan, float]]) -> list[Span]:
        """Return loaded spans with technique, valence and target."""
        rows = [reading.row(found, found) for found, _ in kept]
        targets = self._mentioned(reading, [found for found, _ in kept])
        classes = zip(reading.classify("technique", rows), reading.classify("valence", rows), strict=True)
        return [
            Span(
                found.span.start,
                found.span.end,
                label=_best(techniques, technique_ids("wording"), "loaded_language"),
                score=score,
                layer="wording",
                valence=max(valences, key=valences.__getitem__) if valences else None,  # type: ignore[arg-type]
                target=target,
            )
            for (found, score), (techniques, valences), target in zip(kept, classes, targets, strict=True)
        ]

    def _mentioned(self, reading: _Reading, spans: Sequence[WordSpan]) -> list[CharSpan | None]:
        if not spans:
            return []
        sentences = {int(reading.aligned.word_sentences[span.first]) for span in spans}
        near = {i + away for i in sentences for away in range(-MAX_TARGET_SENTENCES, MAX_TARGET_SENTENCES + 1)}
        candidates = find_mentions(reading.text, reading.aligned, near)
        words = [(reading.aligned.words_of(c), c) for c in candidates]
        mentions = [WordSpan(*bounds, c, 0.0) for bounds, c in words if bounds]
        return link_targets(spans, mentions, reading.aligned, reading.score_links, self.rules)

    def _techniques(self, reading: _Reading) -> list[Span]:
        found = reading.tagged("ptc_technique")
        classes = reading.classify("technique", [reading.row(one, one) for one in found])
        platt = self.rules.platt("span", "ptc_technique")
        return [
            Span(
                one.span.start,
                one.span.end,
                label=_best(scores, technique_ids("technique"), "repetition"),
                score=float(platt.apply(one.logit)),
                layer="technique",
            )
            for one, scores in zip(found, classes, strict=True)
        ]

    def _target_scores(self, reading: _Reading, targets: Sequence[CharSpan]) -> list[dict[str, float]]:
        bounds = [reading.aligned.words_of(target) for target in targets]
        spans = [WordSpan(*found, target, 0.0) for found, target in zip(bounds, targets, strict=True) if found]
        scores = iter(reading.classify("target", [reading.row(span, span) for span in spans]))
        return [next(scores) if found else self.neutral(1)[0] for found in bounds]


def _best(scores: Mapping[str, float], allowed: Sequence[str], default: str) -> str:
    """Return the most probable of the `allowed` labels."""
    known = [name for name in allowed if name in scores]
    return max(known, key=scores.__getitem__) if known else default
