"""The paragraph that says how numbers came about, from the comparison itself, in Markdown and in LaTeX."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rhetoric.framing.audit.account import AuditAccount
from rhetoric.framing.comparison import Comparison

__all__ = ["Provenance", "methods_markdown", "to_latex"]

SPECIAL = re.compile(r"[#$%&_{}\\~^]")
SPELLED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
CORRECTED = {
    "ppi": "prediction-powered inference (Angelopoulos, Duchi and Zrnic 2023) with the weights of the audit",
    "dsl": "design-based supervised learning (Egami, Hinck, Stewart and Wei 2023)",
}
LIMITS = (
    "Numbers describe what the articles contain as far as the model and the coders found it; a difference is no effect,"
    " and no verdict on an outlet."
)


@dataclass(frozen=True)
class Provenance:
    """What annotated the articles, as far as it is known.

    Attributes:
        model: its name.
        version: of the model.
        thresholds: the set of them.
        program: version of the program.
        inputs: the SHA-256 of the files that the articles came in, or what else tells them.
        audit: of the gold.
    """

    model: str = ""
    version: str = ""
    thresholds: str = ""
    program: str = ""
    inputs: tuple[str, ...] = ()
    audit: AuditAccount | None = None

    @property
    def told(self) -> str:
        """The model, for people to read."""
        named = " ".join(part for part in (self.model, self.version) if part)
        return named or "a model that is not named"


def _sizes(comparison: Comparison) -> str:
    return ", ".join(f"{name} ({n:,})" for name, n in comparison.groups.items())


def _annotated(provenance: Provenance) -> Iterator[str]:
    program = " ".join(part for part in ("rhetoric", provenance.program) if part)
    thresholds = f", with the thresholds `{provenance.thresholds}`" if provenance.thresholds else ""
    yield f"Articles were annotated with {program} by {provenance.told}{thresholds}."
    if provenance.inputs:
        yield f"Their files have the SHA-256 {', '.join(f'`{digest}`' for digest in provenance.inputs)}."


def _error(comparison: Comparison) -> str:
    corrected = [row for row in comparison.rows if row.estimator != "plain" and not row.note]
    if not corrected:
        return (
            "Rates are the model's and were not corrected for its errors, which may differ between groups: differences"
            " can be the model's."
        )
    n_audited = max(row.n_audited for row in corrected if row.kind == "level")
    names = sorted({row.measure for row in corrected})
    which = "" if names == sorted(comparison.titles) else f" of {', '.join(f'`{name}`' for name in names)}"
    return (
        f"Rates{which} were corrected with a probability sample that people coded (up to {n_audited} articles a group),"
        f" by {CORRECTED[comparison.question.correction]}."
    )


def _audited(audit: AuditAccount) -> Iterator[str]:
    """Yield how the sample was drawn and coded."""
    low, high = audit.n_articles
    n = str(low) if low == high else f"{low} to {high}"
    each = f", and {audit.sentences_per_article} sentences in each" if audit.sentences_per_article else ""
    yield (
        f"The sample: {n} articles an outlet{each}, in strata of the model's score, with the seed {audit.seed};"
        f" {audit.n_coded:,} of {audit.n_drawn:,} {audit.unit}s were coded, blind to outlet and score."
    )
    version = f"version {audit.codebook_version}" if audit.codebook_version else "a version that coders did not name"
    agreed = f"Krippendorff's alpha was {audit.agreement}" if audit.agreement else "nothing was coded twice"
    yield f"The codebook was of {version}; {agreed}."


def _many(comparison: Comparison) -> str:
    primary = comparison.question.primary
    holm = f"for the primary measures ({', '.join(f'`{p}`' for p in primary)}) by Holm's procedure, " if primary else ""
    return f"P-values were adjusted {holm}for exploratory measures by that of Benjamini and Hochberg."


def _like_with_like(comparison: Comparison) -> Iterator[str]:
    """Yield what differences were adjusted for."""
    if any(row.kind == "story" for row in comparison.rows):
        yield (
            "Only articles on events that two groups or more report were compared; differences within stories have a"
            " fixed effect for each, and errors clustered by story."
        )
    fields = comparison.question.adjust_for
    if fields:
        yield f"Adjusted differences are at like values of {', '.join(fields)}, by regression with CR2 errors."


def methods_markdown(comparison: Comparison, provenance: Provenance) -> str:
    """Return the paragraph in Markdown."""
    by = " and ".join(comparison.question.by)
    level = f"{comparison.question.level:.0%}".replace("%", " %")
    sentences = [
        *_annotated(provenance),
        f"They were grouped by {by}: {_sizes(comparison)} articles.",
        "Pooled rates are ratios of sums with variances by the delta method; articles are the unit of sampling.",
        f"Intervals are {level}, with t quantiles by Satterthwaite's degrees of freedom.",
        _error(comparison),
        *(_audited(provenance.audit) if provenance.audit is not None else ()),
        *_like_with_like(comparison),
        _many(comparison),
        LIMITS,
    ]
    return " ".join(sentences)


def to_latex(markdown: str) -> str:
    r"""Return a paragraph of Markdown without markup but code as LaTeX.

    >>> to_latex("95 % of `a_b`")
    '95 \\% of \\texttt{a\\_b}'
    """
    escaped = SPECIAL.sub(lambda found: SPELLED.get(found.group(), "\\" + found.group()), markdown)
    return re.sub(r"`([^`]*)`", r"\\texttt{\1}", escaped)
