"""Texts that nobody has coded yet: the sentences, paragraphs or wholes of articles, with what a model says of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rhetoric.annotation import Article, CharSpan
from rhetoric.decoding.added import AddedDecoder
from rhetoric.decoding.rules import DecisionRules
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.training_texts import TrainingTexts
from rhetoric.runtime import Network
from rhetoric.runtime.added import AddedHead, Unit, UnitPools
from rhetoric.runtime.heads import FloatArray
from rhetoric.segmentation import paragraphs, split_sentences
from rhetoric.training.suggest import uncertainty

__all__ = [
    "Candidate",
    "Candidates",
    "candidate_of",
    "find_own_head",
    "gather",
    "read_candidates",
    "split_article",
]

MAX_KEPT = 20_000
"""Only so many of the most uncertain texts are kept, so that memory does not grow with the corpus."""
ARTICLE_KEY = "article_id"
"""The field that names the article of a text; training looks for it, so that no article is torn apart."""

LEARNT = ("training", "tuning")
"""What a text was used for that need not be coded again; one that was suggested may be suggested again."""


@dataclass(frozen=True)
class Candidate:
    """A text that may be coded.

    Attributes:
        id: of its article, and where in it the text begins.
        text: as it stands in the article.
        meta: fields of the article, with its id as `article_id`.
    """

    id: str
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidates:
    """Texts with what is read of each, (n, n_features), and the probabilities of a head's labels, (n, n_labels)."""

    texts: tuple[Candidate, ...]
    features: FloatArray
    probabilities: FloatArray

    def most_uncertain(self, n: int) -> "Candidates":
        """Return those `n` of which the model is least sure, in the order in which they came."""
        rows = np.sort(np.argsort(-uncertainty(self.probabilities), kind="stable")[:n])
        return Candidates(tuple(self.texts[i] for i in rows), self.features[rows], self.probabilities[rows])

    @classmethod
    def join(cls, parts: Sequence["Candidates"]) -> "Candidates":
        """Return those of all `parts`, in order; there must be one."""
        return cls(
            tuple(text for part in parts for text in part.texts),
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.probabilities for part in parts]),
        )


def split_article(article: Article, unit: Unit) -> list[CharSpan]:
    """Return the sentences or paragraphs of an article, or all of it; nothing of a blank one."""
    if unit == "sentence":
        return [sentence.extent for sentence in split_sentences(article.text)]
    if unit == "paragraph":
        return list(paragraphs(article.text))
    return [CharSpan(0, len(article.text))] if article.text.strip() else []


def candidate_of(article: Article, place: CharSpan) -> Candidate:
    """Return a text of an article; one that is all of it keeps its id."""
    text = place.of(article.text)
    if text == article.text.strip():
        return Candidate(article.id, text, {ARTICLE_KEY: article.id, **article.meta})
    return Candidate(f"{article.id}:{place.start}", text, {**article.meta, ARTICLE_KEY: article.id})


def find_own_head(network: Network, name: str | None = None) -> AddedHead:
    """Return the head of whole texts that a user trained onto a model: that of a name, or the last.

    Raises:
        ConfigError: there is none.
    """
    heads = [head for head in network.added if head.unit in ("sentence", "paragraph", "article")]
    for head in reversed(heads):
        if name in (None, head.name):
            return head
    known = ", ".join(head.name for head in heads) or "none"
    what = "head of your own" if name is None else f"head {name!r}"
    message = (
        f"the model {network.info.name!r} has no {what} for whole texts (it has {known}): give --model the folder of"
        " one that you trained"
    )
    raise ConfigError(message)


def read_candidates(
    articles: Iterable[Article], network: Network, rules: DecisionRules, head: AddedHead, seen: TrainingTexts | None
) -> Iterator[Candidates]:
    """Yield the texts of each article that the model has not learnt from, with what the head says of them.

    Args:
        articles: nobody has coded them.
        network: the model.
        rules: its calibration.
        head: whose labels are to be coded next.
        seen: what the model has learnt from, None if nobody knows.
    """
    decoder = AddedDecoder(network.heads, (head,), rules)
    for article in articles:
        places = split_article(article, head.unit)
        pools = UnitPools(places)
        aligned = network.aligner.align(article.text, split_sentences(article.text))
        if aligned.n_words:
            pools.add(aligned, network.words(aligned))
        features = pools.features(network.hidden_size)
        found = [[row[label] for label in head.labels] for row in decoder.scores(head.unit, features)]
        texts = [candidate_of(article, place) for place in places]
        rows = [i for i, text in enumerate(texts) if seen is None or seen.use_of(text.text) not in LEARNT]
        probabilities = np.array(found, np.float32).reshape(-1, len(head.labels))
        yield Candidates(tuple(texts[i] for i in rows), features[rows], probabilities[rows])


def gather(parts: Iterable[Candidates], max_kept: int = MAX_KEPT) -> Candidates:
    """Return the texts of all articles together; of too many, those of which the model is least sure.

    Raises:
        InputError: there is no text.
    """
    waiting: list[Candidates] = []
    for part in parts:
        waiting.append(part)
        if sum(len(one.texts) for one in waiting) > 2 * max_kept:
            waiting = [Candidates.join(waiting).most_uncertain(max_kept)]
    found = Candidates.join(waiting) if waiting else None
    if found is None or not found.texts:
        raise InputError("there is no text to suggest: expected articles with texts that the model has not learnt from")
    return found
