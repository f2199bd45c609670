"""Named, anonymous and vague sources, by their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.sources.naming import naming_of
from rhetoric.sources.source_types import SOURCE_TYPES


@pytest.mark.parametrize(
    ("source", "source_type", "expected"),
    [
        ("Foreign Minister Ada Lin", "government_official", "named"),
        ("the finance minister", "government_official", "named"),
        ("the ministry", "government_body", "named"),
        ("police", "government_body", "named"),
        ("Kremlin", "government_body", "named"),
        ("a spokesman for the ministry", "government_official", "named"),
        ("the company", "organisation", "named"),
        ("Amnesty International", "organisation", "named"),
        ("the report", "document", "named"),
        ("a UN report", "document", "named"),
        ("Reuters", "news_media", "named"),
        ("state media", "state_media", "named"),
        ("his lawyer", "expert", "named"),
        ("a spokeswoman", "organisation", "anonymous"),
        ("US officials", "government_official", "anonymous"),
        ("a senior official", "government_official", "anonymous"),
        ("officials familiar with the matter", "unnamed_source", "anonymous"),
        ("two people briefed on the talks", "unnamed_source", "anonymous"),
        ("sources close to the president", "unnamed_source", "anonymous"),
        ("an analyst at Nord Bank", "expert", "anonymous"),
        ("residents", "public", "anonymous"),
        ("Residents", "public", "anonymous"),
        ("Villagers", "public", "anonymous"),
        ("The soldier", "public", "anonymous"),
        ("the woman", "public", "anonymous"),
        ("The minister", "government_official", "named"),
        ("an aid group", "organisation", "anonymous"),
        ("numerous reports", "unnamed_source", "vague"),
        ("reportedly", "unnamed_source", "vague"),
        ("analysts", "expert", "vague"),
        ("some economists", "expert", "vague"),
        ("critics", "public", "vague"),
        ("local media", "news_media", "vague"),
        ("Twitter users", "social_media", "vague"),
    ],
)
def test_naming_of_sources(source, source_type, expected):
    assert naming_of(source, source_type) == expected


def test_naming_of_a_pronoun_is_that_of_what_it_stands_for():
    assert naming_of("she", "expert", antecedent="anonymous") == "anonymous"
    assert naming_of("she", "expert") == "named"


def test_naming_of_a_source_that_wants_no_name():
    clause = "said on condition of anonymity"
    assert naming_of("the minister", "government_official", clause) == "anonymous"
    assert naming_of("the minister", "government_official") == "named"


@given(source=st.text(max_size=40), source_type=st.sampled_from(SOURCE_TYPES))
def test_naming_of_never_raises(source, source_type):
    assert naming_of(source, source_type) in ("named", "anonymous", "vague")
