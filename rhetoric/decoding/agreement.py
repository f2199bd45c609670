"""A sentence is loaded because of loaded words in it: the sentence label and the spans are brought to agree.

The tagger sees words and the sentence label sees their company; the mean of the two is right more often than either.
"""

from collections.abc import Sequence

from rhetoric.annotation import CharSpan, Sentence, Span, find_containing, find_overlaps

__all__ = ["LOADED", "agree"]

LOADED = "loaded_language"


def agree(
    sentences: Sequence[Sentence], scores: Sequence[dict[str, float]], spans: Sequence[Span], least: float
) -> tuple[list[dict[str, float]], list[Span]]:
    """Return the scores of the sentences, that of being loaded joined with the spans', and the spans that are kept.

    Args:
        sentences: in order.
        scores: of each sentence, the probability of every label.
        spans: of the layer `wording`.
        least: what the mean of the scores of a span and of its sentence must reach.
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
        if (span.score + loaded[sentence.extent]) / 2 >= least:
            kept.append(span)
    joined = [
        {**of_one, LOADED: (of_one[LOADED] + strongest.get(sentence.extent, 0.0)) / 2}
        for sentence, of_one in zip(sentences, scores, strict=True)
    ]
    return joined, kept
