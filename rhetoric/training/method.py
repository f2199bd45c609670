"""Frozen encoder or fine-tuned one: which of the two, and why, if nobody says so.

A frozen encoder needs seconds, leaves all other scores as they are and does as well on few examples. From some
thousand on, an encoder that may change learns what the frozen one does not show.
"""

from dataclasses import dataclass
from typing import Literal

from rhetoric.errors import ConfigError, MissingExtraError
from rhetoric.resources import model_path
from rhetoric.training.label_recipe import LabelRecipe

__all__ = ["MIN_EXAMPLES_FOR_FULL", "WEIGHTS_FILE", "Choice", "choose_method"]

MIN_EXAMPLES_FOR_FULL = 2000
"""Coded texts, or marked stretches, from which `auto` fine-tunes."""
WEIGHTS_FILE = "model.safetensors"
UNITS_TO_FINE_TUNE = ("sentence", "paragraph", "article", "span")

Settled = Literal["frozen", "full", "lora"]


@dataclass(frozen=True)
class Choice:
    """A way to train, and why it was taken."""

    method: Settled
    reason: str

    def __str__(self) -> str:
        """Return both in one line."""
        return f"{self.method}: {self.reason}"


def choose_method(recipe: LabelRecipe, n_examples: int) -> Choice:
    """Return how to train, by the recipe or by the number of examples.

    Args:
        recipe: what to train on what.
        n_examples: coded texts, or marked stretches.

    Raises:
        ConfigError: the encoder is to be fine-tuned for a unit for which that is not done, or is to be another and stay
            as it is.
        MissingExtraError: LoRA is asked for, and peft is not installed.
    """
    choice = _asked_for(recipe) or _by_number(recipe, n_examples)
    if choice.method == "frozen" and recipe.encoder is not None:
        message = (
            f"encoder {recipe.encoder!r}: a frozen head stands on the base model's own; give --method full or lora"
        )
        raise ConfigError(message)
    if choice.method != "frozen" and recipe.unit not in UNITS_TO_FINE_TUNE:
        message = f"method {choice.method}: labels of {recipe.unit}s are trained on the frozen encoder alone"
        raise ConfigError(message)
    if choice.method == "lora":
        _require_peft()
    return choice


def _asked_for(recipe: LabelRecipe) -> Choice | None:
    if recipe.method != "auto":
        return Choice(recipe.method, "as asked for")
    if recipe.encoder is not None:
        return Choice("full", f"the encoder {recipe.encoder!r} must learn what the base model's does")
    return None


def _by_number(recipe: LabelRecipe, n_examples: int) -> Choice:
    noun = "marked stretches" if recipe.unit == "span" else "coded texts"
    found = f"{n_examples:,} {noun}"
    if n_examples < MIN_EXAMPLES_FOR_FULL:
        return Choice("frozen", f"{found}; fine-tuning begins to pay from about {MIN_EXAMPLES_FOR_FULL:,}")
    if recipe.unit not in UNITS_TO_FINE_TUNE:
        return Choice("frozen", f"labels of {recipe.unit}s are trained on the frozen encoder alone")
    if not (model_path(recipe.base) / WEIGHTS_FILE).is_file():
        return Choice("frozen", f"{found}, but the model {recipe.base!r} comes without {WEIGHTS_FILE} to fine-tune")
    return Choice("full", f"{found}, and fine-tuning pays from about {MIN_EXAMPLES_FOR_FULL:,}")


def _require_peft() -> None:
    """Make sure that peft is there.

    Raises:
        MissingExtraError: it is not.
    """
    from importlib.util import find_spec

    if find_spec("peft") is None:
        raise MissingExtraError("LoRA needs peft: pip install 'rhetoric[lora]'")
