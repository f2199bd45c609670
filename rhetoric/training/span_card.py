"""The model card and the figures of a model with a head of stretches of one's own, written from what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings
from rhetoric.metrics.agreement import Agreement
from rhetoric.metrics.signature import Signature, hash_data
from rhetoric.metrics.unitizing import Continuum, unitizing_agreement
from rhetoric.report.text_table import table_lines
from rhetoric.training.card_parts import (
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
from rhetoric.training.coding import group_of
from rhetoric.training.evaluating import SpanScore
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.marked import n_marks
from rhetoric.training.own_spans import PTC, TrainedSpans, mean_f1
from rhetoric.training.tables import span_lines
from rhetoric.training.tuned_card import introduction, tuned_record, tuned_sections

__all__ = ["SpanFacts", "span_agreement_of", "write_span_card"]


def span_agreement_of(texts: Sequence[CodedText]) -> tuple[Agreement, ...]:
    """Return Krippendorff's alpha_U of the stretches of each label and of all; nothing if no text has two coders."""
    groups = group_codings(text for text in texts if text.spans is not None)
    shared = [
        Continuum(len(codings[0].text), {one.coder or "": one.spans or () for one in codings}, group_of(codings[0]))
        for codings in groups
        if len(codings) > 1
    ]
    return tuple(unitizing_agreement(shared)) if shared else ()


@dataclass(frozen=True)
class SpanFacts:
    """What the card of a model with a head of stretches says.

    Attributes:
        recipe: by which it was trained.
        trained: what it scores.
        texts: the codings that it was trained on, and tested on where none were given for it.
        test: those that were given to test on.
        n_failed: rows that could not be used.
    """

    recipe: LabelRecipe
    trained: TrainedSpans
    texts: Sequence[CodedText]
    test: Sequence[CodedText] = ()
    n_failed: int = 0

    def signature_of(self, model: str) -> Signature:
        """Return what the figures of a model were measured with."""
        texts = (*self.texts, *self.test)
        data = hash_data(f"{text.id} {text.text} {text.coder} {sorted(text.spans or ())}" for text in texts)
        return Signature("labels-span", model=model, data=data, seed=self.recipe.seed)


def write_span_card(folder: Path, facts: SpanFacts) -> None:
    """Write the model card, with front matter that the hub accepts, and all its figures as JSON beside it."""
    f1, agreement = mean_f1(facts.trained.scores), span_agreement_of(facts.texts)
    signature = str(facts.signature_of(model_in(folder)))
    sections, record = _sections(folder.name, facts, signature, agreement), _record(facts, signature, agreement)
    write_card(folder, facts.recipe, "token-classification", f1, sections, record)


def _record(facts: SpanFacts, signature: str, agreement: Sequence[Agreement]) -> dict[str, Any]:
    trained = facts.trained
    return {
        "signature": signature,
        "head": trained.head.to_config(),
        "scores": [asdict(s) for s in trained.scores],
        "f1_of_splits": list(trained.repeats),
        "left_out": {value: [asdict(s) for s in scores] for value, scores in trained.left_out.items()},
        "by_outlet": {value: [asdict(s) for s in scores] for value, scores in trained.by_outlet.items()},
        "thresholds": dict(trained.rules.thresholds["span"]),
        "n_train": trained.n_train,
        "n_unusable_rows": facts.n_failed,
        "agreement": [asdict(one) for one in agreement],
        "seed": facts.recipe.seed,
        **tuned_record(trained.tuned),
    }


def _sections(name: str, facts: SpanFacts, signature: str, agreement: Sequence[Agreement]) -> Iterator[str]:
    trained, recipe = facts.trained, facts.recipe
    labels = ", ".join(f"`{label}`" for label in trained.head.labels)
    encoder = introduction(trained.tuned, recipe.base)
    yield f"# {name}"
    yield SPAN_INTRODUCTION.format(base=recipe.base, head=recipe.name, labels=labels, encoder=encoder)
    yield "## Scores"
    yield SPAN_SCORES.format(n_test=trained.n_test, n_train=trained.n_train, signature=signature)
    yield "\n".join(span_lines(trained.scores))
    if len(trained.repeats) > 1:
        yield SPAN_REPEATS.format(n=len(trained.repeats), found=spread_of(trained.repeats))
    yield from value_sections(recipe.group_by, trained.by_outlet, trained.left_out, _by_value)
    yield "## Decisions"
    yield SPAN_THRESHOLDS
    yield threshold_table(trained.head, trained.rules)
    if trained.tuned:
        yield from tuned_sections(trained.tuned, recipe.fine_tuning)
    yield "## Data"
    yield SPAN_DATA.format(
        files=file_names(recipe.data),
        n_texts=len({text.id for text in facts.texts}),
        n_marks=n_marks(facts.texts),
        test=split_note(recipe),
        licence=recipe.licence,
        n_failed=facts.n_failed,
    )
    yield from agreement_lines(SPAN_AGREEMENT, "stretches", agreement)
    yield "## Limits"
    yield LIMITS


def _by_value(field: str, scores: Mapping[str, Sequence[SpanScore]]) -> str:
    rows = [
        [value, one.label, str(one.support), str(one.f1)]
        for value, of in scores.items()
        for one in of
        if one.measure == PTC
    ]
    return "\n".join(table_lines([field, "label", "spans", "F1 (ptc)"], rows))


SPAN_REPEATS = """Over {n} splits, each trained anew, the labels' mean F1 by the share of
characters is {found} (mean and standard deviation)."""

SPAN_AGREEMENT = """Agreement of the coders on where stretches begin and end (Krippendorff's alpha_U), on the texts that
several coded; chance gives 0, and brackets hold 95 % intervals, by resampling articles:"""

SPAN_INTRODUCTION = """The model `{base}` with one more head, `{head}`, which marks stretches: {labels}. {encoder}"""

SPAN_SCORES = """On {n_test} texts that were kept for testing; the head learnt from {n_train}. Articles and
near-duplicates stand on one side. Brackets hold 95 % intervals, by resampling articles. A match is `exact`, an
`overlap` of at least half of a gold span, or by the share of characters (`ptc`). Signature: `{signature}`."""

SPAN_THRESHOLDS = """Words are in a stretch where their probability reaches the threshold of its label, which was chosen
by the share of characters on texts that the tagger did not learn from. Scores of stretches are calibrated."""

SPAN_DATA = """{files}: {n_texts} texts with {n_marks} marked stretches. {test} Licence of the data: {licence}. Rows
that could not be used: {n_failed}."""
