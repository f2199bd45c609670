"""Batches: every example once, little padding, and word numbers that count through the batch."""

import numpy as np
import pytest
import torch

from rhetoric.training.batches import batch_by_length, collate
from rhetoric.training.examples import Example

MAX_TOKENS = 256


def example(length, seed=0):
    """Return an example of `length` tokens, two to a word."""
    rng = np.random.default_rng((length, seed))
    n = (length - 2) // 2
    return Example(
        input_ids=rng.integers(1, 99, length),
        word_positions=np.arange(1, 2 * n, 2),
        tags=rng.integers(0, 3, (n, 2)),
        sentence_bounds=np.array([[0, n - 1], [n - 1, n]]),
        sentence_labels=rng.random((2, 3)).astype(np.float32),
        spans={"valence": np.array([[1, 2, 1, 2, 0, n]]), "target": np.zeros((0, 6), np.int64)},
        span_labels={"valence": np.ones((1, 1), np.float32), "target": np.zeros((0, 3), np.float32)},
        links=np.array([[3, 0, 1, 1, 3, -1]]),
        link_labels=np.array([1.0], np.float32),
    )


@pytest.fixture(scope="module")
def pool():
    return [example(int(length), i) for i, length in enumerate(np.random.default_rng(1).integers(8, 130, 90))]


def ids(batches):
    return [[id(e) for e in batch] for batch in batches]


def test_batches_hold_every_example_once(pool):
    batches = batch_by_length(pool, MAX_TOKENS, 3)
    assert sorted(i for batch in ids(batches) for i in batch) == sorted(map(id, pool))


def test_batches_are_no_larger_than_their_lengths_rounded_allow(pool):
    for batch in batch_by_length(pool, MAX_TOKENS, 3):
        shortest = min(len(e.input_ids) for e in batch)
        assert len(batch) == 1 or len(batch) * shortest <= MAX_TOKENS


def test_batches_pad_little(pool):
    batches = batch_by_length(pool, MAX_TOKENS, 3)
    padded = sum(len(batch) * max(len(e.input_ids) for e in batch) for batch in batches)
    assert padded < 1.25 * sum(len(e.input_ids) for e in pool)


def test_batches_are_the_same_for_the_same_seed_alone(pool):
    one, same, other = (batch_by_length(pool, MAX_TOKENS, seed) for seed in (3, 3, 4))
    assert ids(one) == ids(same) != ids(other)


def test_batches_take_an_example_longer_than_a_batch_alone():
    batches = batch_by_length([example(600), example(20)], MAX_TOKENS, 0)
    assert sorted(len(b) for b in batches) == [1, 1]


def test_batches_of_nothing_are_none():
    assert batch_by_length([], MAX_TOKENS, 0) == []


def test_collate_numbers_words_through_the_batch():
    examples = [example(12), example(20), example(8)]
    inputs = collate([examples[:2], examples[2:]])
    flat = inputs["input_ids"].flatten()
    expected = np.concatenate([e.input_ids[e.word_positions] for e in examples])
    assert np.array_equal(flat[inputs["word_positions"]].numpy(), expected)
    given = inputs["supervision"]
    firsts = np.cumsum([0, *(len(e.word_positions) for e in examples)])
    for i, one in enumerate(examples):
        assert np.array_equal(given["spans"]["valence"][i].numpy(), one.spans["valence"][0] + firsts[i])
        assert np.array_equal(given["sentence_bounds"][2 * i : 2 * i + 2].numpy(), one.sentence_bounds + firsts[i])
        role, *bounds, apart = one.links[0]
        assert given["links"][i].tolist() == [role, *(b + firsts[i] for b in bounds), apart]


def test_collate_keeps_labels_as_they_are():
    examples = [example(12), example(20)]
    given = collate([examples])["supervision"]
    assert np.array_equal(given["tags"].numpy(), np.concatenate([e.tags for e in examples]))
    assert np.array_equal(given["sentence_labels"].numpy(), np.concatenate([e.sentence_labels for e in examples]))
    assert given["span_labels"]["target"].shape == (0, 3)
    assert given["link_labels"].tolist() == [1.0, 1.0]


def test_collate_masks_what_is_padded():
    inputs = collate([[example(12), example(20)]])
    assert inputs["input_ids"].shape == inputs["attention_mask"].shape == (2, 20)
    assert inputs["attention_mask"].sum(1).tolist() == [12, 20]
    assert not inputs["input_ids"][0, 12:].any()
    assert inputs["input_ids"].dtype == inputs["word_positions"].dtype == torch.long
