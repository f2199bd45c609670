"""Passages with what is to be learnt of them, in the steps of all epochs, and a step's lessons as tensors.

Every epoch reads each coded text once, in company and alone by turns, and as many passages to rehearse. The order is
laid down before training begins, so that a training that goes on reads on where it stopped.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rhetoric.alignment import IntArray
from rhetoric.training.keeping import Probes
from rhetoric.training.passages import Chunk, Passage

__all__ = ["GoldArray", "Lesson", "Schedule", "collate_lessons", "make_steps"]

ROUNDING = 16
"""Tokens to which lengths are rounded before they are sorted, so that the seed decides which lessons share a step."""
LINK_COLUMNS = np.array([0, 1, 1, 1, 1, 0])
"""Which columns of a pair's row count words."""

GoldArray = npt.NDArray[np.float32] | IntArray


@dataclass(frozen=True)
class Lesson:
    """A passage and what is to be learnt of it.

    Attributes:
        passage: what is read.
        bounds: (n, 2) words of each coded text in it; (n, 1) of each word whose tag is known.
        gold: (n, n_labels) shares of coders, or tags.
        probes: what the other heads said of it.
    """

    passage: Passage
    bounds: IntArray
    gold: GoldArray
    probes: Probes


@dataclass(frozen=True)
class Schedule:
    """How lessons are laid out.

    Attributes:
        epochs: passes over the coded texts.
        step_tokens: tokens of a step, padding included; a longer passage is a step of its own.
        rehearsal: tokens that are rehearsed, as a share of those of the coded texts.
        seed: of all order.
    """

    epochs: int
    step_tokens: int
    rehearsal: float
    seed: int


def make_steps(
    chunks: Sequence[Chunk[Lesson]], rehearsed: Sequence[Lesson], schedule: Schedule
) -> list[list[list[Lesson]]]:
    """Return the lessons of each step of each epoch."""
    generator = random.Random(schedule.seed)
    waiting: list[Lesson] = []
    epochs = []
    for epoch in range(schedule.epochs):
        lessons = [one for i, c in enumerate(chunks) for one in (c.alone if (i + epoch) % 2 else c.together)]
        room = schedule.rehearsal * sum(map(_n_tokens, lessons))
        while room > 0 and rehearsed:
            waiting = waiting or generator.sample(list(rehearsed), len(rehearsed))
            lessons.append(waiting.pop())
            room -= _n_tokens(lessons[-1])
        epochs.append(_packed(lessons, schedule.step_tokens, generator))
    return epochs


def _n_tokens(lesson: Lesson) -> int:
    return sum(map(len, lesson.passage.windows))


def _packed(lessons: list[Lesson], step_tokens: int, generator: random.Random) -> list[list[Lesson]]:
    """Return lessons of similar length together, at most `step_tokens` a step."""
    generator.shuffle(lessons)
    lessons.sort(key=lambda one: -(-one.passage.longest // ROUNDING))
    steps: list[list[Lesson]] = []
    n_windows = 0
    for lesson in lessons:
        n_windows += len(lesson.passage.windows)
        if not steps or n_windows * lesson.passage.longest > step_tokens:
            steps.append([])
            n_windows = len(lesson.passage.windows)
        steps[-1].append(lesson)
    generator.shuffle(steps)
    return steps


def collate_lessons(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Return the arguments of `TunedNetwork.forward` for some lessons together."""
    windows = [ids for lesson in lessons for ids in lesson.passage.windows]
    length = max(map(len, windows))
    input_ids = torch.zeros(len(windows), length, dtype=torch.long)
    attention_mask = torch.zeros_like(input_ids)
    for i, ids in enumerate(windows):
        input_ids[i, : len(ids)] = torch.from_numpy(ids)
        attention_mask[i, : len(ids)] = 1
    firsts = np.cumsum([0] + [len(one.passage.windows) for one in lessons])
    words = np.cumsum([0] + [len(one.passage.places) for one in lessons])
    places = ((one.passage.places + [first, 0]) @ [length, 1] for one, first in zip(lessons, firsts, strict=False))
    return {
        "input_ids": input_ids,
        "attention_mask": attention_mask,
        "word_positions": _joined(places),
        "bounds": _joined(one.bounds + first for one, first in zip(lessons, words, strict=False)),
        "gold": _joined(one.gold for one in lessons),
        "probes": _probes(lessons, words.tolist()),
    }


def _probes(lessons: Sequence[Lesson], words: Sequence[int]) -> dict[str, tuple[Tensor, Tensor]]:
    names = sorted({name for lesson in lessons for name in lesson.probes})
    found = {}
    for name in names:
        asked = [(one.probes[name], first) for one, first in zip(lessons, words, strict=False) if name in one.probes]
        columns = LINK_COLUMNS if name == "link" else 1
        rows = _joined(probe.rows + columns * first for probe, first in asked)
        found[name] = rows, _joined(probe.logits for probe, _ in asked)
    return found


def _joined(arrays: Iterable[Any]) -> Tensor:
    return torch.from_numpy(np.concatenate(list(arrays)))
