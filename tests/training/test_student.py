"""The encoder that is fine-tuned: the model's own or another, and what is refused."""

import pytest
import torch
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
)

from rhetoric.errors import ModelError
from rhetoric.runtime import load_network
from rhetoric.training.student import attention_projections, read_student

SIZE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}


@pytest.fixture(scope="module")
def base(tiny_model):
    return load_network(tiny_model)


def test_own_encoder_reads_as_the_model_does(base):
    student = read_student(base, None)
    assert student.is_same_reader
    assert student.aligner is base.aligner


def test_another_encoder_with_the_same_tokenizer_is_known_as_such(base, tiny_model, tmp_path):
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path)
    BertConfig(vocab_size=1024, **SIZE).save_pretrained(tmp_path)
    assert read_student(base, str(tmp_path)).is_same_reader


def test_what_is_no_encoder_is_refused(base):
    with pytest.raises(ModelError, match="encoder 'no/encoder' cannot be loaded .*; give a name on the hub"):
        read_student(base, "no/encoder")


@pytest.mark.parametrize(
    ("encoder", "n"),
    [
        (BertModel(BertConfig(vocab_size=20, **SIZE)), 8),
        (MPNetModel(MPNetConfig(vocab_size=20, **SIZE)), 8),
        (DistilBertModel(DistilBertConfig(vocab_size=20, dim=16, n_layers=2, n_heads=2, hidden_dim=16)), 8),
    ],
    ids=["bert", "mpnet", "distilbert"],
)
def test_all_projections_of_attention_are_found_and_nothing_else(encoder, n):
    found = attention_projections(encoder)
    assert len(found) == n
    modules = dict(encoder.named_modules())
    assert all(isinstance(modules[name], torch.nn.Linear) and modules[name].weight.shape == (16, 16) for name in found)
