"""Quotation marks: which stretches of a text stand in quotation marks, and of which type an attribution is.

Straight, curly, single, low, angle and `` '' marks. A mark without its partner never raises: an open quotation ends
with its paragraph (the next one opens it again, as newspapers do), a stray closing mark is no quotation.
"""

import re
from collections.abc import Iterable, Sequence

from rhetoric.annotation import CharSpan, QuoteType, hull, n_visible, subtract

__all__ = ["is_quoted", "quote_type", "quoted_regions"]

MARK = re.compile(r"``|''|[\"“”„«»‘’'‹›]|\n")
PARTNERS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "‘": "’",
    "``": ("''", '"'),
    "‹": "›",
    "»": "«",
    '"': ('"', "''"),
    "''": ("''", '"'),
    "'": "'’",
}
SINGLE = ("‘", "'")
MAX_SINGLE = 400  # an apostrophe that opens nothing would otherwise swallow a paragraph
CLOSES_SINGLE = re.compile(r"(?<=[\w.,!?;…)”\"])['’](?!\w)")
MOSTLY = 0.5


def _can_open(text: str, start: int, end: int) -> bool:
    """Return whether a mark stands where a quotation may begin; tokenised text has a space on either side."""
    if text[start:end] == "``":
        return True
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    is_spaced = before.isspace() and text[start:end] == '"' and end < len(text)
    return (not after.isspace() or is_spaced) and not before.isalnum() and before not in ".,!?;%"


def _single(text: str, start: int) -> int | None:
    """Return the end of a quotation in single marks that begins at `start`, None if it is an apostrophe."""
    limit = text.find("\n", start)
    limit = min(len(text) if limit < 0 else limit, start + MAX_SINGLE)
    if not _can_open(text, start, start + 1) or text[start + 1 : start + 2].isdigit():
        return None
    closing = CLOSES_SINGLE.search(text, start + 2, limit + 1)
    return closing.end() if closing else None


def quoted_regions(text: str) -> list[CharSpan]:
    """Return the stretches of `text` in quotation marks, marks included, in order and without overlaps.

    >>> [r.of('He called it "fine" and left.') for r in quoted_regions('He called it "fine" and left.')]
    ['"fine"']
    """
    regions: list[CharSpan] = []
    opening, start, position = "", 0, 0
    while (match := MARK.search(text, position)) is not None:
        mark, position = match.group(), match.end()
        if opening:
            if mark == "\n":
                regions.append(CharSpan(start, match.start()))
                opening = ""
            elif mark in PARTNERS[opening] and not _is_apostrophe(text, match):
                regions.append(CharSpan(start, match.end()))
                opening = ""
        elif mark in SINGLE:
            end = _single(text, match.start())
            if end is not None:
                regions.append(CharSpan(match.start(), end))
                position = end
        elif mark in PARTNERS and _can_open(text, match.start(), match.end()):
            opening, start = mark, match.start()
    if opening:
        regions.append(CharSpan(start, len(text)))
    return regions


def _is_apostrophe(text: str, mark: re.Match[str]) -> bool:
    """Return whether a closing single mark stands inside of a word ("it's")."""
    return mark.group() in "'’" and text[mark.end() : mark.end() + 1].isalnum()


def is_quoted(span: CharSpan, regions: Iterable[CharSpan]) -> bool:
    """Return whether most of `span` stands in quotation marks."""
    return sum(span.n_shared(r) for r in regions) > MOSTLY * len(span)


def quote_type(
    content: Sequence[CharSpan], text: str, regions: Sequence[CharSpan], holes: Iterable[CharSpan] = ()
) -> QuoteType:
    """Return whether `content` is quoted wholly (direct), partly (mixed) or not at all (indirect).

    `holes` (source and cue of the attribution) do not count, where they lie inside of the content.
    """
    if not content:
        return "indirect"
    whole = hull(content)
    near = [r for r in regions if r.overlaps(whole)]
    if not near:
        return "indirect"
    inside = outside = 0
    cuts = list(holes)
    for piece in content:
        for part in subtract(piece, cuts):
            bare = subtract(part, near)
            n_bare = sum(_n_words(b.of(text)) for b in bare)
            outside += n_bare
            inside += max(0, _n_words(part.of(text)) - n_bare)
    if not inside:
        return "indirect"
    return "mixed" if outside else "direct"


def _n_words(text: str) -> int:
    return n_visible("".join(c if c.isalnum() else " " for c in text))
