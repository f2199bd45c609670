"""Which measures an audit can speak of: those for which people coded all that the measure looks at.

Labels of sentences tell shares of sentences, marked stretches tell spans as well, and what is said of sources needs
whole articles, annotated as the model annotates them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from rhetoric.errors import InputError
from rhetoric.framing.audit.code_files import CodeKind
from rhetoric.framing.audit.design import Part, UnitKind
from rhetoric.framing.audit.gold_articles import VOICE_MARK
from rhetoric.framing.measures.definitions import Measure, Where
from rhetoric.framing.measures.facts import Thing
from rhetoric.taxonomy import Layer, technique_ids

__all__ = [
    "Scope",
    "asked_labels",
    "code_for_yes",
    "part_of_measure",
    "require_auditable",
    "why_not_covered",
]

ANYWHERE: frozenset[Thing] = frozenset({"words"})
"""Things that the text alone tells, if nothing is asked of them."""
NEVER: frozenset[Thing] = frozenset({"mentions", "tone"})
"""Things that a rule finds by a list of actors, which coders are not given."""
BY_LABELS: frozenset[Thing] = frozenset({"sentences"})
BY_SPANS: frozenset[Thing] = frozenset({"sentences", "spans"})
SPAN_FIELDS = frozenset({"labels", "spans", "label", "layer", "of_taxonomy"})
LABEL_FIELDS = frozenset({"labels"})
VOICED_FIELDS = SPAN_FIELDS | {"voice"}


@dataclass(frozen=True)
class Scope:
    """What people coded.

    Attributes:
        unit: of the audit.
        part: of the articles.
        kind: of the codes.
        is_whole: whether codes of the kind `text` are of whole articles, not of sentences.
        labels: that they were asked for, or gave.
        has_voices: whether every code of a stretch, or of a sentence, tells whose voice it is.
    """

    unit: UnitKind
    part: Part
    kind: CodeKind
    is_whole: bool
    labels: frozenset[str]
    has_voices: bool = False


def _sides(measure: Measure) -> tuple[tuple[Thing, Where], tuple[Thing, Where]]:
    return (measure.of, measure.counted), (measure.per, measure.per_where)


def _fields(where: Where) -> Iterator[str]:
    for name, value in where.given():
        yield name
        if isinstance(value, Where):
            yield from _fields(value)


def _needs(where: Where) -> Iterator[tuple[str, ...]]:
    """Yield groups of labels, of each of which coders must look for one: techniques of a layer are told by any name."""
    yield from ((label,) for label in (*(where.labels or ()), *(where.label or ())))
    for layer in get_args(Layer):
        if layer in (where.layer or ()):
            yield technique_ids(layer)
    if where.spans is not None:
        yield from _needs(where.spans)


def _needed(measure: Measure) -> list[tuple[str, ...]]:
    return [group for _, where in _sides(measure) for group in _needs(where)]


def asked_labels(measure: Measure) -> tuple[str, ...]:
    """Return the labels for which coders must look, so that a measure can be counted; none where it asks for none."""
    return tuple(dict.fromkeys(label for group in _needed(measure) for label in group))


def code_for_yes(measure: Measure) -> str | None:
    """Return the code that a plain yes of a coder stands for; None where it could stand for several.

    >>> own = Measure(title="Own", unit="share", of="sentences", per="sentences", where={"labels": "call_for_unity"})
    >>> code_for_yes(own)
    'call_for_unity'
    """
    where = measure.counted
    if where.spans is None:
        return where.labels[0] if where.labels and len(where.labels) == 1 else None
    label = next((group[0] for group in _needs(where.spans)), None)
    if label is None:
        return None
    return label + (f"{VOICE_MARK}{where.spans.voice[0]}" if where.spans.voice else "")


def part_of_measure(measure: Measure) -> Part:
    """Return the part of an article that people must code for a measure."""
    return "title" if measure.within == "headline" else "text"


def require_auditable(name: str, measure: Measure, unit: UnitKind) -> None:
    """Refuse a measure that no codes of such units can tell.

    Raises:
        InputError: it is one.
    """
    found = NEVER.intersection({measure.of, measure.per})
    if found:
        message = f"the measure {name!r} counts {min(found)}, which coders are not asked for: it cannot be audited"
        raise InputError(message)
    if unit == "sentence" and not _adds_up_over_sentences(measure):
        message = (
            f"the measure {name!r} ({measure.formula}) is no share of all sentences by their labels alone, so that"
            " single sentences do not tell it: code whole articles (--unit article)"
        )
        raise InputError(message)


def _adds_up_over_sentences(measure: Measure) -> bool:
    """Return whether a measure is a share of all sentences that are looked at, by the labels (and voice) of each."""
    is_of_all = {measure.of, measure.per} == BY_LABELS and not measure.per_where.formula
    return is_of_all and VOICED_FIELDS.issuperset(_fields(measure.counted)) and part_of_measure(measure) == "text"


def why_not_covered(measure: Measure, scope: Scope) -> str | None:
    """Return why codes do not tell a measure; None if they do."""
    if part_of_measure(measure) != scope.part:
        return f"it is of the {part_of_measure(measure)}s of articles, and people coded their {scope.part}s"
    if NEVER.intersection({measure.of, measure.per}):
        return f"it counts {measure.of}, which coders are not asked for"
    if scope.unit == "sentence" and not _adds_up_over_sentences(measure):
        return "single sentences do not tell it"
    if scope.kind == "annotations":
        return None
    allowed, fields = _allowed(scope)
    for thing, where in _sides(measure):
        asked = set(_fields(where))
        if thing not in allowed and not (thing in ANYWHERE and not asked):
            return f"it counts {thing.replace('_', ' ')}, and people coded {_told(scope)}"
        if not asked <= fields:
            return f"it asks for {', '.join(sorted(asked - fields))}, and people coded {_told(scope)}"
    missing = next((group for group in _needed(measure) if scope.labels.isdisjoint(group)), None)
    return f"nobody was asked for {' or '.join(missing)}" if missing else None


def _allowed(scope: Scope) -> tuple[frozenset[Thing], frozenset[str]]:
    if scope.kind == "spans":
        return BY_SPANS, VOICED_FIELDS if scope.has_voices else SPAN_FIELDS
    if scope.is_whole:
        return frozenset({"articles"}), LABEL_FIELDS
    return BY_LABELS, VOICED_FIELDS if scope.has_voices else LABEL_FIELDS


def _told(scope: Scope) -> str:
    if scope.kind == "spans":
        return "stretches with labels" + (" and voices" if scope.has_voices else " without voices")
    return (
        "labels of articles"
        if scope.is_whole
        else "labels of sentences" + ("" if scope.has_voices else " without voices")
    )
