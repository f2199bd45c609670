"""What a model's heads say, written down: it is what they say, of the same words, whoever reads them."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from rhetoric.alignment import Aligner
from rhetoric.annotation import CharSpan
from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.training.keeping import MAX_PAIRS, Probe, Teacher, choices_of, spread_of
from rhetoric.training.lessons import Lesson, collate_lessons
from rhetoric.training.passages import read_uncoded
from rhetoric.training.student import build_network, read_student
from rhetoric.training.tuned import ClassWeights, Keeping

TEXT = "The mayor of Vel lied. “We shall see,” said her aunt, a clerk.\nIt rained near the mill, the captain added."
ONE = np.ones(1, np.float32)


@pytest.fixture(scope="module")
def base(tiny_model):
    """The tiny model in single precision, as torch reads it."""
    return load_network(tiny_model, "torch")


def ask(base, text=TEXT, seed=1):
    (passage,) = read_uncoded(text, base.aligner)
    return passage, Teacher(base, is_same_reader=True, seed=seed).ask(passage)


def test_every_head_is_asked(base):
    _, probes = ask(base)
    assert (
        set(probes)
        == set(choices_of(base))
        == {
            *("tagger", "sentence", "link"),
            *("span.technique", "span.valence", "span.source_type", "span.target"),
        }
    )
    assert len(probes["link"].rows) == MAX_PAIRS


def test_a_network_that_was_not_trained_says_the_same(base):
    """The torch heads on the rows of the probes give the logits that NumPy gave: nothing has moved yet."""
    passage, probes = ask(base)
    choices = choices_of(base)
    keeping = Keeping(1.0, choices, spread_of([probes], choices))
    new = AddedHead("new", "sentence", ("x",))
    network = build_network(read_student(base, None), new, ClassWeights(ONE, ONE), keeping, 1).eval()
    batch = collate_lessons([Lesson(passage, passage.bounds, np.ones((0, 1), np.float32), probes)])
    with torch.no_grad():
        assert network(**batch)["loss"] < 1e-6
        words = network.network.encode_words(batch["input_ids"], batch["attention_mask"], batch["word_positions"])
        for name, (rows, logits) in batch["probes"].items():
            torch.testing.assert_close(network.ask(name, words, rows), logits, rtol=1e-3, atol=1e-4)
        network.network.heads.tagger.bias[0] += 1.0
        assert network(**batch)["loss"] > 1e-4


def test_questions_go_by_the_seed(base):
    first, again, other = (ask(base, seed=seed)[1]["span.target"].rows.tolist() for seed in (1, 1, 2))
    assert first == again != other


def whole_words(base):
    """A tokenizer whose words are between blanks, where those of the tiny model end at punctuation too."""
    vocabulary = base.aligner.tokenizer.get_vocab()
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return Aligner(tokenizer, base.aligner.window_size, base.aligner.context_size)


def test_another_tokenizer_is_asked_of_the_same_characters(base):
    (passage,) = read_uncoded(TEXT, whole_words(base))
    theirs = base.aligner.align(TEXT, passage.aligned.sentences)
    assert theirs.n_words > passage.aligned.n_words
    probes = Teacher(base, is_same_reader=False, seed=1).ask(passage)
    words = base.words(theirs)
    tags = base.heads.tags(words).reshape(len(words), -1)
    for i in range(passage.aligned.n_words):
        start = int(passage.aligned.word_starts[i])
        first, _ = theirs.words_of(CharSpan(start, start + 1))
        np.testing.assert_array_equal(probes["tagger"].logits[i], tags[first])
    expected = base.heads.sentences(words, theirs.sentence_bounds)
    np.testing.assert_array_equal(probes["sentence"].logits, expected)
    rows = probes["span.technique"].rows
    assert (rows[:, 0] < rows[:, 1]).all()
    assert rows.max() <= passage.aligned.n_words


def test_spread_is_that_of_centred_logits():
    rows = np.zeros((2, 1), np.int64)
    probes = {
        "a": Probe(rows, np.array([[100.0, 102.0], [7.0, 9.0]], np.float32)),
        "b": Probe(rows, np.array([[5.0], [7.0]])),
    }
    assert spread_of([probes], {"a": 2, "b": 1}) == pytest.approx({"a": 1.0, "b": 1.0})
