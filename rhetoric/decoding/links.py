"""Which source and which contents belong to which cue, and whom a loaded span is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.annotation import Attribution, CharSpan, distance
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import WordSpan

__all__ = ["LINK_ROLES", "MAX_REACH", "MAX_TARGET_SENTENCES", "Linked", "link_attributions", "link_targets"]

LINK_ROLES = ("cue_source", "cue_content", "content_source", "loaded_target")
"""As in the model's configuration, which cannot be imported where torch is absent; a test holds them together."""

MAX_REACH = 400
"""Characters between an anchor and a candidate that may belong to it, at most; training pairs have the same reach.

Of PolNeAR's links 99.7 % are shorter."""

MAX_TARGET_SENTENCES = 1
"""Sentences between a loaded span and its target, at most."""

FloatArray = npt.NDArray[np.floating[Any]]
Scorer = Callable[[IntArray], FloatArray]
Pair = tuple[WordSpan, WordSpan]


@dataclass
class Linked:
    """An attribution under construction: its parts as words, and the probabilities of its links."""

    cue: WordSpan | None
    source: WordSpan | None
    content: list[WordSpan]
    probabilities: list[float] = field(default_factory=list)

    def to_attribution(self, attribution_id: str) -> Attribution:
        """Return it with characters for words; its score is the probability that all its links hold."""
        return Attribution(
            id=attribution_id,
            source=self.source.span if self.source else None,
            cue=self.cue.span if self.cue else None,
            content=tuple(piece.span for piece in sorted(self.content)),
            score=float(np.prod(self.probabilities)) if self.probabilities else 0.5,
        )


class _PairScores:
    """Probabilities of all pairs of one role, looked up by anchor."""

    def __init__(self, role: str, pairs: Sequence[Pair], context: "_Context") -> None:
        self.by_anchor: dict[WordSpan, list[tuple[float, WordSpan]]] = {}
        if not pairs:
            return
        probabilities = context.rules.platt("link", role).apply(context.score(context.rows(role, pairs)))
        for (anchor, candidate), probability in zip(pairs, probabilities.tolist(), strict=True):
            self.by_anchor.setdefault(anchor, []).append((probability, candidate))

    def best(self, anchor: WordSpan, threshold: float) -> tuple[float, WordSpan] | None:
        found = max(self.by_anchor.get(anchor, ()), default=None)
        return found if found and found[0] >= threshold else None

    def above(self, anchor: WordSpan, threshold: float) -> list[tuple[float, WordSpan]]:
        return [pair for pair in self.by_anchor.get(anchor, ()) if pair[0] >= threshold]


@dataclass(frozen=True)
class _Context:
    aligned: AlignedArticle
    score: Scorer
    rules: DecisionRules

    def rows(self, role: str, pairs: Sequence[Pair]) -> IntArray:
        bounds = np.array([(a.first, a.last, c.first, c.last) for a, c in pairs], np.int64)
        sentences = self.aligned.word_sentences
        apart = sentences[bounds[:, 2]] - sentences[bounds[:, 0]]
        return np.column_stack([np.full(len(pairs), LINK_ROLES.index(role)), bounds, apart])

    def scores(self, role: str, anchors: Sequence[WordSpan], candidates: Sequence[WordSpan]) -> _PairScores:
        pairs = [(a, c) for a in anchors for c in candidates if distance(a.span, c.span) <= MAX_REACH]
        return _PairScores(role, pairs, self)


def link_attributions(
    found: dict[str, list[WordSpan]], aligned: AlignedArticle, score: Scorer, rules: DecisionRules
) -> list[Linked]:
    """Return the attributions that sources, cues and contents make up, in the order of their content.

    Each cue takes its best source and every content that is more probably its own than not; a content that no cue
    took (a floating quotation) takes its best source itself. What is left without a source takes one of those that
    the tagger alone would not have called a source, and stays without where none of them is likely.

    Args:
        found: the spans of the taggers "source", "cue" and "content", and "doubtful_source", the less probable ones.
        aligned: the words.
        score: logits (n,) of rows (n, 6), as the link head takes them.
        rules: thresholds and calibration of the roles.
    """
    context = _Context(aligned, score, rules)
    sources = context.scores("cue_source", found["cue"], found["source"])
    contents = context.scores("cue_content", found["cue"], found["content"])
    linked = [_from_cue(cue, sources, contents, rules) for cue in found["cue"]]
    complete = [one for one in linked if one.content]
    taken = {piece for one in complete for piece in one.content}
    floating = [piece for piece in found["content"] if piece not in taken]
    direct = context.scores("content_source", floating, found["source"])
    complete += [_from_content(piece, direct, rules) for piece in floating]
    _add_doubtful_sources([one for one in complete if one.source is None], found.get("doubtful_source", []), context)
    return sorted(complete, key=lambda one: min(one.content))


def _from_cue(cue: WordSpan, sources: _PairScores, contents: _PairScores, rules: DecisionRules) -> Linked:
    pieces = contents.above(cue, rules.threshold("link", "cue_content"))
    source = sources.best(cue, rules.threshold("link", "cue_source"))
    probabilities = [max((p for p, _ in pieces), default=0.0), *([source[0]] if source else [])]
    return Linked(cue, source[1] if source else None, [piece for _, piece in pieces], probabilities)


def _from_content(piece: WordSpan, sources: _PairScores, rules: DecisionRules) -> Linked:
    source = sources.best(piece, rules.threshold("link", "content_source"))
    return Linked(None, source[1] if source else None, [piece], [source[0]] if source else [])


def _add_doubtful_sources(open_ones: Sequence[Linked], sources: Sequence[WordSpan], context: _Context) -> None:
    cues = context.scores("cue_source", [one.cue for one in open_ones if one.cue], sources)
    contents = context.scores("content_source", [one.content[0] for one in open_ones if not one.cue], sources)
    for one in open_ones:
        scores, anchor, role = (
            (cues, one.cue, "cue_source") if one.cue else (contents, one.content[0], "content_source")
        )
        best = scores.best(anchor, context.rules.threshold("link", role))
        if best:
            one.source = best[1]
            one.probabilities.append(best[0])


def link_targets(
    spans: Sequence[WordSpan],
    mentions: Sequence[WordSpan],
    aligned: AlignedArticle,
    score: Scorer,
    rules: DecisionRules,
) -> list[CharSpan | None]:
    """Return the mention that each loaded span is about, None where none is likely.

    Args:
        spans: the loaded spans.
        mentions: the candidates; only those in the same or the neighbouring sentence are asked about.
        aligned: the words.
        score: logits (n,) of rows (n, 6), as the link head takes them.
        rules: threshold and calibration of the role.
    """
    context = _Context(aligned, score, rules)
    sentences = aligned.word_sentences.tolist()
    inside: dict[int, list[WordSpan]] = {}
    for mention in mentions:
        inside.setdefault(sentences[mention.first], []).append(mention)
    pairs = [
        (span, mention)
        for span in spans
        for away in range(-MAX_TARGET_SENTENCES, MAX_TARGET_SENTENCES + 1)
        for mention in inside.get(sentences[span.first] + away, ())
        if not span.span.overlaps(mention.span)
    ]
    scores = _PairScores("loaded_target", pairs, context)
    best = [scores.best(span, rules.threshold("link", "loaded_target")) for span in spans]
    return [found[1].span if found else None for found in best]
