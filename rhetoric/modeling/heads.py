"""The heads: small networks over the hidden states of words. Tensors only.

Shapes: `words` is (n_words, hidden) for all words of a batch in order; a span is a row (first word, last-plus-one
word, sentence) of integers; pooled features of a span are three blocks of `hidden`.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from rhetoric.modeling.configuration import LINK_ROLES, RhetoricConfig

__all__ = [
    "N_DISTANCES",
    "N_SENTENCE_DISTANCES",
    "Heads",
    "LinkHead",
    "LinkInput",
    "Mlp",
    "distance_bucket",
    "edges",
    "pool_max",
    "pool_mean",
]

N_TAGS = 3
N_DISTANCES = 32
N_SENTENCE_DISTANCES = 9


class Mlp(nn.Module):
    """One hidden layer with ReLU.

    Args:
        n_in: size of the features.
        n_hidden: width of the hidden layer.
        n_out: number of labels.
        dropout: share of the hidden layer that is left out in training.
    """

    def __init__(self, n_in: int, n_hidden: int, n_out: int, dropout: float) -> None:
        """Build the two layers."""
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.out = nn.Linear(n_hidden, n_out)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits (n, n_out) of features (n, n_in)."""
        logits: Tensor = self.out(self.dropout(nn.functional.relu(self.hidden(features))))
        return logits


def pool_mean(words: Tensor, bounds: Tensor) -> Tensor:
    """Return the mean state of each range of words, (n, hidden); of an empty range, zeros.

    Args:
        words: (n_words, hidden).
        bounds: (n, 2) first and last-plus-one word.
    """
    sums = torch.cat([words.new_zeros(1, words.shape[1]), words.cumsum(0)])
    lengths = (bounds[:, 1] - bounds[:, 0]).clamp(min=1).unsqueeze(1)
    return (sums[bounds[:, 1]] - sums[bounds[:, 0]]) / lengths


def pool_max(words: Tensor, bounds: Tensor) -> Tensor:
    """Return the largest value of each range of words, (n, hidden); of an empty range, zeros."""
    lengths = bounds[:, 1] - bounds[:, 0]
    if not len(bounds) or not int(lengths.sum()):
        return words.new_zeros(len(bounds), words.shape[1])
    owner = torch.repeat_interleave(torch.arange(len(bounds), device=words.device), lengths)
    offsets = torch.arange(len(owner), device=words.device) - (lengths.cumsum(0) - lengths)[owner]
    gathered = words[bounds[owner, 0] + offsets]
    index = owner.unsqueeze(1).expand_as(gathered)
    pooled = words.new_zeros(len(bounds), words.shape[1])
    return pooled.scatter_reduce(0, index, gathered, "amax", include_self=False)


def distance_bucket(distances: Tensor) -> Tensor:
    """Return the bucket of signed word distances: exact up to 8, then logarithmic (as T5's relative positions)."""
    half = N_DISTANCES // 2
    size = distances.abs()
    coarse = 8 + (torch.log2(size.clamp(min=8).float() / 8) * 2).long()
    bucket = torch.where(size < 8, size, coarse).clamp(max=half - 1)
    return torch.where(distances < 0, bucket + half, bucket)


class LinkInput(NamedTuple):
    """Pairs to score: (n,) roles and sentence distances, (n, 2) bounds of anchor and candidate."""

    roles: Tensor
    anchors: Tensor
    candidates: Tensor
    sentence_distances: Tensor


class LinkHead(nn.Module):
    """Scores each pair of an anchor (a cue, a content, a loaded span) and a candidate that may belong to it."""

    def __init__(self, hidden: int, size: int, dropout: float) -> None:
        """Build projections, embeddings of role and distance, and the scorer."""
        super().__init__()
        self.anchor = nn.Linear(3 * hidden, size)
        self.candidate = nn.Linear(3 * hidden, size)
        self.distance = nn.Embedding(N_DISTANCES, size)
        self.sentence_distance = nn.Embedding(N_SENTENCE_DISTANCES, size)
        self.role = nn.Embedding(len(LINK_ROLES), size)
        self.scorer = Mlp(2 * size, size, 1, dropout)

    def forward(self, words: Tensor, pairs: LinkInput) -> Tensor:
        """Return one logit a pair, (n,)."""
        anchor = self.anchor(edges(words, pairs.anchors))
        candidate = self.candidate(edges(words, pairs.candidates))
        # Positive where the candidate follows; measured between the facing edges.
        after = pairs.candidates[:, 0] - pairs.anchors[:, 1]
        before = pairs.candidates[:, 1] - pairs.anchors[:, 0]
        gap = torch.where(pairs.candidates[:, 0] >= pairs.anchors[:, 0], after.clamp(min=0), before.clamp(max=0) - 1)
        reach = N_SENTENCE_DISTANCES // 2
        sentences = pairs.sentence_distances.clamp(-reach, reach) + reach
        context = self.distance(distance_bucket(gap)) + self.sentence_distance(sentences) + self.role(pairs.roles)
        features = torch.cat([anchor + candidate + context, anchor * candidate], dim=1)
        logits: Tensor = self.scorer(nn.functional.relu(features)).squeeze(1)
        return logits


def edges(words: Tensor, bounds: Tensor) -> Tensor:
    """Return first, last and mean state of each range, (n, 3 * hidden)."""
    return torch.cat([words[bounds[:, 0]], words[bounds[:, 1] - 1], pool_mean(words, bounds)], dim=1)


class Heads(nn.Module):
    """All heads of one model."""

    def __init__(self, config: RhetoricConfig, hidden: int) -> None:
        """Build the heads that `config` names for an encoder of width `hidden`."""
        super().__init__()
        self.dropout = nn.Dropout(config.head_dropout)
        self.tagger = nn.Linear(hidden, N_TAGS * len(config.taggers))
        self.sentence = nn.Linear(2 * hidden, len(config.sentence_labels))
        self.span = nn.ModuleDict(
            {
                name: Mlp(3 * hidden, config.head_size, len(labels), config.head_dropout)
                for name, labels in config.span_heads.items()
            }
        )
        self.link = LinkHead(hidden, config.head_size, config.head_dropout)

    def tags(self, words: Tensor) -> Tensor:
        """Return BIO logits, (n_words, n_taggers, 3)."""
        logits: Tensor = self.tagger(self.dropout(words))
        return logits.view(len(words), self.tagger.out_features // N_TAGS, N_TAGS)

    def sentences(self, words: Tensor, bounds: Tensor) -> Tensor:
        """Return logits of the sentences with those `bounds`, (n_sentences, n_labels)."""
        features = torch.cat([pool_mean(words, bounds), pool_max(words, bounds)], dim=1)
        logits: Tensor = self.sentence(self.dropout(features))
        return logits

    def spans(self, name: str, words: Tensor, spans: Tensor, second: Tensor, sentences: Tensor) -> Tensor:
        """Return logits of one span head, (n, n_labels).

        Args:
            name: which head.
            words: (n_words, hidden).
            spans: (n, 2) bounds of the span.
            second: (n, 2) bounds of what is read beside it (the cue of a source), empty where there is nothing;
                the span itself is read for its maximum where it is the same.
            sentences: (n, 2) bounds of its sentence.
        """
        beside = pool_max(words, second)
        features = torch.cat([pool_mean(words, spans), beside, pool_mean(words, sentences)], dim=1)
        logits: Tensor = self.span[name](self.dropout(features))
        return logits
