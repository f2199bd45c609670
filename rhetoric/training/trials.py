"""One training from a split to a model in a folder: read, ask the old heads, teach, export. What is done stays done."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rhetoric.alignment import IntArray
from rhetoric.resources import seeds_path
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray, on_one_core
from rhetoric.training.finetuning import Course, fine_tune, predict
from rhetoric.training.keeping import Teacher, choices_of, spread_of
from rhetoric.training.label_recipe import FineTuning
from rhetoric.training.lessons import GoldArray, Lesson, Schedule, make_steps
from rhetoric.training.outcomes import Outcome
from rhetoric.training.own_folder import write_tuned
from rhetoric.training.passages import Chunk, Passage, make_chunks, read_uncoded
from rhetoric.training.plans import Planned
from rhetoric.training.splits import Split
from rhetoric.training.student import Student, add_low_rank, build_network, merge_low_rank
from rhetoric.training.tuned import ClassWeights, Keeping, TunedNetwork
from rhetoric.training.workplace import Bars, Run, Workplace

__all__ = ["Part", "Task", "Trial", "name_parts", "run_parts"]

PASSAGES = "passages"
N_EPOCHS_REHEARSED = 3
"""Epochs after which the same passages may be rehearsed again."""


class Task(Protocol):
    """What a new head is to learn."""

    @property
    def head(self) -> AddedHead:
        """The new head."""

    @property
    def texts(self) -> Sequence[str]:
        """All coded texts."""

    @property
    def in_company(self) -> bool:
        """Whether a text stands among others where it is served."""

    def gold(self, passage: Passage) -> tuple[IntArray, GoldArray]:
        """Return what the new head is asked of a passage, (n, …) bounds in words, and the right answers."""

    def weights(self, rows: Sequence[int], lessons: Sequence[Lesson]) -> ClassWeights:
        """Return what examples of each class count, by the texts to train on."""

    def quality(self, lessons: Sequence[Lesson], logits: Sequence[FloatArray]) -> float:
        """Return how good logits are for some lessons; more is better."""


@dataclass(frozen=True)
class Part:
    """A training that is asked for: with a seed, or without a value such as an outlet.

    Attributes:
        name: of its folder.
        seed: of all that is random in it.
        split: what it learns from, is tuned on and tested on.
        value: what is left out, if that is what it is for.
    """

    name: str
    seed: int
    split: Split
    value: str | None = None


@dataclass(frozen=True)
class Trial:
    """How to train: everything but the split.

    Attributes:
        task: what the new head is to learn.
        student: the encoder.
        settings: rates, epochs and the like.
        is_low_rank: whether low-rank matrices are trained instead of the encoder's own.
        bars: show how far it is.
    """

    task: Task
    student: Student
    settings: FineTuning
    is_low_rank: bool
    bars: Bars

    def run(self, split: Split, seed: int, place: Run) -> Outcome:
        """Train on a split, write the model to its place, and return how the training ended.

        A trial that ended already is not run again; one that was interrupted goes on.
        """
        before = place.outcome()
        if before is not None:
            return before
        place.folder.mkdir(parents=True, exist_ok=True)
        course, network = self._prepare(split, seed)
        with self.bars("steps", len(course.steps)) as advance:
            outcome = fine_tune(network, course, place.checkpoints, advance)
        if self.is_low_rank:
            merge_low_rank(network)
        write_tuned(network, self.student.tokenizer, place.model)
        if not outcome.is_interrupted:
            place.end(outcome)
        return outcome

    def _prepare(self, split: Split, seed: int) -> tuple[Course, TunedNetwork]:
        task, settings, aligner = self.task, self.settings, self.student.aligner
        chunks = make_chunks(task.texts, split.train, aligner, seed, in_company=task.in_company)
        teacher = Teacher(self.student.base, is_same_reader=self.student.is_same_reader, seed=seed)
        lessons = self._taught(chunks, teacher)
        coded = [one for chunk in lessons for one in chunk.together]
        rehearsed = self._rehearsed(coded, teacher, seed)
        every = [*coded, *(one for chunk in lessons for one in chunk.alone), *rehearsed]
        tuning = make_chunks(task.texts, split.tuning, aligner, seed, in_company=task.in_company)
        checks = [Lesson(p, *task.gold(p), {}) for chunk in tuning for p in chunk.together]
        steps = make_steps(
            lessons, rehearsed, Schedule(settings.epochs, settings.batch_tokens, settings.rehearsal, seed)
        )
        choices = choices_of(self.student.base)
        keeping = Keeping(settings.distillation, choices, spread_of((one.probes for one in every), choices))
        network = build_network(self.student, task.head, task.weights(split.train, coded), keeping, seed)
        if self.is_low_rank:
            add_low_rank(network, settings)
        course = Course(steps, lambda now: task.quality(checks, predict(now, checks)), settings, seed)
        return course, network

    def _taught(self, chunks: Sequence[Chunk[Passage]], teacher: Teacher) -> list[Chunk[Lesson]]:
        n = sum(len(chunk.together) + len(chunk.alone) * (chunk.alone is not chunk.together) for chunk in chunks)
        with on_one_core(), self.bars("passages read", n) as advance:

            def taught(passages: tuple[Passage, ...]) -> tuple[Lesson, ...]:
                found = []
                for passage in passages:
                    found.append(self._lesson(passage, teacher))
                    advance()
                return tuple(found)

            return [_both(chunk, taught) for chunk in chunks]

    def _rehearsed(self, lessons: Sequence[Lesson], teacher: Teacher, seed: int) -> list[Lesson]:
        """Return the passages that are rehearsed, as many as some epochs ask for."""
        n_tokens = sum(len(ids) for lesson in lessons for ids in lesson.passage.windows)
        room = N_EPOCHS_REHEARSED * self.settings.rehearsal * n_tokens * bool(self.settings.distillation)
        texts = list(_rehearsal_texts()) if room else []
        chosen: list[Passage] = []
        for i in np.random.default_rng(seed).permutation(len(texts)).tolist():
            if room <= 0:
                break
            for passage in read_uncoded(texts[i], self.student.aligner):
                chosen.append(passage)
                room -= sum(map(len, passage.windows))
        found = []
        with on_one_core(), self.bars("passages to rehearse", len(chosen)) as advance:
            for passage in chosen:
                found.append(self._lesson(passage, teacher))
                advance()
        return found

    def _lesson(self, passage: Passage, teacher: Teacher) -> Lesson:
        return Lesson(passage, *self.task.gold(passage), teacher.ask(passage) if self.settings.distillation else {})


def run_parts(trial: Trial, parts: Sequence[Part], place: Workplace) -> Iterator[tuple[Part, Outcome]]:
    """Yield each training as it ends; after Ctrl-C no more begin, and only the first is of use unfinished."""
    for i, part in enumerate(parts):
        outcome = trial.run(part.split, part.seed, place.run(part.name))
        if i == 0 or not outcome.is_interrupted:
            yield part, outcome
        if outcome.is_interrupted:
            break


def name_parts(planned: Sequence[Planned]) -> list[Part]:
    """Return planned trainings with names for their folders."""
    return [
        Part(f"seed-{one.seed}" if one.value is None else f"without-{i}", one.seed, one.split, one.value)
        for i, one in enumerate(planned)
    ]


def _both(chunk: Chunk[Passage], of: Callable[[tuple[Passage, ...]], tuple[Lesson, ...]]) -> Chunk[Lesson]:
    together = of(chunk.together)
    return Chunk(together, together if chunk.alone is chunk.together else of(chunk.alone))


def _rehearsal_texts() -> Iterator[str]:
    """Yield the passages that come with the package, which hold what one's own texts may lack: quotations, say."""
    for path in sorted(seeds_path(PASSAGES).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield str(json.loads(line)["text"])
