"""What a training run is told: a YAML file of a few lines. An unknown key is refused with the nearest known one."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rhetoric.settings import read_settings

__all__ = ["CorpusShare", "Optimisation", "Recipe", "read_recipe"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CorpusShare(_Strict):
    """How much of a corpus goes into an epoch.

    Attributes:
        repeat: how often each of its training articles is read.
        join: how many of its texts are joined to one article in every second of these readings. Short texts are joined
            so that the length of a text does not tell which labels to expect.
    """

    repeat: int = 1
    join: int = 1


class Optimisation(_Strict):
    """How the network is trained.

    Attributes:
        epochs: passes over the mixture.
        encoder_rate: peak learning rate of the encoder (AdamW).
        head_rate: peak learning rate of the heads.
        warmup: share of the steps in which the rates rise.
        weight_decay: of all weights.
        batch_tokens: tokens of a step, padding included.
        save_steps: steps between checkpoints.
    """

    epochs: float = 4
    encoder_rate: float = 1.2e-4
    head_rate: float = 1e-3
    warmup: float = 0.1
    weight_decay: float = 0.01
    batch_tokens: int = 2048
    save_steps: int = 400


class Recipe(_Strict):
    """One shipped model: its encoder, its heads, its corpora.

    Attributes:
        name: of the model, and of its folder below `models/`.
        version: of the model.
        encoder: hub name of the base encoder.
        seed: of everything that is random.
        corpora: by name, in the order in which they are read.
        loss_weights: by part of the loss; 1 where nothing is said.
    """

    name: str
    version: str
    encoder: str
    seed: int = 13
    window_size: int = 256
    context_size: int = 48
    taggers: tuple[str, ...]
    sentence_labels: tuple[str, ...]
    span_heads: dict[str, tuple[str, ...]]
    corpora: dict[str, CorpusShare]
    loss_weights: dict[str, float] = {}
    optimisation: Optimisation = Optimisation()


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        ConfigError: the file is missing, no YAML, or has a key or value that a recipe cannot have.
    """
    return read_settings(path, Recipe, "recipe", (Optimisation, CorpusShare))
