"""A model as it serves: aligner, encoder, heads, decision rules and the names of the labels, read from its folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rhetoric.alignment import AlignedArticle, Aligner
from rhetoric.annotation import ModelInfo
from rhetoric.errors import ModelError
from rhetoric.resources import model_path
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.encoders import Backend, Encoder, load_encoder, word_states
from rhetoric.runtime.heads import N_TAGS, FloatArray, NumpyHeads

__all__ = ["Network", "load_network"]


@dataclass(frozen=True)
class Network:
    """A loaded model without its decision rules.

    Attributes:
        taggers: names of the BIO taggers, in the order of their logits.
        sentence_labels: likewise for sentences.
        span_heads: labels of each span head.
        added: heads that a user trained onto the model.
    """

    folder: Path
    info: ModelInfo
    taggers: tuple[str, ...]
    sentence_labels: tuple[str, ...]
    span_heads: dict[str, tuple[str, ...]]
    aligner: Aligner
    encoder: Encoder
    heads: NumpyHeads
    added: tuple[AddedHead, ...] = ()

    @property
    def hidden_size(self) -> int:
        """The width of the encoder's states."""
        return self.heads.n_inputs("tagger")

    def words(self, aligned: AlignedArticle) -> FloatArray:
        """Return the hidden states of the words, (n_words, hidden)."""
        return word_states(self.encoder, self.aligner, aligned)


def load_network(model: str | Path, backend: Backend = "auto") -> Network:
    """Load a model by the name of a shipped one or by its folder.

    Raises:
        ModelError: there is no such model, or a file of it is missing or broken.
    """
    folder = model_path(model)
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        taggers, labels = tuple(config["taggers"]), tuple(config["sentence_labels"])
        span_heads = {name: tuple(names) for name, names in config["span_heads"].items()}
        sizes = int(config["window_size"]), int(config["context_size"])
        added = tuple(map(AddedHead.from_config, config.get("added", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"model {folder}: config.json is not that of a rhetoric model ({error!r})"
        raise ModelError(message) from error
    heads = NumpyHeads.from_file(folder)
    spans = {f"span.{name}.out": len(names) for name, names in span_heads.items()}
    more = {head.weight: head.n_outputs for head in added}
    _require_outputs(folder, heads, {"tagger": N_TAGS * len(taggers), "sentence": len(labels), **spans, **more})
    return Network(
        folder,
        ModelInfo(str(config.get("name") or folder.name), str(config.get("version") or _digest(folder))),
        taggers,
        labels,
        span_heads,
        Aligner.from_file(folder, *sizes),
        load_encoder(folder, backend),
        heads,
        added,
    )


def _require_outputs(folder: Path, heads: NumpyHeads, n_outputs: dict[str, int]) -> None:
    """Refuse heads that are not those of the configuration.

    Raises:
        ModelError: a head is missing or has another number of outputs.
    """
    for name, expected in n_outputs.items():
        found = heads.n_outputs(name)
        if found != expected:
            message = (
                f"model {folder}: head {name!r} has {found} outputs where config.json names {expected};"
                " export the model again"
            )
            raise ModelError(message)


def _digest(folder: Path) -> str:
    """Return a version for a model that names none: the beginning of the hash of its configuration."""
    return hashlib.sha256((folder / "config.json").read_bytes()).hexdigest()[:12]
