"""The benchmark of full fine-tuning runs both sides on the same texts, of which none of the test leaks."""

import pytest
from transformers import AutoTokenizer, BertConfig, BertModel, set_seed

from benchmarks import own_labels
from rhetoric.training.coding import CodedUnit
from tests.training.coded_texts import rows


@pytest.fixture
def made_up(monkeypatch):
    def units(split):
        found = rows(60, seed=1 if split == "train" else 2, share=0.5)
        return [CodedUnit(r["id"], r["text"], {"biased": 1.0} if r["label"] else {}, r["article"]) for r in found]

    monkeypatch.setattr(own_labels, "_units", units)


@pytest.fixture
def encoder(tiny_model, tmp_path):
    set_seed(1)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=1024, **size)).save_pretrained(tmp_path / "encoder")
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path / "encoder")
    return tmp_path / "encoder"


def test_benchmark_scores_both_sides(made_up, encoder, tiny_model, capsys):
    own_labels.main(epochs=1, encoder=str(encoder), model=str(tiny_model), limit=50)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("50 training texts, 60 test texts, 1 epochs")
    ours, plain = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[-2:])
    assert (ours[0], plain[0]) == ("ours", "plain Trainer")
    assert all(0.0 <= float(cell.split()[0]) <= 1.0 for side in (ours, plain) for cell in side[1:3])


def test_training_texts_that_are_in_the_test_are_left_out(made_up):
    train, test = own_labels._units("train"), own_labels._units("dev")
    leak = CodedUnit("leak", test[3].text.upper(), {}, "elsewhere")
    assert own_labels._apart([*train, leak], test) == own_labels._apart(train, test)
