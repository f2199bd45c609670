"""From a run to an audit: the sample with all that coders need, and what it can be expected to find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError, UsageError
from rhetoric.framing.audit.audit_run import (
    AuditedModel,
    audited_model,
    read_articles,
    read_audited_table,
    require_measure,
    seen_articles,
)
from rhetoric.framing.audit.coverage import asked_labels, part_of_measure, require_auditable
from rhetoric.framing.audit.design import Design, FrameRow, Part, Settings, UnitKind, write_design
from rhetoric.framing.audit.draw import Candidate, article_units, draw_frame, number_units, sentence_units
from rhetoric.framing.audit.pieces import part_text
from rhetoric.framing.audit.power import Accuracy, PowerRow, Spread, power_row, spread_of
from rhetoric.framing.audit.published import published_for
from rhetoric.framing.audit.to_code import n_words_to_read, write_files_to_code
from rhetoric.framing.audit.unit_counts import indicators_of
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MeasureTable

__all__ = ["PLANNED", "WORDS_AN_HOUR", "AuditPlan", "AuditRequest", "plan_audit", "write_audit"]

PLANNED = (10, 20, 30, 60, 120)
"""Articles an outlet, for which the power is computed beside the number that was asked for."""
WORDS_AN_HOUR = 3000
"""How fast people code, where nobody says it: a guess, fifty words a minute with the codebook in the head."""


@dataclass(frozen=True)
class AuditRequest:
    """What is asked for.

    Attributes:
        run: the annotations.
        measure: the one whose predicted values make the strata.
        by: the field of `meta` that names the outlets.
        n: articles an outlet.
        unit: what people code.
        sentences_per_article: coded in each, where sentences are the units.
        seed: of the draw.
        only: outlets to audit; all, where there are none.
        own_measures: a user's file of measures.
        model: name or folder of the model, where it is not found by itself.
        codebook_version: to be stated in the files for coders.
        words_an_hour: that people code.
        sensitivity: of the model, where its folder does not publish it.
        precision: likewise.
    """

    run: Path
    measure: str
    by: str = "outlet"
    n: int = 30
    unit: UnitKind = "article"
    sentences_per_article: int = 10
    seed: int = 13
    only: tuple[str, ...] = ()
    own_measures: Path | None = None
    model: str | Path | None = None
    codebook_version: str | None = None
    words_an_hour: float = WORDS_AN_HOUR
    sensitivity: float | None = None
    precision: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises:
            UsageError: one does not.
        """
        shares = (self.sensitivity, self.precision)
        if any(share is not None and not 0 < share <= 1 for share in shares) or (
            None in shares and shares != (None,) * 2
        ):
            message = f"sensitivity {shares[0]} and precision {shares[1]}: expected both, above 0 and at most 1"
            raise UsageError(message)
        if not self.words_an_hour > 0:
            message = f"{self.words_an_hour} words an hour: expected more than 0"
            raise UsageError(message)


@dataclass(frozen=True)
class AuditPlan:
    """A sample that was drawn, and what can be expected of it.

    Attributes:
        design: the sample.
        articles: that were drawn, by id.
        measure: for which.
        power: what an audit can find, by its size; the size that was asked for among them.
        accuracy: of the model, on which that rests; None where nobody knows it.
        notes: what a user must know.
    """

    design: Design
    articles: Mapping[str, AnnotatedArticle]
    measure: Measure
    power: tuple[PowerRow, ...]
    accuracy: Accuracy | None
    notes: tuple[str, ...]


def plan_audit(request: AuditRequest) -> AuditPlan:
    """Draw the sample of an audit, and compute what audits of several sizes can find.

    Raises:
        UsageError: what is asked for makes no sense.
        InputError: the run cannot be audited.
    """
    table = read_audited_table(request.run, [request.measure], request.own_measures)
    measure = require_measure(table, request.measure)
    require_auditable(request.measure, measure, request.unit)
    model = audited_model(request.run, request.model)
    candidates, notes = _candidates(table, request, measure, model)
    frame, drawn = draw_frame(candidates, request.n, request.seed)
    articles = read_articles(request.run, [row.id for row in drawn])
    design = _design(request, measure, model, frame, drawn, articles)
    accuracy = _accuracy(request, measure, model)
    power = _power(request, table, measure, design, articles, accuracy)
    return AuditPlan(design, articles, measure, power, accuracy, (*model.notes, *notes, *_small(frame, request.n)))


def write_audit(folder: Path, plan: AuditPlan) -> None:
    """Write an audit: its design, and the files for coders.

    Raises:
        UsageError: the folder holds an audit, or other files.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is there already: expected a new folder, so that no audit is lost; name another with -o"
        raise UsageError(message)
    folder.mkdir(parents=True, exist_ok=True)
    write_files_to_code(folder, plan.design, plan.articles, by_sentence=plan.measure.of != "articles")
    write_design(folder, plan.design)


def _candidates(
    table: MeasureTable, request: AuditRequest, measure: Measure, model: AuditedModel
) -> tuple[list[Candidate], list[str]]:
    """Return the articles that an audit might draw, and what must be said of the others."""
    if request.by not in table.meta:
        message = f"the articles have no {request.by!r}: expected it in their meta; fields are {', '.join(table.meta)}"
        raise InputError(message)
    seen = seen_articles(request.run, model.texts)
    values, outlets = table.values(request.measure), table.meta[request.by]
    _check_only(request.only, outlets, request.by)
    found, n_without = [], 0
    for i, name in enumerate(table.ids):
        outlet = outlets[i]
        if outlet is None or not str(outlet).strip():
            n_without += 1
        elif not request.only or str(outlet) in request.only:
            found.append(
                Candidate(name, str(outlet), float(values[i]), seen.get(name) or _empty(table, i, measure, request))
            )
    notes = [f"{n_without} articles have no {request.by!r} and cannot be drawn"] if n_without else []
    n_seen = sum(c.left_out in ("training", "tuning", "suggestion") for c in found)
    if n_seen:
        notes.append(
            f"{n_seen} articles are among the texts that the model {model.name} has seen: they are flagged and not"
            " drawn, and the audit does not speak for them"
        )
    return found, notes


def _check_only(only: Sequence[str], outlets: Sequence[object], by: str) -> None:
    known = {str(outlet) for outlet in outlets if outlet is not None}
    unknown = [name for name in only if name not in known]
    if unknown:
        message = f"no article has the {by} {unknown[0]!r}: expected some of {', '.join(sorted(known))}"
        raise InputError(message)


def _empty(table: MeasureTable, i: int, measure: Measure, request: AuditRequest) -> str | None:
    """Return why there is nothing to code in an article; None if there is something."""
    below = table.denominators[request.measure][i]
    if part_of_measure(measure) == "title":
        return "no title" if np.isnan(below) else None
    return "no sentence" if request.unit == "sentence" and below == 0 else None


def _small(frame: Sequence[FrameRow], n: int) -> list[str]:
    counts: dict[str, int] = {}
    for row in frame:
        counts[row.outlet] = counts.get(row.outlet, 0) + (row.stratum is not None)
    small = [f"{outlet} ({size})" for outlet, size in sorted(counts.items()) if size < n]
    return [f"all articles are drawn of outlets with fewer than {n}: {', '.join(small)}"] if small else []


def _design(
    request: AuditRequest,
    measure: Measure,
    model: AuditedModel,
    frame: Sequence[FrameRow],
    drawn: Sequence[FrameRow],
    articles: Mapping[str, AnnotatedArticle],
) -> Design:
    part, k = part_of_measure(measure), request.sentences_per_article
    if request.unit == "sentence":
        units = sentence_units(drawn, articles, lambda a: _indicators(a, measure, part), k, request.seed)
    else:
        units = article_units(drawn, {name: part_text(article, part) for name, article in articles.items()})
    settings = Settings(
        measure=request.measure,
        labels=asked_labels(measure),
        by=request.by,
        unit=request.unit,
        part=part,
        n=request.n,
        sentences_per_article=k if request.unit == "sentence" else None,
        seed=request.seed,
        codebook_version=request.codebook_version,
        model=(model.name, model.version),
    )
    return Design(settings, tuple(frame), number_units(units, request.seed))


def _indicators(article: AnnotatedArticle, measure: Measure, part: Part) -> list[bool | None]:
    found = indicators_of(article, article, {"": measure}, part)[""]
    return [None if np.isnan(value) else bool(value) for value in found]


def _accuracy(request: AuditRequest, measure: Measure, model: AuditedModel) -> Accuracy | None:
    if request.sensitivity is not None and request.precision is not None:
        return Accuracy(request.sensitivity, request.precision, "as given")
    return None if model.folder is None else published_for(model.folder, measure)


def _power(
    request: AuditRequest,
    table: MeasureTable,
    measure: Measure,
    design: Design,
    articles: Mapping[str, AnnotatedArticle],
    accuracy: Accuracy | None,
) -> tuple[PowerRow, ...]:
    rows = {name: i for i, name in enumerate(table.ids)}
    spreads: dict[str, Spread] = {}
    for outlet in sorted({row.outlet for row in design.frame}):
        own = [rows[row.id] for row in design.frame if row.outlet == outlet and row.stratum is not None]
        columns = (table.numerators[request.measure][own], table.denominators[request.measure][own])
        spreads[outlet] = spread_of(*columns, is_pooled=measure.estimand == "pooled", is_share=measure.unit == "share")
    n_words = n_words_to_read(design.units, design, articles) / len(articles)
    k = design.settings.sentences_per_article
    sizes = sorted({*PLANNED, request.n})
    largest = max(spread.n_articles for spread in spreads.values())
    kept = [n for n in sizes if n <= largest or n == request.n]
    return tuple(power_row(spreads, accuracy, n, _hours(n, spreads, n_words, request.words_an_hour), k) for n in kept)


def _hours(n: int, spreads: Mapping[str, Spread], n_words: float, speed: float) -> float:
    return sum(min(n, spread.n_articles) for spread in spreads.values()) * n_words / speed
