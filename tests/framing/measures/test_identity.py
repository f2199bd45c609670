from dataclasses import replace

import pytest

from rhetoric.annotation import Actor, Attribution, CharSpan
from rhetoric.framing.measures.identity import actor_key, number_sources, speaks_itself
from tests.framing.annotated import KCNA, MENA, REUTERS, STATE_RADIO


def spoken(*sources):
    """A text of nothing but sources, each an attribution with its type; a missing source is None."""
    text, attributions = "", []
    for i, (surface, source_type) in enumerate(sources):
        start = len(text)
        text += f"{surface or ''}\n"
        source = CharSpan(start, start + len(surface)) if surface else None
        attributions.append(Attribution(f"q{i}", source, None, (CharSpan(start, start),), source_type=source_type))
    return text, attributions


@pytest.mark.parametrize(
    ("sources", "numbers"),
    [
        # persons: titles aside, the words of one name among those of the other
        ([("Defence Minister Lin Baruti", "government_official"), ("Baruti", "named_person")], [0, 0]),
        ([("Lin Baruti", "named_person"), ("Defence Minister Baruti", "government_official")], [0, 0]),
        ([("Mr Baruti", "named_person"), ("Ms Haddad", "named_person")], [0, 1]),
        ([("Lin Baruti", "named_person"), ("Sana Baruti", "named_person"), ("Baruti", "named_person")], [0, 1, 1]),
        ([("Baruti’s", "named_person"), ("Lin Baruti", "named_person")], [0, 0]),
        ([("Helga Brandt, the port’s director", "named_person"), ("Brandt", "named_person")], [0, 0]),
        ([("a deputy director of an institute, Oleg Marin", "named_person"), ("Mr Marin", "named_person")], [0, 0]),
        ([("Foreign Ministry spokeswoman Ada Oram", "government_official"), ("Ms Oram", "named_person")], [0, 0]),
        ([("John F. Moor", "named_person"), ("John Moor", "expert")], [0, 0]),
        # everything else: the same words, or a definite mention of the noun
        ([("The Defence Ministry", "government_body"), ("the defence ministry", "government_body")], [0, 0]),
        ([("The Defence Ministry", "government_body"), ("the ministry", "government_body")], [0, 0]),
        ([("The Defence Ministry", "government_body"), ("the Foreign Ministry", "government_body")], [0, 1]),
        ([("officials", "government_official"), ("two officials", "government_official")], [0, 1]),
        ([("a report by the union", "document"), ("the report", "document")], [0, 0]),
        ([("local residents", "public"), ("residents", "public")], [0, 1]),
        ([("residents", "public"), ("witnesses", "public"), ("Residents", "public")], [0, 1, 0]),
        # pronouns and missing sources: the nearest before of the same type
        ([("Lin Baruti", "named_person"), ("The ministry", "government_body"), ("she", "named_person")], [0, 1, 0]),
        ([("Lin Baruti", "named_person"), ("The ministry", "government_body"), ("it", "government_body")], [0, 1, 1]),
        ([("Lin Baruti", "named_person"), (None, "named_person")], [0, 0]),
        ([("Ann Roe", "expert"), ("Lin Baruti", "expert"), ("he", "expert"), (None, "expert")], [0, 1, 1, 1]),
        ([("she", "named_person"), (None, "public")], [None, None]),
        ([("…", "public")], [None]),
    ],
)
def test_sources_are_the_same_by_their_words(sources, numbers):
    assert number_sources(*spoken(*sources)) == numbers


def test_sources_are_the_same_outlet_whatever_it_is_called():
    text, attributions = spoken(
        ("KCNA", "state_media"),
        ("the agency", "state_media"),
        ("Reuters", "news_media"),
        ("state radio", "state_media"),
    )
    outlets = [KCNA, KCNA, REUTERS, STATE_RADIO]
    linked = [replace(a, outlet=outlet) for a, outlet in zip(attributions, outlets, strict=True)]
    assert number_sources(text, linked) == [0, 0, 1, 2]


def test_sources_who_speak_through_an_outlet_are_not_that_outlet():
    text, attributions = spoken(("MENA", "state_media"), ("Lin Baruti", "named_person"), ("Ann Roe", "expert"))
    assert number_sources(text, [replace(a, outlet=MENA) for a in attributions]) == [0, 1, 2]


def test_sources_are_the_same_actor_whatever_he_is_called():
    text, attributions = spoken(("Lin Baruti", "named_person"), ("the president", "government_official"))
    baruti = Actor("Lin Baruti", "Q7", "RS")
    assert number_sources(text, [replace(a, actor=baruti) for a in attributions]) == [0, 0]


def test_pronoun_continues_an_outlet():
    text, attributions = spoken(("KCNA", "state_media"), ("it", "state_media"))
    assert number_sources(text, [replace(attributions[0], outlet=KCNA), attributions[1]]) == [0, 0]


def test_actor_is_known_by_his_id_or_his_name():
    assert [actor_key(a) for a in (Actor("Lin", "Q7"), Actor("Lin"), None)] == ["Q7", "Lin", None]


@pytest.mark.parametrize(("source_type", "speaks"), [("state_media", True), ("news_media", True), ("expert", False)])
def test_medium_speaks_itself_by_its_type(source_type, speaks):
    assert speaks_itself(Attribution("q1", None, None, (), source_type=source_type)) is speaks
