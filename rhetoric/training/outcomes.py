"""How a fine-tuning went: what a model card says of it, and what a training that goes on must know."""

from dataclasses import dataclass

from rhetoric.training.method import Choice
from rhetoric.training.movement import Movement

__all__ = ["Outcome", "Tuned"]


@dataclass(frozen=True)
class Outcome:
    """How one training ended.

    Attributes:
        n_steps: that were taken.
        n_planned: that there would have been at most.
        best_step: after which the network was best; it is the one that is kept.
        quality: of that, on the tuning part.
        is_interrupted: whether Ctrl-C ended it.
    """

    n_steps: int
    n_planned: int
    best_step: int
    quality: float
    is_interrupted: bool


@dataclass(frozen=True)
class Tuned:
    """How an encoder and its heads were fine-tuned.

    Attributes:
        choice: full or LoRA, and why.
        encoder: what was trained.
        outcome: of the training whose model is kept.
        n_runs: trainings that there would have been without an interruption.
        n_tuning: texts on which training was stopped, and calibration and thresholds were chosen.
        movement: how far the other scores moved, on the texts kept for testing.
        is_interrupted: whether Ctrl-C ended one of the trainings.
    """

    choice: Choice
    encoder: str
    outcome: Outcome
    n_runs: int
    n_tuning: int
    movement: Movement
    is_interrupted: bool
