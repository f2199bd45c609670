"""Base model → the network that is fine-tuned, with the model's own encoder or another one."""

from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.trainer_utils import set_seed

from rhetoric.alignment import Aligner
from rhetoric.errors import ModelError
from rhetoric.modeling import RhetoricConfig, RhetoricModel, pretrained_config, pretrained_encoder
from rhetoric.runtime import Network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.hush import hushed
from rhetoric.training.label_recipe import FineTuning
from rhetoric.training.tuned import ClassWeights, Keeping, TunedNetwork

__all__ = ["Student", "add_low_rank", "attention_projections", "build_network", "merge_low_rank", "read_student"]

ATTENTION = "attention"
"""What stands in the path of every projection of attention, in BERT, RoBERTa, MPNet, ELECTRA and their like."""
LORA_DROPOUT = 0.05
ADAPTER = "default"


@dataclass(frozen=True)
class Student:
    """An encoder that will be fine-tuned, and what reads for it.

    Attributes:
        base: the model whose heads it shall serve.
        encoder: hub name or folder of it; None for the base model's own.
        tokenizer: of it.
        aligner: the same with the base model's windows.
        is_same_reader: whether it reads the same words as the base model.
    """

    base: Network
    encoder: str | None
    tokenizer: PreTrainedTokenizerBase
    aligner: Aligner
    is_same_reader: bool


def read_student(base: Network, encoder: str | None) -> Student:
    """Return the base model's own encoder, or another one.

    Raises:
        ModelError: its tokenizer cannot be loaded, or does not fit.
    """
    tokenizer = _tokenizer(encoder or str(base.folder))
    if encoder is None:
        return Student(base, None, tokenizer, base.aligner, True)
    if not tokenizer.is_fast:
        raise ModelError(f"encoder {encoder!r} has no fast tokenizer: expected one with a tokenizer.json")
    aligner = Aligner(tokenizer.backend_tokenizer, base.aligner.window_size, base.aligner.context_size)
    return Student(base, encoder, tokenizer, aligner, aligner.tokenizer.to_str() == base.aligner.tokenizer.to_str())


def _tokenizer(name: str) -> PreTrainedTokenizerBase:
    try:
        with hushed():
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelError(_cannot_load(name, error)) from error
    return tokenizer


def _cannot_load(name: str, error: Exception) -> str:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"encoder {name!r} cannot be loaded ({reason}); give a name on the hub, or a folder with safetensors"


def build_network(student: Student, new: AddedHead, weights: ClassWeights, keeping: Keeping, seed: int) -> TunedNetwork:
    """Return the network as it is before training: what it had as it was, the new head random.

    With another encoder, heads begin as they were where their shapes fit, and are random elsewhere.

    Raises:
        ModelError: the weights are missing or broken, or the encoder is of a kind that cannot be trained here.
    """
    set_seed(seed)
    with hushed():
        model = _own_model(student.base) if student.encoder is None else _other_model(student.base, student.encoder)
    network = TunedNetwork(model, (*student.base.added, new), weights, keeping)
    arrays = {name: torch.from_numpy(array.copy()) for name, array in student.base.heads.arrays.items()}
    _load_fitting(model.heads, arrays)
    for head in student.base.added:
        _load_fitting(network.matrix(head.name), {key: arrays[f"{head.weight}.{key}"] for key in ("weight", "bias")})
    return network


def _load_fitting(module: nn.Module, arrays: dict[str, Tensor]) -> None:
    state = module.state_dict()
    fitting = {name: array for name, array in arrays.items() if name in state and state[name].shape == array.shape}
    module.load_state_dict(state | fitting)


def _own_model(base: Network) -> RhetoricModel:
    try:
        loaded: Any = RhetoricModel.from_pretrained(
            base.folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        message = f"{_cannot_load(str(base.folder), error)}; or train frozen heads on it"
        raise ModelError(message) from error
    model: RhetoricModel = loaded[0]
    missing = loaded[1]["missing_keys"]
    if missing:
        raise ModelError(f"model {base.folder}: model.safetensors lacks {min(missing)}; export the model again")
    return model


def _other_model(base: Network, encoder: str) -> RhetoricModel:
    """Return a model with the heads of `base` on another encoder.

    Raises:
        ModelError: it cannot be loaded.
    """
    try:
        found = pretrained_config(encoder)
        own = RhetoricConfig.from_pretrained(base.folder)
        own.encoder = found.to_dict()
        model = RhetoricModel(own)
        model.encoder.load_state_dict(pretrained_encoder(encoder, found).state_dict())
    except (OSError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
        raise ModelError(_cannot_load(encoder, error)) from error
    if found.max_position_embeddings < base.aligner.window_size:
        message = (
            f"encoder {encoder!r} reads {found.max_position_embeddings} tokens at once: expected at least the"
            f" {base.aligner.window_size} of a window"
        )
        raise ModelError(message)
    return model


def add_low_rank(network: TunedNetwork, settings: FineTuning) -> None:
    """Freeze the encoder and train low-rank additions to its attention instead (Hu et al. 2022).

    Raises:
        ModelError: no projection of attention can be found in the encoder.
    """
    from peft import LoraConfig, LoraModel

    encoder = network.network.encoder
    projections = attention_projections(encoder)
    if not projections:
        raise ModelError(f"no attention found in the encoder {type(encoder).__name__}: train it in full")
    config = LoraConfig(
        r=settings.lora_rank, lora_alpha=settings.lora_rank, lora_dropout=LORA_DROPOUT, target_modules=projections
    )
    network.network.encoder = LoraModel(encoder, config, ADAPTER)


def attention_projections(encoder: nn.Module) -> list[str]:
    """Return the paths of the linear layers of an encoder's attention."""
    return [name for name, one in encoder.named_modules() if isinstance(one, nn.Linear) and ATTENTION in name]


def merge_low_rank(network: TunedNetwork) -> None:
    """Add what was learnt in low rank to the encoder's own weights, so that it serves like any other."""
    network.network.encoder = network.network.encoder.merge_and_unload()
