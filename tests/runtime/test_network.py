"""Loading a model folder: what is in it is named, and what is wrong with it is said in one line."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rhetoric.errors import ModelError
from rhetoric.runtime import load_network
from rhetoric.runtime.heads import HEADS_FILE
from rhetoric.segmentation import split_sentences
from rhetoric.taxonomy import SENTENCE_LABELS


def settings_of(folder):
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def change_settings(folder, **changes):
    content = json.dumps({**settings_of(folder), **changes})
    (folder / "config.json").write_text(content, encoding="utf-8")


def test_load_network_names_what_the_heads_give(tiny_model):
    network = load_network(tiny_model)
    assert network.taggers[:2] == ("loaded", "ptc_wording")
    assert network.sentence_labels == SENTENCE_LABELS
    assert network.span_heads["target"] == ("negative", "neutral", "positive")
    assert (network.aligner.window_size, network.aligner.context_size) == (64, 16)
    assert network.folder == tiny_model


@pytest.mark.parametrize("backend", ["onnx", "torch", "auto"])
def test_network_words_are_states_that_the_heads_take(tiny_model, backend):
    network = load_network(tiny_model, backend)
    aligned = network.aligner.align("Orr left.", split_sentences("Orr left."))
    assert network.heads.tags(network.words(aligned)).shape == (3, len(network.taggers), 3)


def test_load_network_takes_name_and_version_of_the_configuration(folder):
    change_settings(folder, name="echo", version="7")
    assert (load_network(folder).info.name, load_network(folder).info.version) == ("echo", "7")


def test_load_network_versions_a_model_by_its_configuration(folder):
    info = load_network(folder).info
    assert info.name == "broken"
    assert len(info.version) == 12
    change_settings(folder, context_size=15)
    assert load_network(folder).info.version != info.version


@pytest.mark.parametrize("content", ["", "{", "[]", "7", "null", "{}", '{"taggers": []}'])
def test_load_network_refuses_what_is_no_configuration(folder, content):
    (folder / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"broken: config\.json is not that of a rhetoric model") as caught:
        load_network(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"window_size": "wide"},
        {"context_size": None},
        {"taggers": 3},
        {"span_heads": ["valence"]},
        {"sentence_labels": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_load_network_refuses_a_setting_of_the_wrong_kind(folder, changes):
    change_settings(folder, **changes)
    with pytest.raises(ModelError, match=r"broken: config\.json is not that of a rhetoric model"):
        load_network(folder)


def test_load_network_refuses_windows_without_room(folder):
    change_settings(folder, window_size=12)
    with pytest.raises(ModelError, match="broken: window_size 12 and context_size 16 do not fit"):
        load_network(folder)


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({"taggers": ["loaded"]}, "tagger"),
        ({"taggers": "cue"}, "tagger"),
        ({"sentence_labels": [*SENTENCE_LABELS, "satire"]}, "sentence"),
        ({"span_heads": {"mood": ["calm"]}}, r"span\.mood\.out"),
        ({"span_heads": {"valence": ["negative"]}}, r"span\.valence\.out"),
    ],
)
def test_load_network_refuses_heads_of_another_configuration(folder, changes, head):
    change_settings(folder, **changes)
    with pytest.raises(ModelError, match=rf"head '{head}' has \d+ outputs where config\.json names \d+; export"):
        load_network(folder)


def test_load_network_refuses_missing_heads(folder):
    arrays = load_file(folder / HEADS_FILE)
    save_file({k: v for k, v in arrays.items() if not k.startswith("sentence")}, folder / HEADS_FILE)
    with pytest.raises(ModelError, match="head 'sentence' has 0 outputs where config.json names 6"):
        load_network(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "heads.safetensors", "encoder.int8.onnx"])
def test_load_network_refuses_a_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match="broken") as caught:
        load_network(folder, "onnx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["no-such-model", "", "a/b"])
def test_load_network_refuses_an_unknown_model(name):
    with pytest.raises(ModelError, match=f"no model {name!r}: expected a folder with a config.json, or one of"):
        load_network(name)


def test_networks_of_one_folder_agree(tiny_model):
    text = "The harbour opened. “We waited long,” Orr said."
    states = []
    for _ in range(2):
        network = load_network(tiny_model)
        states.append(network.words(network.aligner.align(text, split_sentences(text))))
    assert np.array_equal(*states)
