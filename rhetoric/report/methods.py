"""The paragraph that says how numbers came about, from the comparison itself, in Markdown and in LaTeX."""

import re
from dataclasses import dataclass

from rhetoric.framing.comparison import Comparison

__all__ = ["Provenance", "methods_markdown", "to_latex"]

SPECIAL = re.compile(r"([#$%&_{}])")
CORRECTED = {
    "ppi": "prediction-powered inference (Angelopoulos, Duchi and Zrnic 2023) with the weights of the audit",
    "dsl": "design-based supervised learning (Egami, Hinck, Stewart and Wei 2023)",
}


@dataclass(frozen=True)
class Provenance:
    """What annotated the articles: model, its version, and the set of thresholds, as far as they are known."""

    model: str = ""
    version: str = ""
    thresholds: str = ""

    @property
    def told(self) -> str:
        """The model, for people to read."""
        named = " ".join(part for part in (self.model, self.version) if part)
        return named or "a model that is not named"


def _sizes(comparison: Comparison) -> str:
    return ", ".join(f"{name} ({n:,})" for name, n in comparison.groups.items())


def _error(comparison: Comparison) -> str:
    corrected = [row for row in comparison.rows if row.estimator != "plain" and not row.note]
    if not corrected:
        return (
            "Rates are the model's and were not corrected for its errors, which may differ between groups: differences"
            " can be the model's."
        )
    n_audited = max(row.n_audited for row in corrected if row.kind == "level")
    return (
        f"Rates were corrected with a probability sample that people coded (up to {n_audited} articles a group),"
        f" by {CORRECTED[comparison.question.correction]}."
    )


def _many(comparison: Comparison) -> str:
    primary = comparison.question.primary
    holm = f"for the primary measures ({', '.join(primary)}) by Holm's procedure, " if primary else ""
    return f"P-values were adjusted {holm}for exploratory measures by that of Benjamini and Hochberg."


def methods_markdown(comparison: Comparison, provenance: Provenance) -> str:
    """Return the paragraph in Markdown."""
    by = " and ".join(comparison.question.by)
    thresholds = f", with the thresholds `{provenance.thresholds}`" if provenance.thresholds else ""
    level = f"{comparison.question.level:.0%}".replace("%", " %")
    sentences = [
        f"Articles were annotated with rhetoric by {provenance.told}{thresholds}.",
        f"They were grouped by {by}: {_sizes(comparison)} articles.",
        "Pooled rates are ratios of sums with variances by the delta method; articles are the unit of sampling.",
        f"Intervals are {level}, with t quantiles by Satterthwaite's degrees of freedom.",
        _error(comparison),
        _many(comparison),
        "Numbers describe what the articles contain; a difference is no effect, and no verdict on an outlet.",
    ]
    return " ".join(sentences)


def to_latex(markdown: str) -> str:
    r"""Return a paragraph of Markdown without markup but code as LaTeX.

    >>> to_latex("95 % of `a_b`")
    '95 \\% of \\texttt{a\\_b}'
    """
    escaped = SPECIAL.sub(r"\\\1", markdown)
    return re.sub(r"`([^`]*)`", r"\\texttt{\1}", escaped)
