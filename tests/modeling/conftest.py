"""A network of random weights, small enough to run in milliseconds, and labels for it."""

import pytest
import torch

ENCODER = {
    "model_type": "bert",
    "vocab_size": 60,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}
N_WORDS = 12


@pytest.fixture
def config():
    from rhetoric.modeling import RhetoricConfig

    return RhetoricConfig(
        ENCODER,
        taggers=("loaded", "cue"),
        sentence_labels=("loaded_language", "attribution", "biased_wording"),
        span_heads={"valence": ("negative", "positive"), "source_type": ("expert", "public", "document")},
        head_size=8,
        window_size=32,
        context_size=4,
    )


@pytest.fixture
def model(config):
    from rhetoric.modeling import RhetoricModel

    torch.manual_seed(7)
    return RhetoricModel(config).eval()


@pytest.fixture
def inputs():
    """Two windows of ten tokens with six words each."""
    ids = torch.arange(20).view(2, 10) + 5
    positions = torch.cat([torch.arange(1, 7), torch.arange(11, 17)])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "word_positions": positions}


@pytest.fixture
def nothing_known():
    """Supervision in which no layer is annotated."""
    from rhetoric.modeling import IGNORED

    return {
        "tags": torch.full((N_WORDS, 2), IGNORED),
        "sentence_bounds": torch.tensor([[0, 6], [6, 12]]),
        "sentence_labels": torch.full((2, 3), -1.0),
        "spans": {name: torch.zeros(0, 6, dtype=torch.long) for name in ("valence", "source_type")},
        "span_labels": {"valence": torch.zeros(0, 2), "source_type": torch.zeros(0, 3)},
        "links": torch.zeros(0, 6, dtype=torch.long),
        "link_labels": torch.zeros(0),
    }


@pytest.fixture
def all_known(nothing_known):
    """Supervision of every layer."""
    tags = torch.zeros(N_WORDS, 2, dtype=torch.long)
    tags[2, 0], tags[3, 0], tags[5, 1] = 1, 2, 1
    rows = torch.tensor([[2, 4, 2, 4, 0, 6], [7, 8, 0, 0, 6, 12]])
    return nothing_known | {
        "tags": tags,
        "sentence_labels": torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]]),
        "spans": {"valence": rows, "source_type": rows},
        "span_labels": {"valence": torch.tensor([[1.0, 0.0], [0.5, 0.5]]), "source_type": torch.eye(3)[:2]},
        "links": torch.tensor([[0, 5, 6, 2, 4, 0], [1, 5, 6, 7, 9, 1], [3, 7, 8, 2, 4, -1]]),
        "link_labels": torch.tensor([1.0, 0.0, 1.0]),
    }
