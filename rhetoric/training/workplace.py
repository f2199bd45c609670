"""The folder in which a training keeps what it has so far, beside its output, and whose it is.

It says of which data, recipe and model it is, so that nobody goes on with half of one training and half of another.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rhetoric.errors import ConfigError, UsageError
from rhetoric.training.outcomes import Outcome

__all__ = ["Bars", "Run", "Workplace"]

CLAIM_FILE, OUTCOME_FILE = "claim.json", "outcome.json"
CHECKPOINTS, MODEL = "checkpoints", "model"
TRAINER_STATE = "trainer_state.json"
"""What the Trainer writes last into a checkpoint."""

Bars = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Gives a bar for a noun and a number of such things, as a function that counts one."""


@dataclass(frozen=True)
class Workplace:
    """Where a training works and puts its result.

    Attributes:
        output: folder of the new model.
        resume: go on with the training that is there, if there is one.
        bars: show how far it is.
    """

    output: Path
    resume: bool
    bars: Bars

    @property
    def work(self) -> Path:
        """The folder of what is unfinished."""
        return self.output.with_name(f"{self.output.name}.work")

    def claim(self, what: Mapping[str, Any]) -> None:
        """Take the folder for a training of `what`.

        Raises:
            UsageError: there is an unfinished training, and it is not to go on.
            ConfigError: the unfinished training is of something else.
        """
        path, wanted = self.work / CLAIM_FILE, json.loads(json.dumps(what, default=str))
        if path.is_file() and self._has_progress():
            if not self.resume:
                message = f"{self.work} holds an unfinished training: give --resume to go on with it, or delete it"
                raise UsageError(message)
            _require_same(json.loads(path.read_text(encoding="utf-8")), wanted, self.work)
            return
        self.work.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")

    def _has_progress(self) -> bool:
        """Return whether there is anything to go on with."""
        kept = (f"*/{OUTCOME_FILE}", f"*/{CHECKPOINTS}/*/{TRAINER_STATE}")
        return any(path for pattern in kept for path in self.work.glob(pattern))

    def run(self, name: str) -> "Run":
        """Return the place of one run."""
        return Run(self.work / name)

    def clear(self) -> None:
        """Remove the folder: all is done."""
        shutil.rmtree(self.work)


@dataclass(frozen=True)
class Run:
    """The folder of one run: a seed, or a value that is left out."""

    folder: Path

    @property
    def checkpoints(self) -> Path:
        """Where its checkpoints are."""
        return self.folder / CHECKPOINTS

    @property
    def model(self) -> Path:
        """Where its model is."""
        return self.folder / MODEL

    def outcome(self) -> Outcome | None:
        """Return how it ended, None if it did not."""
        path = self.folder / OUTCOME_FILE
        return Outcome(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def end(self, outcome: Outcome) -> None:
        """Write how it ended, the model being there; its checkpoints are not needed any more."""
        (self.folder / OUTCOME_FILE).write_text(json.dumps(asdict(outcome)) + "\n", encoding="utf-8")
        shutil.rmtree(self.checkpoints, ignore_errors=True)


def _require_same(found: Mapping[str, Any], wanted: Mapping[str, Any], work: Path) -> None:
    """Refuse to go on with another training.

    Raises:
        ConfigError: they differ; the message says in what.
    """
    for key in sorted({*found, *wanted}):
        before, now = found.get(key), wanted.get(key)
        if before != now:
            message = (
                f"the unfinished training in {work} is of another {key.replace('_', ' ')} ({_short(before)}, now"
                f" {_short(now)}): give the same, or delete the folder to begin anew"
            )
            raise ConfigError(message)


def _short(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    return repr(value) if not isinstance(value, dict) else json.dumps(value)
