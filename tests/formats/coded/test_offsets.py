"""Offsets of tools that count bytes, UTF-16 or what a reader takes for a character, brought to code points."""

from contextlib import suppress

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.formats.coded.offsets import Marked, is_unsure, locate, locate_all

PIECES = [
    "a",
    "b",
    "é",
    "e\u0301",
    "n\u0303",
    "😀",
    "👩\u200d🌾",
    "🇺🇦",
    "\r\n",
    "\n",
    " ",
    "\ufeff",
    "中",
    "и",
    "\ud800",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)

COUNT = {
    "code points": len,
    "UTF-16 code units": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "UTF-8 bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "grapheme clusters": lambda text: len(regex.findall(r"\X", text)),
}


@st.composite
def stretches(draw):
    """A text and a stretch of it that begins and ends between two characters in the eyes of a reader."""
    text = draw(TEXTS)
    bounds = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    start, end = sorted(draw(st.lists(st.sampled_from(bounds), min_size=2, max_size=2, unique=True)))
    return text, CharSpan(start, end)


def counted(text, span, unit):
    return COUNT[unit](text[: span.start]), COUNT[unit](text[: span.end])


@pytest.mark.parametrize("unit", COUNT)
@given(stretches())
def test_locate_finds_the_marked_text_in_every_unit(unit, drawn):
    text, span = drawn
    found = locate(text, *counted(text, span, unit), span.of(text))
    # What stands there twice can be found in the wrong place, but never another text.
    assert found.of(text).split() == span.of(text).split()
    if text.find(span.of(text)) == text.rfind(span.of(text)):
        assert found == span


@pytest.mark.parametrize("unit", COUNT)
@given(TEXTS, st.integers(1, 5))
def test_locate_survives_whatever_stands_before(unit, before, n_words):
    text = f"{before} the herd {'of cows ' * n_words}went home"
    span = CharSpan(text.index("went"), text.index("went") + 4)
    assert locate(text, *counted(text, span, unit), "went") == span


@pytest.mark.parametrize("unit", COUNT)
@given(TEXTS)
def test_locate_all_keeps_one_unit_for_all_spans_of_a_text(unit, before):
    text = f"{before} one two two three"
    starts = [match.span() for match in regex.finditer(r"one|two|three", text)]
    spans = [CharSpan(*start) for start in starts]
    marked = [Marked((counted(text, span, unit),), "word", span.of(text)) for span in spans]
    assert [found[0].extent for found in locate_all(text, marked)] == spans


def test_locate_all_prefers_the_unit_of_the_whole_text_over_that_of_one_span():
    text = "😀 aa aa"  # "a" at 3–4 is one in code points and another in UTF-16; "aa" at 6–8 stands there in UTF-16 only
    found = locate_all(text, [Marked(((3, 4),), surface="a"), Marked(((6, 8),), surface="aa")])
    assert [pieces[0].extent for pieces in found] == [CharSpan(2, 3), CharSpan(5, 7)]


def test_locate_all_reports_each_span_that_does_not_fit_the_others():
    text = "😀 the herd went home"
    marked = [Marked(((3, 6),), surface="the"), Marked(((7, 11),), surface="herd"), Marked(((6, 10),), surface="herd")]
    first, second, third = locate_all(text, marked)
    assert [first[0].of(text), second[0].of(text)] == ["the", "herd"]
    assert str(third).startswith("the span 6–10 was marked on 'herd', but ' her' stands there (counted in UTF-16 code")


@given(TEXTS, st.integers(-3, 40), st.integers(-3, 40))
def test_locate_without_surface_takes_code_points_or_refuses(text, start, end):
    if 0 <= start < end <= len(text):
        assert locate(text, start, end) == CharSpan(start, end)
    else:
        with pytest.raises(InputError, match=f"the span {start}–{end} is no stretch of a text of {len(text)} char"):
            locate(text, start, end)


@given(stretches(), st.integers(0, 60), st.integers(0, 60))
def test_locate_never_returns_what_was_not_marked(drawn, start, end):
    text, span = drawn
    surface = span.of(text)
    assume(surface.strip())
    found = None
    with suppress(InputError):
        found = locate(text, start, end, surface)
    assert found is None or found.of(text).split() == surface.split()


def test_locate_refuses_offsets_inside_of_a_character():
    with pytest.raises(InputError, match="but '😀 a' stands there"):
        locate("😀 a", 0, 3, "\ude00 a")


def test_locate_says_in_one_line_what_stands_there():
    with pytest.raises(InputError, match=r"^the span 3–5 was marked on 'a\\nb', but 'it' stands there .*was coded$"):
        locate("so it\nrains", 3, 5, "a\nb")


@pytest.mark.parametrize("surface", ["it\nrains", "it\n\nrains", "it rains", "it\\nrains", "it\r\nrains"])
def test_locate_forgives_how_tools_write_line_ends(surface):
    assert locate("so it\r\nrains", 3, 12, surface) == CharSpan(3, 12)


def test_locate_counts_a_byte_order_mark():
    assert locate("\ufeffIt rains", 1, 3, "It") == CharSpan(1, 3)
    assert locate("\ufeffIt rains", 3, 5, "It") == CharSpan(1, 3)  # three bytes of UTF-8


def test_locate_all_joins_pieces_by_a_space():
    (found,) = locate_all("😀 north and south pole", [Marked(((3, 8), (19, 23)), "place", "north pole")])
    assert [piece.of("😀 north and south pole") for piece in found] == ["north", "pole"]


@pytest.mark.parametrize(
    ("text", "surface", "unsure"), [("😀 a", None, True), ("😀 a", "a", False), ("é a", None, False)]
)
def test_is_unsure_where_tools_count_differently(text, surface, unsure):
    assert is_unsure(text, [Marked(((2, 3),), "x", surface)]) is unsure
    assert not is_unsure(text, [])
