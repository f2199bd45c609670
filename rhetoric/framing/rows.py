"""One number of a comparison, in the columns of R's broom, or the reason why there is none."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from rhetoric.framing.contrasts import Contrast
from rhetoric.framing.effects import EffectSize
from rhetoric.framing.estimates import Estimate, Refusal
from rhetoric.framing.ranks import RankInterval

__all__ = ["Kind", "Row", "to_csv"]

Kind = Literal["level", "pairwise", "rest", "adjusted", "story", "trend"]
BROOM = {
    "estimate": "estimate",
    "std_error": "std.error",
    "df": "df",
    "low": "conf.low",
    "high": "conf.high",
    "p_value": "p.value",
    "p_adjusted": "p.adjusted",
}
NAN = math.nan


@dataclass(frozen=True)
class Row:
    """One number of a comparison, or the reason why there is none.

    Attributes:
        measure: its name.
        contrast: the group, or the two that are held against each other.
        kind: a group's rate; a difference of two groups, of one and the others, of two at like values of other
            variables, of two within the stories that both report; or the change of a rate a year.
        unit: of the estimate.
        is_primary: whether the measure was chosen before looking.
        estimate: the rate, difference or change.
        std_error: its standard error.
        df: degrees of freedom of the standard error.
        low: end of the interval.
        high: end of the interval.
        p_value: of no difference.
        p_adjusted: by Holm among primary measures, by Benjamini and Hochberg among exploratory ones.
        all_low: end of the interval that holds together with those of all rates, or all differences, of the measure.
        all_high: end of the same.
        ratio: of the two rates, where both are surely above 0.
        cohen_h: of two shares.
        standardised: the difference in standard deviations of articles within groups.
        rank: of the group, 1 for the highest rate, with the ranks that it may have.
        n_articles: on which it rests.
        n_audited: of them, by people.
        n_effective: of a corrected rate: how many audited articles gold alone would need to be as sure.
        estimator: `plain` is not corrected for the model's error.
        other_estimator: of a corrected rate or pairwise difference: the other correction.
        other_estimate: by that one.
        other_low: end of its interval.
        other_high: end of the same.
        note: why there is no number.
    """

    measure: str
    contrast: str
    kind: Kind
    unit: str
    is_primary: bool
    estimate: float = NAN
    std_error: float = NAN
    df: float = NAN
    low: float = NAN
    high: float = NAN
    p_value: float = NAN
    p_adjusted: float = NAN
    all_low: float = NAN
    all_high: float = NAN
    ratio: float = NAN
    cohen_h: float = NAN
    standardised: float = NAN
    rank: str = ""
    n_articles: int = 0
    n_audited: int = 0
    n_effective: float = NAN
    estimator: str = "plain"
    other_estimator: str = ""
    other_estimate: float = NAN
    other_low: float = NAN
    other_high: float = NAN
    note: str = ""

    def filled(self, found: Estimate | Contrast | Refusal, level: float) -> "Row":
        """Return the row with what was found, and intervals of a level."""
        if isinstance(found, Refusal):
            return replace(self, note=found.reason)
        low, high = found.interval(level)
        is_rate = isinstance(found, Estimate)
        return replace(
            self,
            estimate=found.value if isinstance(found, Estimate) else found.estimate,
            std_error=found.std_error,
            df=found.df,
            low=low,
            high=high,
            p_value=NAN if is_rate else found.p_value,  # type: ignore[union-attr]
            n_articles=found.n_articles,
            n_audited=found.n_audited,
            estimator=found.estimator,
        )

    def ranked(self, rank: RankInterval | None) -> "Row":
        """Return the row with a rank, as "2 (1–3)"."""
        return self if rank is None else replace(self, rank=f"{rank.rank} ({rank.low}–{rank.high})")

    def sized(self, effect: EffectSize) -> "Row":
        """Return the row with how large its difference is."""
        sizes = {"ratio": effect.ratio, "cohen_h": effect.cohen_h, "standardised": effect.standardised}
        return replace(self, **{name: value for name, value in sizes.items() if value is not None})  # type: ignore[arg-type]

    def beside(self, other: Estimate | Contrast | Refusal, level: float) -> "Row":
        """Return the row with what the other correction says, if it says anything."""
        if isinstance(other, Refusal):
            return self
        low, high = other.interval(level)
        value = other.value if isinstance(other, Estimate) else other.estimate
        found = {"other_estimate": value, "other_low": low, "other_high": high}
        return replace(self, other_estimator=other.estimator, **found)  # type: ignore[arg-type]

    def to_record(self) -> dict[str, object]:
        """Return it in the columns of R's broom, and some more; None where there is no number."""
        values = {
            BROOM.get(name, name): None if isinstance(value, float) and math.isnan(value) else value
            for name, value in asdict(self).items()
        }
        first = ("measure", "contrast", *BROOM.values(), "n_articles", "n_audited", "estimator")
        values["primary"] = values.pop("is_primary")
        return {name: values[name] for name in (*first, *(n for n in values if n not in first))}


def to_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV, one line each, in the columns of `Row.to_record`."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(Row("", "", "level", "", False).to_record()), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.to_record() for row in rows)
    return out.getvalue()
