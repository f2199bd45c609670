r"""Labels from rules that a person wrote: words and regular expressions in a YAML file, each speaking for one label.

    - {name: slurs, label: loaded_language, words: [puppet regime, warmonger]}
    - {name: hedged, label: attribution, pattern: '\breported(ly)?\b', unless: '\bofficial(ly)?\b'}

Rules are cheap and wrong in places, so each is reported with what it covers, where it stands alone or against others,
and how often it is right where texts are coded (the analysis of labelling functions in Ratner et al. 2017, Snorkel).
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod, sqrt
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.failure import Failure
from rhetoric.segmentation import split_sentences

__all__ = ["Pattern", "PatternList", "PatternReport", "label_texts", "load_patterns", "pattern_report"]

TIMEOUT_SECONDS = 0.5
"""For one rule on one sentence or text; a sound rule takes a thousandth of it."""
MAX_TIMEOUTS = 20
"""Texts on which a rule may run out of time; with more, a large corpus would take days."""
MAX_REPEATS = 1_000_000
"""Counts such as `x{1000}` are written out when a rule is compiled: nested ones would fill the memory."""
N_EXAMPLES = 3
Z = 1.959963984540054
"""Of a two-sided interval of 95 %."""

REPEAT = re.compile(r"(?<!\\)\{\s*(\d+)")
logger = logging.getLogger(__name__)

Filled = Annotated[str, Field(pattern=r"\S")]
Unit = Literal["sentence", "text"]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Filled
    label: Filled
    words: Annotated[tuple[Filled, ...], Field(min_length=1)] | None = None
    pattern: Filled | None = None
    unless: Filled | None = None
    case: bool = False
    unit: Unit = "sentence"

    @model_validator(mode="after")
    def _one_of_both(self) -> "_Rule":
        if (self.words is None) == (self.pattern is None):
            message = "a rule has either 'words' or a 'pattern'"
            raise ValueError(message)
        return self


@dataclass(frozen=True)
class Pattern:
    """One rule, ready to be tried.

    Attributes:
        name: of the rule, the only one of that name in its file.
        label: what a text that it matches is labelled.
        line: where it begins in its file.
        unit: `sentence` where each sentence of a text is tried on its own, `text` where the text is tried as a whole.
        expression: what must be found, compiled by the `regex` package.
        unless: what must not be found beside it, None where nothing forbids a match.
    """

    name: str
    label: str
    line: int
    unit: Unit
    expression: Any
    unless: Any = None

    def matches(self, unit: str) -> bool:
        """Return whether the rule holds for one sentence or text.

        Raises:
            TimeoutError: it cannot be told in `TIMEOUT_SECONDS`.
        """
        if self.expression.search(unit, timeout=TIMEOUT_SECONDS) is None:
            return False
        return self.unless is None or self.unless.search(unit, timeout=TIMEOUT_SECONDS) is None


@dataclass(frozen=True)
class PatternList:
    """The rules of one file, in its order."""

    source: str
    patterns: tuple[Pattern, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the rules speak for, in the order of the file."""
        return tuple(dict.fromkeys(p.label for p in self.patterns))


@dataclass(frozen=True)
class PatternReport:
    """What a rule did to a list of texts.

    Attributes:
        name: of the rule.
        label: which it speaks for.
        n_matched: number of texts that it matches.
        coverage: their share of all texts.
        overlaps: share of its matches to which another rule gives the same label.
        conflicts: share of its matches to which another rule gives another label; no fault where texts can have both.
        n_coded: number of its matches whose gold labels are known.
        precision: share of these that have the label, None where there are none.
        precision_interval: its Wilson interval at 95 %.
        recall: share of all texts with the label in gold that the rule matches, None where there are none.
        examples: indices of the first texts that it matches.
        timeouts: indices of the texts on which it ran out of time, which count as not matched.
    """

    name: str
    label: str
    n_matched: int
    coverage: float
    overlaps: float
    conflicts: float
    n_coded: int = 0
    precision: float | None = None
    precision_interval: tuple[float, float] | None = None
    recall: float | None = None
    examples: tuple[int, ...] = ()
    timeouts: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Hits:
    pattern: Pattern
    matched: tuple[int, ...]
    timeouts: tuple[int, ...]


def load_patterns(path: Path) -> PatternList:
    """Read a YAML file with a list of rules.

    A rule has a `name`, a `label`, and either `words` (whole words and phrases, whatever white space lies between) or a
    `pattern` (a regular expression of the `regex` package). `unless` is a regular expression that forbids the match,
    `case: true` tells capitals from small letters, and `unit` is `sentence` (the default) or `text`.

    Raises:
        ConfigError: the file cannot be read, or a rule is wrong; the message names file and line.
    """
    lines: dict[str, int] = {}
    patterns = []
    for line, row in _read_rows(path):
        where = f"{path} line {line}"
        rule = _check(row, where)
        if rule.name in lines:
            message = (
                f"{where}: rule {rule.name!r} is there already, in line {lines[rule.name]}; give each its own name"
            )
            raise ConfigError(message)
        lines[rule.name] = line
        expression = _compile(_written(rule), rule.case, f"{where}: rule {rule.name!r}: pattern")
        unless = rule.unless and _compile(rule.unless, rule.case, f"{where}: rule {rule.name!r}: unless")
        patterns.append(Pattern(rule.name, rule.label, line, rule.unit, expression, unless))
    return PatternList(str(path), tuple(patterns))


def _read_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Yield the line in which each rule begins, and the rule."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        rows = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        message = f"{path}: cannot be read as YAML ({' '.join(str(error).split())}); expected a list of rules"
        raise ConfigError(message) from error
    if not isinstance(node, yaml.SequenceNode) or not rows:
        line = 1 if node is None else node.start_mark.line + 1
        message = f"{path} line {line}: expected a list of rules ('- name: …'), got {str(rows)[:60]!r}"
        raise ConfigError(message)
    for item, row in zip(node.value, rows, strict=True):
        line = item.start_mark.line + 1
        _refuse_repeated_keys(item, f"{path} line {line}")
        yield line, row


def _refuse_repeated_keys(node: yaml.Node, where: str) -> None:
    """Refuse what YAML reads without a word: of two keys of one name it keeps the last."""
    keys = Counter(str(key.value) for key, _ in node.value) if isinstance(node, yaml.MappingNode) else Counter[str]()
    repeated = [key for key, n in keys.items() if n > 1]
    if repeated:
        message = f"{where}: the key {repeated[0]!r} is there twice; leave one out"
        raise ConfigError(message)


def _check(row: object, where: str) -> _Rule:
    if not isinstance(row, dict):
        message = f"{where}: expected a rule with name, label and words or pattern, got {str(row)[:60]!r}"
        raise ConfigError(message)
    try:
        return _Rule.model_validate(row)
    except ValidationError as error:
        name = row.get("name")
        rule = f"rule {name!r}: " if isinstance(name, str) else ""
        message = f"{where}: {rule}{_explain(error.errors()[0])}"
        raise ConfigError(message) from error


def _explain(problem: Any) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    where = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(where, list(_Rule.model_fields), n=1)
        return f"unknown key {where!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if problem["type"] in ("missing", "value_error"):
        return ": ".join(filter(None, (where, problem["msg"].removeprefix("Value error, "))))
    # YAML reads yes, no, on and 1984 as something else than words.
    is_unquoted = problem["type"] == "string_type" and isinstance(problem["input"], bool | int | float)
    hint = "; put it in quotes" if is_unquoted else ""
    return f"{where}: {problem['msg']}, got {repr(problem['input'])[:60]}{hint}"


def _written(rule: _Rule) -> str:
    """Return the regular expression of a rule; its words are found as wholes, never within others."""
    return rule.pattern or "|".join(map(_word, rule.words or ()))


def _word(word: str) -> str:
    body = r"\s+".join(map(re.escape, word.split()))
    letters = word.strip()
    # A mark such as “!” has no boundary of its own: “Never!” is found by it.
    before = r"(?<!\w)" if re.match(r"\w", letters) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", letters) else ""
    return f"{before}{body}{after}"


def _compile(expression: str, has_case: bool, where: str) -> Any:  # noqa: ANN401  (regex.Pattern; loaded below)
    import regex  # type: ignore[import-untyped]

    try:
        if prod(max(1, int(n)) for n in REPEAT.findall(expression)) > MAX_REPEATS:
            message = (
                f"{where} {expression[:60]!r} repeats too often: expected counts whose product is below {MAX_REPEATS}"
            )
            raise ConfigError(message)
        return regex.compile(expression, 0 if has_case else regex.IGNORECASE)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        reason = " ".join(str(error).split())
        message = f"{where} {expression[:60]!r} is not a regular expression ({reason}): correct it"
        raise ConfigError(message) from error


def _warn(failure: Failure) -> None:
    logger.warning("%s: %s", failure.place, failure.reason)


def label_texts(
    patterns: PatternList, texts: Sequence[str], on_failure: Callable[[Failure], None] = _warn
) -> list[tuple[str, ...] | None]:
    """Return the labels of each text by the rules that match it, or None where none does.

    None says that nothing is known: the text is unlabelled, not negative. `()` would say that no label applies, which
    no rule can tell, so it is never returned.

    Args:
        patterns: the rules.
        texts: sentences, or longer texts.
        on_failure: is told of each rule that ran out of time on a text, which counts as not matched; by default it is
            logged as a warning.

    Raises:
        ConfigError: a rule ran out of time on more texts than a rule may.
    """
    votes = _votes(_try_all(patterns, texts, on_failure))
    return [tuple(votes[i]) if i in votes else None for i in range(len(texts))]


def _try_all(patterns: PatternList, texts: Sequence[str], on_failure: Callable[[Failure], None]) -> list[_Hits]:
    if isinstance(texts, str):
        message = "the texts came as one string: expected a list of strings; put it in a list"
        raise InputError(message)
    whole = [[text] for text in texts]
    needs_sentences = any(p.unit == "sentence" for p in patterns.patterns)
    sentences = [[s.of(text) for s in split_sentences(text)] for text in texts] if needs_sentences else []
    units = {"text": whole, "sentence": sentences}
    return [_try(p, units[p.unit], patterns.source, on_failure) for p in patterns.patterns]


def _try(pattern: Pattern, texts: list[list[str]], source: str, on_failure: Callable[[Failure], None]) -> _Hits:
    matched, timeouts = [], []
    for i, units in enumerate(texts):
        try:
            if any(map(pattern.matches, units)):
                matched.append(i)
        except (TimeoutError, MemoryError):
            timeouts.append(i)
            reason = (
                f"rule {pattern.name!r} took more than {TIMEOUT_SECONDS} s on text {i}: write it without nested repeats"
            )
            if len(timeouts) > MAX_TIMEOUTS:
                message = f"{source} line {pattern.line}: {reason}; it ran out of time on {MAX_TIMEOUTS} texts before"
                raise ConfigError(message) from None
            on_failure(Failure(None, source, pattern.line, reason))
    return _Hits(pattern, tuple(matched), tuple(timeouts))


def _votes(hits: Sequence[_Hits]) -> dict[int, Counter[str]]:
    """Return the number of rules for each label, by index of the text; labels stand in the order of the rules."""
    votes: dict[int, Counter[str]] = {}
    for found in hits:
        for i in found.matched:
            votes.setdefault(i, Counter())[found.pattern.label] += 1
    return votes


def pattern_report(
    patterns: PatternList, texts: Sequence[str], gold: Sequence[Collection[str] | None] | None = None
) -> list[PatternReport]:
    """Return what each rule did to `texts`, in the order of the file.

    Args:
        patterns: the rules.
        texts: sentences, or longer texts.
        gold: the labels that people gave each text, `()` for none of them, None where it was not coded.

    Raises:
        InputError: `gold` is not one collection of labels for each text.
        ConfigError: a rule ran out of time on more texts than a rule may.
    """
    known = _known_gold(texts, gold)
    hits = _try_all(patterns, texts, _warn)
    votes = _votes(hits)
    return [_report(found, votes, known, len(texts)) for found in hits]


def _known_gold(texts: Sequence[str], gold: Sequence[Collection[str] | None] | None) -> dict[int, Collection[str]]:
    if gold is not None and len(gold) != len(texts):
        message = f"{len(gold)} gold labels for {len(texts)} texts: expected one collection of labels for each text"
        raise InputError(message)
    known = {i: labels for i, labels in enumerate(gold or ()) if labels is not None}
    strings = [i for i, labels in known.items() if isinstance(labels, str)]
    if strings:
        message = f"gold of text {strings[0]} is the string {known[strings[0]]!r}: expected a tuple of labels"
        raise InputError(message)
    return known


def _report(found: _Hits, votes: dict[int, Counter[str]], known: dict[int, Collection[str]], n: int) -> PatternReport:
    label, matched = found.pattern.label, found.matched
    coded = [i for i in matched if i in known]
    n_right = sum(label in known[i] for i in coded)
    n_positive = sum(label in labels for labels in known.values())
    return PatternReport(
        name=found.pattern.name,
        label=label,
        n_matched=len(matched),
        coverage=_share(len(matched), n) or 0.0,
        overlaps=_share(sum(votes[i][label] > 1 for i in matched), len(matched)) or 0.0,
        conflicts=_share(sum(len(votes[i]) > 1 for i in matched), len(matched)) or 0.0,
        n_coded=len(coded),
        precision=_share(n_right, len(coded)),
        precision_interval=_wilson(n_right, len(coded)) if coded else None,
        recall=_share(n_right, n_positive),
        examples=matched[:N_EXAMPLES],
        timeouts=found.timeouts,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _wilson(n_right: int, n: int) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927), which holds for small `n` and near 0 and 1 too."""
    share, squared = n_right / n, Z * Z
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    reach = Z * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return max(0.0, centre - reach), min(1.0, centre + reach)
