"""A fine-tuned network → a model folder that serves like any other, and the new head read from it again."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file, save_file
from transformers import PreTrainedTokenizerBase

from rhetoric.decoding.rules import DecisionRules, read_rule_sets, write_rules
from rhetoric.runtime import NumpyHeads
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.encoders import ONNX_FILE
from rhetoric.runtime.heads import HEADS_FILE
from rhetoric.runtime.hush import hushed
from rhetoric.training.export import export_model
from rhetoric.training.frozen import LinearHead
from rhetoric.training.own import join_rules
from rhetoric.training.tuned import TunedNetwork

__all__ = ["linear_of", "place_model", "write_tuned"]

N_VERSION_DIGITS = 12
OUTDATED = ("metrics.json", "own_metrics.json")
"""Figures of whichever model stood in a folder before."""


def write_tuned(network: TunedNetwork, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write encoder (int8 ONNX and fp16 safetensors), heads and configuration; decision rules are not written."""
    with hushed():
        export_model(network.network, tokenizer, folder)
    arrays = load_file(folder / HEADS_FILE)
    for head in network.heads_added.values():
        layer = network.matrix(head.name)
        arrays[f"{head.weight}.weight"] = layer.weight.detach().cpu().float().numpy()
        arrays[f"{head.weight}.bias"] = layer.bias.detach().cpu().float().numpy()
    save_file(arrays, folder / HEADS_FILE)
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["added"] = [head.to_config() for head in network.heads_added.values()]
    config["version"] = _version(folder)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (ONNX_FILE, HEADS_FILE):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:N_VERSION_DIGITS]


def linear_of(head: AddedHead, heads: NumpyHeads) -> LinearHead:
    """Return an added head as a matrix."""
    return LinearHead(heads.arrays[f"{head.weight}.weight"], heads.arrays[f"{head.weight}.bias"])


def place_model(source: Path, base: Path, rules: DecisionRules, output: Path) -> None:
    """Copy a model to where it is wanted, with the rules of its base model and those of the new head.

    Args:
        source: the model as it was trained.
        base: folder of the base model.
        rules: of the new head.
        output: where to.
    """
    sets = {name: join_rules(kept, rules) for name, kept in read_rule_sets(base).items()}
    output.mkdir(parents=True, exist_ok=True)
    for name in OUTDATED:
        (output / name).unlink(missing_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_file():
            shutil.copyfile(path, output / path.name)
    config: dict[str, Any] = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config["name"] = output.name
    (output / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    write_rules(output, sets)
