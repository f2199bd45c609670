"""Many examples: full fine-tuning of ours against a plain Trainer script, same encoder, same texts, in one run.

The plain script is the one of the Hugging Face documentation: a classifier on the encoder, one rate, all epochs, the
likelier class. Ours keeps a part of the same texts for stopping, calibration and thresholds, and carries all heads of
the shipped model along. Both are scored on sentences of articles that neither saw, one at a time.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from rhetoric.metrics.arrays import BoolArray, FloatArray
from rhetoric.training.coding import CodedUnit
from rhetoric.training.label_recipe import LabelRecipe, read_label_recipe
from rhetoric.training.label_scores import score_labels
from rhetoric.training.own import Coded
from rhetoric.training.splits import near_duplicates
from training import corpora

__all__ = ["main"]

ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
LABEL, OTHER = "biased", "unbiased"
MAX_LENGTH = 128
RATE, BATCH, WEIGHT_DECAY, WARMUP = 5e-5, 16, 0.01, 0.1
"""Of the plain script: the Trainer's own rate, and what its examples have else."""
HALF = 0.5

Found = tuple[FloatArray, BoolArray]
"""The probability of the label for each text, and whether it is given."""


def _units(split: str) -> list[CodedUnit]:
    """Return BABE's sentences; those of an article stand on one side."""
    return [
        CodedUnit(
            gold.article.id,
            gold.article.text,
            {LABEL: 1.0} if gold.sentence_labels["biased_wording"].positive else {},
            gold.group,
        )
        for gold in corpora.read("babe", split)
    ]


def _apart(train: Sequence[CodedUnit], test: Sequence[CodedUnit]) -> list[CodedUnit]:
    """Return the training texts that are no near-duplicates of a test text."""
    every = [*train, *test]
    taken = {i for s in near_duplicates([u.text for u in every]) if any(i >= len(train) for i in s) for i in s}
    return [unit for i, unit in enumerate(train) if i not in taken]


def _gold(units: Iterable[CodedUnit]) -> BoolArray:
    return np.array([bool(unit.shares) for unit in units])


def _bar(noun: str, total: int) -> AbstractContextManager[Callable[[], None]]:
    typer.echo(f"{noun}: {total:,}", err=True)
    return nullcontext(lambda: None)


def _ours(recipe: LabelRecipe, train: Sequence[CodedUnit], test: Sequence[CodedUnit], folder: Path) -> Found:
    """Return what our fine-tuned model says of the test texts, through the int8 runtime that serves it."""
    from rhetoric.decoding.rules import read_rules
    from rhetoric.runtime import load_network
    from rhetoric.training.fitted import FittedHead
    from rhetoric.training.frozen import text_features
    from rhetoric.training.full import fine_tune_labels
    from rhetoric.training.method import choose_method
    from rhetoric.training.own_folder import linear_of
    from rhetoric.training.workplace import Workplace

    coded, held_out = (Coded(tuple(units), (), (), None) for units in (train, test))
    place = Workplace(folder / "ours", False, _bar)
    trained = fine_tune_labels(recipe, choose_method(recipe, len(train)), coded, held_out, place)
    movement = trained.tuned.movement if trained.tuned else None
    if movement:
        typer.echo(
            f"the shipped model's scores moved by {movement.mean:.3f} on average; its spans agree with F1"
            f" {movement.spans:.3f}, its attributions with {movement.attributions:.3f}"
        )
    network = load_network(place.output)
    fit = FittedHead(trained.head, linear_of(trained.head, network.heads), read_rules(place.output))
    probabilities, chosen = fit.decide(text_features([unit.text for unit in test], network)[:, None])
    typer.echo(f"ECE before calibration: {trained.raw_ece[LABEL]:.3f}")
    return probabilities[:, 0], chosen[:, 0]


def _plain(recipe: LabelRecipe, train: Sequence[CodedUnit], test: Sequence[CodedUnit], folder: Path) -> Found:
    """Return what a classifier says that was trained as the documentation of the Trainer has it."""
    import torch
    from datasets import Dataset
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainingArguments,
    )

    from rhetoric.training.trainer import has_fast_bf16

    encoder = recipe.encoder or ENCODER
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    model = AutoModelForSequenceClassification.from_pretrained(encoder, num_labels=2)

    def encoded(units: Sequence[CodedUnit]) -> Dataset:
        columns = dict(tokenizer([unit.text for unit in units], truncation=True, max_length=MAX_LENGTH))
        return Dataset.from_dict({**columns, "label": _gold(units).astype(int).tolist()})

    arguments = TrainingArguments(
        output_dir=str(folder / "plain"),
        num_train_epochs=recipe.fine_tuning.epochs,
        per_device_train_batch_size=BATCH,
        per_device_eval_batch_size=BATCH,
        learning_rate=RATE,
        weight_decay=WEIGHT_DECAY,
        warmup_steps=WARMUP,
        bf16=has_fast_bf16(),
        seed=recipe.seed,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    collator = DataCollatorWithPadding(tokenizer)
    trainer = Trainer(model=model, args=arguments, train_dataset=encoded(train), data_collator=collator)
    trainer.train()
    logits = np.asarray(trainer.predict(encoded(test)).predictions, np.float64)
    probabilities = 1.0 / (1.0 + np.exp(logits[:, 0] - logits[:, 1]))
    return probabilities, probabilities > HALF


def _line(name: str, found: Found, test: Sequence[CodedUnit], seconds: float) -> str:
    probability, chosen = found
    probabilities = np.stack([probability, 1.0 - probability], axis=1)
    chosen, gold = (np.stack([column, ~column], axis=1) for column in (chosen, _gold(test)))
    scores = score_labels((LABEL, OTHER), probabilities, chosen, gold, [unit.group for unit in test])
    return f"| {name} | {scores.macro_f1} | {scores.labels[0].ece} | {seconds:,.0f} |"


def main(
    epochs: Annotated[int, typer.Option(help="Passes over the training texts, of both sides.")] = 4,
    encoder: Annotated[str, typer.Option(help="The encoder of both sides.")] = ENCODER,
    model: Annotated[str, typer.Option(help="The model whose heads ours carries along.")] = "small",
    limit: Annotated[int | None, typer.Option(help="Training texts to take; all, if it is not given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of both sides.")] = 13,
) -> None:
    """Print macro-F1 over both classes and the calibration error of both sides, with processor seconds."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    test = _units("dev")
    train = _apart(_units("train"), test)[:limit]
    options = {"base": model, "encoder": encoder, "method": "full", "name": "bias", "n_seeds": 1, "seed": seed}
    recipe = read_label_recipe({"data": ["babe"], **options, "fine_tuning": {"epochs": epochs}})
    typer.echo(f"{len(train):,} training texts, {len(test):,} test texts, {epochs} epochs, {encoder}")
    lines = []
    with TemporaryDirectory() as folder:
        for name, side in (("ours", _ours), ("plain Trainer", _plain)):
            start = time.process_time()
            found = side(recipe, train, test, Path(folder))
            lines.append(_line(name, found, test, time.process_time() - start))
    typer.echo("| side | macro-F1 | ECE | processor seconds |\n|---|---|---|---|")
    typer.echo("\n".join(lines))


if __name__ == "__main__":
    typer.run(main)
