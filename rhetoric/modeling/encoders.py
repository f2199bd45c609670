"""The encoder under the heads, of whichever family: made from its configuration, or with its published weights."""

import inspect
from typing import Any

from transformers import MODEL_MAPPING, AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

__all__ = ["make_encoder", "pretrained_config", "pretrained_encoder"]


def _without_pooling(config: PretrainedConfig) -> dict[str, Any]:
    """Return the option that leaves out a pooling layer, which no head reads, for the families that have one."""
    family: Any = MODEL_MAPPING[type(config)]
    accepted = inspect.signature(family).parameters
    return {"add_pooling_layer": False} if "add_pooling_layer" in accepted else {}


def make_encoder(config: PretrainedConfig) -> Any:  # noqa: ANN401  (what adapts it, as LoRA does, takes its place)
    """Return an encoder with random weights."""
    return AutoModel.from_config(config, **_without_pooling(config))


def pretrained_config(name: str) -> PretrainedConfig:
    """Return the configuration of a published encoder, as it is tuned here.

    Raises:
        OSError: there is none.
    """
    # Without dropout on attention weights the fused kernel is used: a CPU step takes half the time.
    config: PretrainedConfig = AutoConfig.from_pretrained(name, attention_probs_dropout_prob=0.0)
    return config


def pretrained_encoder(name: str, config: PretrainedConfig) -> PreTrainedModel:
    """Return an encoder with its published weights, which must be in safetensors.

    Args:
        name: on the hub, or a folder.
        config: of the encoder.

    Raises:
        OSError: there is none, or it has no weights in safetensors.
    """
    encoder: PreTrainedModel = AutoModel.from_pretrained(name, use_safetensors=True, **_without_pooling(config))
    return encoder
