"""The model card and the figures of a model with a head of one's own, written from what was measured."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rhetoric.metrics.agreement import Agreement, label_agreement
from rhetoric.metrics.signature import Signature, hash_data
from rhetoric.report.text_table import table_lines
from rhetoric.training.card_parts import (
    KAPPA,
    LIMITS,
    agreement_lines,
    file_names,
    model_in,
    split_note,
    spread_of,
    threshold_table,
    value_sections,
    write_card,
)
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.label_scores import LabelScores
from rhetoric.training.own import Coded, Trained
from rhetoric.training.tables import label_lines
from rhetoric.training.tuned_card import introduction, tuned_record, tuned_sections

__all__ = ["OwnFacts", "agreement_of", "write_own_card"]

NOUNS = {"target": "mention"}
"""What a unit is called where people read of it."""


@dataclass(frozen=True)
class OwnFacts:
    """What the card of a model with a head of one's own says."""

    recipe: LabelRecipe
    coded: Coded
    trained: Trained
    agreement: tuple[Agreement, ...]
    test: Coded | None = None

    def signature_of(self, model: str) -> Signature:
        """Return what the figures of a model were measured with."""
        units = (*self.coded.units, *(self.test.units if self.test else ()))
        data = hash_data(f"{unit.id} {unit.text} {sorted(unit.shares.items())}" for unit in units)
        return Signature(f"labels-{self.recipe.unit}", model=model, data=data, seed=self.recipe.seed)


def agreement_of(coded: Coded, labels: Sequence[str]) -> tuple[Agreement, ...]:
    """Return the agreement on each label on the texts that several coders coded; nothing if there are none.

    It is Krippendorff's alpha, and after that, where there are two coders in all, Cohen's kappa.
    """
    coders = sorted({text.coder for text in coded.texts if text.coder is not None})
    if len(coders) < 2:
        return ()
    by_id: dict[str, dict[str | None, tuple[str, ...]]] = {}
    for text in coded.texts:
        by_id.setdefault(text.id, {})[text.coder] = text.labels or ()
    units = [unit for unit in coded.units if unit.n_coders > 1]
    if not units:
        return ()
    values = [[by_id[unit.id].get(coder) for coder in coders] for unit in units]
    groups = [unit.group for unit in units]
    kappa = label_agreement(values, labels, groups, KAPPA) if len(coders) == 2 else []
    return (*label_agreement(values, labels, groups), *kappa)


def write_own_card(folder: Path, facts: OwnFacts) -> None:
    """Write the model card, with front matter that the hub accepts, and all its figures as JSON beside it."""
    f1, signature = facts.trained.scores.macro_f1.value, str(facts.signature_of(model_in(folder)))
    sections, record = _sections(folder.name, facts, signature), _record(facts, signature)
    write_card(folder, facts.recipe, "text-classification", f1, sections, record)


def _record(facts: OwnFacts, signature: str) -> dict[str, Any]:
    trained = facts.trained
    return {
        "signature": signature,
        "head": trained.head.to_config(),
        "scores": trained.scores.to_record(),
        "ece_before_calibration": trained.raw_ece,
        "macro_f1_of_splits": list(trained.repeats),
        "left_out": {value: scores.to_record() for value, scores in trained.left_out.items()},
        "by_outlet": {value: scores.to_record() for value, scores in trained.by_outlet.items()},
        "thresholds": dict(trained.rules.thresholds.get(trained.head.unit, {})),
        "agreement": [asdict(one) for one in facts.agreement],
        "n_train": trained.n_train,
        "n_unusable_rows": len(facts.coded.failures),
        **tuned_record(trained.tuned),
    }


def _sections(name: str, facts: OwnFacts, signature: str) -> Iterator[str]:
    trained, recipe = facts.trained, facts.recipe
    labels = ", ".join(f"`{label}`" for label in trained.head.labels)
    kind = "exactly one of these labels" if trained.head.is_exclusive else "any number of these labels"
    yield f"# {name}"
    unit = NOUNS.get(recipe.unit, recipe.unit)
    encoder = introduction(trained.tuned, recipe.base)
    yield INTRODUCTION.format(base=recipe.base, head=recipe.name, unit=unit, kind=kind, labels=labels, encoder=encoder)
    yield "## Scores"
    yield SCORES.format(
        n_texts=trained.scores.n_texts,
        n_groups=trained.scores.n_groups,
        n_train=trained.n_train,
        signature=signature,
    )
    yield "\n".join(label_lines(trained.scores, trained.raw_ece))
    if len(trained.repeats) > 1:
        chosen = CHOSEN_BY_FOLDS if trained.tuned is None else CHOSEN_BY_TUNING
        yield REPEATS.format(n=len(trained.repeats), found=spread_of(trained.repeats), chosen=chosen)
    yield from value_sections(recipe.group_by, trained.by_outlet, trained.left_out, _by_value)
    yield "## Decisions"
    yield from _decisions(trained)
    if trained.tuned:
        yield from tuned_sections(trained.tuned, recipe.fine_tuning)
    yield "## Data"
    yield from _data(facts)
    yield "## Limits"
    yield LIMITS


def _by_value(field: str, scores: Mapping[str, LabelScores]) -> str:
    rows = [
        [value, str(of.n_texts), str(sum(one.support for one in of.labels)), str(of.macro_f1)]
        for value, of in scores.items()
    ]
    return "\n".join(table_lines([field, "texts", "labels coded", "macro-F1"], rows))


def _decisions(trained: Trained) -> Iterator[str]:
    """Yield how scores become labels."""
    head, rules = trained.head, trained.rules
    if head.is_exclusive:
        yield EXCLUSIVE.format(temperature=rules.temperature(head.name))
        return
    yield THRESHOLDS
    yield threshold_table(head, rules)


def _data(facts: OwnFacts) -> Iterator[str]:
    units = facts.coded.units
    counts = Counter(label for unit in units for label in unit.labels)
    yield DATA.format(
        files=file_names(facts.recipe.data),
        test=split_note(facts.recipe),
        n_texts=len(units),
        n_groups=len({unit.group for unit in units}),
        n_coders=len({text.coder for text in facts.coded.texts if text.coder}),
        version=facts.coded.version or "not stated",
        licence=facts.recipe.licence,
        n_failed=len(facts.coded.failures),
    )
    yield "\n".join(table_lines(["label", "texts"], [[name, str(n)] for name, n in sorted(counts.items())]))
    yield from agreement_lines(AGREEMENT, "texts", facts.agreement)


INTRODUCTION = """The model `{base}` with one more head, `{head}`: each {unit} gets {kind}: {labels}. {encoder}"""

SCORES = """On {n_texts} texts of {n_groups} articles that were kept for testing; the head learnt from {n_train}.
Articles and near-duplicates stand on one side. Brackets hold 95 % intervals, by resampling articles. ECE is the
expected calibration error, before and after calibration. Signature: `{signature}`."""

REPEATS = """Over {n} splits, macro-F1 is {found} (mean and standard deviation). {chosen}"""

CHOSEN_BY_FOLDS = """Penalty, calibration and thresholds were chosen by cross-validation on the training texts alone."""

CHOSEN_BY_TUNING = """Each split was trained anew, with a seed of its own."""

THRESHOLDS = """A label is given where its score, a calibrated probability (Platt scaling), reaches its threshold."""

EXCLUSIVE = """Each text gets the label with the highest score. Scores are a softmax at temperature {temperature:.2f},
by which they are calibrated."""

DATA = """{files}: {n_texts} texts of {n_groups} articles. {test} Coders named: {n_coders}; version of the
codebook: {version}; licence of the data: {licence}. Rows that could not be used: {n_failed}."""

AGREEMENT = """Agreement of the coders (Krippendorff's alpha, nominal; Cohen's kappa where there are two), on the
texts that several coded; brackets hold 95 % intervals, by resampling articles:"""
