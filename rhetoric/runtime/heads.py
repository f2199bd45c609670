"""The heads of `rhetoric.modeling.heads`, applied in NumPy: serving needs neither torch nor transformers.

Shapes and meaning are those of the torch modules; a test holds the two together.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController

from rhetoric.alignment import IntArray
from rhetoric.errors import ModelError

__all__ = [
    "HEADS_FILE",
    "N_TAGS",
    "FloatArray",
    "NumpyHeads",
    "distance_bucket",
    "edges",
    "on_one_core",
    "pool_max",
    "pool_mean",
    "relu",
]

FloatArray = npt.NDArray[np.float32]

HEADS_FILE = "heads.safetensors"
N_TAGS = 3
N_DISTANCES = 32
N_SENTENCE_DISTANCES = 9


def pool_mean(words: FloatArray, bounds: IntArray) -> FloatArray:
    """Return the mean state of each range of words, (n, hidden); of an empty range, zeros."""
    lengths = np.maximum(bounds[:, 1] - bounds[:, 0], 1).astype(np.float32)
    return np.asarray(_reduced(np.add, words, bounds) / lengths[:, None], np.float32)


def pool_max(words: FloatArray, bounds: IntArray) -> FloatArray:
    """Return the largest value of each range of words, (n, hidden); of an empty range, zeros."""
    return _reduced(np.maximum, words, bounds)


def _reduced(ufunc: np.ufunc, words: FloatArray, bounds: IntArray) -> FloatArray:
    """Return what `ufunc` makes of each range of words, (n, hidden); of an empty range, zeros."""
    pooled = np.zeros((len(bounds), words.shape[1]), np.float32)
    filled = bounds[:, 0] < bounds[:, 1]
    if filled.any():
        first, last = bounds[filled].T
        lengths = last - first
        starts = lengths.cumsum() - lengths
        rows = np.repeat(first - starts, lengths) + np.arange(lengths.sum())
        pooled[filled] = ufunc.reduceat(words[rows], starts, axis=0)
    return pooled


def distance_bucket(distances: IntArray) -> IntArray:
    """Return the bucket of signed word distances, as the torch head has it."""
    half = N_DISTANCES // 2
    size = np.abs(distances)
    coarse = 8 + (np.log2(np.maximum(size, 8).astype(np.float32) / 8) * 2).astype(np.int64)
    bucket = np.minimum(np.where(size < 8, size, coarse), half - 1)
    return np.where(distances < 0, bucket + half, bucket)


def relu(values: FloatArray) -> FloatArray:
    """Return what is above zero: an article has thousands of pairs to link, and GELU takes ten times as long."""
    return np.asarray(np.maximum(values, np.float32(0)), np.float32)


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


def on_one_core() -> AbstractContextManager[object]:
    """Return a context in which matrices are multiplied by one thread, in whichever threads they are.

    The heads' matrices are small. More threads spin while they wait for each other and for ONNX Runtime's: on two cores
    that made an article take more than twice as long. The limit is the process's; who sets it must take it away.
    """
    limited: AbstractContextManager[object] = _thread_pools().limit(limits=1, user_api="blas")
    return limited


class NumpyHeads:
    """All heads of one model as arrays.

    Args:
        arrays: the weights, by their names in the torch module.
    """

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        """Keep the weights in single precision."""
        self.arrays = {name: np.asarray(a, dtype=np.float32) for name, a in arrays.items()}

    @classmethod
    def from_file(cls, folder: Path) -> "NumpyHeads":
        """Load `heads.safetensors` of a model folder.

        Raises:
            ModelError: the file is missing or is no safetensors file.
        """
        try:
            return cls(load_file(folder / HEADS_FILE))
        except (OSError, SafetensorError) as error:
            message = f"model {folder}: {HEADS_FILE} cannot be read ({error}); export the model again"
            raise ModelError(message) from error

    def n_outputs(self, name: str) -> int:
        """Return the number of logits that a layer gives, 0 where there is no such layer."""
        weight = self.arrays.get(f"{name}.weight")
        return 0 if weight is None else len(weight)

    def n_inputs(self, name: str) -> int:
        """Return the number of features that a layer takes."""
        return int(self.arrays[f"{name}.weight"].shape[1])

    def tags(self, words: FloatArray) -> FloatArray:
        """Return BIO logits, (n_words, n_taggers, 3)."""
        logits = self._linear("tagger", words)
        return logits.reshape(len(words), logits.shape[1] // N_TAGS, N_TAGS)

    def sentences(self, words: FloatArray, bounds: IntArray) -> FloatArray:
        """Return logits of the sentences with those `bounds`, (n_sentences, n_labels)."""
        return self._linear("sentence", np.concatenate([pool_mean(words, bounds), pool_max(words, bounds)], axis=1))

    def spans(self, name: str, words: FloatArray, rows: IntArray) -> FloatArray:
        """Return logits of one span head, (n, n_labels).

        Args:
            name: which head.
            words: (n_words, hidden).
            rows: (n, 6) bounds of the span, of what is read beside it, and of its sentence.
        """
        pooled = [pool_mean(words, rows[:, :2]), pool_max(words, rows[:, 2:4]), pool_mean(words, rows[:, 4:])]
        return self._mlp(f"span.{name}", np.concatenate(pooled, axis=1))

    def added(self, name: str, features: FloatArray) -> FloatArray:
        """Return the logits of a head that was added to the model, (n, n_outputs), of its features, (n, n_features)."""
        return self._linear(name, features)

    def links(self, words: FloatArray, rows: IntArray) -> FloatArray:
        """Return one logit a pair, (n,).

        Args:
            words: (n_words, hidden).
            rows: (n, 6) role, bounds of anchor and of candidate, sentence distance.
        """
        anchors, candidates = rows[:, 1:3], rows[:, 3:5]
        anchor = self._project("link.anchor", words, anchors)
        candidate = self._project("link.candidate", words, candidates)
        after = np.maximum(candidates[:, 0] - anchors[:, 1], 0)
        before = np.minimum(candidates[:, 1] - anchors[:, 0], 0) - 1
        gap = np.where(candidates[:, 0] >= anchors[:, 0], after, before)
        reach = N_SENTENCE_DISTANCES // 2
        context = self.arrays["link.distance.weight"][distance_bucket(gap)]
        context = context + self.arrays["link.sentence_distance.weight"][np.clip(rows[:, 5], -reach, reach) + reach]
        context = context + self.arrays["link.role.weight"][rows[:, 0]]
        features = np.concatenate([anchor + candidate + context, anchor * candidate], axis=1)
        return self._mlp("link.scorer", relu(features))[:, 0]

    def _project(self, name: str, words: FloatArray, bounds: IntArray) -> FloatArray:
        """Return the projected edges of each range; one that stands in many pairs is projected once."""
        unique, inverse = np.unique(bounds, axis=0, return_inverse=True)
        return self._linear(name, edges(words, unique))[inverse.reshape(-1)]

    def _linear(self, name: str, features: FloatArray) -> FloatArray:
        return features @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"]

    def _mlp(self, name: str, features: FloatArray) -> FloatArray:
        return self._linear(f"{name}.out", relu(self._linear(f"{name}.hidden", features)))


def edges(words: FloatArray, bounds: IntArray) -> FloatArray:
    """Return first, last and mean state of each range, (n, 3 * hidden)."""
    mean = pool_mean(words, bounds)
    return np.concatenate([words[bounds[:, 0]], words[bounds[:, 1] - 1], mean], axis=1)
