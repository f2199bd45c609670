"""The offset algebra, held against sets of character positions, and the data model."""

import dataclasses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rhetoric.annotation import (
    AnnotatedArticle,
    Article,
    Attribution,
    CharSpan,
    Sentence,
    Span,
    distance,
    find_containing,
    find_overlaps,
    hull,
    mask,
    merge,
    n_visible,
    subtract,
    trim,
)
from rhetoric.errors import InputError

char_spans = st.builds(lambda start, length: CharSpan(start, start + length), st.integers(0, 30), st.integers(0, 9))
full_spans = char_spans.filter(len)
texts = st.text(
    st.characters() | st.sampled_from(" \t\r\n\u00a0\u2028\x85\x1c\ufeff\u200b“”😀\ud800e\u0301"), max_size=40
)


def positions(*spans):
    return {i for span in spans for i in range(span.start, span.end)}


@given(char_spans, char_spans)
@example(CharSpan(5, 5), CharSpan(3, 8))
def test_overlaps_means_a_shared_character(one, other):
    shared = positions(one) & positions(other)
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)
    assert one.n_shared(other) == other.n_shared(one) == len(shared)


@given(char_spans, full_spans)
def test_contains_means_every_character(one, other):
    assert one.contains(other) == (positions(other) <= positions(one))


@given(full_spans, full_spans)
def test_precedes_means_all_characters_before(one, other):
    assert one.precedes(other) == (max(positions(one)) < min(positions(other)))


@given(full_spans, full_spans)
def test_distance_counts_the_characters_between(one, other):
    between = positions(hull([one, other])) - positions(one, other)
    assert distance(one, other) == distance(other, one) == len(between)


@given(st.lists(char_spans, min_size=1))
def test_hull_is_the_smallest_span_around(spans):
    around = hull(spans)
    assert all(around.contains(s) for s in spans)
    assert around.start in {s.start for s in spans}
    assert around.end in {s.end for s in spans}


@given(st.lists(full_spans), st.integers(0, 4))
def test_merge_keeps_all_characters_in_sorted_pieces_apart(spans, gap):
    merged = merge(spans, gap)
    assert positions(*spans) <= positions(*merged)
    assert all(one.end + gap < other.start for one, other in zip(merged, merged[1:], strict=False))
    assert merge(merged, gap) == merged


@given(st.lists(full_spans))
def test_merge_without_gap_adds_no_character(spans):
    assert positions(*merge(spans)) == positions(*spans)


@given(char_spans, st.lists(char_spans))
@example(CharSpan(3, 8), [CharSpan(5, 5)])
def test_subtract_leaves_the_other_characters_in_as_few_pieces_as_can_be(span, holes):
    left = subtract(span, holes)
    assert positions(*left) == positions(span) - positions(*holes)
    assert merge(left) == left
    assert all(len(piece) for piece in left)


@given(texts, char_spans)
def test_trim_takes_white_space_from_the_edges_alone(text, span):
    surface = span.of(text)
    trimmed = trim(span, text)
    if trimmed is None:
        assert not surface.strip()
    else:
        assert trimmed.of(text) == surface.strip()
        assert span.contains(trimmed)


def test_trim_of_given_characters_leaves_white_space():
    assert trim(CharSpan(0, 7), "“ word”", "“”") == CharSpan(1, 6)


@given(st.lists(char_spans), st.integers(0, 35))
def test_mask_marks_the_covered_characters_of_the_text(spans, length):
    covered = mask(spans, length)
    assert len(covered) == length
    assert {i for i, is_covered in enumerate(covered) if is_covered} == {i for i in positions(*spans) if i < length}


@given(texts)
def test_n_visible_counts_what_is_not_white_space(text):
    assert n_visible(text) == sum(not character.isspace() for character in text)


@given(st.lists(full_spans), full_spans)
def test_find_containing_shares_most_characters_and_is_the_first_of_those(spans, inner):
    shared = [len(positions(s) & positions(inner)) for s in spans]
    expected = spans[shared.index(max(shared))] if any(shared) else None
    assert find_containing(spans, inner) is expected


@given(st.lists(char_spans, max_size=8), st.lists(char_spans, max_size=8))
def test_find_overlaps_compares_all_with_all(spans, others):
    assert find_overlaps(spans, others) == [[j for j, o in enumerate(others) if s.overlaps(o)] for s in spans]


@given(char_spans, st.integers(0, 9))
def test_shifted_there_and_back_is_the_same_span(span, by):
    assert span.shifted(by).shifted(-by) == span
    assert len(span.shifted(by)) == len(span)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_char_span_refuses_what_is_no_range(start, end):
    with pytest.raises(InputError, match=rf"offsets {start}–{end} are not a range"):
        CharSpan(start, end)


def test_empty_char_span_is_true_and_empty():
    assert CharSpan(3, 3)
    assert len(CharSpan(3, 3)) == 0


def test_extent_drops_label_and_score():
    assert Span(3, 8, "doubt", 0.7).extent == CharSpan(3, 8)


def test_spans_sort_by_offsets_first():
    spans = [Span(5, 9, "a"), Span(1, 9, "z"), Span(1, 3, "b")]
    assert [s.label for s in sorted(spans)] == ["b", "z", "a"]


def test_sentences_are_equal_whatever_their_scores():
    assert Sentence(0, 4, {"attribution": 0.2}) == Sentence(0, 4, {"attribution": 0.9})


@pytest.mark.parametrize("value", [CharSpan(0, 1), Article("a", "b"), Attribution("q1", None, None, ())])
def test_values_cannot_be_changed(value):
    field = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, 2)


def test_article_refuses_a_target_outside_of_the_text():
    with pytest.raises(InputError, match="target 3–9 lies outside of a text of 5 characters"):
        Article("a", "short", targets=(CharSpan(0, 5), CharSpan(3, 9)))


@pytest.mark.parametrize(
    ("meta", "title"),
    [
        ({}, None),
        ({"title": "Storm"}, "Storm"),
        ({"title": " \n"}, None),
        ({"title": 7}, None),
        ({"title": None}, None),
    ],
)
def test_article_title_is_the_text_that_the_record_gave(meta, title):
    assert Article("a", "It rains.", meta).title == title


def test_attribution_hull_reaches_from_first_to_last_part():
    parts = Attribution("q1", CharSpan(40, 44), None, (CharSpan(2, 9), CharSpan(50, 60)))
    assert parts.hull == CharSpan(2, 60)


def test_attribution_covers_what_touches_its_content_alone():
    parts = Attribution("q1", CharSpan(0, 5), CharSpan(6, 10), (CharSpan(12, 20), CharSpan(30, 40)))
    assert parts.covers(CharSpan(18, 25))
    assert not parts.covers(CharSpan(20, 30))
    assert not parts.covers(CharSpan(0, 10))


def test_annotated_article_keeps_the_article_and_finds_attributions_by_id():
    article = Article("a1", "It rains.", {"outlet": "The Echo", "page": 3})
    quoted = Attribution("q2", None, None, (CharSpan(0, 2),))
    annotated = AnnotatedArticle.from_article(article, attributions=(quoted,))
    assert (annotated.id, annotated.text, annotated.meta) == (article.id, article.text, article.meta)
    assert annotated.attribution("q2") is quoted
    assert annotated.attribution("q1") is None
    assert annotated.attribution(None) is None
