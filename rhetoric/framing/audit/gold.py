"""Gold aligned with the table of predictions: numerators, denominators and weights, ready for corrected estimates.

A whole article gives its gold as it is. Of sentences that were drawn from an article, the gold of the article is made:
what was predicted for it, plus the errors on the drawn sentences, each divided by its probability (the difference
estimator; Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 6.3).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError
from rhetoric.framing.audit.design import AuditUnit, Design, FrameRow
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import UnitCounts
from rhetoric.framing.estimates import RatioSample
from rhetoric.framing.measures.counting import FloatArray
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray

__all__ = ["GoldSample", "Responses", "check_population", "gold_ratios", "make_gold", "response_of"]

N_NAMED = 5


@dataclass(frozen=True, eq=False)
class GoldSample:
    """Gold of some articles of a table, aligned with all of them; every array is of shape (n,).

    Attributes:
        by: the field of `meta` that names the outlets.
        kept: the articles that the audit speaks for; it does not for those that could not be drawn (the model has seen
            them, or they have no title), and for other outlets.
        strata: by outlet and score, None outside of it.
        probabilities: with which each was audited, 0 outside of it.
        audited: the articles that were.
        numerators: by measure, gold; NaN where an article was not audited.
        denominators: likewise.
    """

    by: str
    kept: BoolArray
    strata: tuple[str | None, ...]
    probabilities: FloatArray
    audited: BoolArray
    numerators: Mapping[str, FloatArray]
    denominators: Mapping[str, FloatArray]

    @property
    def weights(self) -> FloatArray:
        """Inverse probabilities of the audited articles, NaN for the others."""
        weights = np.full(len(self.kept), np.nan)
        weights[self.audited] = 1 / self.probabilities[self.audited]
        return weights


@dataclass(frozen=True)
class Responses:
    """Which units count as coded, and with which probabilities: those of the design, times the share that was coded.

    Attributes:
        units: that count.
        p_article: by article.
        p_sentence: by unit, within its article.
        n_lost: units that were coded and do not count, since too little of their article was.
    """

    units: tuple[UnitCodes, ...]
    p_article: Mapping[str, float]
    p_sentence: Mapping[str, float]
    n_lost: int


def response_of(design: Design, coded: Sequence[UnitCodes]) -> Responses:
    """Return what was coded, with probabilities that reckon with what was not.

    Coders get units in random order, so those that they did reach are taken for a random part of their stratum.

    Raises:
        InputError: of a stratum of an outlet that was audited nothing was coded.
    """
    drawn = Counter(_within(unit) for unit in design.units)
    given = Counter(_within(one.unit) for one in coded)
    incomplete = {article for (article, kind) in drawn if not given[article, kind]}
    kept = tuple(one for one in coded if one.unit.article_id not in incomplete)
    p_sentence = {
        one.unit.unit: one.unit.p_sentence * given[_within(one.unit)] / drawn[_within(one.unit)] for one in kept
    }
    return Responses(kept, _article_probabilities(design, kept), p_sentence, len(coded) - len(kept))


def _within(unit: AuditUnit) -> tuple[str, str | None]:
    return unit.article_id, unit.sentence_stratum


def _article_probabilities(design: Design, kept: Iterable[UnitCodes]) -> dict[str, float]:
    place = {unit.article_id: (unit.outlet, unit.stratum) for unit in design.units}
    drawn = Counter(place.values())
    coded_ids = {one.unit.article_id for one in kept}
    coded = Counter(place[name] for name in coded_ids)
    outlets = {outlet for outlet, _ in coded}
    for outlet, stratum in drawn:
        if outlet in outlets and not coded[outlet, stratum]:
            ids = sorted(u.unit for u in design.units if (u.outlet, u.stratum) == (outlet, stratum))
            message = (
                f"of {outlet} no article with a score in the stratum {stratum!r} was coded: code at least one of"
                f" {', '.join(ids[:N_NAMED])}"
            )
            raise InputError(message)
    shares = {key: coded[key] / n for key, n in drawn.items()}
    return {u.article_id: u.p_article * shares[place[u.article_id]] for u in design.units if u.outlet in outlets}


def check_population(design: Design, table: MeasureTable) -> None:
    """Refuse a run that is not the one that the audit was drawn from: weights would speak for other articles.

    Raises:
        InputError: an article of the outlets is missing, is new, or is of another outlet.
    """
    by = design.settings.by
    if by not in table.meta:
        message = f"the articles have no {by!r}: expected the run of which the audit was drawn"
        raise InputError(message)
    frame = {row.id: row.outlet for row in design.frame}
    outlets = set(frame.values())
    run = {name: str(o) for name, o in zip(table.ids, table.meta[by], strict=True) if str(o) in outlets}
    differing = sorted(name for name in frame.keys() | run.keys() if frame.get(name) != run.get(name))
    if differing:
        message = (
            f"the gold is no sample of this run: {len(differing)} articles ({', '.join(differing[:N_NAMED])}) are not"
            " in both, or of another outlet; expected the run of which the audit was drawn"
        )
        raise InputError(message)


def make_gold(
    design: Design, table: MeasureTable, responses: Responses, counts: Mapping[str, UnitCounts]
) -> GoldSample:
    """Return gold aligned with the table of a run.

    Args:
        design: of the audit.
        table: of the run.
        responses: the units that count.
        counts: of these units, by measure.

    Raises:
        InputError: the run is not the one of which the audit was drawn.
    """
    check_population(design, table)
    rows = {name: i for i, name in enumerate(table.ids)}
    frame = {row.id: row for row in design.frame if row.stratum is not None}
    shares = _shares(design, responses)
    audited = {one.unit.article_id for one in responses.units}
    gold = {name: _aligned(table, name, one, responses, rows) for name, one in counts.items()}
    return GoldSample(
        design.settings.by,
        np.array([name in frame for name in table.ids], np.bool_),
        tuple(f"{frame[name].outlet}/{frame[name].stratum}" if name in frame else None for name in table.ids),
        np.array([_probability(frame.get(name), shares) for name in table.ids], np.float64),
        np.array([name in audited for name in table.ids], np.bool_),
        {name: above for name, (above, _) in gold.items()},
        {name: below for name, (_, below) in gold.items()},
    )


def _shares(design: Design, responses: Responses) -> dict[tuple[str, str], float]:
    """Return, for each stratum, what share of the articles that were drawn from it was coded."""
    return {
        (unit.outlet, unit.stratum): responses.p_article.get(unit.article_id, 0.0) / unit.p_article
        for unit in design.units
    }


def _probability(row: FrameRow | None, shares: Mapping[tuple[str, str], float]) -> float:
    if row is None or row.stratum is None:
        return 0.0
    return row.p_article * shares.get((row.outlet, row.stratum), 0.0)


Rows = Mapping[str, int]


def _aligned(
    table: MeasureTable, name: str, counts: UnitCounts, responses: Responses, rows: Rows
) -> tuple[FloatArray, FloatArray]:
    """Return the gold of one measure as columns of the table."""
    places = np.array([rows[one.unit.article_id] for one in responses.units], np.intp)
    if all(one.unit.sentence is None for one in responses.units):
        return _placed(len(table), places, counts.gold_above), _placed(len(table), places, counts.gold_below)
    chances = np.array([responses.p_sentence[one.unit.unit] for one in responses.units])
    above = _corrected(table.numerators[name], places, (counts.gold_above - counts.above) / chances)
    return above, _corrected(table.denominators[name], places, (counts.gold_below - counts.below) / chances)


def _placed(n: int, places: npt.NDArray[np.intp], values: FloatArray) -> FloatArray:
    column = np.full(n, np.nan)
    column[places] = values
    return column


def _corrected(predicted: FloatArray, places: npt.NDArray[np.intp], errors: FloatArray) -> FloatArray:
    totals = np.zeros(len(predicted))
    np.add.at(totals, places, errors)
    column = np.full(len(predicted), np.nan)
    column[places] = (predicted + totals)[places]
    return column


def gold_ratios(
    gold: GoldSample, table: MeasureTable, measure: str, rows: BoolArray, clusters: IntArray | None = None
) -> RatioSample:
    """Return predictions and gold of some articles, of those that the audit speaks for, as estimates take them.

    Args:
        gold: aligned with the table.
        table: of the run.
        measure: its name.
        rows: which articles, such as those of an outlet, (n,).
        clusters: the story of each article of the table, (n,); None if each is its own.
    """
    own = np.flatnonzero(rows & gold.kept)
    numbers = {name: i for i, name in enumerate(sorted({name for name in gold.strata if name is not None}))}
    return RatioSample(
        table.numerators[measure][own],
        table.denominators[measure][own],
        clusters=None if clusters is None else clusters[own],
        gold_numerator=gold.numerators[measure][own],
        gold_denominator=gold.denominators[measure][own],
        weights=gold.weights[own],
        strata=np.array([numbers[gold.strata[i] or ""] for i in own], np.intp),
        estimand=table.measures[measure].estimand,
    )
