"""One's own labels, from coded texts to a model folder that gives them beside those of the base model."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from rhetoric.decoding.added import AddedDecoder
from rhetoric.decoding.rules import DecisionRules, read_rule_sets, write_rules
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedText, Coding, Columns
from rhetoric.formats.coded.read import read_coded
from rhetoric.metrics.arrays import BoolArray
from rhetoric.metrics.calibration import expected_calibration_error, fit_platt
from rhetoric.metrics.classification import best_threshold, label_confusions, macro_f1
from rhetoric.runtime import Network, NumpyHeads, load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import HEADS_FILE, FloatArray
from rhetoric.taxonomy import technique_ids
from rhetoric.training.coding import CodedUnit, LabelSet, find_labels, join_coders, require_one_codebook, shares_of
from rhetoric.training.frozen import Folded, LinearHead, company_features, fit_head, text_features
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.label_scores import LabelScores, score_labels
from rhetoric.training.splits import Split, check_split, leave_one_out, split_units
from rhetoric.training.splits import Unit as SplitUnit
from rhetoric.training.tuning import SHRINKAGE, fit_temperature

__all__ = ["Coded", "Trained", "read_texts", "read_units", "require_free", "train_labels", "write_added"]

HALF = 0.5
N_VERSION_DIGITS = 12
UNITS_OF_TEXTS = ("sentence", "paragraph", "article")
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
    """

    head: AddedHead
    scores: LabelScores
    raw_ece: dict[str, float]
    repeats: tuple[float, ...]
    left_out: dict[str, LabelScores]
    n_train: int


@dataclass(frozen=True)
class _Fitted:
    head: AddedHead
    linear: LinearHead
    rules: DecisionRules

    def decoder(self) -> AddedDecoder:
        arrays = {f"{self.head.weight}.weight": self.linear.weight, f"{self.head.weight}.bias": self.linear.bias}
        return AddedDecoder(NumpyHeads(arrays), (self.head,), self.rules)


def read_units(recipe: LabelRecipe, paths: Iterable[Path]) -> Coded:
    """Read coded texts, all of their coders together.

    Raises:
        InputError: nothing can be used, codebooks are mixed, or an id stands for two texts.
    """
    texts, failures = read_texts(paths, recipe.as_columns(), "text", recipe.data_format)
    version = require_one_codebook(texts)
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
    head = _head(recipe, labels, base)
    held_out = _known(list(test.units), labels) if test else []
    every = units + held_out
    features = _features(recipe, [unit.text for unit in every], base, advance)
    parts = _splits(recipe, every, len(units), has_test=bool(test))
    fits = [_fit(head, every, features, train, recipe.seed) for train, _ in parts]
    fit, (train, rows) = fits[0], parts[0]
    trained = Trained(
        head,
        _score(fit, every, features, rows),
        _raw_ece(fit, every, features, rows),
        tuple(_macro_f1(one, every, features, test) for one, (_, test) in zip(fits, parts, strict=True)),
        _left_out(recipe, head, units, features),
        len(train),
    )
    write_added(base, fit.head, fit.linear, fit.rules, output)
    return trained


def _head(recipe: LabelRecipe, labels: LabelSet, base: Network) -> AddedHead:
    """Return the head that a recipe asks for.

    Raises:
        ConfigError: its name or a label of it is taken, or its unit is not one of whole texts.
    """
    if recipe.unit not in UNITS_OF_TEXTS:
        message = f"unit {recipe.unit!r}: expected {', '.join(UNITS_OF_TEXTS)} for texts that were coded as a whole"
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
    if head.name in {added.name for added in base.added}:
        message = f"the model {base.info.name!r} has a head {head.name!r}: give another name"
        raise ConfigError(message)
    return head


def _known(units: list[CodedUnit], labels: LabelSet) -> list[CodedUnit]:
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


def _splits(
    recipe: LabelRecipe, units: Sequence[CodedUnit], n_train: int, *, has_test: bool
) -> list[tuple[list[int], list[int]]]:
    """Return pairs of training and test rows: the given ones, or as many splits as the recipe asks for.

    Raises:
        InputError: the given test data share an article or a near-duplicate with the training data.
    """
    listed = [SplitUnit(str(i), u.text, u.group, u.labels) for i, u in enumerate(units)]
    if has_test:
        split = Split(tuple(range(n_train)), (), tuple(range(n_train, len(units))))
        check_split(listed, split)
        return [(list(split.train), list(split.test))]
    splits = [split_units(listed, recipe.seed + i, tuning_share=0.0) for i in range(recipe.n_seeds)]
    return [([*s.train, *s.tuning], list(s.test)) for s in splits]


def _features(recipe: LabelRecipe, texts: Sequence[str], base: Network, advance: Advance) -> FloatArray:
    """Return what is read of each text, (n, n_readings, n_features): sentences are read alone and in company."""
    alone = text_features(texts, base, advance)
    readings = [alone, company_features(texts, base, recipe.seed)] if recipe.unit == "sentence" else [alone]
    return np.stack(readings, axis=1)


def _fit(head: AddedHead, units: Sequence[CodedUnit], features: FloatArray, rows: Sequence[int], seed: int) -> _Fitted:
    n_readings = features.shape[1]
    chosen = [units[i] for i in rows for _ in range(n_readings)]
    shares = shares_of(chosen, head.labels)
    groups = [unit.group for unit in chosen]
    folded = fit_head(features[list(rows)].reshape(len(chosen), -1), shares, groups, head.is_exclusive, seed)
    return _Fitted(head, folded.head, _rules(head, folded, shares))


def _rules(head: AddedHead, folded: Folded, shares: FloatArray) -> DecisionRules:
    """Return calibration and thresholds by the predictions that were made out of fold."""
    if head.is_exclusive:
        return DecisionRules({}, {}, {head.name: fit_temperature(folded.logits, shares.argmax(axis=1))})
    gold = shares >= HALF
    platt = {name: fit_platt(folded.logits[:, i], gold[:, i]) for i, name in enumerate(head.labels)}
    thresholds = {
        name: round(
            best_threshold(platt[name].apply(folded.logits[:, i]), gold[:, i], prior=HALF, shrinkage=SHRINKAGE).value, 3
        )
        for i, name in enumerate(head.labels)
    }
    return DecisionRules({head.unit: thresholds}, {head.unit: platt}, {})


def _decide(fit: _Fitted, features: FloatArray) -> tuple[npt.NDArray[np.float64], BoolArray]:
    decoder, head = fit.decoder(), fit.head
    scores = decoder.scores(head.unit, features[:, -1])  # as it is served: in company, where there is some
    probabilities = np.array([[row[name] for name in head.labels] for row in scores])
    chosen = np.array([[name in decoder.chosen(head.unit, row) for name in head.labels] for row in scores])
    return probabilities, chosen


def _score(fit: _Fitted, units: Sequence[CodedUnit], features: FloatArray, rows: Sequence[int]) -> LabelScores:
    probabilities, chosen = _decide(fit, features[list(rows)])
    gold = shares_of([units[i] for i in rows], fit.head.labels) >= HALF
    return score_labels(fit.head.labels, probabilities, chosen, gold, [units[i].group for i in rows])


def _raw_ece(fit: _Fitted, units: Sequence[CodedUnit], features: FloatArray, rows: Sequence[int]) -> dict[str, float]:
    """Return the calibration error of each label as it is before calibration."""
    plain = replace(fit, rules=DecisionRules({fit.head.unit: dict.fromkeys(fit.head.labels, HALF)}, {}, {}))
    probabilities, _ = _decide(plain, features[list(rows)])
    gold = shares_of([units[i] for i in rows], fit.head.labels) >= HALF
    return {n: expected_calibration_error(probabilities[:, i], gold[:, i]) for i, n in enumerate(fit.head.labels)}


def _macro_f1(fit: _Fitted, units: Sequence[CodedUnit], features: FloatArray, rows: Sequence[int]) -> float:
    _, chosen = _decide(fit, features[list(rows)])
    gold = shares_of([units[i] for i in rows], fit.head.labels) >= HALF
    return macro_f1(label_confusions(chosen, gold, fit.head.labels))


def _left_out(
    recipe: LabelRecipe, head: AddedHead, units: Sequence[CodedUnit], features: FloatArray
) -> dict[str, LabelScores]:
    """Return the scores on each value of the field that is left out value by value.

    Raises:
        InputError: a text lacks the field.
    """
    if recipe.group_by is None:
        return {}
    values = []
    for unit in units:
        if not unit.meta.get(recipe.group_by):
            message = (
                f"the text {unit.id!r} has no {recipe.group_by!r}: expected one in every row to leave it out by it"
            )
            raise InputError(message)
        values.append(str(unit.meta[recipe.group_by]))
    listed = [SplitUnit(str(i), u.text, u.group, u.labels) for i, u in enumerate(units)]
    found = {}
    for value, split in leave_one_out(listed, values, recipe.seed, 0.0):
        rows = [i for i in split.test if values[i] == value]
        fit = _fit(head, units, features, [*split.train, *split.tuning], recipe.seed)
        found[value] = _score(fit, units, features, rows)
    return found


def write_added(base: Network, head: AddedHead, linear: LinearHead, rules: DecisionRules, output: Path) -> None:
    """Write the model of `base` with one more head; what it had stays as it is, byte for byte.

    Raises:
        ConfigError: the folder holds something that is no model.
    """
    source = base.folder
    if output.exists() and any(output.iterdir()) and not (output / "config.json").is_file():
        message = f"{output} holds files that are no model: expected an empty folder, or none"
        raise ConfigError(message)
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
    write_rules(output, {name: _joined(kept, rules) for name, kept in read_rule_sets(source).items()})


def _joined(kept: DecisionRules, new: DecisionRules) -> DecisionRules:
    def merged(one: Any, other: Any) -> dict[str, Any]:  # noqa: ANN401  (mappings of mappings, of two kinds)
        return {kind: {**one.get(kind, {}), **other.get(kind, {})} for kind in {**one, **other}}

    return DecisionRules(
        merged(kept.thresholds, new.thresholds),
        merged(kept.calibration, new.calibration),
        {**kept.temperatures, **new.temperatures},
    )
