"""A text with its marks as HTML: cut at every boundary of a mark, so that marks may nest and overlap as they like.

What is not text (tags, numbers, labels) lies in attributes: the page's text is the article's, character by character.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from rhetoric.annotation import CharSpan

__all__ = ["Block", "Mark", "Unit", "render"]

Block = CharSpan


@dataclass(frozen=True)
class Mark:
    """Something to show over `extent`.

    `rank` orders marks over the same characters, outermost first; `notes` are the ids of its cards; `facets` are what
    it can be filtered by; `tag` is raised after its end; an entry is where the keyboard stops.
    """

    extent: CharSpan
    rank: int
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    title: str = ""
    tag: str = ""
    is_entry: bool = True


@dataclass(frozen=True)
class Unit:
    """A sentence as it is shown: its anchor, whose state media it quotes if any, and a hint."""

    extent: CharSpan
    anchor: str
    state: str = ""
    title: str = ""
    facets: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Segment:
    extent: CharSpan
    block: int | None
    unit: int | None
    marks: tuple[Mark, ...]


def _owner(extents: Sequence[CharSpan], starts: Sequence[int], segment: CharSpan) -> int | None:
    i = bisect_right(starts, segment.start) - 1
    return i if i >= 0 and extents[i].contains(segment) else None


def _active(marks: Iterable[Mark], cuts: Sequence[int]) -> Iterator[tuple[CharSpan, tuple[Mark, ...]]]:
    """Yield each stretch between two cuts with the marks over it, outermost first."""
    waiting = sorted(marks, key=lambda m: m.extent, reverse=True)
    active: list[Mark] = []
    for start, end in pairwise(cuts):
        segment = CharSpan(start, end)
        while waiting and waiting[-1].extent.start <= start:
            active.append(waiting.pop())
        active = [m for m in active if m.extent.contains(segment)]
        yield segment, tuple(sorted(active, key=lambda m: (m.rank, -len(m.extent), m.extent)))


def _segments(text: str, marks: list[Mark], blocks: list[Block], units: list[Unit]) -> Iterator[_Segment]:
    extents = [u.extent for u in units]
    cut = (*blocks, *extents, *(m.extent for m in marks))
    cuts = sorted({0, len(text), *(c.start for c in cut), *(c.end for c in cut)})
    block_starts, unit_starts = [b.start for b in blocks], [e.start for e in extents]
    for segment, active in _active(marks, cuts):
        yield _Segment(segment, _owner(blocks, block_starts, segment), _owner(extents, unit_starts, segment), active)


def _attributes(**values: str) -> Markup:
    return Markup("").join(Markup(' {}="{}"').format(k.replace("_", "-"), v) for k, v in values.items() if v)


def _open(mark: Mark, segment: CharSpan, depth: int) -> Markup:
    is_first, is_last = segment.start == mark.extent.start, segment.end == mark.extent.end
    classes = ["m", *mark.classes, *([f"deep-{min(depth, 3)}"] if depth else [])]
    if is_first and mark.is_entry:
        classes.append("entry")
    return Markup("<span{}>").format(
        _attributes(
            **{"class": " ".join(classes)},
            data_n=" ".join(mark.notes),
            data_f=" ".join(mark.facets),
            data_tag=mark.tag if is_last else "",
            title=mark.title,
        )
    )


def _render_segment(text: str, segment: _Segment) -> Markup:
    html = escape(segment.extent.of(text))
    ranks = [m.rank for m in segment.marks]
    for i, mark in reversed(list(enumerate(segment.marks))):
        html = _open(mark, segment.extent, ranks[:i].count(mark.rank)) + html + Markup("</span>")
    return html


def _render_sentence(unit: Unit, inner: Markup) -> Markup:
    if not unit.state:
        return Markup("<span{}>{}</span>").format(_attributes(id=unit.anchor, **{"class": "s"}), inner)
    facets = " ".join(unit.facets)
    attributes = _attributes(id=unit.anchor, **{"class": "s state"}, data_f=facets, title=unit.title)
    return Markup("<span{}>{}</span>").format(attributes, inner)


def _state_tag(unit: Unit) -> Markup:
    attributes = _attributes(**{"class": "state-tag"}, data_tag=unit.state, data_f=" ".join(unit.facets))
    return Markup("<i{}></i>").format(attributes)


def _render_units(text: str, units: list[Unit], segments: Iterable[_Segment]) -> Iterator[Markup]:
    state = ""
    for i, found in groupby(segments, key=lambda s: s.unit):
        inner = Markup("").join(_render_segment(text, s) for s in found)
        if i is None:
            yield inner
            continue
        if units[i].state and units[i].state != state:
            yield _state_tag(units[i])
        yield _render_sentence(units[i], inner)
        state = units[i].state


def _render_block(text: str, units: list[Unit], segments: Iterable[_Segment]) -> Markup:
    """Return the sentences of one paragraph; where state media begin to be quoted in it, the margin says whose."""
    return Markup("").join(_render_units(text, units, segments))


def render(text: str, marks: list[Mark], blocks: list[Block], units: list[Unit]) -> Markup:
    """Return `text` as HTML: one paragraph a block, one span a unit, one span a mark on every stretch of it.

    >>> str(render("a <b>", [Mark(CharSpan(2, 5), 0, ("x",))], [], []))
    'a <span class="m x entry">&lt;b&gt;</span>'

    Args:
        text: what is shown, every character of it.
        marks: in any order; empty ones are not shown.
        blocks: paragraphs, sorted and disjoint; what lies between them is white space.
        units: sentences, sorted and disjoint.
    """
    visible = [m for m in marks if len(m.extent)]
    by_block = groupby(_segments(text, visible, blocks, units), key=lambda s: s.block)
    rendered = ((block, _render_block(text, units, segments)) for block, segments in by_block)
    return Markup("").join(
        inner if block is None else Markup('<p dir="auto">{}</p>').format(inner) for block, inner in rendered
    )
