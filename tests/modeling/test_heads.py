"""The heads: pooling by its definition, shapes, and the same numbers in NumPy as in torch."""

import numpy as np
import pytest
import torch

from rhetoric.modeling import LINK_ROLES, RhetoricConfig
from rhetoric.modeling import heads as torch_heads
from rhetoric.modeling.heads import Heads, LinkInput
from rhetoric.runtime import heads as numpy_heads
from rhetoric.runtime.heads import NumpyHeads

N_WORDS = 90
HIDDEN = 16
TOLERANCE = 1e-4


@pytest.fixture
def pair(config):
    """The same heads twice, with weights of a size at which differences show."""
    torch.manual_seed(3)
    module = Heads(config, HIDDEN).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.5)
    arrays = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    return module, NumpyHeads(arrays)


@pytest.fixture
def words():
    return torch.randn(N_WORDS, HIDDEN, generator=torch.Generator().manual_seed(5)) * 2


def random_bounds(n, seed, *, may_be_empty=True):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, N_WORDS, n)
    last = np.minimum(first + rng.integers(0 if may_be_empty else 1, 12, n), N_WORDS)
    return np.stack([first, last], axis=1).astype(np.int64)


def close(tensor, array):
    return np.allclose(tensor.detach().numpy(), array, atol=TOLERANCE, rtol=0)


def test_pools_are_mean_and_maximum_of_each_range(words):
    bounds = random_bounds(40, 1)
    mean = torch_heads.pool_mean(words, torch.from_numpy(bounds))
    largest = torch_heads.pool_max(words, torch.from_numpy(bounds))
    for i, (first, last) in enumerate(bounds.tolist()):
        part = words[first:last]
        assert torch.allclose(mean[i], part.mean(0) if len(part) else torch.zeros(HIDDEN), atol=1e-5)
        assert torch.equal(largest[i], part.amax(0) if len(part) else torch.zeros(HIDDEN))


@pytest.mark.parametrize("bounds", [np.zeros((0, 2), np.int64), np.array([[4, 4], [0, 0]])])
@pytest.mark.parametrize("pool", ["pool_mean", "pool_max"])
def test_pools_of_nothing_are_zeros(words, bounds, pool):
    ours = getattr(torch_heads, pool)(words, torch.from_numpy(bounds))
    assert ours.shape == (len(bounds), HIDDEN)
    assert not ours.any()
    assert close(ours, getattr(numpy_heads, pool)(words.numpy(), bounds))


def test_pools_agree_with_numpy(words):
    bounds = random_bounds(40, 2)
    for pool in ("pool_mean", "pool_max"):
        ours = getattr(torch_heads, pool)(words, torch.from_numpy(bounds))
        assert close(ours, getattr(numpy_heads, pool)(words.numpy(), bounds))


@pytest.mark.parametrize("bounds", [[], [[3, 3]], [[0, 40]], [[39, 40], [0, 1]], [[5, 9], [2, 6], [9, 9], [9, 40]]])
def test_pools_are_those_of_each_range_alone(words, bounds):
    array = words.numpy()
    for pool, reduce in ((numpy_heads.pool_mean, np.mean), (numpy_heads.pool_max, np.max)):
        found = pool(array, np.array(bounds, np.int64).reshape(-1, 2))
        assert found.dtype == np.float32
        for row, (first, last) in zip(found, bounds, strict=True):
            alone = reduce(array[first:last], axis=0) if first < last else np.zeros(array.shape[1])
            np.testing.assert_allclose(row, alone, rtol=1e-5, atol=1e-6)


def test_edges_agree_with_numpy(words):
    bounds = random_bounds(40, 3, may_be_empty=False)
    assert close(torch_heads.edges(words, torch.from_numpy(bounds)), numpy_heads.edges(words.numpy(), bounds))


def test_distance_buckets_agree_with_numpy():
    distances = np.arange(-3000, 3001)
    ours = torch_heads.distance_bucket(torch.from_numpy(distances)).numpy()
    assert np.array_equal(ours, numpy_heads.distance_bucket(distances))
    assert ours.min() >= 0
    assert ours.max() < torch_heads.N_DISTANCES


def test_distance_buckets_are_exact_up_to_eight_and_tell_sides_apart():
    near = torch_heads.distance_bucket(torch.arange(-8, 9))
    assert len(set(near.tolist())) == 17
    far = torch_heads.distance_bucket(torch.arange(0, 500))
    assert (far[1:] >= far[:-1]).all()


def test_constants_are_those_of_numpy():
    for name in ("N_TAGS", "N_DISTANCES", "N_SENTENCE_DISTANCES"):
        assert getattr(torch_heads, name) == getattr(numpy_heads, name)


def test_tag_logits_agree_with_numpy(pair, words):
    module, arrays = pair
    logits = arrays.tags(words.numpy())
    assert logits.shape == (N_WORDS, 2, 3)
    assert close(module.tags(words), logits)


def test_sentence_logits_agree_with_numpy(pair, words):
    module, arrays = pair
    bounds = random_bounds(20, 4)
    logits = arrays.sentences(words.numpy(), bounds)
    assert logits.shape == (20, 3)
    assert close(module.sentences(words, torch.from_numpy(bounds)), logits)


@pytest.mark.parametrize(("name", "n_labels"), [("valence", 2), ("source_type", 3)])
def test_span_logits_agree_with_numpy(pair, words, name, n_labels):
    module, arrays = pair
    rows = np.concatenate(
        [random_bounds(30, 5, may_be_empty=False), random_bounds(30, 6), random_bounds(30, 7)], axis=1
    )
    logits = arrays.spans(name, words.numpy(), rows)
    assert logits.shape == (30, n_labels)
    bounds = torch.from_numpy(rows)
    assert close(module.spans(name, words, bounds[:, :2], bounds[:, 2:4], bounds[:, 4:]), logits)


def test_link_logits_agree_with_numpy(pair, words):
    module, arrays = pair
    rng = np.random.default_rng(8)
    anchors, candidates = (random_bounds(60, seed, may_be_empty=False) for seed in (9, 10))
    roles, apart = rng.integers(0, len(LINK_ROLES), (60, 1)), rng.integers(-9, 10, (60, 1))
    rows = np.concatenate([roles, anchors, candidates, apart], axis=1)
    logits = arrays.links(words.numpy(), rows)
    assert logits.shape == (60,)
    given = torch.from_numpy(rows)
    assert close(module.link(words, LinkInput(given[:, 0], given[:, 1:3], given[:, 3:5], given[:, 5])), logits)


def test_link_logits_depend_on_role_order_and_sentence_distance(pair, words):
    _, arrays = pair
    rows = np.array([[0, 5, 6, 9, 11, 0], [1, 5, 6, 9, 11, 0], [0, 9, 11, 5, 6, 0], [0, 5, 6, 9, 11, 1]])
    logits = arrays.links(words.numpy(), rows)
    assert len(set(np.round(logits, 5).tolist())) == len(rows)


def test_heads_without_taggers_give_no_tags(words):
    with pytest.warns(UserWarning, match="zero-element"):
        module = Heads(RhetoricConfig(taggers=(), sentence_labels=("attribution",)), HIDDEN).eval()
    arrays = NumpyHeads({name: tensor.numpy() for name, tensor in module.state_dict().items()})
    assert module.tags(words).shape == arrays.tags(words.numpy()).shape == (N_WORDS, 0, 3)


def test_heads_of_no_words_give_no_tags(pair):
    module, arrays = pair
    assert (
        module.tags(torch.zeros(0, HIDDEN)).shape == arrays.tags(np.zeros((0, HIDDEN), np.float32)).shape == (0, 2, 3)
    )


def test_numpy_heads_tell_how_many_outputs_a_layer_has(pair):
    _, arrays = pair
    names = ("tagger", "sentence", "span.valence.out", "link.scorer.out", "span.nothing.out")
    assert [arrays.n_outputs(name) for name in names] == [6, 3, 2, 1, 0]
