"""What many tests need: the checkout, the shipped model, and the corpora where a checkout has them beside it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read by libraries when they are imported, so set before any test module is.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# Time limits an example belong on machines that do nothing else; a fixed seed makes a failure come again.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = CHECKOUT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shipped_model() -> Path:
    folder = CHECKOUT / "models" / "small"
    if not (folder / "config.json").is_file():
        pytest.skip("models/small is not in the checkout")
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    """The folder of a model with random weights: it serves in every way that a shipped one does, and finds nonsense."""
    from rhetoric.decoding.rules import DecisionRules, write_rules
    from rhetoric.modeling import LINK_ROLES, RhetoricConfig, RhetoricModel
    from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, TARGET_VALENCES, VALENCES, technique_ids
    from rhetoric.training.export import export_model

    transformers = pytest.importorskip("transformers")
    pytest.importorskip("onnx")
    transformers.set_seed(0)
    taggers = ("loaded", "ptc_wording", "ptc_technique", "source", "cue", "content")
    encoder = {
        "model_type": "bert",
        "vocab_size": 1024,
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    }
    spans = {
        "technique": technique_ids(),
        "valence": VALENCES,
        "source_type": SOURCE_TYPES,
        "target": TARGET_VALENCES,
    }
    config = RhetoricConfig(encoder, taggers, SENTENCE_LABELS, spans, head_size=16, window_size=64, context_size=16)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    export_model(RhetoricModel(config), _tiny_tokenizer(), folder)
    names = {"tagger": taggers, "sentence": SENTENCE_LABELS, "link": LINK_ROLES}
    even = DecisionRules({kind: dict.fromkeys(labels, 0.5) for kind, labels in names.items()})
    write_rules(folder, {"default": even, "ptc": even})
    return folder


def _tiny_tokenizer():
    """A tokenizer of single characters, with the template and the pieces of BERT's."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}
    characters = [chr(code) for code in range(33, 127)] + list("“”‘’–…é")
    pieces = [*characters, *(f"##{c}" for c in characters)]
    vocabulary = special | {piece: i for i, piece in enumerate(pieces, len(special))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, mask_token="[MASK]", **names)
