"""Encoders of several families, with and without a pooling layer, under the same heads."""

import numpy as np
import pytest
import torch
import transformers

from rhetoric.modeling import RhetoricConfig, RhetoricModel, pretrained_encoder
from rhetoric.runtime.encoders import OnnxEncoder
from rhetoric.training.export import export_onnx

pytest.importorskip("onnx")

SIZES = {
    "vocab_size": 300,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 150,
}
CONFIGS = {
    "bert": lambda: transformers.BertConfig(**SIZES),
    "mpnet": lambda: transformers.MPNetConfig(**SIZES),
    "roberta": lambda: transformers.RobertaConfig(**SIZES),
    "distilbert": lambda: transformers.DistilBertConfig(
        vocab_size=300, dim=32, n_layers=1, n_heads=2, hidden_dim=64, max_position_embeddings=150
    ),
    "deberta": lambda: transformers.DebertaV2Config(
        **SIZES,
        relative_attention=True,
        position_buckets=16,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        type_vocab_size=0,
    ),
}
each_family = pytest.mark.parametrize("family", CONFIGS)


def model_of(config):
    transformers.set_seed(1)
    heads = {"taggers": ("loaded",), "sentence_labels": ("attribution",), "span_heads": {}}
    return RhetoricModel(RhetoricConfig(encoder=config.to_dict(), **heads)).eval()


@each_family
def test_published_weights_fit_the_encoder_of_the_model(family, tmp_path):
    config = CONFIGS[family]()
    published = transformers.AutoModel.from_config(config)
    published.save_pretrained(tmp_path)
    model = model_of(config)
    model.encoder.load_state_dict(pretrained_encoder(str(tmp_path), config).state_dict())
    ids = torch.arange(5, 45).unsqueeze(0)
    with torch.inference_mode():
        states = model.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        expected = published.eval()(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    assert torch.equal(states, expected)
    assert not [name for name, _ in model.encoder.named_parameters() if "pooler" in name]


@each_family
def test_exported_encoder_reads_windows_of_any_length(family, tmp_path):
    model = model_of(CONFIGS[family]())
    export_onnx(model, tmp_path / "encoder.onnx")
    encoder = OnnxEncoder(tmp_path / "encoder.onnx", n_workers=1)
    for length in (3, 40, 140):
        ids = np.arange(5, 5 + length)
        with torch.inference_mode():
            batch = torch.from_numpy(ids).unsqueeze(0)
            expected = model.encoder(input_ids=batch, attention_mask=torch.ones_like(batch)).last_hidden_state[0]
        assert np.abs(next(encoder.encode([ids])) - expected.numpy()).max() < 0.15


def test_weights_in_another_format_are_not_read(tmp_path):
    config = CONFIGS["bert"]()
    config.save_pretrained(tmp_path)
    torch.save(transformers.BertModel(config).state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        pretrained_encoder(str(tmp_path), config)
