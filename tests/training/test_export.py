import numpy as np
import pytest

from rhetoric.runtime import NumpyHeads, load_network
from rhetoric.runtime.encoders import ONNX_FILE, OnnxEncoder, TorchEncoder

transformers = pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")

# Measured: 0.9990 is the lowest of all positions that int8 weights give here, 0.999999 that half-precision ones do.
LEAST_COSINE_INT8 = 0.995
LEAST_COSINE_HALF = 0.99999
LENGTHS = [2, 3, 17, 62, 128]


@pytest.fixture(scope="module")
def network():
    """A network whose attention is far from even: its weights are ten times as large as fresh ones."""
    from rhetoric.modeling import RhetoricConfig, RhetoricModel

    transformers.set_seed(3)
    sizes = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}
    encoder = {"model_type": "bert", "vocab_size": 300, "initializer_range": 0.2, **sizes}
    heads = {"taggers": ("loaded", "cue"), "sentence_labels": ("attribution",), "span_heads": {"valence": ("a", "b")}}
    return RhetoricModel(RhetoricConfig(encoder, head_size=16, window_size=64, context_size=16, **heads))


@pytest.fixture(scope="module")
def tokenizer(tiny_model):
    return transformers.AutoTokenizer.from_pretrained(tiny_model)


@pytest.fixture(scope="module")
def folder(network, tokenizer, tmp_path_factory):
    from rhetoric.training.export import export_model

    folder = tmp_path_factory.mktemp("exported") / "new" / "model"
    export_model(network, tokenizer, folder)
    return folder


def window(length):
    return np.random.default_rng(length).integers(5, 200, length)


def states_of(network, ids):
    batch = torch.from_numpy(ids)[None]
    was_training = network.training
    with torch.inference_mode():
        states = network.eval().encoder(input_ids=batch, attention_mask=torch.ones_like(batch)).last_hidden_state[0]
    network.train(was_training)
    return states.numpy()


def least_cosine(one, other):
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return ((one * other).sum(axis=1) / lengths).min()


def test_export_writes_weights_without_pickles(folder):
    names = {path.name for path in folder.iterdir()}
    assert {"config.json", "encoder.int8.onnx", "heads.safetensors", "model.safetensors", "tokenizer.json"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pkl", ".py"))]


@pytest.mark.parametrize("part", ["all", "encoder"])
def test_export_leaves_the_network_as_it_is(network, tokenizer, tmp_path, part):
    from rhetoric.training.export import export_model, export_onnx

    network.train()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    attention = network.encoder.config._attn_implementation
    if part == "all":
        export_model(network, tokenizer, tmp_path)
    else:
        export_onnx(network, tmp_path / ONNX_FILE)
    assert all(module.training for module in network.modules())
    assert network.encoder.config._attn_implementation == attention
    for name, weight in network.state_dict().items():
        assert weight.dtype == before[name].dtype
        assert torch.equal(weight, before[name]), name


def test_exported_model_loads_with_its_labels(network, folder):
    loaded = load_network(folder, "onnx")
    assert (loaded.taggers, loaded.sentence_labels) == (("loaded", "cue"), ("attribution",))
    assert loaded.span_heads == {"valence": ("a", "b")}
    assert (loaded.aligner.window_size, loaded.aligner.context_size) == (64, 16)
    again = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32)
    assert again.state_dict().keys() == network.state_dict().keys()


def test_exported_heads_are_those_of_the_network(network, folder):
    arrays = NumpyHeads.from_file(folder).arrays
    weights = network.heads.state_dict()
    assert arrays.keys() == weights.keys()
    for name, weight in weights.items():
        np.testing.assert_array_equal(arrays[name], weight.numpy())


@pytest.mark.parametrize("length", LENGTHS)
def test_half_precision_weights_give_the_states_of_the_network(network, folder, length):
    ids = window(length)
    (found,) = TorchEncoder(folder).encode([ids])
    assert least_cosine(found, states_of(network, ids)) > LEAST_COSINE_HALF


@pytest.mark.parametrize("length", LENGTHS)
def test_int8_encoder_gives_nearly_the_states_of_the_network(network, folder, length):
    ids = window(length)
    (found,) = OnnxEncoder(folder / ONNX_FILE).encode([ids])
    assert found.shape == (length, 48)
    assert least_cosine(found, states_of(network, ids)) > LEAST_COSINE_INT8


def test_int8_encoder_reads_no_padding(folder):
    ids = window(40)
    encoder = OnnxEncoder(folder / ONNX_FILE)
    (alone,) = encoder.encode([ids])
    # The further ids are of other words, so that a mask without effect would be seen.
    feed = {"input_ids": np.append(ids, window(20))[None], "attention_mask": np.repeat([1, 0], [40, 20])[None]}
    padded = encoder.session.run(None, feed)[0][0][:40]
    assert least_cosine(padded, alone) > LEAST_COSINE_INT8


def test_int8_encoder_has_a_scale_for_each_output_channel(folder):
    graph = onnx.load(folder / ONNX_FILE).graph
    shapes = {constant.name: tuple(constant.dims) for constant in graph.initializer}
    products = [node for node in graph.node if node.op_type in ("MatMulInteger", "QAttention")]
    assert len(products) == 2 * 4  # queries, keys and values together; their output; two of the feed-forward part
    for node in products:
        weight = node.input[1].removesuffix("_quantized")
        assert shapes[f"{weight}_scale"] == shapes[f"{weight}_quantized"][1:], node.name
