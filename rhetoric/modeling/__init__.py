"""The network: configuration, heads and model, registered with transformers' Auto classes."""

from rhetoric.modeling.configuration import LINK_ROLES, RhetoricConfig
from rhetoric.modeling.encoders import pretrained_config, pretrained_encoder
from rhetoric.modeling.model import IGNORED, RhetoricModel, RhetoricOutput, Supervision

__all__ = [
    "IGNORED",
    "LINK_ROLES",
    "RhetoricConfig",
    "RhetoricModel",
    "RhetoricOutput",
    "Supervision",
    "pretrained_config",
    "pretrained_encoder",
]
