"""One's own labels, from coded texts to a model folder that gives them beside those of the base model."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from rhetoric.decoding.rules import DecisionRules, read_rule_sets, write_rules
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedText, Coding, Columns
from rhetoric.formats.coded.codings import require_one_codebook
from rhetoric.formats.coded.read import read_coded
from rhetoric.runtime import Network, load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import HEADS_FILE, FloatArray
from rhetoric.taxonomy import technique_ids
from rhetoric.training.coding import CodedUnit, LabelSet, find_labels, join_coders, shares_of
from rhetoric.training.fitted import FittedHead, fit_rules
from rhetoric.training.frozen import LinearHead, company_features, fit_head, text_features
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.label_scores import LabelScores
from rhetoric.training.outcomes import Tuned
from rhetoric.training.own_targets import read_mentions, split_mentions
from rhetoric.training.plans import Planned, plan_splits
from rhetoric.training.seen import record_seen

__all__ = [
    "OUTLET",
    "Coded",
    "Trained",
    "find_head",
    "fit_units",
    "join_rules",
    "known_units",
    "read_features",
    "read_texts",
    "read_units",
    "require_folder",
    "require_free",
    "train_labels",
    "write_added",
]

N_VERSION_DIGITS = 12
UNITS_OF_TEXTS = ("sentence", "paragraph", "article", "target")
"""What gets labels as a whole; a target is a mention in a text, and labelled as a text is."""
BLOCKS_OF_TEXTS, BLOCKS_OF_MENTIONS = (1.0, 0.7), (1.0, 0.7, 1.0)
"""What mean and maximum of the words count; of a mention, the mean of its sentence as well."""
OUTLET = "outlet"
"""The field of a record by whose values scores are told."""
FEW = 100
"""Texts below which they are learnt from as they stand alone: of so few, a second reading in company is noise."""
Advance = Callable[[], None]


@dataclass(frozen=True)
class Coded:
    """Coded data as they were read.

    Attributes:
        units: texts with the codes of all their coders.
        texts: the codings one by one.
        failures: rows that could not be used, with file, line and reason.
        version: of the codebook.
    """

    units: tuple[CodedUnit, ...]
    texts: tuple[CodedText, ...]
    failures: tuple[Failure, ...]
    version: str | None


@dataclass(frozen=True)
class Trained:
    """A head that was trained, and what it scores.

    Attributes:
        head: what it labels.
        scores: on the texts that were kept for testing.
        raw_ece: the mean calibration error on them before calibration, by label.
        repeats: macro-F1 of each of the splits that were tried.
        left_out: by value of the field that was left out value by value, the scores on it.
        n_train: texts that it learnt from.
        rules: its calibration and thresholds.
        by_outlet: scores on the texts that were kept for testing, by outlet, where the data name several.
        tuned: how the encoder was fine-tuned; None where it stayed as it is.
    """

    head: AddedHead
    scores: LabelScores
    raw_ece: dict[str, float]
    repeats: tuple[float, ...]
    left_out: dict[str, LabelScores]
    n_train: int
    rules: DecisionRules
    by_outlet: dict[str, LabelScores]
    tuned: Tuned | None = None


def read_units(recipe: LabelRecipe, paths: Iterable[Path]) -> Coded:
    """Read coded texts, or the coded mentions in them, all of their coders together.

    Raises:
        InputError: nothing can be used, codebooks are mixed, or an id stands for two texts.
    """
    is_of_mentions = recipe.unit == "target"
    coding: Coding = "targets" if is_of_mentions else "text"
    texts, failures = read_texts(paths, recipe.as_columns(), coding, recipe.data_format)
    version = require_one_codebook(texts)
    texts = split_mentions(texts) if is_of_mentions else texts
    return Coded(tuple(join_coders(texts)), tuple(texts), tuple(failures), version)


def read_texts(
    paths: Iterable[Path], columns: Columns, coding: Coding, data_format: str | None = None
) -> tuple[list[CodedText], list[Failure]]:
    """Return the codings of texts one by one, and the rows that cannot be used.

    Raises:
        InputError: no row can be used.
    """
    found = [item for path in paths for item in read_coded(path, columns, coding, data_format)]
    texts = [item for item in found if isinstance(item, CodedText)]
    failures = [item for item in found if isinstance(item, Failure)]
    if not texts:
        first = f": {failures[0].place}: {failures[0].reason}" if failures else ""
        raise InputError(f"no coded text could be read{first}")
    return texts, failures


def train_labels(recipe: LabelRecipe, coded: Coded, test: Coded | None, output: Path, advance: Advance) -> Trained:
    """Train a head on coded texts and write the model that has it beside all that the base model has.

    Args:
        recipe: what to train on what.
        coded: the data to train on, and to test on if `test` is None.
        test: the data to test on.
        output: folder of the new model; it must not be there, or be the folder of such a model.
        advance: is called after each text that was encoded.

    Raises:
        ConfigError: a label has the name of one that the base model has, or the unit is not one of texts.
        InputError: the data are too few, of one class, or the test data leak.
    """
    base = load_network(recipe.base)
    units = list(coded.units)
    labels = find_labels(units, recipe.is_exclusive)
    head = find_head(recipe, labels, base)
    held_out = known_units(list(test.units), labels) if test else []
    every = units + held_out
    features = (
        read_mentions(every, base, recipe.seed, advance)
        if head.unit == "target"
        else read_features(head.unit, [unit.text for unit in every], base, recipe.seed, advance)
    )
    planned = plan_splits(recipe, every, len(units), tuning_share=0.0)
    fits = [_fit(head, every, features, one, recipe.seed) for one in planned]
    fit, first = fits[0].head, fits[0]
    trained = Trained(
        head,
        fit.score(first.units, first.features),
        fit.raw_ece(first.units, first.features),
        tuple(one.head.macro_f1(one.units, one.features) for one in fits if one.value is None),
        {one.value: one.head.score(one.units, one.features) for one in fits if one.value is not None},
        len(planned[0].split.train),
        fit.rules,
        fit.score_by(first.units, first.features, OUTLET),
    )
    write_added(base, fit.head, fit.linear, fit.rules, output)
    record_seen(output, {"training": (every[i].text for i in planned[0].split.train)}, base.folder)
    return trained


@dataclass(frozen=True)
class _Fit:
    """A head that was trained on one part of the texts, and the part on which it is scored."""

    head: FittedHead
    units: list[CodedUnit]
    features: FloatArray
    value: str | None


def _fit(head: AddedHead, units: Sequence[CodedUnit], features: FloatArray, planned: Planned, seed: int) -> _Fit:
    rows = list(planned.split.test)
    fitted = fit_units(head, units, features, planned.split.train, seed)
    return _Fit(fitted, [units[i] for i in rows], features[rows], planned.value)


def find_head(recipe: LabelRecipe, labels: LabelSet, base: Network) -> AddedHead:
    """Return the head that a recipe asks for.

    Raises:
        ConfigError: its name or a label of it is taken, or its unit is not one of whole texts.
    """
    if recipe.unit not in UNITS_OF_TEXTS:
        message = f"unit {recipe.unit!r}: expected {', '.join(UNITS_OF_TEXTS)} for what was coded as a whole"
        raise ConfigError(message)
    return require_free(AddedHead(recipe.name, recipe.unit, labels.labels, labels.is_exclusive), base)


def require_free(head: AddedHead, base: Network) -> AddedHead:
    """Return a head whose name and labels the base model does not have.

    Raises:
        ConfigError: it has one of them.
    """
    own = {name for added in base.added for name in added.labels}
    taken = {*base.sentence_labels, *base.taggers, *technique_ids(), *own}
    for label in head.labels:
        if label in taken:
            message = f"the label {label!r} is one of the model {base.info.name!r}: rename it in the data"
            raise ConfigError(message)
    if head.name in {*(added.name for added in base.added), *base.span_heads}:
        message = f"the model {base.info.name!r} has a head {head.name!r}: give another name"
        raise ConfigError(message)
    return head


def known_units(units: list[CodedUnit], labels: LabelSet) -> list[CodedUnit]:
    """Return test units, whose labels must be known from the training data.

    Raises:
        InputError: one is not.
    """
    for unit in units:
        for label in unit.shares:
            if label not in labels.labels:
                message = (
                    f"the test text {unit.id!r} has the label {label!r}, which the training data lack: expected"
                    f" {', '.join(labels.labels)}"
                )
                raise InputError(message)
    return units


def read_features(unit: str, texts: Sequence[str], base: Network, seed: int, advance: Advance) -> FloatArray:
    """Return what is read of each text, (n, n_readings, n_features): sentences are read alone and in company."""
    alone = text_features(texts, base, advance)
    readings = [alone, company_features(texts, base, seed)] if unit == "sentence" else [alone]
    return np.stack(readings, axis=1)


def fit_units(
    head: AddedHead, units: Sequence[CodedUnit], features: FloatArray, rows: Sequence[int], seed: int
) -> FittedHead:
    """Return a head trained on some of the units, with calibration and thresholds by cross-validation among them.

    Args:
        head: its labels.
        units: with their shares and groups.
        features: of all of them, (n_units, n_readings, n_features).
        rows: those to train on.
        seed: of the folds.
    """
    read = features[list(rows), : 1 if len(rows) < FEW else None]
    chosen = [units[i] for i in rows for _ in range(read.shape[1])]
    shares = shares_of(chosen, head.labels)
    groups = [unit.group for unit in chosen]
    blocks = BLOCKS_OF_MENTIONS if head.unit == "target" else BLOCKS_OF_TEXTS
    folded = fit_head(read.reshape(len(chosen), -1), shares, groups, head.is_exclusive, seed, blocks)
    return FittedHead(head, folded.head, fit_rules(head, folded.logits, shares))


def write_added(base: Network, head: AddedHead, linear: LinearHead, rules: DecisionRules, output: Path) -> None:
    """Write the model of `base` with one more head; what it had stays as it is, byte for byte.

    Raises:
        ConfigError: the folder holds something that is no model.
    """
    source = base.folder
    require_folder(output)
    output.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.resolve() != (output / path.name).resolve():
            shutil.copyfile(path, output / path.name)
    arrays = load_file(source / HEADS_FILE)
    arrays |= {f"{head.weight}.weight": linear.weight, f"{head.weight}.bias": linear.bias}
    save_file(arrays, output / HEADS_FILE)
    config: dict[str, Any] = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config["added"] = [*config.get("added", []), head.to_config()]
    config["name"] = output.name
    config["version"] = hashlib.sha256(linear.weight.tobytes()).hexdigest()[:N_VERSION_DIGITS]
    (output / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    write_rules(output, {name: join_rules(kept, rules) for name, kept in read_rule_sets(source).items()})


def require_folder(output: Path) -> None:
    """Make sure that a model may be written to a folder.

    Raises:
        ConfigError: the folder holds something that is no model.
    """
    if output.exists() and any(output.iterdir()) and not (output / "config.json").is_file():
        message = f"{output} holds files that are no model: expected an empty folder, or none"
        raise ConfigError(message)


def join_rules(kept: DecisionRules, new: DecisionRules) -> DecisionRules:
    """Return the rules of a model together with those of a head that it gets."""

    def merged(one: Any, other: Any) -> dict[str, Any]:  # noqa: ANN401  (mappings of mappings, of two kinds)
        return {kind: {**one.get(kind, {}), **other.get(kind, {})} for kind in {**one, **other}}

    return DecisionRules(
        merged(kept.thresholds, new.thresholds),
        merged(kept.calibration, new.calibration),
        {**kept.temperatures, **new.temperatures},
    )
