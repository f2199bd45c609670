"""The model card and the figures of a model with a head of one's own, written from what was measured."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import yaml

from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings
from rhetoric.formats.jsonl import dump_document
from rhetoric.metrics.agreement import Agreement, Coefficient, label_agreement
from rhetoric.metrics.signature import Signature, hash_data
from rhetoric.metrics.unitizing import Continuum, unitizing_agreement
from rhetoric.report.text_table import table_lines
from rhetoric.resources import model_path
from rhetoric.training.coding import group_of
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.label_scores import LabelScores
from rhetoric.training.own import OUTLET, Coded, Trained
from rhetoric.training.own_spans import TrainedSpans
from rhetoric.training.tables import label_lines, span_lines
from rhetoric.training.tuned_card import introduction, tuned_record, tuned_sections

__all__ = ["OwnFacts", "agreement_of", "span_agreement_of", "write_own_card", "write_span_card"]

KAPPA: Coefficient = "cohen_kappa"
METRICS_FILE = "own_metrics.json"
NOUNS = {"target": "mention"}
"""What a unit is called where people read of it."""


@dataclass(frozen=True)
class OwnFacts:
    """What the card of a model with a head of one's own says."""

    recipe: LabelRecipe
    coded: Coded
    trained: Trained
    agreement: tuple[Agreement, ...]

    @property
    def signature(self) -> Signature:
        """What the figures were measured with."""
        data = hash_data(f"{unit.id} {unit.text} {sorted(unit.shares.items())}" for unit in self.coded.units)
        return Signature(f"labels-{self.recipe.unit}", model=self.recipe.base, data=data, seed=self.recipe.seed)


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


def span_agreement_of(texts: Sequence[CodedText]) -> tuple[Agreement, ...]:
    """Return Krippendorff's alpha_U of the stretches of each label and of all; nothing if no text has two coders."""
    groups = group_codings(text for text in texts if text.spans is not None)
    shared = [
        Continuum(len(codings[0].text), {one.coder or "": one.spans or () for one in codings}, group_of(codings[0]))
        for codings in groups
        if len(codings) > 1
    ]
    return tuple(unitizing_agreement(shared)) if shared else ()


def write_own_card(folder: Path, facts: OwnFacts) -> None:
    """Write the model card, with front matter that the hub accepts, and all its figures as JSON beside it."""
    f1 = facts.trained.scores.macro_f1.value
    front = yaml.safe_dump(_front(folder.name, facts.recipe, "text-classification", f1), sort_keys=False)
    text = f"---\n{front}---\n\n" + "\n\n".join(_sections(folder.name, facts)) + "\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    (folder / METRICS_FILE).write_text(dump_document(_record(facts)), encoding="utf-8")


def write_span_card(
    folder: Path, recipe: LabelRecipe, trained: TrainedSpans, n_failed: int, agreement: Sequence[Agreement] = ()
) -> None:
    """Write the model card and the figures of a model with a head of stretches of one's own.

    Args:
        folder: of the model.
        recipe: by which it was trained.
        trained: what it scores.
        n_failed: rows that could not be used.
        agreement: of the coders, as `span_agreement_of` gives it.
    """
    f1 = next(one.f1.value for one in trained.scores if one.measure == "ptc")
    front = yaml.safe_dump(_front(folder.name, recipe, "token-classification", f1), sort_keys=False)
    labels = ", ".join(f"`{label}`" for label in trained.head.labels)
    sections = [
        f"# {folder.name}",
        SPAN_INTRODUCTION.format(
            base=recipe.base, head=recipe.name, labels=labels, encoder=introduction(trained.tuned, recipe.base)
        ),
        "## Scores",
        SPAN_SCORES.format(n_test=trained.n_test, n_train=trained.n_train, seed=recipe.seed),
        "\n".join(span_lines(trained.scores)),
        *_span_repeats(trained),
        *(tuned_sections(trained.tuned, recipe.fine_tuning) if trained.tuned else ()),
        "## Data",
        f"Licence of the data: {recipe.licence}. Rows that could not be used: {n_failed}.",
        *_agreement_lines(SPAN_AGREEMENT, "stretches", agreement),
        "## Limits",
        LIMITS,
    ]
    (folder / "README.md").write_text(f"---\n{front}---\n\n" + "\n\n".join(sections) + "\n", encoding="utf-8")
    record = {
        "head": trained.head.to_config(),
        "scores": [asdict(s) for s in trained.scores],
        "f1_of_splits": list(trained.repeats),
        "agreement": [asdict(one) for one in agreement],
        "seed": recipe.seed,
        **tuned_record(trained.tuned),
    }
    (folder / METRICS_FILE).write_text(dump_document(record), encoding="utf-8")


def _span_repeats(trained: TrainedSpans) -> Iterator[str]:
    if len(trained.repeats) > 1:
        yield SPAN_REPEATS.format(n=len(trained.repeats), found=_spread(trained.repeats))


def _spread(figures: Sequence[float]) -> str:
    return f"{mean(figures):.3f} ± {stdev(figures):.3f}"


def _record(facts: OwnFacts) -> dict[str, Any]:
    trained = facts.trained
    return {
        "signature": str(facts.signature),
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


def _names(files: Iterable[Path]) -> str:
    return ", ".join(f"`{path.name}`" for path in files)


def _front(name: str, recipe: LabelRecipe, task: str, f1: float) -> dict[str, Any]:
    return {
        "language": ["en"],
        "license": "other",
        "license_name": "see-below",
        "library_name": "rhetoric",
        **_base_model(recipe),
        "pipeline_tag": task,
        "tags": ["news", "media-research"],
        "model-index": [
            {
                "name": name,
                "results": [
                    {
                        "task": {"type": task, "name": recipe.name},
                        "dataset": {"name": "texts kept for testing", "type": "own"},
                        "metrics": [{"type": "f1", "value": round(f1, 4), "name": "F1"}],
                    }
                ],
            }
        ],
    }


def _base_model(recipe: LabelRecipe) -> dict[str, str]:
    """Return the name on the hub of the encoder that there was at first, if it is known to have one."""
    if recipe.encoder is not None:
        return {} if Path(recipe.encoder).exists() else {"base_model": recipe.encoder}
    card = model_path(recipe.base) / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    front = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
    return {"base_model": front["base_model"]} if front.get("base_model") else {}


def _sections(name: str, facts: OwnFacts) -> Iterator[str]:
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
        signature=facts.signature,
    )
    yield "\n".join(label_lines(trained.scores, trained.raw_ece))
    if len(trained.repeats) > 1:
        chosen = CHOSEN_BY_FOLDS if trained.tuned is None else CHOSEN_BY_TUNING
        yield REPEATS.format(n=len(trained.repeats), found=_spread(trained.repeats), chosen=chosen)
    if trained.by_outlet:
        yield "## By outlet"
        yield BY_OUTLET
        yield _by_value(OUTLET, trained.by_outlet)
    if trained.left_out:
        yield f"## By {recipe.group_by}, each left out in turn"
        yield _by_value(str(recipe.group_by), trained.left_out)
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
    rows = [[label, f"{rules.threshold(head.unit, label):.3f}"] for label in head.labels]
    yield "\n".join(table_lines(["label", "threshold"], rows))


def _data(facts: OwnFacts) -> Iterator[str]:
    units = facts.coded.units
    counts = Counter(label for unit in units for label in unit.labels)
    yield DATA.format(
        files=_names(facts.recipe.data),
        test=TEST.format(file=facts.recipe.test.name) if facts.recipe.test else DRAWN.format(seed=facts.recipe.seed),
        n_texts=len(units),
        n_groups=len({unit.group for unit in units}),
        n_coders=len({text.coder for text in facts.coded.texts if text.coder}),
        version=facts.coded.version or "not stated",
        licence=facts.recipe.licence,
        n_failed=len(facts.coded.failures),
    )
    yield "\n".join(table_lines(["label", "texts"], [[name, str(n)] for name, n in sorted(counts.items())]))
    yield from _agreement_lines(AGREEMENT, "texts", facts.agreement)


def _agreement_lines(introduction: str, counted: str, agreement: Sequence[Agreement]) -> Iterator[str]:
    """Yield what is said of the agreement of coders, the last row of which is of all labels; nothing without any."""
    if agreement:
        yield introduction
        last = "mean" if counted == "texts" else "all"
        kappas = {one.label: str(one) for one in agreement if one.name.endswith(KAPPA)}
        alphas = [one for one in agreement if not one.name.endswith(KAPPA)]
        head = ["label", "alpha", *(["kappa"] if kappas else []), counted]
        rows = [[a.label or last, str(a), *([kappas[a.label]] if kappas else []), str(a.n_units)] for a in alphas]
        yield "\n".join(table_lines(head, rows))


INTRODUCTION = """The model `{base}` with one more head, `{head}`: each {unit} gets {kind}: {labels}. {encoder}"""

SCORES = """On {n_texts} texts of {n_groups} articles that were kept for testing; the head learnt from {n_train}.
Articles and near-duplicates stand on one side. Brackets hold 95 % intervals, by resampling articles. ECE is the
expected calibration error, before and after calibration. Signature: `{signature}`."""

REPEATS = """Over {n} splits, macro-F1 is {found} (mean and standard deviation). {chosen}"""

CHOSEN_BY_FOLDS = """Penalty, calibration and thresholds were chosen by cross-validation on the training texts alone."""

CHOSEN_BY_TUNING = """Each split was trained anew, with a seed of its own."""

SPAN_REPEATS = """Over {n} splits, each trained anew with a seed of its own, the labels' mean F1 by the share of
characters is {found} (mean and standard deviation)."""

BY_OUTLET = """On the texts that were kept for testing. A score that differs between outlets can make them look
different where they are not."""

THRESHOLDS = """A label is given where its score, a calibrated probability (Platt scaling), reaches its threshold."""

EXCLUSIVE = """Each text gets the label with the highest score. Scores are a softmax at temperature {temperature:.2f},
by which they are calibrated."""

TEST = """The texts to report on were given: `{file}`."""

DRAWN = """A fifth of the texts was drawn for testing, whole articles at a time (seed {seed})."""

DATA = """{files}: {n_texts} texts of {n_groups} articles. {test} Coders named: {n_coders}; version of the
codebook: {version}; licence of the data: {licence}. Rows that could not be used: {n_failed}."""

AGREEMENT = """Agreement of the coders (Krippendorff's alpha, nominal; Cohen's kappa where there are two), on the
texts that several coded; brackets hold 95 % intervals, by resampling articles:"""

SPAN_AGREEMENT = """Agreement of the coders on where stretches begin and end (Krippendorff's alpha_U), on the texts that
several coded; chance gives 0, and brackets hold 95 % intervals, by resampling articles:"""

SPAN_INTRODUCTION = """The model `{base}` with one more head, `{head}`, which marks stretches: {labels}. {encoder}"""

SPAN_SCORES = """On {n_test} texts that were kept for testing; the head learnt from {n_train}. Articles and
near-duplicates stand on one side (seed {seed}). Brackets hold 95 % intervals, by resampling articles. A match is
`exact`, an `overlap` of at least half of a gold span, or by the share of characters (`ptc`)."""

LIMITS = """The scores are for texts like those of the data. On other outlets, times and genres they will be lower,
and a difference between two outlets can be the model's error: code a sample of each by hand before you report one.
Labels describe what a text contains; none is a verdict on an outlet, an author or a source."""
