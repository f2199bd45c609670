"""Gold articles with the hidden states that the serving runtime gives them, so that tuning asks the heads alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.decoding.decoder import Decoder, Findings
from rhetoric.runtime.heads import FloatArray
from rhetoric.runtime.network import Network
from rhetoric.segmentation import split_sentences
from rhetoric.training.examples import NO_WORDS, sentence_targets
from rhetoric.training.gold import GoldArticle, GoldSpan

__all__ = ["Reading", "read_articles"]


@dataclass(frozen=True)
class Reading:
    """A gold article as the model read it."""

    gold: GoldArticle
    aligned: AlignedArticle
    words: FloatArray

    def decode(self, decoder: Decoder) -> Findings:
        """Return what `decoder` finds in the article."""
        return decoder.decode(self.gold.article.text, self.aligned, self.words, self.gold.article.targets)

    def sentence_labels(self, names: tuple[str, ...]) -> FloatArray:
        """Return the gold of every sentence, (n_sentences, n_labels), negative where unknown."""
        return sentence_targets(self.gold, self.aligned, names)

    def span_rows(self, head: str) -> tuple[IntArray, list[GoldSpan]]:
        """Return the bounds that a span head reads for its gold spans, (n, 6), and those spans."""
        rows, spans = [], []
        for span in self.gold.span_labels.get(head, ()):
            words = self.aligned.words_of(span)
            if words:
                sentence = self.aligned.sentence_bounds[self.aligned.word_sentences[words[0]]]
                rows.append((*words, *self._beside(head, span, words), *sentence.tolist()))
                spans.append(span)
        return np.array(rows, np.int64).reshape(-1, 6), spans

    def _beside(self, head: str, span: GoldSpan, words: tuple[int, int]) -> tuple[int, int]:
        """Return the words that a head reads beside a span: its cue for a source's type, else the span itself."""
        if head != "source_type":
            return words
        return (self.aligned.words_of(span.beside) if span.beside else None) or NO_WORDS


def read_articles(articles: Iterable[GoldArticle], network: Network) -> Iterator[Reading]:
    """Yield the articles that hold a word, read by the network's own encoder."""
    for gold in articles:
        text = gold.article.text
        aligned = network.aligner.align(text, split_sentences(text))
        if aligned.n_words:
            yield Reading(gold, aligned, network.words(aligned))
