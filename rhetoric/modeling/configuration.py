"""Which encoder, which heads: all that is needed to build the network, and nothing about text."""

from collections.abc import Sequence
from typing import Any

from transformers import AutoConfig, PretrainedConfig

__all__ = ["LINK_ROLES", "RhetoricConfig"]

LINK_ROLES = ("cue_source", "cue_content", "content_source", "loaded_target")
"""What the link head decides: the source of a cue, the contents of a cue, the source of a content without cue,
the mention that a loaded span evaluates."""


class RhetoricConfig(PretrainedConfig):
    """Configuration of one encoder with many heads.

    Args:
        encoder: configuration of the encoder, as a dictionary with its `model_type`.
        taggers: names of the BIO taggers.
        sentence_labels: labels of a sentence (multi-label).
        span_heads: labels of each classifier over a span (single-label), by the name of the head.
        head_size: width of the hidden layer of span and link heads.
        head_dropout: dropout before every head.
        window_size: tokens of a window, special ones included.
        context_size: tokens of preceding sentences that a window reads again, at most.
    """

    model_type = "rhetoric"

    def __init__(  # noqa: PLR0913  (a configuration is the one place where every setting has a name)
        self,
        encoder: dict[str, Any] | None = None,
        taggers: Sequence[str] = (),
        sentence_labels: Sequence[str] = (),
        span_heads: dict[str, Sequence[str]] | None = None,
        head_size: int = 256,
        head_dropout: float = 0.1,
        window_size: int = 256,
        context_size: int = 48,
        **kwargs: Any,  # noqa: ANN401  (transformers' own keys)
    ) -> None:
        """Keep what was given; see the class."""
        self.encoder = encoder or {"model_type": "bert"}
        self.taggers = list(taggers)
        self.sentence_labels = list(sentence_labels)
        self.span_heads = {name: list(labels) for name, labels in (span_heads or {}).items()}
        self.head_size = head_size
        self.head_dropout = head_dropout
        self.window_size = window_size
        self.context_size = context_size
        super().__init__(**kwargs)

    def encoder_config(self) -> PretrainedConfig:
        """Return the encoder's own configuration."""
        settings = dict(self.encoder)
        return AutoConfig.for_model(settings.pop("model_type"), **settings)
