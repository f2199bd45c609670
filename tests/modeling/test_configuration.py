"""The configuration: it comes back as it was written, and the Auto classes know it."""

import pytest
from transformers import AutoConfig, BertConfig

from rhetoric.decoding.links import LINK_ROLES as DECODED_ROLES
from rhetoric.modeling import LINK_ROLES, RhetoricConfig


def test_config_comes_back_from_a_folder(config, tmp_path):
    config.save_pretrained(tmp_path)
    loaded = AutoConfig.from_pretrained(tmp_path)
    assert isinstance(loaded, RhetoricConfig)
    for name in ("encoder", "taggers", "sentence_labels", "span_heads", "head_size", "window_size", "context_size"):
        assert getattr(loaded, name) == getattr(config, name), name


def test_config_without_arguments_names_no_head():
    empty = RhetoricConfig()
    assert (empty.taggers, empty.sentence_labels, empty.span_heads) == ([], [], {})


def test_encoder_config_is_that_of_the_encoder(config):
    encoder = config.encoder_config()
    assert isinstance(encoder, BertConfig)
    assert (encoder.hidden_size, encoder.vocab_size) == (16, 60)
    assert config.encoder["model_type"] == "bert"


def test_encoder_config_refuses_an_unknown_architecture():
    with pytest.raises(ValueError, match="no_such_encoder"):
        RhetoricConfig({"model_type": "no_such_encoder"}).encoder_config()


def test_link_roles_are_those_that_decoding_asks_for():
    assert LINK_ROLES == DECODED_ROLES
