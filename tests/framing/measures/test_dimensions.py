import pytest

from rhetoric.framing.measures.dimensions import closed_values, combinations, fill_in, placeholders


@pytest.mark.parametrize("dimension", ["country", "actor", "sentence_label", "target_label"])
def test_closed_values_of_what_only_articles_tell_are_none(dimension):
    assert closed_values(dimension) is None


def test_closed_values_of_techniques_are_their_names():
    assert closed_values("technique")["appeal_to_fear"] == "Appeal to fear or prejudice"


def test_placeholders_are_names_in_braces():
    assert placeholders("tone_{voice}_{actor}") == {"voice", "actor"}


def test_fill_in_leaves_what_has_no_value():
    assert fill_in("{part} of {actor}", {"part": "lead"}, {}) == "lead of {actor}"


def test_fill_in_reaches_keys_and_lists():
    filled = fill_in({"where": {"{state}": ["{tie}", 3]}}, {"state": "strict", "tie": "direct"}, {})
    assert filled == {"where": {"strict": ("direct", 3)}}


def test_fill_in_puts_names_into_titles_and_values_elsewhere():
    filled = fill_in({"title": "in {country}", "of": "{country}"}, {"country": "KP"}, {"country": "North Korea"})
    assert filled == {"title": "In North Korea", "of": "KP"}


def test_combinations_are_all_of_them_in_order():
    values = {"a": {"1": "", "2": ""}, "b": {"x": ""}, "c": {"y": ""}}
    assert list(combinations(values, ("a", "b"))) == [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}]


def test_combinations_with_a_dimension_without_values_are_none():
    assert list(combinations({"a": {"1": ""}}, ("a", "b"))) == []
