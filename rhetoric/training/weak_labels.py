"""Texts labelled by rules, to begin with where nobody has coded enough.

A text that no rule matches is left out: that says nothing of it. What has no label must be told by rules too, which
speak for `none`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rhetoric.annotation import Article
from rhetoric.errors import InputError
from rhetoric.runtime.added import Unit
from rhetoric.training.candidates import Candidate, candidate_of, split_article
from rhetoric.training.coding import CodedUnit
from rhetoric.training.patterns import PatternList, PatternReport, label_texts, pattern_report
from rhetoric.training.suggest import write_records

__all__ = ["NO_LABEL", "RuleLabels", "label_by_rules", "write_rule_labels"]

NO_LABEL = "none"
"""What a rule speaks for whose texts have none of the labels."""
SEPARATOR = "|"


@dataclass(frozen=True)
class RuleLabels:
    """What rules made of texts.

    Attributes:
        texts: all of them.
        labels: of each, None where nothing is known.
        reports: of each rule, on the texts and on those that people coded.
        n_contradictory: texts on which rules for `none` and for a label match; nothing is known of them.
    """

    texts: tuple[Candidate, ...]
    labels: tuple[tuple[str, ...] | None, ...]
    reports: tuple[PatternReport, ...]
    n_contradictory: int

    @property
    def n_labelled(self) -> int:
        """Number of texts of which something is known."""
        return sum(labels is not None for labels in self.labels)


def label_by_rules(
    patterns: PatternList, articles: Iterable[Article], unit: Unit, gold: Sequence[CodedUnit] = ()
) -> RuleLabels:
    """Return the labels that rules give the sentences, paragraphs or wholes of articles, and how right they are.

    Args:
        patterns: the rules.
        articles: texts that nobody coded.
        unit: what is labelled.
        gold: texts that people coded, by which the rules are judged.

    Raises:
        InputError: there is no text.
        ConfigError: a rule ran out of time on more texts than a rule may.
    """
    texts = [candidate_of(article, place) for article in articles for place in split_article(article, unit)]
    if not texts:
        raise InputError("there is no text to label: expected articles with a text")
    found = label_texts(patterns, [one.text for one in texts])
    contradictory = [labels is not None and NO_LABEL in labels and len(labels) > 1 for labels in found]
    known = [
        None if labels is None or is_unclear else tuple(label for label in labels if label != NO_LABEL)
        for labels, is_unclear in zip(found, contradictory, strict=True)
    ]
    reports = pattern_report(
        patterns,
        [*(one.text for one in texts), *(one.text for one in gold)],
        [*(None for _ in texts), *(one.labels or (NO_LABEL,) for one in gold)],
    )
    return RuleLabels(tuple(texts), tuple(known), tuple(reports), sum(contradictory))


def write_rule_labels(path: Path, found: RuleLabels) -> None:
    """Write the texts of which something is known, as .jsonl or .csv that training takes.

    Each has `id`, `text`, `label` (several with `|` between them, empty where none applies) and the fields of its
    article.

    Raises:
        UsageError: the suffix is another, or nothing can be written there.
    """
    records = []
    for text, labels in zip(found.texts, found.labels, strict=True):
        if labels is not None:
            fixed = {"id": text.id, "text": text.text, "label": SEPARATOR.join(labels)}
            records.append({**fixed, **text.meta, **fixed})
    write_records(path, records)
