"""The encoder on ONNX Runtime (int8, no torch) or on torch: token ids of one window → hidden states.

On a CPU each window runs alone and unpadded: dynamic int8 takes its ranges over the whole batch, so that an
article's result would depend on its neighbours, and batching gains nothing there. Each takes one core, and as many run
at once as there are cores: two that share a window wait for each other at every layer.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from safetensors import SafetensorError

from rhetoric.alignment import AlignedArticle, Aligner, IntArray, decided_words
from rhetoric.errors import MissingExtraError, ModelError, UsageError
from rhetoric.runtime.heads import FloatArray
from rhetoric.runtime.parallel import map_ahead, n_cores

__all__ = ["ONNX_FILE", "Backend", "Encoder", "OnnxEncoder", "TorchEncoder", "load_encoder", "word_states"]

logger = logging.getLogger(__name__)

ONNX_FILE = "encoder.int8.onnx"
Backend = Literal["auto", "onnx", "torch"]


class Encoder(Protocol):
    """What gives hidden states, whatever runs underneath."""

    def encode(self, windows: Iterable[IntArray]) -> Iterator[FloatArray]:
        """Yield the states of each window, (length, hidden), of its ids, (length,)."""


class OnnxEncoder:
    """The int8 encoder on ONNX Runtime.

    Args:
        path: the ONNX file.
        n_workers: windows that are encoded at once, each on one core; as many as there are cores if not given.
    """

    def __init__(self, path: Path, n_workers: int | None = None) -> None:
        """Load the graph.

        Raises:
            ModelError: the file is missing or broken.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own that share no public base
            message = f"{path} cannot be loaded ({_first_line(error)}); copy the whole model folder again"
            raise ModelError(message) from error

        self.n_workers = n_workers or n_cores()

    def encode(self, windows: Iterable[IntArray]) -> Iterator[FloatArray]:
        """Yield the states of each window, (length, hidden), of its ids, (length,)."""
        return map_ahead(self._encode_one, windows, self.n_workers)

    def _encode_one(self, input_ids: IntArray) -> FloatArray:
        feed = {"input_ids": input_ids[None, :], "attention_mask": np.ones((1, len(input_ids)), np.int64)}
        states: FloatArray = self.session.run(None, feed)[0][0]
        return states


class TorchEncoder:
    """The encoder on torch, in single precision: on a GPU where there is one.

    Args:
        folder: a model folder with `model.safetensors`; weights in any other format are not read.
    """

    def __init__(self, folder: Path) -> None:
        """Load the weights.

        Raises:
            ModelError: they are missing or broken.
            MissingExtraError: torch is not installed.
        """
        try:
            import torch

            from rhetoric.modeling import RhetoricModel
        except ImportError as error:
            message = "the torch backend needs torch and transformers: pip install torch transformers"
            raise MissingExtraError(message) from error
        self.torch = torch
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            loaded: Any = RhetoricModel.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            message = (
                f"model {folder}: the weights cannot be loaded ({_first_line(error)}); copy the whole folder again"
            )
            raise ModelError(message) from error
        model, report = loaded
        if report["missing_keys"]:
            # Without this the network would run on random numbers.
            message = f"model {folder}: model.safetensors lacks {min(report['missing_keys'])}; export the model again"
            raise ModelError(message)
        self.encoder = model.encoder.to(self.device).eval()

    def encode(self, windows: Iterable[IntArray]) -> Iterator[FloatArray]:
        """Yield the states of each window, (length, hidden), of its ids, (length,)."""
        return map(self._encode_one, windows)

    def _encode_one(self, input_ids: IntArray) -> FloatArray:
        torch = self.torch
        ids = torch.from_numpy(input_ids)[None, :].to(self.device)
        with torch.inference_mode():
            states = self.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        return np.asarray(states[0].float().cpu().numpy(), dtype=np.float32)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def load_encoder(folder: Path, backend: Backend = "auto") -> Encoder:
    """Return the encoder of a model folder: for `auto`, ONNX where it was exported and torch otherwise.

    Raises:
        UsageError: there is no such backend.
        ModelError: the model's files are missing or broken.
    """
    if backend not in ("auto", "onnx", "torch"):
        message = f"no backend {backend!r}: expected auto, onnx or torch"
        raise UsageError(message)
    has_onnx = (folder / ONNX_FILE).is_file()
    if backend == "onnx" or (backend == "auto" and has_onnx):
        return OnnxEncoder(folder / ONNX_FILE)
    return TorchEncoder(folder)


def word_states(encoder: Encoder, aligner: Aligner, aligned: AlignedArticle) -> FloatArray:
    """Return the state of the first token of every word, (n_words, hidden), window by window."""
    windows = list(aligner.windows(aligned))
    states = []
    for window, hidden in zip(windows, encoder.encode(aligner.window_ids(aligned, w) for w in windows), strict=True):
        first, last = decided_words(aligned, window)
        # One special token stands before the window's first.
        states.append(hidden[aligned.word_tokens[first:last] - window.start + 1])
    return np.concatenate(states) if states else np.zeros((0, 1), np.float32)
