"""Added heads: their configuration, and features of units that are longer than what is encoded at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan, Sentence
from rhetoric.errors import ModelError
from rhetoric.runtime.added import AddedHead, UnitPools, mention_features, unit_features

HIDDEN = 3


def aligned(n_words, first=0):
    """Words of one character each with a space behind, from the word `first` of a text."""
    starts = 2 * np.arange(first, first + n_words)
    sentence = Sentence(2 * first, 2 * (first + n_words))
    order = np.arange(n_words)
    return AlignedArticle((sentence,), order, order, starts, starts + 1, np.zeros(n_words, np.int64))


def states(n_words, seed=0):
    return np.random.default_rng(seed).normal(size=(n_words, HIDDEN)).astype(np.float32)


def test_added_head_survives_its_configuration():
    head = AddedHead("tone", "paragraph", ("calm", "shrill"), is_exclusive=True)
    assert AddedHead.from_config(head.to_config()) == head
    assert (head.n_outputs, AddedHead("x", "span", ("a", "b")).n_outputs) == (2, 6)


@pytest.mark.parametrize("change", [{"unit": "chapter"}, {"labels": []}])
def test_added_head_refuses_what_is_none(change):
    with pytest.raises(ModelError, match="train it again"):
        AddedHead.from_config({**AddedHead("x", "sentence", ("a",)).to_config(), **change})


def test_unit_features_are_mean_and_maximum():
    words = states(6)
    found = unit_features(words, np.array([[1, 4], [2, 2]]))
    np.testing.assert_allclose(found[0], np.r_[words[1:4].mean(0), words[1:4].max(0)], rtol=1e-5)
    assert not found[1].any()


def test_mention_features_read_the_sentence_as_well():
    words = states(6)
    found = mention_features(words, np.array([[1, 3, 0, 6]]))
    expected = np.r_[words[1:3].mean(0), words[1:3].max(0), words.mean(0)]
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 40), st.integers(0, 40))
def test_pools_do_not_depend_on_where_blocks_end(n_words, cut, start, length):
    cut = min(cut, n_words)
    units = [CharSpan(0, 2 * n_words), CharSpan(start, start + length)]
    words = states(n_words)
    whole, parts = UnitPools(units), UnitPools(units)
    whole.add(aligned(n_words), words)
    if cut:
        parts.add(aligned(cut), words[:cut])
    if cut < n_words:
        parts.add(aligned(n_words - cut, cut), words[cut:])
    np.testing.assert_allclose(whole.features(HIDDEN), parts.features(HIDDEN), rtol=1e-4, atol=1e-5)


def test_pools_of_a_unit_without_a_word_are_zero():
    pools = UnitPools([CharSpan(50, 60)])
    pools.add(aligned(3), states(3))
    assert not pools.features(HIDDEN).any()
    assert UnitPools([]).features(HIDDEN).shape == (0, 2 * HIDDEN)
