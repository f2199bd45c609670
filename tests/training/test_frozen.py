"""A linear head on features: what it learns, what it weighs, and that groups are never on both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.runtime import load_network
from rhetoric.training.frozen import (
    STRENGTHS,
    company_features,
    fit_head,
    fit_linear,
    make_folds,
    text_features,
)

RNG = np.random.default_rng(5)
N, WIDTH = 120, 6
FEATURES = RNG.normal(size=(N, WIDTH)).astype(np.float32) * [1, 100, 0.01, 1, 1, 1]
BINARY = (FEATURES[:, :1] > 0).astype(np.float32)
THREE = np.eye(3, dtype=np.float32)[np.digitize(FEATURES[:, 0], [-0.6, 0.6])]
GROUPS = [str(i // 2) for i in range(N)]


def accuracy(head, shares):
    logits = head.logits(FEATURES)
    found = logits.argmax(1) if shares.shape[1] > 1 else logits[:, 0] > 0
    return (found == (shares.argmax(1) if shares.shape[1] > 1 else shares[:, 0] > 0.5)).mean()


@pytest.mark.parametrize(
    ("shares", "is_exclusive"), [(BINARY, False), (THREE, True), (np.c_[BINARY, 1 - BINARY], True)]
)
def test_fit_linear_learns_whatever_the_scale_of_features(shares, is_exclusive):
    assert accuracy(fit_linear(FEATURES, shares, is_exclusive, 1.0), shares) > 0.85


def test_fit_head_predicts_what_it_has_not_seen():
    folded = fit_head(FEATURES, BINARY, GROUPS, is_exclusive=False, seed=3)
    assert ((folded.logits[:, 0] > 0) == (BINARY[:, 0] > 0.5)).mean() > 0.85
    assert folded.strength in STRENGTHS
    assert not np.array_equal(folded.logits, folded.head.logits(FEATURES))


def test_fit_head_is_the_same_for_the_same_seed():
    one, other = (fit_head(FEATURES, THREE, GROUPS, is_exclusive=True, seed=3) for _ in range(2))
    assert np.array_equal(one.head.weight, other.head.weight)
    assert np.array_equal(one.logits, other.logits)


def test_rare_labels_are_not_drowned():
    rare = (FEATURES[:, :1] > 1.3).astype(np.float32)
    assert 0.02 < rare.mean() < 0.2
    logits = fit_linear(FEATURES, rare, is_exclusive=False, strength=0.1).logits(FEATURES)
    assert (logits[rare[:, 0] > 0] > 0).mean() > 0.8


def test_disagreement_pulls_to_the_middle():
    sure = fit_linear(FEATURES, BINARY, is_exclusive=False, strength=0.1).logits(FEATURES)
    torn = fit_linear(FEATURES, BINARY * 0.4 + 0.3, is_exclusive=False, strength=0.1).logits(FEATURES)
    assert np.abs(torn).mean() < np.abs(sure).mean() / 2
    assert np.corrcoef(sure[:, 0], torn[:, 0])[0, 1] > 0.9


@pytest.mark.parametrize(("shares", "sign"), [(np.ones((N, 1)), 1), (np.zeros((N, 1)), -1)])
def test_one_class_gives_that_class(shares, sign):
    logits = fit_linear(FEATURES, shares.astype(np.float32), is_exclusive=False, strength=0.1).logits(FEATURES)
    assert (np.sign(logits) == sign).all()


def test_a_class_that_is_absent_is_never_the_likeliest():
    shares = np.c_[BINARY, 1 - BINARY, np.zeros(N)].astype(np.float32)
    assert set(fit_linear(FEATURES, shares, is_exclusive=True, strength=0.1).logits(FEATURES).argmax(1)) == {0, 1}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=40), st.integers(0, 3))
def test_folds_keep_groups_whole(examples, seed):
    groups = [str(group) for group, _ in examples]
    shares = np.array([[positive] for _, positive in examples], np.float32)
    if len(set(groups)) < 2:
        return
    folds = make_folds(groups, shares, seed)
    assert len({(group, fold) for group, fold in zip(groups, folds.tolist(), strict=True)}) == len(set(groups))


def test_text_features_are_those_of_the_runtime_that_serves(tiny_model):
    network = load_network(tiny_model, "onnx")
    seen = []
    texts = ["Orr left. Vale stayed.", "", "x" * 900]
    found = text_features(texts, network, lambda: seen.append(1))
    assert found.shape == (3, 2 * network.hidden_size)
    assert len(seen) == 3
    assert not found[1].any()
    np.testing.assert_array_equal(found[:1], text_features(texts[:1], network))


def test_company_changes_the_features_of_a_text_and_not_their_order(tiny_model):
    network = load_network(tiny_model, "onnx")
    texts = [f"{letter * 9} {letter * 5}. {letter * 7}" for letter in "abcdefghi"]
    alone, together = text_features(texts, network), company_features(texts, network, seed=1)
    assert alone.shape == together.shape
    assert not np.array_equal(alone, together)
    nearest = [np.linalg.norm(alone - row, axis=1).argmin() for row in together]
    assert nearest == list(range(len(texts)))
    np.testing.assert_array_equal(together, company_features(texts, network, seed=1))


def test_a_block_of_features_is_scaled_as_one():
    signal = RNG.normal(size=(40, 1)).astype(np.float32)
    hardly = RNG.normal(size=(40, 7)).astype(np.float32) * 0.01
    features, shares = np.c_[signal, hardly], (signal > 0).astype(np.float32)
    singly = fit_linear(features, shares, is_exclusive=False, strength=0.01)
    together = fit_linear(features, shares, is_exclusive=False, strength=0.01, blocks=(1.0,))
    assert np.abs(together.weight[0, 1:]).max() < np.abs(together.weight[0, 0]) < np.abs(singly.weight[0, 1:]).max()
    doubled = np.c_[features, 50 * features]
    for blocks, ratio in (((1.0, 1.0), 1.0), ((1.0, 0.5), 4.0)):  # twice: where it is scaled, and where it is learnt
        one, other = np.split(
            fit_linear(doubled, shares, is_exclusive=False, strength=0.01, blocks=blocks).weight[0], 2
        )
        np.testing.assert_allclose(one, ratio * 50 * other, rtol=1e-3, atol=1e-4)
