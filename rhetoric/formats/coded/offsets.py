"""Offsets of other tools, brought to code points: tools count characters differently, and few say how.

The text that a tool gives with a span decides: the unit is taken in which it stands where the span says. Label Studio,
INCEpTION and whatever else runs on JavaScript or Java count UTF-16 code units, some tools bytes, and doccano, if told
so, grapheme clusters (what a reader takes for one character; CRLF is one).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.formats.coded.model import CodedSpan

__all__ = ["Located", "Marked", "Unit", "is_unsure", "locate", "locate_all"]

Unit = Literal["code points", "UTF-16 code units", "UTF-8 bytes", "grapheme clusters"]
"""What offsets may count, in the order in which they are tried."""

N_SHOWN = 40
INSIDE = -1
"""In a table of places: here stands no beginning of a character, but its middle."""

Compare = Callable[[str, str], bool]
Located = tuple[CodedSpan, ...] | InputError
"""The pieces of a stretch, or why it stands nowhere."""


@dataclass(frozen=True)
class Marked:
    """A stretch as a tool gives it: its offsets in an unknown unit.

    Attributes:
        pieces: start and end of its pieces, of which most stretches have one.
        label: its code.
        surface: the text that it covers (pieces joined by a space), where the tool says so.
    """

    pieces: tuple[tuple[int, int], ...]
    label: str = ""
    surface: str | None = None


def _places(text: str, unit: Unit) -> Sequence[int]:
    """Return for each offset in `unit` the one in code points, the end of the text included."""
    if unit == "code points":
        return range(len(text) + 1)
    if unit == "grapheme clusters":
        import regex  # type: ignore[import-untyped]

        return [*(cluster.start() for cluster in regex.finditer(r"\X", text)), len(text)]
    encoding, size = ("utf-16-le", 2) if unit == "UTF-16 code units" else ("utf-8", 1)
    places: list[int] = []
    for i, character in enumerate(text):
        n_units = len(character.encode(encoding, "surrogatepass")) // size
        places += [i, *[INSIDE] * (n_units - 1)]
    return [*places, len(text)]


def _piece(places: Sequence[int], start: int, end: int) -> CharSpan | None:
    whole = range(len(places))
    if start not in whole or end not in whole or INSIDE in (places[start], places[end]):
        return None
    try:
        span = CharSpan(places[start], places[end])
    except InputError:  # the end lies before the start
        return None
    return span if len(span) else None


def _pieces(marked: Marked, places: Sequence[int]) -> list[CharSpan] | None:
    found = [_piece(places, start, end) for start, end in marked.pieces]
    pieces = [piece for piece in found if piece is not None]
    return pieces if pieces and len(pieces) == len(found) else None


def _surface(text: str, pieces: Sequence[CharSpan]) -> str:
    return " ".join(piece.of(text) for piece in pieces)


def _is_same(found: str, surface: str) -> bool:
    return found == surface


def _is_alike(found: str, surface: str) -> bool:
    r"""Return whether two texts differ in white space alone: tools write CRLF as \n, \n\n, "\\n" or a space."""
    return _folded(found) == _folded(surface)


def _folded(text: str) -> list[str]:
    # A dot on either side keeps white space at the ends a difference: it would hide that a span is off by one.
    return f".{text}.".replace("\\r", " ").replace("\\n", " ").split()


def _fit(text: str, marked: Sequence[Marked], unit: Unit, compare: Compare) -> list[list[CharSpan] | None]:
    """Return the pieces of each of `marked` if its offsets count `unit`, and None where its text stands elsewhere."""
    places = _places(text, unit)
    found: list[list[CharSpan] | None] = []
    for stretch in marked:
        pieces = _pieces(stretch, places)
        fits = pieces and (stretch.surface is None or compare(_surface(text, pieces), stretch.surface))
        found.append(pieces if fits else None)
    return found


def _best_fit(text: str, marked: Sequence[Marked]) -> tuple[Unit, list[list[CharSpan] | None]]:
    """Return the unit in which all of `marked` stand where they say they do; else that in which most do."""
    units = get_args(Unit) if any(stretch.surface is not None for stretch in marked) else ("code points",)
    best: tuple[Unit, list[list[CharSpan] | None]] = ("code points", [None] * len(marked))
    for compare in (_is_same, _is_alike):
        for unit in units:
            found = _fit(text, marked, unit, compare)
            if None not in found:
                return unit, found
            if found.count(None) < best[1].count(None):
                best = unit, found
    return best


def _shown(text: str) -> str:
    return repr(text if len(text) <= N_SHOWN else text[:N_SHOWN] + "…")


def _reason(text: str, marked: Marked, unit: Unit) -> str:
    where = ", ".join(f"{start}–{end}" for start, end in marked.pieces)
    pieces = _pieces(marked, _places(text, unit))
    if marked.surface is None:
        return f"the span {where} is no stretch of a text of {len(text)} characters: expected start < end, both in it"
    there = f"{_shown(_surface(text, pieces))} stands there" if pieces else "no characters stand there"
    hint = "expected the very text that was coded"
    return f"the span {where} was marked on {_shown(marked.surface)}, but {there} (counted in {unit}): {hint}"


def locate_all(text: str, marked: Sequence[Marked]) -> list[Located]:
    """Return the pieces of each of `marked` in code points, or the error that says why it stands nowhere.

    All are taken to count the same unit: the first in which all match their texts, the kind of white space aside.
    Where there is none, it is the unit in which most match, and the others are errors. Where no text is given, code
    points are taken.

    >>> locate_all("😀 it rains", [Marked(((3, 5),), "weather", "it")])
    [(CodedSpan(start=2, end=4, label='weather'),)]
    """
    unit, found = _best_fit(text, marked)
    return [
        InputError(_reason(text, stretch, unit))
        if pieces is None
        else tuple(CodedSpan(piece.start, piece.end, stretch.label) for piece in pieces)
        for stretch, pieces in zip(marked, found, strict=True)
    ]


def locate(text: str, start: int, end: int, surface: str | None = None) -> CharSpan:
    """Return the code points of a span that may count something else.

    >>> locate("😀 it rains", 3, 5, "it")
    CharSpan(start=2, end=4)

    Args:
        text: the text that was coded, unaltered.
        start: as the tool gives it.
        end: likewise.
        surface: the text of the span; without it, offsets are taken for code points.

    Raises:
        InputError: the surface stands there in no unit, or the offsets lie outside of the text.
    """
    (found,) = locate_all(text, [Marked(((start, end),), surface=surface)])
    if isinstance(found, InputError):
        raise found
    return found[0].extent


def is_unsure(text: str, marked: Sequence[Marked]) -> bool:
    """Return whether offsets of `marked` may count something else than code points without anybody noticing.

    That is where the text holds a character beyond U+FFFF, such as an emoji, and no span comes with its text.
    """
    return bool(marked) and all(m.surface is None for m in marked) and any(c > "\uffff" for c in text)
