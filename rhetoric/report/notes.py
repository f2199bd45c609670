"""What was found in a text as marks on it, and for each a note: the card that opens where a reader points."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, OutletRef, Span, Target
from rhetoric.report.marks import Mark
from rhetoric.report.names import QUOTE_TYPES, SIGNS, TAGS, TYPOLOGIES, VOICES, country_name, readable, technique

__all__ = ["Found", "Note", "find_marks", "outlet_code", "outlet_label"]

# Outermost first: a quotation is behind the words in it.
RANKS = {"content": 0, "technique": 1, "wording": 2, "source": 3, "cue": 3, "target": 4}

EXCERPT = 160


@dataclass(frozen=True)
class Note:
    """A card: its heading, the rows under it, and what the label means."""

    id: str
    kind: str
    heading: str
    rows: tuple[tuple[str, str], ...]
    definition: str = ""

    @property
    def title(self) -> str:
        """The card in one line, for readers without JavaScript."""
        return "; ".join([self.heading, *(f"{name}: {value}" for name, value in self.rows)])

    def to_record(self) -> dict[str, object]:
        """Return the JSON object that the page's script reads."""
        return {"kind": self.kind, "heading": self.heading, "rows": self.rows, "definition": self.definition}


@dataclass(frozen=True)
class Found:
    """The marks on one text, and their notes."""

    marks: list[Mark]
    notes: list[Note]


def _excerpt(text: str, span: CharSpan) -> str:
    words = " ".join(span.of(text).split())
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1]}…"


def _score(score: float) -> str:
    return f"{score:.2f}"


def _rows(**values: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((readable(name), value) for name, value in values.items() if value)


def outlet_label(outlet: OutletRef) -> str:
    """Return an outlet in a few words: its name and country.

    >>> outlet_label(OutletRef("KCNA", "KP", "SC"))
    'KCNA, North Korea'
    """
    names = (outlet.name, outlet.country and country_name(outlet.country))
    return ", ".join(name for name in names if name)


def outlet_code(outlet: OutletRef) -> str:
    """Return an outlet as briefly as the margin of a text needs it.

    >>> outlet_code(OutletRef("KCNA", "KP", "SC"))
    'KCNA · KP'
    """
    return " · ".join(name for name in (outlet.name, outlet.country) if name)


def _outlet(outlet: OutletRef | None) -> str | None:
    if outlet is None:
        return None
    kind = TYPOLOGIES.get(outlet.typology or "", outlet.typology)
    return f"{outlet_label(outlet)} ({kind})" if kind else outlet_label(outlet)


def _span_note(text: str, span: Span, note_id: str) -> Note:
    known = technique(span.label)
    rows = _rows(
        valence=span.valence,
        about=_excerpt(text, span.target) if span.target else None,
        voice=VOICES.get(span.voice, span.voice),
        score=_score(span.score),
    )
    return Note(
        note_id, span.layer, known.name if known else readable(span.label), rows, known.definition if known else ""
    )


def _span_mark(span: Span, note: Note) -> Mark:
    facets = [f"layer-{span.layer}", f"label-{span.label}", f"voice-{span.voice}"]
    if span.layer == "wording":
        tag = SIGNS.get(span.valence or "", "")
        facets.append(f"valence-{span.valence or 'none'}")
    else:
        tag = TAGS.get(span.label, span.label.replace("_", " "))
    classes = (span.layer, span.label, span.valence or "unvalued")
    rank = RANKS.get(span.layer, RANKS["technique"])
    return Mark(span.extent, rank, classes, (note.id,), tuple(facets), note.title, tag)


def _attribution_note(text: str, attribution: Attribution, note_id: str, number: int) -> Note:
    rows = _rows(
        source=_excerpt(text, attribution.source) if attribution.source else "not named here",
        type=readable(attribution.source_type).lower(),
        naming=attribution.naming,
        outlet=_outlet(attribution.outlet),
        actor=attribution.actor.name if attribution.actor else None,
        cue=_excerpt(text, attribution.cue) if attribution.cue else None,
        stance=attribution.stance,
        score=_score(attribution.score),
    )
    kind = QUOTE_TYPES.get(attribution.quote_type, attribution.quote_type)
    return Note(note_id, "attribution", f"{readable(kind)}, no. {number}", rows)


def _attribution_marks(attribution: Attribution, note: Note, number: int) -> Iterator[Mark]:
    facets = ("layer-attribution", f"source-{attribution.source_type}")

    def mark(role: str, extent: CharSpan, tag: str = "", is_entry: bool = False) -> Mark:
        classes = (role, attribution.quote_type) if role == "content" else (role,)
        return Mark(extent, RANKS[role], classes, (note.id,), facets, note.title, tag, is_entry)

    for piece in attribution.content:
        is_last = piece is attribution.content[-1]
        yield mark("content", piece.extent, str(number) if is_last else "", piece is attribution.content[0])
    if attribution.source is not None:
        yield mark("source", attribution.source, str(number))
    if attribution.cue is not None:
        yield mark("cue", attribution.cue, "" if attribution.source else str(number))


def _joined(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Yield one mark for all of the same role and extent: a source may be shared by several attributions."""
    groups: defaultdict[tuple[CharSpan, tuple[str, ...]], list[Mark]] = defaultdict(list)
    for mark in marks:
        groups[mark.extent, mark.classes].append(mark)
    for same in groups.values():
        yield replace(
            same[0],
            notes=tuple(dict.fromkeys(note for mark in same for note in mark.notes)),
            tag=",".join(mark.tag for mark in same if mark.tag),
            is_entry=any(mark.is_entry for mark in same),
        )


def _target_note(target: Target, note_id: str) -> Note:
    scores = ", ".join(f"{name} {_score(score)}" for name, score in target.scores.items())
    return Note(note_id, "target", "Given mention", _rows(valence=target.valence, scores=scores))


def _target_mark(target: Target, note: Note) -> Mark:
    tag = SIGNS.get(target.valence, "")
    return Mark(target.extent, RANKS["target"], ("target",), (note.id,), ("layer-target",), note.title, tag)


def find_marks(text: str, found: AnnotatedArticle | Headline, prefix: str) -> Found:
    """Return the marks and notes of a text; the ids of the notes begin with `prefix`."""
    span_notes = [_span_note(text, span, f"{prefix}s{i}") for i, span in enumerate(found.spans)]
    numbered = list(enumerate(found.attributions, start=1))
    attribution_notes = [_attribution_note(text, a, f"{prefix}q{i}", i) for i, a in numbered]
    targets = found.targets if isinstance(found, AnnotatedArticle) else ()
    target_notes = [_target_note(target, f"{prefix}t{i}") for i, target in enumerate(targets)]
    pairs = zip(numbered, attribution_notes, strict=True)
    quotations = _joined(mark for (i, a), note in pairs for mark in _attribution_marks(a, note, i))
    marks = [
        *map(_span_mark, found.spans, span_notes),
        *quotations,
        *map(_target_mark, targets, target_notes),
    ]
    return Found(marks, [*span_notes, *attribution_notes, *target_notes])
