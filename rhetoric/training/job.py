"""What every fine-tuning does around its trials: check, claim its folder, put the model where it is wanted, report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rhetoric.decoding.rules import DecisionRules, read_rules
from rhetoric.errors import ConfigError, MissingExtraError
from rhetoric.formats.training_texts import TextUse
from rhetoric.metrics.signature import hash_data
from rhetoric.pipeline import Annotator
from rhetoric.runtime import Network, load_network
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.method import Choice
from rhetoric.training.movement import Movement, measure_movement
from rhetoric.training.outcomes import Outcome, Tuned
from rhetoric.training.own import require_folder
from rhetoric.training.own_folder import place_model
from rhetoric.training.seen import record_seen
from rhetoric.training.student import read_student
from rhetoric.training.trials import Part, Task, Trial
from rhetoric.training.workplace import Workplace

__all__ = ["Ended", "Job", "begin_job"]

EXTRAS = ("accelerate", "onnx")
MAX_COMPARED = 500
"""Texts on which the old scores are compared with the new ones."""
ELSEWHERE = {"data", "test", "base", "method", "fine_tuning"}
"""Keys of a recipe of which a claim says something else."""
HARMLESS = {"licence", "data_format", "columns"}
"""Keys that decide nothing beyond the data that were read."""


@dataclass(frozen=True)
class Ended:
    """A training that ended, and what serves its head.

    Attributes:
        part: what it was for.
        outcome: how it ended.
        rules: of the new head.
        texts: all that were coded, as the part's split counts them.
    """

    part: Part
    outcome: Outcome
    rules: DecisionRules
    texts: Sequence[str]

    @property
    def test_texts(self) -> list[str]:
        """The texts kept for testing."""
        return self._taken(self.part.split.test)

    @property
    def seen(self) -> dict[TextUse, list[str]]:
        """The texts that the model has seen, by what they were used for."""
        return {"training": self._taken(self.part.split.train), "tuning": self._taken(self.part.split.tuning)}

    def _taken(self, rows: Sequence[int]) -> list[str]:
        return [self.texts[i] for i in rows]


@dataclass(frozen=True)
class Job:
    """A fine-tuning as it was asked for.

    Attributes:
        recipe: what to train on what.
        choice: full or LoRA, and why.
        base: the model whose heads shall go on working.
        place: where to work, and where the model goes.
    """

    recipe: LabelRecipe
    choice: Choice
    base: Network
    place: Workplace

    def trial(self, task: Task, lines: Iterable[str]) -> Trial:
        """Return how to train, the folder being claimed for it.

        Args:
            task: what the new head is to learn.
            lines: a line a text with all that is learnt from it: the data are known by them.

        Raises:
            ConfigError: an unfinished training is of something else.
            ModelError: the encoder cannot be loaded.
            UsageError: there is an unfinished training, and it is not to go on.
        """
        student = read_student(self.base, self.recipe.encoder)
        self.place.claim(self._claim(lines))
        return Trial(task, student, self.recipe.fine_tuning, self.choice.method == "lora", self.place.bars)

    def _claim(self, lines: Iterable[str]) -> dict[str, Any]:
        settings = self.recipe.model_dump(mode="json", exclude=ELSEWHERE | HARMLESS)
        tuning = {f"fine_tuning.{name}": value for name, value in self.recipe.fine_tuning.model_dump().items()}
        model = f"{self.base.info.name} {self.base.info.version}"
        return {"data": hash_data(lines), "base model": model, "method": self.choice.method, **settings, **tuning}

    def settle(self, kept: Ended, n_ended: int, n_asked: int) -> Tuned:
        """Put a training's model where it is wanted, and return what is to be said of it.

        Args:
            kept: the training.
            n_ended: trainings that ended.
            n_asked: trainings that were asked for.
        """
        place = self.place
        place_model(place.run(kept.part.name).model, self.base.folder, kept.rules, place.output)
        record_seen(place.output, kept.seen, self.base.folder)
        is_interrupted = kept.outcome.is_interrupted or n_ended < n_asked
        movement = self._movement(kept.test_texts)
        if not is_interrupted:
            place.clear()
        encoder = self.recipe.encoder or self.base.info.name
        n_tuning = len(kept.part.split.tuning)
        return Tuned(self.choice, encoder, kept.outcome, n_asked, n_tuning, movement, is_interrupted)

    def _movement(self, texts: Sequence[str]) -> Movement:
        """Return how far the scores that the base model gives moved, on some of the texts that nothing learnt from."""
        before = Annotator.from_network(self.base, read_rules(self.base.folder))
        return measure_movement(before, Annotator(self.place.output), texts[:: -(-len(texts) // MAX_COMPARED)])


def begin_job(recipe: LabelRecipe, choice: Choice, place: Workplace) -> Job:
    """Return a job that can be done.

    Raises:
        ConfigError: the folder holds something else, or the base model.
        MissingExtraError: what training needs is not installed.
        ModelError: the base model cannot be loaded.
    """
    missing = [name for name in EXTRAS if find_spec(name) is None]
    if missing:
        raise MissingExtraError(f"fine-tuning needs {' and '.join(missing)}: pip install 'rhetoric[train]'")
    base = load_network(recipe.base)
    _require_new_folder(place.output, base.folder)
    return Job(recipe, choice, base, place)


def _require_new_folder(output: Path, base: Path) -> None:
    require_folder(output)
    if output.resolve() == base.resolve():
        message = f"{output} is the folder of the base model, which is asked until the end: give another one with -o"
        raise ConfigError(message)
