"""Encoders: the state of every word, never dependent on what else is read, from safe files alone."""

import sys

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from rhetoric.alignment import Aligner
from rhetoric.errors import MissingExtraError, ModelError, RhetoricError, UsageError
from rhetoric.modeling import RhetoricConfig, RhetoricModel
from rhetoric.runtime import load_encoder, word_states
from rhetoric.runtime.encoders import N_WINDOWS_ON_GPU, ONNX_FILE, OnnxEncoder, Placement, TorchEncoder, runs_on_torch
from rhetoric.segmentation import split_sentences

HIDDEN = 32
BACKENDS = ("onnx", "torch")


@pytest.fixture(scope="module")
def aligner(tiny_model):
    return Aligner.from_file(tiny_model, 64, 16)


@pytest.fixture(scope="module", params=BACKENDS)
def encoder(request, tiny_model):
    return load_encoder(tiny_model, request.param)


def states_of(encoder, aligner, text):
    return word_states(encoder, aligner, aligner.align(text, split_sentences(text)))


def test_encode_gives_a_state_a_token(encoder):
    (states,) = encoder.encode([np.array([2, 9, 10, 11, 3])])
    assert states.shape == (5, HIDDEN)
    assert states.dtype == np.float32
    assert np.isfinite(states).all()


def test_word_states_are_there_for_every_word(encoder, aligner, texts):
    for text in texts:
        aligned = aligner.align(text, split_sentences(text))
        states = word_states(encoder, aligner, aligned)
        assert states.shape == (aligned.n_words, HIDDEN)
        assert np.isfinite(states).all()


def test_word_states_are_those_of_first_tokens(encoder, aligner):
    aligned = aligner.align("Orr left Port Vale.", split_sentences("Orr left Port Vale."))
    (window,) = aligner.windows(aligned)
    (states,) = encoder.encode([aligner.window_ids(aligned, window)])
    assert np.array_equal(word_states(encoder, aligner, aligned), states[aligned.word_tokens + 1])


def test_word_states_do_not_depend_on_other_articles(encoder, aligner, texts):
    alone = [states_of(encoder, aligner, text) for text in texts]
    again = [states_of(encoder, aligner, text) for text in reversed(texts)][::-1]
    assert all(map(np.array_equal, alone, again))


def test_onnx_states_do_not_depend_on_the_number_of_cores(tiny_model, aligner, texts):
    one, many = (OnnxEncoder(tiny_model / ONNX_FILE, n_workers=n) for n in (1, 3))
    long = " ".join(texts) * 3
    assert np.array_equal(states_of(one, aligner, long), states_of(many, aligner, long))


def test_word_states_of_the_first_window_do_not_depend_on_what_follows(encoder, aligner):
    head = "The harbour opened at nine. " * 2
    alone = states_of(encoder, aligner, head)
    # The window is full after two sentences, so that the rest is read in others.
    longer = states_of(encoder, aligner, head + "Nine incomprehensibilities were counted by the commissioners. " * 3)
    assert np.array_equal(longer[: len(alone)], alone)


def test_word_states_of_no_words_are_empty(encoder, aligner):
    assert len(states_of(encoder, aligner, "")) == 0
    assert len(states_of(encoder, aligner, "\u0301")) == 0


def test_backends_give_nearly_the_same_states(tiny_model, aligner, texts):
    one, other = (load_encoder(tiny_model, backend) for backend in BACKENDS)
    for text in texts:
        a, b = states_of(one, aligner, text), states_of(other, aligner, text)
        cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
        assert cosines.min() > 0.98


def test_torch_encoder_says_nothing(tiny_model, capfd):
    TorchEncoder(tiny_model)
    assert capfd.readouterr() == ("", "")


def test_torch_encoder_drops_nothing_out(tiny_model):
    encoder = TorchEncoder(tiny_model)
    assert not encoder.encoder.training
    ids = np.arange(5, 25)
    one, other = encoder.encode([ids, ids])
    assert np.array_equal(one, other)


@pytest.fixture(scope="module")
def windows():
    """Of many lengths, none in order."""
    numbers = np.random.default_rng(0)
    return [numbers.integers(5, 200, n) for n in (9, 60, 3, 41, 9, 17, 64)]


@pytest.mark.parametrize("n_windows", [2, 3, 50])
def test_torch_states_of_windows_that_run_together_are_those_of_each_alone(tiny_model, windows, n_windows):
    alone = list(TorchEncoder(tiny_model, Placement()).encode(windows))
    together = list(TorchEncoder(tiny_model, Placement(n_windows=n_windows)).encode(iter(windows)))
    assert [len(states) for states in together] == [len(window) for window in windows]
    assert max(np.abs(a - b).max() for a, b in zip(alone, together, strict=True)) < 1e-5


@pytest.mark.parametrize("kind", ["mpnet", "roberta"])
def test_torch_padding_changes_nothing_in_encoders_that_count_positions_otherwise(tmp_path, windows, kind):
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = RhetoricConfig(
        {"model_type": kind, "vocab_size": 256, **size}, ("cue",), ("attribution",), {}, head_size=16
    )
    RhetoricModel(config).save_pretrained(tmp_path)
    alone, together = (TorchEncoder(tmp_path, Placement(n_windows=n)).encode(windows) for n in (1, 4))
    assert max(np.abs(a - b).max() for a, b in zip(alone, together, strict=True)) < 1e-5


def test_torch_windows_that_run_together_are_about_as_long_and_of_one_article(tiny_model, windows, monkeypatch):
    encoder, batches = TorchEncoder(tiny_model, Placement(n_windows=3)), []
    encode = encoder._encode_together
    monkeypatch.setattr(encoder, "_encode_together", lambda batch: batches.append([*map(len, batch)]) or encode(batch))
    for article in (windows, windows[:2]):
        assert len(list(encoder.encode(article))) == len(article)
    assert batches == [[3, 9, 9], [17, 41, 60], [64], [9, 60]]


def test_torch_states_in_bfloat16_are_nearly_those_in_single_precision(tiny_model, windows):
    exact = np.concatenate(list(TorchEncoder(tiny_model, Placement()).encode(windows)))
    rough = np.concatenate(list(TorchEncoder(tiny_model, Placement("cpu", "bfloat16", 3)).encode(windows)))
    assert rough.dtype == np.float32
    assert 0 < np.abs(exact - rough).max() < 0.1


@pytest.mark.parametrize(
    ("has_gpu", "has_bf16", "placement"),
    [
        (False, False, Placement("cpu", "float32", 1)),
        (True, False, Placement("cuda", "float32", N_WINDOWS_ON_GPU)),
        (True, True, Placement("cuda", "bfloat16", N_WINDOWS_ON_GPU)),
    ],
)
def test_torch_computes_on_a_gpu_where_there_is_one(monkeypatch, has_gpu, has_bf16, placement):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_bf16)
    assert Placement.of_this_machine() == placement


def test_torch_runs_where_it_is_asked_for_or_nothing_else_can(folder):
    assert [runs_on_torch(folder, backend) for backend in ("auto", "onnx", "torch")] == [False, False, True]
    (folder / ONNX_FILE).unlink()
    assert [runs_on_torch(folder, backend) for backend in ("auto", "onnx", "torch")] == [True, False, True]


def test_load_encoder_takes_onnx_where_it_is_there(folder):
    assert isinstance(load_encoder(folder), OnnxEncoder)
    (folder / ONNX_FILE).unlink()
    assert isinstance(load_encoder(folder), TorchEncoder)


def test_load_encoder_refuses_an_unknown_backend(tiny_model):
    with pytest.raises(UsageError, match="no backend 'tpu': expected auto, onnx or torch"):
        load_encoder(tiny_model, "tpu")


def remove(path):
    path.unlink()


def garble(path):
    path.write_bytes(b"no model at all")


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [remove, garble, empty, cut])
@pytest.mark.parametrize(("backend", "name"), [("onnx", ONNX_FILE), ("torch", "model.safetensors")])
def test_load_encoder_refuses_damaged_weights_in_one_line(folder, backend, name, damage):
    damage(folder / name)
    with pytest.raises(ModelError) as caught:
        load_encoder(folder, backend)
    assert str(folder) in str(caught.value)
    assert "copy the whole" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_torch_encoder_refuses_weights_that_are_not_all_there(folder):
    weights = load_file(folder / "model.safetensors")
    lacking = next(name for name in sorted(weights) if name.startswith("encoder."))
    save_file({k: v for k, v in weights.items() if k != lacking}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=rf"lacks {lacking}; export the model again"):
        TorchEncoder(folder)


def test_torch_encoder_refuses_weights_of_another_size(folder):
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if name.endswith("word_embeddings.weight"))
    save_file(weights | {name: weights[name][:, :8].copy()}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        TorchEncoder(folder)


def test_torch_encoder_never_reads_a_pickle(folder):
    weights = load_file(folder / "model.safetensors")
    torch.save({k: torch.from_numpy(v) for k, v in weights.items()}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        TorchEncoder(folder)


def test_torch_encoder_without_torch_says_what_to_install(tiny_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match="pip install torch transformers") as caught:
        TorchEncoder(tiny_model)
    assert isinstance(caught.value, RhetoricError)
