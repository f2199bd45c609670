"""The network: an encoder, its hidden states gathered word by word, and the heads. Tensors only."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel
from transformers.utils import ModelOutput

from rhetoric.modeling.configuration import RhetoricConfig
from rhetoric.modeling.encoders import make_encoder
from rhetoric.modeling.heads import Heads, LinkInput

__all__ = ["IGNORED", "RhetoricModel", "RhetoricOutput", "Supervision"]

IGNORED = -100
"""Label of whatever a corpus does not annotate: it takes no part in the loss."""


@dataclass
class RhetoricOutput(ModelOutput):
    """What the network returns: the words' states and, in training, the loss and its parts."""

    loss: Tensor | None = None
    words: Tensor | None = None
    parts: dict[str, Tensor] | None = None


@dataclass
class Supervision:
    """The labels of a batch; each field may be empty.

    Attributes:
        tags: (n_words, n_taggers) BIO tags or IGNORED.
        sentence_bounds: (n_sentences, 2) word ranges.
        sentence_labels: (n_sentences, n_labels) probabilities, negative where unknown.
        spans: by span head, (n, 6): word ranges of span, of what is read beside it, and of its sentence.
        span_labels: by span head, (n, n_labels) probabilities.
        links: (n, 6): role, anchor range, candidate range, sentence distance.
        link_labels: (n,) 0 or 1.
    """

    tags: Tensor
    sentence_bounds: Tensor
    sentence_labels: Tensor
    spans: dict[str, Tensor]
    span_labels: dict[str, Tensor]
    links: Tensor
    link_labels: Tensor


class RhetoricModel(PreTrainedModel):
    """One encoder pass, all heads."""

    config_class = RhetoricConfig
    base_model_prefix = "encoder"
    supports_gradient_checkpointing = True
    _supports_sdpa = True

    def __init__(self, config: RhetoricConfig) -> None:
        """Build encoder and heads with random weights; `from_pretrained` loads them."""
        super().__init__(config)
        encoder_config = config.encoder_config()
        self.encoder = make_encoder(encoder_config)
        self.heads = Heads(config, encoder_config.hidden_size)
        self.loss_weights: dict[str, float] = {}
        self.post_init()  # type: ignore[no-untyped-call]

    def encode_words(self, input_ids: Tensor, attention_mask: Tensor, word_positions: Tensor) -> Tensor:
        """Return the state of each word's first token, (n_words, hidden), in single precision.

        Args:
            input_ids: (n_windows, length).
            attention_mask: (n_windows, length).
            word_positions: (n_words,) positions in the flattened (n_windows * length).
        """
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        words: Tensor = states.flatten(0, 1)[word_positions].float()
        return words

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        word_positions: Tensor,
        supervision: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401  (the Trainer passes num_items_in_batch)
    ) -> RhetoricOutput:
        """Return the words' states and, with `supervision`, the masked sum of all heads' losses."""
        words = self.encode_words(input_ids, attention_mask, word_positions)
        if supervision is None:
            return RhetoricOutput(words=words)
        parts = self._losses(words, Supervision(**supervision))
        total = torch.stack([loss * self.loss_weights.get(name, 1.0) for name, loss in parts.items()]).sum()
        return RhetoricOutput(loss=total, words=words, parts={k: v.detach() for k, v in parts.items()})

    def _losses(self, words: Tensor, given: Supervision) -> dict[str, Tensor]:
        parts = {f"tagger.{k}": v for k, v in self._tag_losses(words, given.tags).items()}
        if len(given.sentence_bounds):
            logits = self.heads.sentences(words, given.sentence_bounds)
            parts["sentence"] = _masked_bce(logits, given.sentence_labels)
        for name, spans in given.spans.items():
            if len(spans):
                logits = self.heads.spans(name, words, spans[:, :2], spans[:, 2:4], spans[:, 4:])
                parts[f"span.{name}"] = nn.functional.cross_entropy(logits, given.span_labels[name])
        if len(given.links):
            pairs = LinkInput(given.links[:, 0], given.links[:, 1:3], given.links[:, 3:5], given.links[:, 5])
            logits = self.heads.link(words, pairs)
            parts["link"] = nn.functional.binary_cross_entropy_with_logits(logits, given.link_labels)
        # A batch of which nothing is known still has a loss.
        parts["none"] = words.sum() * 0.0
        return parts

    def _tag_losses(self, words: Tensor, tags: Tensor) -> dict[str, Tensor]:
        logits = self.heads.tags(words)
        losses = {}
        for i, name in enumerate(self.config.taggers):
            if bool((tags[:, i] != IGNORED).any()):
                losses[name] = nn.functional.cross_entropy(logits[:, i], tags[:, i], ignore_index=IGNORED)
        return losses


def _masked_bce(logits: Tensor, labels: Tensor) -> Tensor:
    known = labels >= 0
    if not bool(known.any()):
        return logits.sum() * 0.0
    return nn.functional.binary_cross_entropy_with_logits(logits[known], labels[known])


AutoConfig.register("rhetoric", RhetoricConfig)
AutoModel.register(RhetoricConfig, RhetoricModel)
