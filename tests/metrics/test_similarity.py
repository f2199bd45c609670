"""Pairs of texts that are nearly the same: all of them, no other, and every set held together."""

import random
import sys
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.errors import MissingExtraError
from rhetoric.metrics.similarity import Likeness, join_pairs, near_pairs

WORDS = Likeness("word", 5, 0.5, 42, 3)
CHARACTERS = Likeness("character", 5, 0.8, 32, 4)


def text(seed, n=60):
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abdegiklmnoprstu", k=rng.randint(3, 8))) for _ in range(n))


def shingles(form, likeness):
    units, joint = (form, "") if likeness.unit == "character" else (form.split(), " ")
    return {joint.join(units[i : i + likeness.shingle]) for i in range(max(1, len(units) - likeness.shingle + 1))}


def similarity(one, other, likeness):
    ours, theirs = shingles(one, likeness), shingles(other, likeness)
    return len(ours & theirs) / len(ours | theirs)


@st.composite
def corpora(draw):
    """Draw texts, of which some are others with a few words exchanged or left out at the end."""
    texts = [text(i, 40) for i in range(4)]
    for _ in range(draw(st.integers(0, 12))):
        words = draw(st.sampled_from(texts)).split()
        for _ in range(draw(st.integers(0, 3))):
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(["alpha", "beta", "gamma"]))
        texts.append(" ".join(words[: max(3, len(words) - draw(st.integers(0, 15)))]))
    return texts


@settings(max_examples=60)
@given(corpora(), st.sampled_from([WORDS, CHARACTERS, replace(WORDS, similarity=0.9)]))
def test_pairs_are_those_that_a_look_at_all_pairs_finds(texts, likeness):
    found = list(near_pairs(texts, likeness))
    every = combinations(range(len(texts)), 2)
    expected = [(i, j) for i, j in every if similarity(texts[i], texts[j], likeness) >= likeness.similarity]
    assert set(found) <= set(expected)
    assert join_pairs(len(texts), found) == join_pairs(len(texts), expected)


@given(corpora(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_sets_do_not_depend_on_the_order_of_the_texts(texts, rng):
    order = rng.sample(range(len(texts)), len(texts))
    shuffled = join_pairs(len(texts), near_pairs([texts[i] for i in order], WORDS))
    assert sorted(sorted(order[i] for i in members) for members in shuffled) == join_pairs(
        len(texts), near_pairs(texts, WORDS)
    )


def test_pairs_only_just_hold_a_set_together():
    texts = [f"{text(0)} {text(i, 3)}" for i in range(40)]
    assert len(list(near_pairs(texts, WORDS))) == 39


def test_pairs_of_texts_that_differ_in_case_and_punctuation_alone():
    texts = ["It rained. A lot!", "It snowed", "it rained a  LOT", "It rained: a lot"]
    assert list(near_pairs(texts, WORDS)) == [(0, 2), (0, 3)]


@pytest.mark.parametrize(
    ("similarity", "expected"), [(0.5, [[0, 1]]), (0.51, [[0], [1]])], ids=["at the share", "above it"]
)
def test_the_share_itself_is_near_enough(similarity, expected):
    """The first text has 20 shingles; 10 of them are all that the second one has."""
    long = text(0, 24).split()
    likeness = replace(WORDS, similarity=similarity)
    assert join_pairs(2, near_pairs([" ".join(long), " ".join(long[:14])], likeness)) == expected


def test_texts_may_come_from_a_stream_and_may_be_none():
    assert list(near_pairs(iter([]), WORDS)) == []
    assert list(near_pairs((t for t in [text(1), text(1)]), WORDS)) == [(0, 1)]


def test_a_very_long_text_is_hashed_piece_by_piece():
    long = text(3, 20_000)
    assert list(near_pairs([long, text(4), f"{long} end"], WORDS)) == [(0, 2)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_join_pairs_joins_what_is_linked_and_nothing_else(pairs):
    sets = join_pairs(10, pairs)
    assert sorted(i for members in sets for i in members) == list(range(10))
    assert [members[0] for members in sets] == sorted(members[0] for members in sets)
    label = {i: n for n, members in enumerate(sets) for i in members}
    assert all(label[i] == label[j] for i, j in pairs)
    assert 10 - len(sets) <= len({frozenset(p) for p in pairs if p[0] != p[1]})


def test_without_datasketch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rhetoric\[dedup\]'"):
        list(near_pairs(["a"], WORDS))
