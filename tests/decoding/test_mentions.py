"""Candidates for a target: names, pronouns and what may be a noun phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.decoding import find_mentions


def mentions(aligner, text):
    return [m.of(text) for m in find_mentions(text, aligner(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the army of Port Orr held on.", {"the army", "Port Orr"}),
        ("a letter to Vale reached him.", {"a letter", "Vale", "him"}),
        ("Nobody knew Bank of Orr.", {"Bank of Orr"}),
        ("Vale wept. Crowds praised Vale.", {"Vale"}),
        ("they saw O’Hara and Jong-un there.", {"they", "O’Hara", "Jong-un"}),
        ("then Élise met Иван.", {"Élise", "Иван"}),
        ("Critics of the new tax law wept over armed groups.", {"Critics", "the new tax law", "armed groups"}),
        ("His court, a den of thieves, sat.", {"His court", "a den", "thieves"}),
        ("", set()),
    ],
)
def test_find_mentions_takes_names_pronouns_and_noun_phrases(aligner, text, expected):
    assert expected <= set(mentions(aligner, text))


@pytest.mark.parametrize("text", ["Who was there?", "It is not so.", "... and, of, the"])
def test_find_mentions_takes_no_closed_word_for_a_noun_phrase(aligner, text):
    assert set(mentions(aligner, text)) <= {"It", "Who"}


def test_find_mentions_bounds_noun_phrases(aligner):
    found = mentions(aligner, "the one two three four five six")
    assert max(len(m.split()) for m in found) == 5
    assert "five six" not in found


def test_find_mentions_do_not_cross_sentences(aligner):
    found = mentions(aligner, "they met Orr\nVale left with Orr")
    assert {"they", "Orr"} <= set(found)
    assert not any("\n" in m for m in found)


@given(text=st.text(st.characters() | st.sampled_from("AVOr .\n’'-he\ud800😀"), max_size=80))
def test_find_mentions_stay_inside_of_sentences_in_order(aligner, text):
    aligned = aligner(text)
    found = find_mentions(text, aligned)
    assert found == sorted(set(found))
    assert all(any(s.contains(m) for s in aligned.sentences) for m in found)


def test_mentions_within_sentences_are_those_of_all_sentences_that_lie_there(aligner):
    text = "Later Ruth Orr left. The old mayor waited. Orr wrote to him. Nobody answered."
    aligned = aligner(text)
    everywhere = find_mentions(text, aligned)
    for within in ({0}, {1, 2}, {3}, set()):
        inside = [s for i, s in enumerate(aligned.sentences) if i in within]
        expected = [m for m in everywhere if any(s.start <= m.start < s.end for s in inside)]
        assert find_mentions(text, aligned, within) == expected
