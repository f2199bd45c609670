"""Candidates for a target: names and pronouns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.decoding import find_mentions


def mentions(aligner, text):
    return [m.of(text) for m in find_mentions(text, aligner(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the army of Port Orr held on.", ["Port Orr"]),
        ("a letter to Vale reached him.", ["Vale", "him"]),
        ("Nobody knew Bank of Orr.", ["Bank of Orr"]),
        ("Crowds wept.", []),
        ("Vale wept. Crowds praised Vale.", ["Vale", "Vale"]),
        ("Mary Vale wept.", ["Mary Vale"]),
        ("they saw O’Hara and Jong-un there.", ["they", "O’Hara", "Jong-un"]),
        ("then Élise met Иван.", ["Élise", "Иван"]),
        ("", []),
    ],
)
def test_find_mentions_takes_names_and_pronouns(aligner, text, expected):
    assert mentions(aligner, text) == expected


def test_find_mentions_do_not_cross_sentences(aligner):
    assert mentions(aligner, "they met Orr\nVale left with Orr") == ["they", "Orr", "Orr"]


@given(text=st.text(st.characters() | st.sampled_from("AVOr .\n’'-he\ud800😀"), max_size=80))
def test_find_mentions_stay_inside_of_sentences_in_order(aligner, text):
    aligned = aligner(text)
    found = find_mentions(text, aligned)
    assert found == sorted(set(found))
    assert all(any(s.contains(m) for s in aligned.sentences) for m in found)
