"""What a model card says of an encoder that was fine-tuned: how it was trained, and how far all else moved."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rhetoric.report.text_table import table_lines
from rhetoric.training.label_recipe import FineTuning
from rhetoric.training.movement import Movement
from rhetoric.training.outcomes import Tuned

__all__ = ["introduction", "tuned_record", "tuned_sections"]

HEAD = ("label", "mean", "95 %", "changed", "of")


def introduction(tuned: Tuned | None, base: str) -> str:
    """Return what became of the encoder and the heads that were there before."""
    if tuned is None:
        return FROZEN
    return TUNED.format(encoder=f"`{tuned.encoder}`", base=f"`{base}`")


def tuned_sections(tuned: Tuned, settings: FineTuning) -> Iterator[str]:
    """Yield the sections on training and on what moved."""
    outcome = tuned.outcome
    yield "## Training"
    yield TRAINING.format(
        method=tuned.choice.method,
        reason=tuned.choice.reason,
        n_steps=outcome.n_steps,
        n_planned=outcome.n_planned,
        best=outcome.best_step,
        n_tuning=tuned.n_tuning,
        epochs=settings.epochs,
        patience=settings.patience,
    )
    if tuned.is_interrupted:
        yield INTERRUPTED.format(n_runs=tuned.n_runs)
    yield "## How far the other scores moved"
    yield from _movement(tuned.movement)


def _movement(found: Movement) -> Iterator[str]:
    yield MOVED.format(n_texts=found.n_texts, spans=found.spans, attributions=found.attributions)
    rows = [
        [one.label, f"{one.mean:.3f}", f"{one.far:.3f}", str(one.n_changed), str(one.n_units)] for one in found.labels
    ]
    yield "\n".join(table_lines(HEAD, rows))


def tuned_record(tuned: Tuned | None) -> dict[str, Any]:
    """Return the same as part of a JSON object."""
    return {} if tuned is None else {"fine_tuning": asdict(tuned)}


FROZEN = """The encoder and all other heads are those of the base model, unchanged: their scores are the same to the
last digit."""

TUNED = """The encoder, {encoder}, was trained further together with all heads, those of {base} being held to what they
said before: their scores moved a little, as is measured below."""

TRAINING = """Method {method} ({reason}). Training took {n_steps} of at most {n_planned} steps ({epochs} epochs), and
was to end {patience} epochs after the best result on {n_tuning} texts for tuning, which were neither trained on nor
tested on. The model is that after step {best}. Calibration and thresholds are of the same texts, as the int8 model
reads them."""

INTERRUPTED = """**Training was interrupted.** The model is the best that there was then. Of the trainings that were
asked for ({n_runs}) not all ended, so that scores may be lower than they need be, and their spread is not known."""

MOVED = """On {n_texts} texts that were kept for testing, the base model's scores against those of this one: the mean
and the 95th percentile of the absolute difference, and how many units have the label now and had not, or the other way
round. Spans agree with an F1 of {spans:.3f} (by the share of characters), sources, cues and pieces of content with one
of {attributions:.3f} (to the character). To export the same weights to int8 anew moves scores too, if less."""
