"""A sentence is loaded because of loaded words in it: the sentence label and the spans are brought to agree.

The tagger sees words and the sentence label sees their company; pooled, they are right more often than either.
"""

from collections.abc import Sequence

from rhetoric.annotation import CharSpan, Sentence, Span, find_containing, find_overlaps
from rhetoric.metrics.pooling import LogPool

__all__ = ["LOADED", "agree"]

LOADED = "loaded_language"


def agree(
    sentences: Sequence[Sentence],
    scores: Sequence[dict[str, float]],
    spans: Sequence[Span],
    pool: LogPool,
    least: float,
) -> tuple[list[dict[str, float]], list[Span]]:
    """Return the scores of the sentences, that of being loaded joined with the spans', and the spans that are kept.

    Args:
        sentences: in order.
        scores: of each sentence, the probability of every label.
        spans: of the layer `wording`.
        pool: makes one probability of that of a sentence and that of its strongest span, 0 if it has none.
        least: what the scores of a sentence and of a span must amount to, for the span to be kept.
    """
    if not all(LOADED in of_one for of_one in scores):
        return list(scores), list(spans)
    strongest: dict[CharSpan, float] = {}
    kept = []
    loaded = {sentence.extent: of_one[LOADED] for sentence, of_one in zip(sentences, scores, strict=True)}
    for span, near in zip(spans, find_overlaps(spans, sentences), strict=True):
        sentence = find_containing([sentences[i] for i in near], span)
        if sentence is None:
            continue
        strongest[sentence.extent] = max(span.score, strongest.get(sentence.extent, 0.0))
        if pool.apply(loaded[sentence.extent], span.score) >= least:
            kept.append(span)
    joined = [
        {**of_one, LOADED: pool.apply(of_one[LOADED], strongest.get(sentence.extent, 0.0))}
        for sentence, of_one in zip(sentences, scores, strict=True)
    ]
    return joined, kept
