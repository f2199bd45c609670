"""The encoder on ONNX Runtime (int8, no torch) or on torch: token ids of one window → hidden states.

On a CPU each window runs alone and unpadded: dynamic int8 takes its ranges over the whole batch, so that an
article's result would depend on its neighbours, and batching gains nothing there. Each takes one core, and as many run
at once as there are cores: two that share a window wait for each other at every layer.

On a GPU the windows of one article run together, padded to the longest. A batch never holds windows of two articles,
so that an article's result depends on nothing else there either.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from safetensors import SafetensorError

from rhetoric.alignment import AlignedArticle, Aligner, IntArray, decided_words
from rhetoric.errors import MissingExtraError, ModelError, UsageError
from rhetoric.runtime.heads import FloatArray
from rhetoric.runtime.hush import hushed
from rhetoric.runtime.parallel import map_ahead, n_cores

__all__ = [
    "ONNX_FILE",
    "Backend",
    "Encoder",
    "OnnxEncoder",
    "Placement",
    "TorchEncoder",
    "load_encoder",
    "runs_on_torch",
    "word_states",
]

logger = logging.getLogger(__name__)

ONNX_FILE = "encoder.int8.onnx"
Backend = Literal["auto", "onnx", "torch"]

N_WINDOWS_ON_GPU = 32
"""Of one batch: an article of 8,000 tokens, and of a large encoder less than 1 GiB of states and attention."""


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


@dataclass(frozen=True)
class Placement:
    """Where torch computes, and how.

    Attributes:
        device: as torch names it.
        dtype: what matrices are multiplied in; the states are float32 whatever it is.
        n_windows: of one article that are encoded at once.
    """

    device: str = "cpu"
    dtype: Literal["float32", "bfloat16"] = "float32"
    n_windows: int = 1

    @classmethod
    def of_this_machine(cls) -> "Placement":
        """Return the GPU where there is one, in bfloat16 if it has it."""
        import torch

        if not torch.cuda.is_available():
            return cls()
        return cls("cuda", "bfloat16" if torch.cuda.is_bf16_supported() else "float32", N_WINDOWS_ON_GPU)


class TorchEncoder:
    """The encoder on torch: on a GPU where there is one, else on the processor in single precision.

    Args:
        folder: a model folder with `model.safetensors`; weights in any other format are not read.
        placement: where to compute; found out if not given.
    """

    def __init__(self, folder: Path, placement: Placement | None = None) -> None:
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
        self.placement = placement or Placement.of_this_machine()
        try:
            with hushed():
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
        self.encoder = model.encoder.to(self.placement.device).eval()

    def encode(self, windows: Iterable[IntArray]) -> Iterator[FloatArray]:
        """Yield the states of each window, (length, hidden), of its ids, (length,)."""
        if self.placement.n_windows == 1:
            return (states for window in windows for states in self._encode_together([window]))
        return iter(self._encode_by_length(list(windows)))

    def _encode_by_length(self, windows: Sequence[IntArray]) -> list[FloatArray]:
        """Return the states of each window; those of a batch are about as long, so that little of it is padding."""
        order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
        step = self.placement.n_windows
        batches = (order[first : first + step] for first in range(0, len(order), step))
        encoded = {
            i: s for b in batches for i, s in zip(b, self._encode_together([windows[i] for i in b]), strict=True)
        }
        return [encoded[i] for i in range(len(windows))]

    def _encode_together(self, windows: Sequence[IntArray]) -> list[FloatArray]:
        """Return the states of windows that are one batch."""
        torch, device = self.torch, self.placement.device
        lengths = [len(window) for window in windows]
        ids = np.full((len(windows), max(lengths)), self.encoder.config.pad_token_id or 0, np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)], mask[row, : len(window)] = window, 1
        feed = {"input_ids": torch.from_numpy(ids).to(device), "attention_mask": torch.from_numpy(mask).to(device)}
        dtype = getattr(torch, self.placement.dtype)
        with torch.inference_mode(), torch.autocast(device, dtype, enabled=dtype != torch.float32):
            states = self.encoder(**feed).last_hidden_state.float().cpu().numpy()
        return [np.asarray(states[row, :length], np.float32) for row, length in enumerate(lengths)]


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
    return TorchEncoder(folder) if runs_on_torch(folder, backend) else OnnxEncoder(folder / ONNX_FILE)


def runs_on_torch(folder: Path, backend: Backend) -> bool:
    """Return whether a model's encoder runs on torch, which alone can use a GPU."""
    return backend == "torch" or (backend == "auto" and not (folder / ONNX_FILE).is_file())


def word_states(encoder: Encoder, aligner: Aligner, aligned: AlignedArticle) -> FloatArray:
    """Return the state of the first token of every word, (n_words, hidden), window by window."""
    windows = list(aligner.windows(aligned))
    states = []
    for window, hidden in zip(windows, encoder.encode(aligner.window_ids(aligned, w) for w in windows), strict=True):
        first, last = decided_words(aligned, window)
        # One special token stands before the window's first.
        states.append(hidden[aligned.word_tokens[first:last] - window.start + 1])
    return np.concatenate(states) if states else np.zeros((0, 1), np.float32)
