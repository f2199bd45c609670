"""What an audit says beside the corrected numbers: how far coders agree, and how the model errs on each outlet.

Units are the sentences in which a measure counts something or nothing; for measures of whole articles, articles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import AnnotatedArticle
from rhetoric.framing.audit.design import Part
from rhetoric.framing.audit.gold import GoldSample, Responses
from rhetoric.framing.audit.model_error import AuditedArticles, Inequality, OutletError, error_inequality, outlet_error
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import indicators_of
from rhetoric.framing.measures.counting import FloatArray
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.metrics.agreement import Agreement, class_agreement

__all__ = ["Coded", "Diagnosis", "diagnose", "double_coding"]


@dataclass(frozen=True)
class Diagnosis:
    """What an audit says of one measure.

    Attributes:
        measure: its name.
        outlets: the model's error on each outlet, by name.
        inequality: of these errors; None where fewer than two outlets tell of it.
    """

    measure: str
    outlets: tuple[OutletError, ...]
    inequality: Inequality | None


@dataclass(frozen=True)
class Coded:
    """An audit as it was coded.

    Attributes:
        articles: of the run, by id.
        part: of the articles, that was coded.
        adjudicator: the coder whose codes end a disagreement, and who is no independent one.
    """

    articles: Mapping[str, AnnotatedArticle]
    part: Part
    adjudicator: str

    def indicators(
        self, one: UnitCodes, found: AnnotatedArticle, measures: Mapping[str, Measure]
    ) -> dict[str, FloatArray]:
        """Return in which sentences of a unit each measure counts something, by what was `found` in it."""
        return indicators_of(self.articles[one.unit.article_id], found, measures, self.part, one.unit.sentence)


def double_coding(units: Sequence[UnitCodes], measure: Measure, coded: Coded) -> tuple[Agreement, Agreement]:
    """Return Krippendorff's alpha and the share of equal pairs, of what several people coded independently.

    Intervals draw whole articles.

    Args:
        units: that were coded.
        measure: of which it is compared whether it counts something.
        coded: the audit.
    """
    doubled = [one for one in units if len(one.independent(coded.adjudicator)) > 1]
    coders = sorted({coder for one in doubled for coder in one.independent(coded.adjudicator)}, key=str)
    values: list[list[bool | None]] = []
    groups: list[str] = []
    for one in doubled:
        found = one.independent(coded.adjudicator)
        columns = [coded.indicators(one, found[c], {"": measure})[""] if c in found else None for c in coders]
        n = max(len(column) for column in columns if column is not None)
        values += [[None if c is None or np.isnan(c[i]) else bool(c[i]) for c in columns] for i in range(n)]
        groups += [one.unit.article_id] * n
    alpha = class_agreement(values, groups, "krippendorff_alpha")
    return alpha, class_agreement(values, groups, "percent_agreement")


def diagnose(
    measures: Mapping[str, Measure], gold: GoldSample, table: MeasureTable, responses: Responses, coded: Coded
) -> list[Diagnosis]:
    """Return how the model errs on each outlet, by each measure, weighted by the design.

    Args:
        measures: by name.
        gold: of the audit.
        table: of the run.
        responses: the units that count.
        coded: the audit.
    """
    totals = _totals(responses, measures, coded)
    return [_diagnose(name, gold, table, totals[name]) for name in measures]


def _diagnose(name: str, gold: GoldSample, table: MeasureTable, totals: Mapping[str, FloatArray]) -> Diagnosis:
    is_told = gold.audited & ~np.isnan(gold.numerators[name]) & ~np.isnan(table.numerators[name])
    rows: dict[str, list[int]] = {}
    for i in np.flatnonzero(is_told):
        rows.setdefault(str(table.meta[gold.by][i]), []).append(int(i))
    errors = [
        outlet_error(outlet, _audited(name, np.array(own, np.intp), totals, gold, table))
        for outlet, own in sorted(rows.items())
    ]
    return Diagnosis(name, tuple(errors), error_inequality(errors))


def _audited(
    name: str, own: npt.NDArray[np.intp], totals: Mapping[str, FloatArray], gold: GoldSample, table: MeasureTable
) -> AuditedArticles:
    hits, found, there = np.array([totals[table.ids[i]] for i in own]).reshape(-1, 3).T
    return AuditedArticles(
        gold.weights[own],
        hits,
        found,
        there,
        table.numerators[name][own],
        table.denominators[name][own],
        gold.numerators[name][own],
        gold.denominators[name][own],
        is_pooled=table.measures[name].estimand == "pooled",
    )


def _totals(responses: Responses, measures: Mapping[str, Measure], coded: Coded) -> dict[str, dict[str, FloatArray]]:
    """Return, by measure and article, in how many units both, the model and people found something, (3,) each."""
    totals: dict[str, dict[str, FloatArray]] = {name: {} for name in measures}
    for one in responses.units:
        article = one.unit.article_id
        predicted = coded.indicators(one, coded.articles[article], measures)
        final = [coded.indicators(one, found, measures) for found in one.final(coded.adjudicator)]
        for name, of_articles in totals.items():
            counts = _counts(predicted[name], np.mean([found[name] for found in final], axis=0))
            of_articles.setdefault(article, np.zeros(3))
            of_articles[article] += counts / responses.p_sentence[one.unit.unit]
    return totals


def _counts(predicted: FloatArray, people: FloatArray) -> FloatArray:
    known = ~np.isnan(predicted) & ~np.isnan(people)
    p, g = predicted[known], people[known]
    return np.array([(p * g).sum(), p.sum(), g.sum()])
