"""The network: what it learns from and what not, and how it is saved and loaded."""

import json

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModel

from rhetoric.modeling import IGNORED, RhetoricConfig, RhetoricModel

HEADS = ("tagger", "sentence", "span.valence", "span.source_type", "link")


def has_gradient(module):
    return any(p.grad is not None and bool(p.grad.any()) for p in module.parameters())


def trained_heads(model, inputs, supervision):
    """Return the names of the heads that a step with this supervision would change."""
    model.zero_grad()
    model(**inputs, supervision=supervision).loss.backward()
    return {name for name in HEADS if has_gradient(model.heads.get_submodule(name))}


def test_words_are_the_states_of_their_first_tokens(model, inputs):
    words = model(**inputs).words
    states = model.encoder(inputs["input_ids"], inputs["attention_mask"]).last_hidden_state
    assert torch.equal(words, torch.cat([states[0, 1:7], states[1, 1:7]]))


def test_words_do_not_depend_on_padding_and_neighbours(model, inputs):
    together = model(**inputs).words
    ids = torch.cat([inputs["input_ids"], torch.zeros(2, 5, dtype=torch.long)], dim=1)
    mask = torch.cat([inputs["attention_mask"], torch.zeros(2, 5, dtype=torch.long)], dim=1)
    padded = model(input_ids=ids[:1], attention_mask=mask[:1], word_positions=torch.arange(1, 7)).words
    assert torch.allclose(together[:6], padded, atol=1e-5)


def test_loss_of_every_layer_trains_every_head_and_the_encoder(model, inputs, all_known):
    assert trained_heads(model, inputs, all_known) == set(HEADS)
    assert has_gradient(model.encoder)


def test_loss_of_nothing_known_is_zero_and_trains_nothing(model, inputs, nothing_known):
    assert trained_heads(model, inputs, nothing_known) == set()
    assert not has_gradient(model.encoder)
    assert model(**inputs, supervision=nothing_known).loss.item() == 0.0


LAYERS = {
    "tagger": ("tags",),
    "sentence": ("sentence_labels",),
    "span": ("spans", "span_labels"),
    "link": ("links", "link_labels"),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_loss_of_one_layer_trains_its_heads_alone(model, inputs, nothing_known, all_known, layer):
    supervision = nothing_known | {name: all_known[name] for name in LAYERS[layer]}
    assert trained_heads(model, inputs, supervision) == {name for name in HEADS if name.split(".")[0] == layer}
    assert has_gradient(model.encoder)


@pytest.mark.parametrize("layer", LAYERS)
def test_loss_without_one_layer_leaves_its_heads(model, inputs, nothing_known, all_known, layer):
    supervision = all_known | {name: nothing_known[name] for name in LAYERS[layer]}
    assert trained_heads(model, inputs, supervision) == {name for name in HEADS if name.split(".")[0] != layer}


def test_loss_of_one_tagger_leaves_the_weights_of_the_other(model, inputs, all_known, nothing_known):
    tags = all_known["tags"].clone()
    tags[:, 1] = IGNORED
    trained_heads(model, inputs, nothing_known | {"tags": tags})
    gradient = model.heads.tagger.weight.grad
    assert gradient[:3].any()
    assert not gradient[3:].any()


def test_loss_of_one_sentence_label_leaves_the_weights_of_the_others(model, inputs, nothing_known):
    labels = torch.tensor([[-1.0, 1.0, -1.0], [-1.0, 0.0, -1.0]])
    trained_heads(model, inputs, nothing_known | {"sentence_labels": labels})
    assert [bool(row.any()) for row in model.heads.sentence.weight.grad] == [False, True, False]


def test_loss_leaves_out_words_and_sentences_that_are_not_annotated(model, inputs, nothing_known):
    tags, labels = torch.full((12, 2), IGNORED), torch.full((2, 3), -1.0)
    tags[:6, 0], labels[0, 0] = 0, 1.0
    supervision = nothing_known | {"tags": tags, "sentence_labels": labels}
    changed = inputs | {"input_ids": inputs["input_ids"].clone()}
    changed["input_ids"][1] += 7
    assert torch.equal(model(**inputs, supervision=supervision).loss, model(**changed, supervision=supervision).loss)


def test_loss_is_the_weighted_sum_of_its_parts(model, inputs, all_known):
    parts = model(**inputs, supervision=all_known).parts
    assert set(parts) == {"tagger.loaded", "tagger.cue", "sentence", "span.valence", "span.source_type", "link", "none"}
    model.loss_weights = {"sentence": 0.5, "link": 3.0}
    weighted = model(**inputs, supervision=all_known).loss
    expected = sum(value * model.loss_weights.get(name, 1.0) for name, value in parts.items())
    assert torch.allclose(weighted, expected)


def test_model_can_learn_what_it_is_shown(model, inputs, all_known):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    before = model(**inputs, supervision=all_known).loss.item()
    for _ in range(60):
        loss = model(**inputs, supervision=all_known).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # The labels that are shared out evenly keep some entropy.
    assert loss.item() < 0.4 < before


def test_model_comes_back_through_the_auto_class(model, inputs, tmp_path):
    model.save_pretrained(tmp_path)
    loaded = AutoModel.from_pretrained(tmp_path).eval()
    assert isinstance(loaded, RhetoricModel)
    assert torch.equal(loaded(**inputs).words, model(**inputs).words)
    assert all(torch.equal(v, loaded.state_dict()[k]) for k, v in model.state_dict().items())


def test_model_is_saved_as_safetensors_alone(model, tmp_path):
    model.save_pretrained(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"config.json", "model.safetensors"}
    with safe_open(tmp_path / "model.safetensors", "pt") as weights:
        assert {name.split(".")[0] for name in weights.keys()} == {"encoder", "heads"}


def test_model_refuses_a_pickle(model, tmp_path):
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        RhetoricModel.from_pretrained(tmp_path, use_safetensors=True)


def test_model_runs_no_code_of_its_folder(model, tmp_path):
    model.save_pretrained(tmp_path)
    settings = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    settings["auto_map"] = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
    settings["encoder"]["auto_map"] = {"AutoModel": "evil.Model"}
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    (tmp_path / "evil.py").write_text("raise SystemExit('code of the folder ran')", encoding="utf-8")
    assert isinstance(RhetoricModel.from_pretrained(tmp_path), RhetoricModel)
    assert isinstance(AutoModel.from_pretrained(tmp_path, trust_remote_code=False), RhetoricModel)


def test_model_of_an_encoder_without_pooler_has_no_dead_weights(model):
    assert not [name for name, _ in model.named_parameters() if "pooler" in name]


def test_model_builds_from_a_configuration_alone(config):
    torch.manual_seed(1)
    one = AutoModel.from_config(config)
    torch.manual_seed(1)
    other = RhetoricModel(RhetoricConfig(**config.to_dict()))
    assert all(torch.equal(v, other.state_dict()[k]) for k, v in one.state_dict().items())
