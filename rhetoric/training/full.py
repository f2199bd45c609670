"""One's own labels of texts by fine-tuning: the encoder learns them, and every head that it had is held to its word.

Splits are those of the frozen way, with a tuning part on which training is stopped, and calibration and thresholds
are chosen; the test part takes no part in anything but the figures. All figures are of the int8 model that serves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rhetoric.errors import InputError
from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray
from rhetoric.training.coding import CodedUnit, find_labels, shares_of
from rhetoric.training.fitted import FittedHead, fit_rules
from rhetoric.training.job import Ended, Job, begin_job
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.label_scores import LabelScores
from rhetoric.training.method import Choice
from rhetoric.training.outcomes import Outcome
from rhetoric.training.own import OUTLET, Coded, Trained, find_head, known_units, read_features
from rhetoric.training.own_folder import linear_of
from rhetoric.training.plans import plan_splits
from rhetoric.training.text_task import TextTask
from rhetoric.training.trials import Part, name_parts, run_parts
from rhetoric.training.workplace import Workplace

__all__ = ["fine_tune_labels"]

HALF = 0.5


@dataclass(frozen=True)
class _Finished:
    ended: Ended
    fit: FittedHead
    units: tuple[CodedUnit, ...]
    features: FloatArray

    def scores(self) -> LabelScores:
        return self.fit.score(self.units, self.features)


def fine_tune_labels(
    recipe: LabelRecipe, choice: Choice, coded: Coded, test: Coded | None, place: Workplace
) -> Trained:
    """Fine-tune on coded texts and write the model, which finds all that the base model finds and the new labels.

    After Ctrl-C the best network so far is written, and the rest of the seeds and values is left out.

    Args:
        recipe: what to train on what.
        choice: full or LoRA, and why.
        coded: the data to train on, and to test on if `test` is None.
        test: the data to test on.
        place: where to work, and where the model goes.

    Raises:
        ConfigError: a label has the name of one that the base model has, the folder is taken, or an unfinished training
            is of something else.
        InputError: the data are too few, of one class, or the test data leak.
        MissingExtraError: what training needs is not installed.
        ModelError: the encoder cannot be loaded.
        UsageError: there is an unfinished training, and it is not to go on.
    """
    job = begin_job(recipe, choice, place)
    labels = find_labels(coded.units, recipe.is_exclusive)
    head = find_head(recipe, labels, job.base)
    units = [*coded.units, *known_units(list(test.units) if test else [], labels)]
    parts = name_parts(plan_splits(recipe, units, len(coded.units), recipe.fine_tuning.tuning_share))
    for part in parts:
        _require_both_classes(head, units, part)
    lines = (_line(unit, is_test=i >= len(coded.units)) for i, unit in enumerate(units))
    trial = job.trial(TextTask(head, units), lines)
    finished = [_finished(job, head, *ended, units) for ended in run_parts(trial, parts, place)]
    first = finished[0]
    return Trained(
        head,
        first.scores(),
        first.fit.raw_ece(first.units, first.features),
        tuple(one.fit.macro_f1(one.units, one.features) for one in finished if one.ended.part.value is None),
        {one.ended.part.value: one.scores() for one in finished if one.ended.part.value is not None},
        len(parts[0].split.train),
        first.fit.rules,
        first.fit.score_by(first.units, first.features, OUTLET),
        job.settle(first.ended, len(finished), len(parts)),
    )


def _line(unit: CodedUnit, *, is_test: bool) -> str:
    return f"{unit.id} {unit.text} {sorted(unit.shares.items())} {unit.group} {is_test}"


def _require_both_classes(head: AddedHead, units: Sequence[CodedUnit], part: Part) -> None:
    """Refuse a tuning part by which nothing could be stopped or calibrated.

    Raises:
        InputError: a label is nowhere, or everywhere, in it.
    """
    gold = shares_of([units[i] for i in part.split.tuning], head.labels) >= HALF
    where = f" without {part.value!r}" if part.value is not None else ""
    for label, column in zip(head.labels, gold.T, strict=True):
        if not column.any() or column.all():
            message = (
                f"of {len(gold)} texts to tune on{where}, {column.sum()} have the label {label!r}: expected some with"
                " and some without; code more, or give --method frozen"
            )
            raise InputError(message)


def _finished(job: Job, head: AddedHead, part: Part, outcome: Outcome, units: Sequence[CodedUnit]) -> _Finished:
    """Return a training's head with calibration and thresholds, by its tuning part as the runtime reads it."""
    network = load_network(job.place.run(part.name).model)
    tuning, test = [units[i] for i in part.split.tuning], [units[i] for i in part.split.test]
    texts = [unit.text for unit in (*tuning, *test)]
    with job.place.bars("texts read", len(texts)) as advance:
        features = read_features(head.unit, texts, network, part.seed, advance)
    linear = linear_of(head, network.heads)
    logits = linear.logits(features[: len(tuning)].reshape(-1, features.shape[-1]))
    shares = shares_of([unit for unit in tuning for _ in range(features.shape[1])], head.labels)
    fit = FittedHead(head, linear, fit_rules(head, logits, shares))
    ended = Ended(part, outcome, fit.rules, [unit.text for unit in units])
    return _Finished(ended, fit, tuple(test), features[len(tuning) :])
