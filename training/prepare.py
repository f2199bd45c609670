"""From a recipe to the network and the aligner that its training, tuning and export share."""

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from rhetoric.alignment import Aligner
from rhetoric.errors import ModelError
from rhetoric.training.recipe import Recipe

__all__ = ["load_tokenizer", "make_aligner"]


def load_tokenizer(recipe: Recipe) -> PreTrainedTokenizerBase:
    """Return the tokenizer of the recipe's encoder.

    Raises:
        ModelError: there is no such encoder.
    """
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(recipe.encoder)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        message = f"encoder {recipe.encoder!r} cannot be loaded ({reason}); give a name on the hub, or a folder"
        raise ModelError(message) from error
    return tokenizer


def make_aligner(recipe: Recipe, tokenizer: PreTrainedTokenizerBase) -> Aligner:
    """Return the aligner with the recipe's window."""
    return Aligner(tokenizer.backend_tokenizer, recipe.window_size, recipe.context_size)
