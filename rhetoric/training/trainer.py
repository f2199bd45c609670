"""The Hugging Face Trainer around the network: two learning rates, bf16 where the processor has it, resume."""

import logging
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR, set_seed

from rhetoric.modeling import RhetoricConfig, RhetoricModel, pretrained_config, pretrained_encoder
from rhetoric.training.batches import Batch, collate
from rhetoric.training.recipe import Optimisation, Recipe

__all__ = ["build_model", "has_fast_bf16", "last_checkpoint", "train"]

logger = logging.getLogger(__name__)

N_LOGS = 40


def has_fast_bf16() -> bool:
    """Return whether this machine multiplies bf16 matrices in hardware."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def build_model(recipe: Recipe) -> RhetoricModel:
    """Return a model with the pretrained encoder of `recipe` and fresh heads, initialised from its seed."""
    set_seed(recipe.seed)
    encoder_config = pretrained_config(recipe.encoder)
    config = RhetoricConfig(
        encoder=encoder_config.to_dict(),
        taggers=recipe.taggers,
        sentence_labels=recipe.sentence_labels,
        span_heads=dict(recipe.span_heads),
        window_size=recipe.window_size,
        context_size=recipe.context_size,
    )
    model = RhetoricModel(config)
    model.encoder.load_state_dict(pretrained_encoder(recipe.encoder, encoder_config).state_dict())
    model.loss_weights = dict(recipe.loss_weights)
    return model


class _LossParts(TrainerCallback):
    """Adds the mean of each part of the loss to what is logged."""

    def __init__(self) -> None:
        self.sums: dict[str, list[float]] = {}

    def add(self, parts: dict[str, torch.Tensor]) -> None:
        for name, value in parts.items():
            self.sums.setdefault(name, []).append(float(value))

    def on_log(self, *_: Any, logs: dict[str, float] | None = None, **__: Any) -> None:  # noqa: ANN401
        if logs is not None:
            logs.update({name: round(sum(v) / len(v), 4) for name, v in self.sums.items()})
        self.sums.clear()


class _MultiTaskTrainer(Trainer):
    """The Trainer, keeping the parts of the loss for the log."""

    loss_parts: _LossParts

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:  # noqa: ANN401  (the Trainer's own signature)
        del num_items_in_batch  # each loss is a mean over what its corpus annotates
        output = model(**inputs)
        self.loss_parts.add(output.parts)
        return (output.loss, output) if return_outputs else output.loss


def _optimizer(model: RhetoricModel, settings: Optimisation) -> torch.optim.Optimizer:
    groups = [
        {"params": list(model.encoder.parameters()), "lr": settings.encoder_rate},
        {"params": list(model.heads.parameters()), "lr": settings.head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=settings.weight_decay, fused=True)


def train(model: RhetoricModel, batches: Sequence[Batch], recipe: Recipe, work: Path) -> None:
    """Train `model` in place, going on from the last checkpoint in `work` if there is one.

    Args:
        model: the network.
        batches: the mixture, in batches; their order is shuffled every epoch.
        recipe: rates, epochs and seed.
        work: folder of the checkpoints.
    """
    settings = recipe.optimisation
    n_steps = max(1, int(settings.epochs * len(batches)))
    arguments = TrainingArguments(
        output_dir=str(work),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=1,
        learning_rate=settings.encoder_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup,
        max_grad_norm=1.0,
        bf16=has_fast_bf16(),
        seed=recipe.seed,
        data_seed=recipe.seed,
        save_steps=settings.save_steps,
        save_total_limit=2,
        logging_steps=max(1, n_steps // N_LOGS),
        report_to=[],
        remove_unused_columns=False,
        label_names=["supervision"],
        use_cpu=not torch.cuda.is_available(),
    )
    parts = _LossParts()
    trainer = _MultiTaskTrainer(
        model=model,
        args=arguments,
        train_dataset=list(batches),
        data_collator=collate,
        optimizers=(_optimizer(model, settings), None),
        callbacks=[parts],
    )
    trainer.loss_parts = parts
    checkpoint = last_checkpoint(work)
    logger.info("%s steps, %s", n_steps, f"resuming from {checkpoint}" if checkpoint else "from the start")
    # The progress bar would write what is logged to stdout, where only results belong.
    with redirect_stdout(sys.stderr):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)


def last_checkpoint(work: Path) -> Path | None:
    """Return the last checkpoint that was saved in full: the Trainer's state is written last."""
    folders = [path.parent for path in work.glob(f"{PREFIX_CHECKPOINT_DIR}-*/{TRAINER_STATE_NAME}")]
    return max(folders, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)
