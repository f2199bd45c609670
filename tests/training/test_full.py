"""Fine-tuning on labels of texts: learnt and served beside the old ones, which hardly move."""

import json
from collections import Counter

import numpy as np
import pytest
from safetensors.numpy import load_file
from transformers import AutoTokenizer, BertConfig, BertModel, set_seed

from rhetoric import Annotator
from rhetoric.errors import ConfigError, InputError, ModelError
from rhetoric.formats.training_texts import read_training_texts
from rhetoric.runtime import load_network
from rhetoric.training.full import fine_tune_labels
from rhetoric.training.own import read_units
from rhetoric.training.own_card import OwnFacts, write_own_card

from .coded_texts import rows, write_csv, write_jsonl
from .fine_tuned import FULL, LORA, place_of, recipe_of

pytestmark = pytest.mark.slow  # each trains an encoder


def tune(recipe, output, choice=FULL, test=None, **how):
    coded = read_units(recipe, recipe.data)
    held_out = read_units(recipe, [test]) if test else None
    return fine_tune_labels(recipe, choice, coded, held_out, place_of(output, **how))


@pytest.fixture(scope="module")
def tuned(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    recipe = recipe_of(tiny_model, write_csv(folder / "data.csv", rows(120)))
    return recipe, tune(recipe, folder / "mine"), folder / "mine"


def test_labels_are_learnt(tuned):
    _, found, _ = tuned
    assert found.head.labels == ("smear",)
    assert found.scores.macro_f1.value > 0.8
    assert found.n_train + found.tuned.n_tuning + found.scores.n_texts == 120
    assert found.repeats == (pytest.approx(found.scores.macro_f1.value),)
    assert set(found.raw_ece) == {"smear"}
    assert not found.tuned.is_interrupted
    assert 0 < found.tuned.outcome.best_step <= found.tuned.outcome.n_steps <= found.tuned.outcome.n_planned


def test_the_model_has_seen_what_it_learnt_from_and_was_tuned_on(tuned):
    recipe, found, folder = tuned
    seen = read_training_texts(folder)
    uses = Counter(seen.use_of(unit.text) for unit in read_units(recipe, recipe.data).units)
    assert uses == {"training": found.n_train, "tuning": found.tuned.n_tuning, None: found.scores.n_texts}


def test_annotate_gives_the_new_label_and_the_old_ones(tuned):
    annotator, unseen = Annotator(tuned[-1]), rows(40, seed=9)
    found = [annotator.annotate(row["text"]).sentences[0] for row in unseen]
    assert all({"loaded_language", "smear"} <= set(sentence.scores) for sentence in found)
    right = [("smear" in s.labels) == (row["label"] == "smear") for s, row in zip(found, unseen, strict=True)]
    assert sum(right) > 0.8 * len(unseen)


def test_old_scores_hardly_move_though_the_encoder_does(tuned, tiny_model):
    _, found, folder = tuned
    before, after = (load_file(model / "model.safetensors") for model in (tiny_model, folder))
    moved = [name for name in before if name.startswith("encoder") and not np.array_equal(before[name], after[name])]
    assert len(moved) > 10
    assert found.tuned.movement.n_texts == found.scores.n_texts
    assert {one.label for one in found.tuned.movement.labels} >= {"loaded_language", "attribution"}
    assert 0.0 < found.tuned.movement.mean < 0.05


def test_without_distillation_they_move_further(tuned, tiny_model, tmp_path):
    recipe, found, _ = tuned
    loose = recipe_of(tiny_model, recipe.data[0], {"distillation": 0.0})
    assert tune(loose, tmp_path / "loose").tuned.movement.mean > 1.5 * found.tuned.movement.mean


def test_both_runtimes_give_the_new_label(tuned):
    text = "The mayor of Vel is a zzz liar, said Orr."
    onnx, torch = (Annotator(tuned[-1], backend=backend).annotate(text) for backend in ("onnx", "torch"))
    assert onnx.sentences[0].scores["smear"] == pytest.approx(torch.sentences[0].scores["smear"], abs=0.1)


def test_nothing_unfinished_is_left(tuned):
    folder = tuned[-1]
    assert not folder.with_name("mine.work").exists()
    config = json.loads((folder / "config.json").read_text())
    assert config["name"] == "mine"
    assert config["added"] == [{"name": "own", "unit": "sentence", "labels": ["smear"], "is_exclusive": False}]


def test_card_tells_of_the_training(tuned):
    recipe, found, folder = tuned
    write_own_card(folder, OwnFacts(recipe, read_units(recipe, recipe.data), found, ()))
    card = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    assert "unchanged" not in card
    assert "was trained further together with all heads" in card
    assert "Method full (as asked for)." in card
    assert "## How far the other scores moved" in card
    assert "interrupted" not in card
    figures = json.loads((folder / "own_metrics.json").read_text(encoding="utf-8"))
    assert figures["fine_tuning"]["movement"]["labels"][0]["label"] == found.tuned.movement.labels[0].label
    assert figures["ece_before_calibration"] == found.raw_ece


def test_low_rank_additions_leave_all_but_attention_as_it_was(tuned, tiny_model, tmp_path):
    """Exclusive labels of articles, for once; a head that was added before is there still."""
    records = [{**row, "label": "bad" if row["label"] else "calm"} for row in rows(80, seed=3)]
    base = tuned[-1]
    recipe = recipe_of(base, write_jsonl(tmp_path / "d.jsonl", records), unit="article", name="tone")
    found = tune(recipe, tmp_path / "both", LORA)
    assert found.head.is_exclusive
    assert found.scores.macro_f1.value > 0.7
    before, after = (load_file(model / "model.safetensors") for model in (base, tmp_path / "both"))
    moved = {n for n in before if n.startswith("encoder") and not np.allclose(before[n], after[n], atol=1e-6)}
    assert moved
    assert all("attention" in name and name.endswith("weight") for name in moved)
    article = Annotator(tmp_path / "both").annotate("The mayor is a zzz liar by the quay.")
    assert sum(article.article.scores.values()) == pytest.approx(1.0, abs=1e-5)
    assert "smear" in article.sentences[0].scores
    assert "smear" in {one.label for one in found.tuned.movement.labels}


def test_another_encoder_takes_over_all_heads(tiny_model, tmp_path):
    set_seed(1)
    size = {"hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=1024, max_position_embeddings=128, **size)
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "encoder")
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path / "encoder")
    records = [{**row, "article": row["id"], "outlet": "Echo" if i % 3 else "Post"} for i, row in enumerate(rows(50))]
    data, test = write_csv(tmp_path / "d.csv", records), write_csv(tmp_path / "t.csv", rows(20, seed=9))
    recipe = recipe_of(tiny_model, data, {"epochs": 1}, encoder=str(tmp_path / "encoder"), group_by="outlet")
    found = tune(recipe, tmp_path / "mine", test=test)
    assert load_network(tmp_path / "mine").hidden_size == 48
    assert found.tuned.encoder == str(tmp_path / "encoder")
    assert found.scores.n_texts == 20
    assert set(found.left_out) == {"Echo", "Post"}
    sentence = Annotator(tmp_path / "mine").annotate("A clerk rose.").sentences[0]
    assert {"smear", "loaded_language", "attribution"} <= set(sentence.scores)


def test_test_data_that_leak_are_refused(tiny_model, tmp_path):
    leak = write_csv(tmp_path / "t.csv", [{**rows(80)[5], "id": "other", "article": "other"}])
    with pytest.raises(InputError, match="near-duplicates leak"):
        tune(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(80))), tmp_path / "mine", test=leak)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"encoder": "no/encoder"}, ModelError, "encoder 'no/encoder' cannot be loaded"),
        ({"unit": "span"}, ConfigError, "unit 'span'"),
        ({"fine_tuning": {"tuning_share": 0.01}}, InputError, "have the label 'smear': expected some with and some"),
    ],
)
def test_what_cannot_be_trained_is_refused(tiny_model, tmp_path, options, error, message):
    with pytest.raises(error, match=message):
        tune(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(60)), **options), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_model_without_weights_is_refused(tiny_model, tmp_path):
    (tmp_path / "bare").mkdir()
    for path in tiny_model.iterdir():
        if path.name != "model.safetensors":
            (tmp_path / "bare" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ModelError, match="or train frozen heads on it"):
        tune(recipe_of(tmp_path / "bare", write_csv(tmp_path / "d.csv", rows(60))), tmp_path / "mine")


@pytest.mark.parametrize("kind", ["thesis", "base"])
def test_folders_of_something_else_are_left_alone(tiny_model, tmp_path, kind):
    output = tiny_model if kind == "base" else tmp_path / "thesis"
    if kind == "thesis":
        output.mkdir()
        (output / "chapter1.txt").write_text("Once.")
    with pytest.raises(ConfigError, match="is the folder of the base model" if kind == "base" else "no model"):
        tune(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(60))), output)
