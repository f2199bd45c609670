"""The network that is fine-tuned: an encoder with all heads that it had and a new one, and what its loss is.

The new head learns from codes, classes weighted so that rare ones count; the others are held to what they said before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rhetoric.modeling import RhetoricModel
from rhetoric.modeling.heads import LinkInput, pool_max, pool_mean
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import N_TAGS, FloatArray

__all__ = ["ClassWeights", "Keeping", "TunedNetwork"]

UNIT_WIDTH = {"span": 1, "target": 3}
"""How many states' widths an added head reads; of texts two."""


@dataclass(frozen=True)
class ClassWeights:
    """What examples of a class count in the loss of the new head.

    Attributes:
        positive: (n_labels,) of those that have a label; of stretches (n_labels, 3), by tag.
        negative: (n_labels,) of those that do not.
    """

    positive: FloatArray
    negative: FloatArray


@dataclass(frozen=True)
class Keeping:
    """How the other heads are held to what they said.

    Attributes:
        weight: of it in the loss, beside the new head's 1.
        choices: by head, over how many outputs a softmax goes.
        spread: by head, the standard deviation of what it said.
    """

    weight: float
    choices: Mapping[str, int]
    spread: Mapping[str, float]


class TunedNetwork(nn.Module):
    """An encoder with its heads, those that a user added, and the new one.

    Args:
        network: encoder and heads of the base model, or another encoder with heads like these.
        added: the heads that a user added before, and the new one as the last.
        weights: of the new head's classes.
        keeping: of the other heads.
    """

    def __init__(
        self, network: RhetoricModel, added: Sequence[AddedHead], weights: ClassWeights, keeping: Keeping
    ) -> None:
        """Build the added heads with random weights."""
        super().__init__()
        self.network, self.keeping = network, keeping
        self.heads_added = {head.name: head for head in added}
        self.new = added[-1]
        hidden = network.heads.tagger.in_features
        # A name such as "keys" is taken among the attributes of a ModuleDict.
        self.added = nn.ModuleDict(
            {f"head_{h.name}": nn.Linear(UNIT_WIDTH.get(h.unit, 2) * hidden, h.n_outputs) for h in added}
        )
        self.positive: Tensor
        self.negative: Tensor
        self.register_buffer("positive", torch.from_numpy(weights.positive).float(), persistent=False)
        self.register_buffer("negative", torch.from_numpy(weights.negative).float(), persistent=False)

    def matrix(self, name: str) -> nn.Linear:
        """Return the layer of an added head."""
        layer = self.added[f"head_{name}"]
        if not isinstance(layer, nn.Linear):
            raise TypeError(name)
        return layer

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        word_positions: Tensor,
        bounds: Tensor,
        gold: Tensor | None = None,
        probes: Mapping[str, tuple[Tensor, Tensor]] | None = None,
        **_: Any,  # noqa: ANN401  (the Trainer passes num_items_in_batch)
    ) -> dict[str, Tensor]:
        """Return the new head's `logits` and, where `gold` or `probes` are given, the `loss`.

        Args:
            input_ids: (n_windows, length).
            attention_mask: (n_windows, length).
            word_positions: (n_words,) positions in the flattened (n_windows * length).
            bounds: (n, 2) words of the coded texts; (n, 1) of the words that a head of stretches tags.
            gold: (n, n_labels) shares of coders, or (n, n_labels) tags.
            probes: by head, what it is asked about, and what it said.
        """
        words = self.network.encode_words(input_ids, attention_mask, word_positions)
        logits = self.ask(f"added.{self.new.name}", words, bounds).float()
        loss = words.sum() * 0.0
        if gold is not None and len(gold):
            loss = loss + self._new_loss(logits, gold)
        if probes and self.keeping.weight:
            losses = [self._moved(name, words, *probe) for name, probe in probes.items()]
            loss = loss + self.keeping.weight * torch.stack(losses).mean()
        return {"loss": loss, "logits": logits}

    def ask(self, name: str, words: Tensor, rows: Tensor) -> Tensor:
        """Return the logits of a head, (n, n_outputs).

        Args:
            name: `tagger`, `sentence`, `link`, `span.NAME` or `added.NAME`.
            words: (n_words, hidden).
            rows: (n, …) bounds in words, as the head takes them.
        """
        kind, _, rest = name.partition(".")
        heads = self.network.heads
        if kind == "tagger":
            return heads.tags(words[rows[:, 0]]).flatten(1)
        if kind == "sentence":
            return heads.sentences(words, rows)
        if kind == "span":
            return heads.spans(rest, words, rows[:, :2], rows[:, 2:4], rows[:, 4:])
        if kind == "link":
            pairs = LinkInput(rows[:, 0], rows[:, 1:3], rows[:, 3:5], rows[:, 5])
            linked: Tensor = heads.link(words, pairs)
            return linked[:, None]
        features = heads.dropout(_features(self.heads_added[rest], words, rows))
        logits: Tensor = self.matrix(rest)(features)
        return logits

    def _new_loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        if self.new.unit == "span":
            return _tag_loss(logits, gold, self.positive)
        if self.new.is_exclusive:
            weights = gold * self.positive
            return -(weights * logits.log_softmax(1)).sum() / weights.sum()
        weights = gold * self.positive + (1 - gold) * self.negative
        return nn.functional.binary_cross_entropy_with_logits(logits, gold, weights)

    def _moved(self, name: str, words: Tensor, rows: Tensor, before: Tensor) -> Tensor:
        """Return the mean square by which a head's logits moved, in units of their variance."""
        n = self.keeping.choices[name]
        apart = (self.ask(name, words, rows).float() - before).reshape(-1, n)
        if n > 1:  # a softmax does not see what all its inputs share
            apart = apart - apart.mean(1, keepdim=True)
        return apart.square().mean() / self.keeping.spread[name] ** 2


def _features(head: AddedHead, words: Tensor, rows: Tensor) -> Tensor:
    """Return what an added head reads, as `rhetoric.runtime.added` has it."""
    if head.unit == "span":
        return words[rows[:, 0]]
    features = torch.cat([pool_mean(words, rows[:, :2]), pool_max(words, rows[:, :2])], dim=1)
    return features if head.unit != "target" else torch.cat([features, pool_mean(words, rows[:, 2:])], dim=1)


def _tag_loss(logits: Tensor, tags: Tensor, weights: Tensor) -> Tensor:
    """Return the mean loss of (n, n_labels) tags, each class of each label with its weight, (n_labels, 3)."""
    by_label = logits.view(len(logits), -1, N_TAGS)
    losses = [nn.functional.cross_entropy(by_label[:, i], tags[:, i], weights[i]) for i in range(by_label.shape[1])]
    return torch.stack(losses).mean()
