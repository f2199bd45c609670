"""An audit in words and tables: what it can find before anybody codes, and what it found."""

import math
from collections import Counter
from collections.abc import Iterator

from rhetoric.framing.audit.auditing import AuditResult
from rhetoric.framing.audit.diagnosis import Diagnosis
from rhetoric.framing.audit.model_error import Figure, Inequality
from rhetoric.framing.audit.power import PowerRow
from rhetoric.framing.audit.sampling import AuditPlan
from rhetoric.framing.measures.definitions import Measure
from rhetoric.metrics.agreement import Agreement
from rhetoric.report.text_table import table_lines

__all__ = ["plan_lines", "result_lines"]

UNITS = {"share": "percentage points"}
SCALES = {"share": 100.0}
MAX_SHOWN = 6
"""Measures whose errors are printed; of more, only the one that the audit was drawn for."""
DIAGNOSIS = "A diagnosis of the model: it does not decide whether to correct; correct in any case."


def _unit(measure: Measure) -> str:
    return UNITS.get(measure.unit, measure.unit)


def _number(value: float, measure: Measure) -> str:
    scaled = value * SCALES.get(measure.unit, 1.0)
    if math.isnan(scaled):
        return "–"
    decimals = 1 if measure.unit in SCALES else 2
    return f"{scaled:.{decimals}f}".replace("-", "−")


def plan_lines(plan: AuditPlan) -> list[str]:
    """Return what a sample holds, and what audits of several sizes can find."""
    return [
        *table_lines(("outlet", "articles", "drawn", "units to code", "of these twice"), _outlet_rows(plan)),
        "",
        *_power_lines(plan),
    ]


def _outlet_rows(plan: AuditPlan) -> Iterator[list[str]]:
    frame, units = plan.design.frame, plan.design.units
    sizes = Counter(row.outlet for row in frame if row.stratum is not None)
    drawn = Counter(outlet for outlet, _ in {(u.outlet, u.article_id) for u in units})
    coded, doubled = Counter(u.outlet for u in units), Counter(u.outlet for u in units if u.is_double)
    for outlet in sorted({row.outlet for row in frame}):
        yield [outlet, *(str(counts[outlet]) for counts in (sizes, drawn, coded, doubled))]


def _power_lines(plan: AuditPlan) -> Iterator[str]:
    unit = _unit(plan.measure)
    head = ("articles an outlet", f"smallest difference found ({unit})", "hours of coding")
    yield from table_lines(head, (_power_cells(row, plan.measure) for row in plan.power))
    yield ""
    yield f"Differences of {plan.measure.title!r} between two outlets, found in 80 % of audits at the 5 % level,"
    if plan.accuracy is None:
        yield "by gold alone: how well the model does is not known (give --sensitivity and --precision)."
    else:
        found = f"{plan.accuracy.sensitivity:.2f} and a precision of {plan.accuracy.precision:.2f}"
        yield f"if the model has a sensitivity of {found} ({plan.accuracy.source})."


def _power_cells(row: PowerRow, measure: Measure) -> list[str]:
    ends = list(dict.fromkeys(_number(value, measure) for value in (row.smallest, row.largest)))
    return [str(row.n_articles), "–".join(ends) if ends != ["–"] else "nothing was predicted", f"{row.hours:.1f}"]


def result_lines(result: AuditResult) -> list[str]:
    """Return what an audit found: agreement, the model's errors by outlet, and how unequal they are."""
    lines = [*_agreement_lines(result.agreement)]
    own = [d for d in result.diagnoses if d.measure == result.design.settings.measure]
    shown = result.diagnoses if len(result.diagnoses) <= MAX_SHOWN else own
    for diagnosis in shown:
        lines += ["", *_diagnosis_lines(diagnosis, result.table.measures[diagnosis.measure])]
    if len(shown) < len(result.diagnoses):
        lines += ["", f"{len(result.diagnoses)} measures have gold now; estimate.json has the errors of all."]
    return [*lines, "", DIAGNOSIS]


def _agreement_lines(agreement: tuple[Agreement, Agreement]) -> Iterator[str]:
    alpha, equal = agreement
    if not alpha.n_units:
        yield "Agreement of coders: nothing was coded twice."
        return
    rows = [("Krippendorff's alpha", str(alpha)), ("share of equal codes", str(equal))]
    head = ("agreement of coders", f"on {alpha.n_units} units coded by {alpha.n_coders} people")
    yield from table_lines(head, ([name, value.replace("nan", "–")] for name, value in rows))


def _diagnosis_lines(diagnosis: Diagnosis, measure: Measure) -> Iterator[str]:
    yield f"{measure.title} ({diagnosis.measure}), error in {_unit(measure)}:"
    head = ("outlet", "articles", "sensitivity", "precision", "predicted minus coded")
    rows = (
        [one.outlet, str(one.n_articles), _share(one.sensitivity), _share(one.precision), _figure(one.error, measure)]
        for one in diagnosis.outlets
    )
    yield from table_lines(head, rows)
    if diagnosis.inequality is not None:
        yield from _inequality_lines(diagnosis.inequality, measure)


def _share(figure: Figure) -> str:
    return "–" if math.isnan(figure.value) else f"{figure.value:.2f} {_ends(f'{figure.low:.2f}', f'{figure.high:.2f}')}"


def _figure(figure: Figure, measure: Measure) -> str:
    return f"{_number(figure.value, measure)} {_ends(_number(figure.low, measure), _number(figure.high, measure))}"


def _ends(low: str, high: str) -> str:
    return f"[{low}, {high}]".replace("nan", "–")


def _inequality_lines(inequality: Inequality, measure: Measure) -> Iterator[str]:
    one, other = inequality.outlets
    yield f"Standard deviation of the errors between outlets: {_figure(inequality.spread, measure)}"
    yield f"An uncorrected difference {one} minus {other} is off by {_figure(inequality.difference, measure)}"
