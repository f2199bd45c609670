"""The loss of a network that is fine-tuned: what counts how much."""

import numpy as np
import pytest
import torch

from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead, unit_features
from rhetoric.training.keeping import choices_of
from rhetoric.training.lessons import Lesson, collate_lessons
from rhetoric.training.passages import read_passages
from rhetoric.training.student import build_network, read_student
from rhetoric.training.tuned import ClassWeights, Keeping

TEXTS = ["The mayor left.", "A clerk rose at noon.", "It rained."]


@pytest.fixture(scope="module")
def base(tiny_model):
    return load_network(tiny_model, "torch")


def network_of(base, head, positive, negative=None):
    positive = np.array(positive, np.float32)
    weights = ClassWeights(positive, np.ones_like(positive) if negative is None else np.array(negative, np.float32))
    return build_network(read_student(base, None), head, weights, Keeping(1.0, choices_of(base), {}), 1).eval()


def batch_of(base, gold, is_tagger=False):
    (passage,) = read_passages(TEXTS, range(3), base.aligner)
    bounds = np.arange(len(gold))[:, None] if is_tagger else passage.bounds
    return collate_lessons([Lesson(passage, bounds, np.array(gold), {})])


def test_labels_count_by_their_weights(base):
    gold = np.array([[1, 0], [0, 0], [0.5, 1]], np.float32)
    network = network_of(base, AddedHead("new", "sentence", ("a", "b")), [2.0, 3.0], [0.5, 1.0])
    found = network(**batch_of(base, gold))
    p = found["logits"].sigmoid()
    terms = -(gold * np.array([2.0, 3.0]) + (1 - gold) * np.array([0.5, 1.0]))
    expected = torch.tensor(terms) * (torch.tensor(gold) * p.log() + (1 - torch.tensor(gold)) * (1 - p).log())
    assert found["loss"].item() == pytest.approx(expected.mean().item(), rel=1e-4)


def test_exclusive_labels_are_a_weighted_mean(base):
    gold = np.array([[1, 0], [0.25, 0.75], [0, 1]], np.float32)
    network = network_of(base, AddedHead("new", "article", ("a", "b"), True), [4.0, 1.0])
    found = network(**batch_of(base, gold))
    weights = torch.tensor(gold) * torch.tensor([4.0, 1.0])
    expected = -(weights * found["logits"].log_softmax(1)).sum() / weights.sum()
    assert found["loss"].item() == pytest.approx(expected.item(), rel=1e-4)


def test_tags_count_by_label_and_class(base):
    gold = np.array([[0, 1], [2, 0], [1, 0], [0, 0]])
    weights = np.array([[1.0, 2.0, 3.0], [0.5, 4.0, 1.0]])
    network = network_of(base, AddedHead("new", "span", ("a", "b")), weights)
    found = network(**batch_of(base, gold, is_tagger=True))
    losses = []
    for i in range(2):
        p = found["logits"][:, 3 * i : 3 * i + 3].log_softmax(1)
        w = torch.tensor([weights[i, tag] for tag in gold[:, i]])
        losses.append(-(w * p[torch.arange(4), torch.tensor(gold[:, i])]).sum() / w.sum())
    assert found["loss"].item() == pytest.approx((sum(losses) / 2).item(), rel=1e-4)


@pytest.mark.parametrize("name", ["own", "keys", "train", "added"])
def test_new_head_reads_what_the_runtime_reads(base, name):
    """A head may have any name, also one that a module uses for itself."""
    network = network_of(base, AddedHead(name, "sentence", ("a",)), [1.0])
    batch = batch_of(base, np.zeros((3, 1), np.float32))
    (passage,) = read_passages(TEXTS, range(3), base.aligner)
    features = unit_features(base.words(passage.aligned), passage.bounds)
    layer = network.matrix(name)
    expected = features @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(network(**batch)["logits"].detach(), expected, rtol=1e-3, atol=1e-4)


def test_the_same_seed_gives_the_same_head(base):
    one, other = (network_of(base, AddedHead("new", "sentence", ("a",)), [1.0]).matrix("new").weight for _ in range(2))
    assert torch.equal(one, other)
