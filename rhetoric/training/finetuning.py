"""The Hugging Face Trainer around a network that is fine-tuned: checks on the tuning part, the best kept, early stop.

A training that ended anywhere goes on from its last checkpoint; Ctrl-C ends it after the step at hand, which is
checked and saved like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_callback import TrainerControl, TrainerState
from transformers.utils import SAFE_WEIGHTS_NAME

from rhetoric.runtime.heads import FloatArray
from rhetoric.training.interrupts import Interruptions
from rhetoric.training.label_recipe import FineTuning
from rhetoric.training.lessons import Lesson, collate_lessons
from rhetoric.training.outcomes import Outcome
from rhetoric.training.trainer import has_fast_bf16, last_checkpoint
from rhetoric.training.tuned import TunedNetwork

__all__ = ["Course", "fine_tune", "predict"]

MAX_STEPS_UNCHECKED = 250
"""Steps after which a checkpoint is made within an epoch: on a laptop, some minutes."""
QUALITY = "eval_quality"
Judge = Callable[[TunedNetwork], float]


@dataclass(frozen=True)
class Course:
    """What is taught, and how.

    Attributes:
        epochs: the steps of each epoch, each with its lessons.
        judge: how good a network is, by the tuning part; more is better.
        settings: rates, patience and the like.
        seed: of dropout.
    """

    epochs: Sequence[Sequence[list[Lesson]]]
    judge: Judge
    settings: FineTuning
    seed: int

    @property
    def steps(self) -> list[list[Lesson]]:
        """The steps of all epochs."""
        return [step for epoch in self.epochs for step in epoch]

    @property
    def n_between_checks(self) -> int:
        """Steps from one check to the next: an epoch, or an even part of it."""
        longest = max(map(len, self.epochs))
        return -(-longest // -(-longest // MAX_STEPS_UNCHECKED))

    def is_over(self, state: TrainerState) -> bool:
        """Return whether a training is at its end: all steps are done, or it got no better for long enough."""
        found = [entry[QUALITY] for entry in state.log_history if QUALITY in entry]
        n_to_wait = self.settings.patience * max(1, round(max(map(len, self.epochs)) / self.n_between_checks))
        has_waited = bool(found) and len(found) - 1 - found.index(max(found)) >= n_to_wait
        return has_waited or state.global_step >= len(self.steps)


class _Watch(TrainerCallback):
    """Counts steps, hears Ctrl-C, checks the last step too, and ends a training that gets no better."""

    def __init__(self, course: Course, interruptions: Interruptions, advance: Callable[[], None]) -> None:
        self.course, self.interruptions, self.advance = course, interruptions, advance

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **_: Any,  # noqa: ANN401
    ) -> None:
        for _step in range(state.global_step):
            self.advance()

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **_: Any,  # noqa: ANN401
    ) -> None:
        self.advance()
        if self.interruptions.is_asked or state.global_step >= state.max_steps:
            control.should_evaluate = control.should_save = control.should_training_stop = True

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **_: Any,  # noqa: ANN401
    ) -> None:
        if self.course.is_over(state):
            control.should_training_stop = True


class _Trainer(Trainer):
    """The Trainer, whose steps are laid down, and whose checks ask a judge."""

    course: Course
    network: TunedNetwork

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:  # noqa: ANN401  (the Trainer's own signature)
        del num_items_in_batch  # the loss is a mean over what a step holds
        outputs = model(**inputs)
        return (outputs["loss"], outputs) if return_outputs else outputs["loss"]

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:  # noqa: ANN401  (likewise)
        metrics = {QUALITY: self.course.judge(self.network)}
        self.network.train()
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def fine_tune(network: TunedNetwork, course: Course, folder: Path, advance: Callable[[], None]) -> Outcome:
    """Train `network` in place and leave it as it was best, going on from the last checkpoint where there is one.

    Args:
        network: what to train.
        course: what it is taught.
        folder: of the checkpoints.
        advance: is called after each step.
    """
    checkpoint = last_checkpoint(folder)
    if checkpoint:
        state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))
        if course.is_over(state):  # only what comes behind the training is missing
            network.load_state_dict(load_file(Path(state.best_model_checkpoint or checkpoint) / SAFE_WEIGHTS_NAME))
            return _outcome(state, course, is_asked=False)
    with Interruptions() as interruptions:
        trainer = _Trainer(
            model=network,
            args=_arguments(course, folder),
            train_dataset=course.steps,
            eval_dataset=course.steps[:1],  # the Trainer wants one; the judge has its own
            data_collator=lambda steps: collate_lessons(steps[0]),
            optimizers=(_optimizer(network, course.settings), None),
            callbacks=[_Watch(course, interruptions, advance)],
        )
        trainer.course, trainer.network = course, network
        trainer.remove_callback(PrinterCallback)  # it would write to stdout, where only results belong
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return _outcome(trainer.state, course, is_asked=interruptions.is_asked)


def _outcome(state: TrainerState, course: Course, *, is_asked: bool) -> Outcome:
    return Outcome(
        state.global_step,
        len(course.steps),
        state.best_global_step or state.global_step,
        float(state.best_metric or 0.0),
        is_asked and not course.is_over(state),
    )


def predict(network: TunedNetwork, lessons: Sequence[Lesson]) -> list[FloatArray]:
    """Return the new head's logits for each lesson, (n, n_outputs), as the network is now."""
    device: torch.device = network.positive.device
    found = []
    network.eval()
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=has_fast_bf16()):
        for lesson in lessons:
            batch = collate_lessons([replace(lesson, probes={})])
            arguments = {
                name: batch[name].to(device) for name in ("input_ids", "attention_mask", "word_positions", "bounds")
            }
            found.append(network(**arguments)["logits"].float().cpu().numpy())
    return found


def _arguments(course: Course, folder: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=1,  # all epochs are laid end to end
        per_device_train_batch_size=1,
        train_sampling_strategy="sequential",
        learning_rate=course.settings.encoder_rate,
        lr_scheduler_type="linear",
        warmup_steps=course.settings.warmup,
        max_grad_norm=1.0,
        bf16=has_fast_bf16(),
        seed=course.seed,
        data_seed=course.seed,
        eval_strategy="steps",
        eval_steps=course.n_between_checks,
        save_strategy="steps",
        save_steps=course.n_between_checks,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model=QUALITY,
        greater_is_better=True,
        logging_strategy="no",
        disable_tqdm=True,
        report_to=[],
        remove_unused_columns=False,
        label_names=["gold"],
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _optimizer(network: TunedNetwork, settings: FineTuning) -> torch.optim.Optimizer:
    """Return AdamW with one rate for the encoder, or its low-rank matrices, and one for the heads."""
    encoder = [(name, p) for name, p in network.network.encoder.named_parameters() if p.requires_grad]
    low_rank = [p for name, p in encoder if "lora_" in name]
    heads = [*network.network.heads.parameters(), *network.added.parameters()]
    groups = [
        {"params": low_rank, "lr": settings.lora_rate},
        {"params": [p for name, p in encoder if "lora_" not in name], "lr": settings.encoder_rate},
        {"params": heads, "lr": settings.head_rate},
    ]
    kept = [group for group in groups if group["params"]]
    return torch.optim.AdamW(kept, weight_decay=settings.weight_decay, fused=True)
