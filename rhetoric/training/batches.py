"""Examples → batches of about the same number of tokens, with little padding."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rhetoric.training.examples import Example

__all__ = ["Batch", "batch_by_length", "collate"]

Batch = list[Example]


def batch_by_length(examples: Iterable[Example], max_tokens: int, seed: int) -> list[Batch]:
    """Return batches of at most `max_tokens` tokens, padding included, of examples of similar length.

    Lengths are rounded to 16 before sorting, so that the seed decides which examples share a batch.
    """
    pool = list(examples)
    random.Random(seed).shuffle(pool)
    pool.sort(key=lambda e: -(-len(e.input_ids) // 16))
    batches: list[Batch] = [[]]
    for example in pool:
        if (len(batches[-1]) + 1) * len(example.input_ids) > max_tokens and batches[-1]:
            batches.append([])
        batches[-1].append(example)
    random.Random(seed).shuffle(batches)
    return [batch for batch in batches if batch]


def collate(batches: Sequence[Batch]) -> dict[str, Any]:
    """Return the arguments of the model's `forward` for one or more batches taken together."""
    examples = [example for batch in batches for example in batch]
    length = max(len(e.input_ids) for e in examples)
    input_ids = torch.zeros(len(examples), length, dtype=torch.long)
    attention_mask = torch.zeros_like(input_ids)
    for i, example in enumerate(examples):
        n_tokens = len(example.input_ids)
        input_ids[i, :n_tokens] = torch.from_numpy(example.input_ids)
        attention_mask[i, :n_tokens] = 1
    firsts = np.cumsum([0] + [len(e.word_positions) for e in examples])
    return {
        "input_ids": input_ids,
        "attention_mask": attention_mask,
        "word_positions": _cat([e.word_positions + i * length for i, e in enumerate(examples)]),
        "supervision": _supervision(examples, firsts),
    }


def _supervision(examples: Sequence[Example], firsts: Any) -> dict[str, Any]:  # noqa: ANN401
    heads = list(examples[0].spans)
    link_shift = np.array([0, 1, 1, 1, 1, 0])
    return {
        "tags": _cat([e.tags for e in examples]),
        "sentence_bounds": _cat([e.sentence_bounds + first for e, first in zip(examples, firsts, strict=False)]),
        "sentence_labels": _cat([e.sentence_labels for e in examples]),
        "spans": {h: _cat([e.spans[h] + first for e, first in zip(examples, firsts, strict=False)]) for h in heads},
        "span_labels": {h: _cat([e.span_labels[h] for e in examples]) for h in heads},
        "links": _cat([e.links + link_shift * first for e, first in zip(examples, firsts, strict=False)]),
        "link_labels": _cat([e.link_labels for e in examples]),
    }


def _cat(arrays: Sequence[Any]) -> Tensor:
    return torch.from_numpy(np.concatenate(arrays))
