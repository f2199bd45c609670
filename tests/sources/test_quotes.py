import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan
from rhetoric.sources.quotes import quote_type, quoted_regions

ODD = st.text(alphabet="ab. ,\n\r'\"“”‘’«»„`\ud800🙂\ufeff()0", max_size=80)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "a b" and left.', ['"a b"']),
        ("He said “a b” and left.", ["“a b”"]),
        ("He said ‘a b’ and left.", ["‘a b’"]),
        ("He said 'a b' and left.", ["'a b'"]),
        ("Il dit «a b» et part.", ["«a b»"]),
        ("Er sagt „a b“ und geht.", ["„a b“"]),
        ("`` A , '' he said , `` b . ''", ["`` A , ''", "`` b . ''"]),
        ("“She said ‘no’ to me,” he said.", ["“She said ‘no’ to me,”"]),
        ("It's the workers' day, isn't it?", []),
        ("the '90s were long", []),
        ("He is 5'10\" tall.", []),
        ("“One.\n“Two.” He left.", ["“One.", "“Two.”"]),
        ('An "open one', ['"open one']),
        ("a stray ” mark", []),
        ("", []),
    ],
)
def test_quoted_regions(text, quoted):
    assert [r.of(text) for r in quoted_regions(text)] == quoted


@given(ODD)
def test_quoted_regions_never_raise_and_are_sorted_and_disjoint(text):
    regions = quoted_regions(text)
    assert all(one.precedes(other) for one, other in zip(regions, regions[1:], strict=False))
    assert all(0 <= r.start < r.end <= len(text) for r in regions)


@pytest.mark.parametrize(
    ("text", "content", "expected"),
    [
        ('"It rains," he said.', ['"It rains,"'], "direct"),
        ('"It rains," he said, "and pours."', ['"It rains,"', '"and pours."'], "direct"),
        ("It rains, he said.", ["It rains"], "indirect"),
        ('He called it "wet" weather.', ['it "wet" weather'], "mixed"),
        ("“It rains,” he said. “Still.", ["“Still."], "direct"),
    ],
)
def test_quote_type(text, content, expected):
    pieces = tuple(CharSpan(text.index(c), text.index(c) + len(c)) for c in content)
    assert quote_type(pieces, text, quoted_regions(text)) == expected


def test_quote_type_ignores_the_cue_inside_of_the_content():
    text = '"It rains," he said, "and pours."'
    hole = CharSpan(text.index("he"), text.index("said") + 4)
    assert quote_type((CharSpan(0, len(text)),), text, quoted_regions(text), [hole]) == "direct"
