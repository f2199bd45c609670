"""Labels of one's own, from a file of codes to a model that gives them and changes nothing else."""

import json
import shutil

import numpy as np
import pytest

from rhetoric import Annotator, Article
from rhetoric.decoding.rules import DecisionRules
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats import from_record, to_record
from rhetoric.metrics.calibration import PlattScaling
from rhetoric.runtime.added import AddedHead
from rhetoric.training.coding import CodedUnit
from rhetoric.training.fitted import FittedHead
from rhetoric.training.frozen import LinearHead
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.own import read_units, train_labels
from rhetoric.training.own_card import OwnFacts, agreement_of, write_own_card

from .coded_texts import rows, write_csv, write_jsonl


def recipe_of(model, data, **others):
    return read_label_recipe({"data": [data], "base": str(model), "n_seeds": 2, **others})


def train(recipe, output, test=None):
    coded = read_units(recipe, recipe.data)
    held_out = read_units(recipe, [test]) if test else None
    return coded, train_labels(recipe, coded, held_out, output, lambda: None)


@pytest.fixture(scope="module")
def trained(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    data = write_csv(folder / "data.csv", rows(160))
    recipe = recipe_of(tiny_model, data, group_by="outlet")
    coded, found = train(recipe, folder / "mine")
    return recipe, coded, found, folder / "mine"


def test_labels_are_learnt(trained):
    _, _, found, _ = trained
    assert found.head.labels == ("smear",)
    assert found.scores.macro_f1.value > 0.8
    assert found.scores.n_texts + found.n_train == 160
    assert len(found.repeats) == 2
    assert set(found.left_out) == {"Echo", "Post", "Wire"}
    (one,) = found.scores.labels
    assert one.f1.low <= one.f1.value <= one.f1.high


def test_annotate_gives_both_the_new_label_and_the_old_ones(trained):
    annotator, unseen = Annotator(trained[-1]), rows(40, seed=9)
    found = [annotator.annotate(row["text"]).sentences[0] for row in unseen]
    assert all("loaded_language" in sentence.scores for sentence in found)
    right = [("smear" in s.labels) == (row["label"] == "smear") for s, row in zip(found, unseen, strict=True)]
    assert sum(right) > 0.8 * len(unseen)


def test_scores_of_other_heads_are_the_same_to_the_last_bit(trained, tiny_model):
    texts = [row["text"] for row in rows(20, seed=4)] + ["“It rains,” KCNA said.\nThe tyrant wept. " * 9]
    old, new = Annotator(tiny_model), Annotator(trained[-1])
    for text in texts:
        article = Article("a", text, {"title": text[:30]}, targets=())
        before, after = (to_record(annotator.annotate(article)) for annotator in (old, new))
        for record in (after, after["headline"]):
            for sentence in record["sentences"]:
                del sentence["scores"]["smear"]
                sentence["labels"] = [label for label in sentence["labels"] if label != "smear"]
        del before["model"], after["model"]
        assert after == before


def test_a_second_head_can_be_added_to_the_first(trained, tmp_path):
    records = [{**row, "label": "praise" if row["label"] else ""} for row in rows(60, seed=2)]
    recipe = recipe_of(trained[-1], write_csv(tmp_path / "d.csv", records), name="second")
    train(recipe, tmp_path / "both")
    scores = Annotator(tmp_path / "both").annotate("The mayor left.").sentences[0].scores
    assert {"smear", "praise"} <= set(scores)


@pytest.mark.parametrize("unit", ["paragraph", "article"])
def test_paragraphs_and_articles_can_be_labelled(tiny_model, tmp_path, unit):
    recipe = recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(80)), unit=unit)
    train(recipe, tmp_path / "mine")
    article = Annotator(tmp_path / "mine").annotate("The mayor is a zzz liar by the quay.\n\nA clerk left.")
    units = article.paragraphs if unit == "paragraph" else [article.article]
    assert [set(one.scores) for one in units] == [{"smear"}] * (2 if unit == "paragraph" else 1)
    assert all("smear" not in s.scores for s in article.sentences)
    assert from_record(json.loads(json.dumps(to_record(article)))) == article


def test_exclusive_labels_give_each_sentence_one(tiny_model, tmp_path):
    records = [{**row, "label": "smear" if row["label"] else "calm"} for row in rows(80)]
    recipe = recipe_of(tiny_model, write_jsonl(tmp_path / "d.jsonl", records), name="tone")
    _, found = train(recipe, tmp_path / "mine")
    assert found.head.is_exclusive
    for sentence in Annotator(tmp_path / "mine").annotate("The mayor left. A zzz liar rot.").sentences:
        assert sum(sentence.scores[name] for name in ("calm", "smear")) == pytest.approx(1.0, abs=1e-5)
        assert len({"calm", "smear"} & set(sentence.labels)) == 1


def test_test_data_of_ones_own_are_what_is_reported(tiny_model, tmp_path):
    recipe = recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(80)))
    _, found = train(recipe, tmp_path / "mine", write_csv(tmp_path / "t.csv", rows(30, seed=9)))
    assert (found.n_train, found.scores.n_texts) == (80, 30)


def test_test_data_that_leak_are_refused(tiny_model, tmp_path):
    recipe = recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(80)))
    leak = [{**rows(80)[5], "id": "other", "article": "other"}]
    with pytest.raises(InputError, match="near-duplicates leak"):
        train(recipe, tmp_path / "mine", write_csv(tmp_path / "t.csv", leak))


@pytest.mark.parametrize(
    ("label", "options", "error", "message"),
    [
        ("attribution", {}, ConfigError, "the label 'attribution' is one of the model"),
        ("smear", {"unit": "span"}, ConfigError, "unit 'span': expected sentence, paragraph, article, target"),
        ("smear", {"group_by": "paper"}, InputError, "has no 'paper': expected one in every row"),
    ],
)
def test_recipes_that_do_not_fit_are_refused(tiny_model, tmp_path, label, options, error, message):
    records = [{**row, "label": label if row["label"] else ""} for row in rows(60)]
    with pytest.raises(error, match=message):
        train(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", records), **options), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_folder_of_other_files_is_left_alone(tiny_model, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("Once.")
    with pytest.raises(ConfigError, match="holds files that are no model"):
        train(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", rows(60))), tmp_path / "thesis")
    assert [p.name for p in (tmp_path / "thesis").iterdir()] == ["chapter1.txt"]


def test_coders_who_disagree_are_reported(tiny_model, tmp_path):
    rng = np.random.default_rng(0)
    records = []
    for row in rows(60):
        records.append({**row, "coder": "ann"})
        flip = rng.random() < 0.1
        records.append({**row, "coder": "bo", "label": ("" if row["label"] else "smear") if flip else row["label"]})
    coded, found = train(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", records)), tmp_path / "mine")
    agreement = agreement_of(coded, found.head.labels)
    one, mean, kappa, _ = agreement
    assert (one.label, one.n_units, one.n_coders) == ("smear", 60, 2)
    assert 0.5 < one.value < 1.0
    assert mean.value == one.value
    assert (kappa.name, kappa.label) == ("cohen_kappa", "smear")
    assert kappa.value == pytest.approx(one.value, abs=0.05)
    write_own_card(tmp_path / "mine", OwnFacts(recipe_of(tiny_model, tmp_path / "d.csv"), coded, found, agreement))
    card = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert f"| smear | {one} | {kappa} | 60    |" in card


def test_labels_that_an_outlet_has_not_do_not_count_there():
    head = AddedHead("own", "sentence", ("x", "y"))
    linear = LinearHead(np.array([[9.0, 0.0], [0.0, 9.0]], np.float32), np.array([-4.0, -4.0], np.float32))
    platt = {name: PlattScaling() for name in head.labels}
    fit = FittedHead(head, linear, DecisionRules({"sentence": {"x": 0.5, "y": 0.5}}, {"sentence": platt}, {}))
    units, features = [], []
    for i, (outlet, label) in enumerate([("Echo", "x"), ("Echo", ""), ("Post", "x"), ("Post", "y"), ("Wire", "")]):
        units.append(CodedUnit(str(i), "", {label: 1.0} if label else {}, str(i), meta={"outlet": outlet}))
        features.append([[label == "x", label == "y"]])
    found = fit.score_by(units, np.array(features, np.float32), "outlet")
    assert {value: [one.label for one in scores.labels] for value, scores in found.items()} == {
        "Echo": ["x"],
        "Post": ["x", "y"],
    }
    assert {scores.macro_f1.value for scores in found.values()} == {1.0}


def test_kappa_is_of_two_coders_alone(tiny_model, tmp_path):
    records = [{**row, "coder": name} for row in rows(40) for name in ("ann", "bo", "cy")]
    coded = read_units(recipe := recipe_of(tiny_model, write_csv(tmp_path / "d.csv", records)), recipe.data)
    assert {one.name for one in agreement_of(coded, ("smear",))} == {"krippendorff_alpha", "mean_krippendorff_alpha"}


def test_card_and_figures_are_written(trained):
    recipe, coded, found, folder = trained
    write_own_card(folder, OwnFacts(recipe, coded, found, ()))
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlanguage:\n- en\n")
    assert "| smear" in card
    assert "## By outlet, each left out in turn" in card
    plain = " ".join(card.split())
    assert "licence of the data: not stated" in plain
    assert "`data.csv`: 160 texts" in plain
    assert "A fifth of the texts was drawn for testing, whole articles at a time (seed 13)." in plain
    threshold = json.loads((folder / "decisions.json").read_text())["thresholds"]["default"]["sentence"]["smear"]
    assert f"| smear | {threshold:.3f}     |" in card
    figures = json.loads((folder / "own_metrics.json").read_text(encoding="utf-8"))
    assert figures["n_train"] == found.n_train
    assert figures["signature"].startswith("metric:labels-sentence|version:")
    version = json.loads((folder / "config.json").read_text())["version"]
    assert f"|model:mine-{version}|" in figures["signature"]
    assert figures["thresholds"] == {"smear": threshold}


def test_card_tells_the_scores_of_each_outlet(trained):
    _, coded, found, folder = trained
    assert set(found.by_outlet) == {"Echo", "Post", "Wire"}
    assert sum(scores.n_texts for scores in found.by_outlet.values()) == found.scores.n_texts
    assert sum(s.labels[0].support for s in found.by_outlet.values()) == found.scores.labels[0].support
    write_own_card(folder, OwnFacts(trained[0], coded, found, ()))
    card = (folder / "README.md").read_text(encoding="utf-8")
    one = found.by_outlet["Echo"]
    table = card.split("## By outlet\n")[1].split("##")[0]
    assert any(f"| Echo   | {one.n_texts} " in line and str(one.macro_f1) in line for line in table.splitlines())


@pytest.mark.parametrize("base_model", ["someone/some-encoder", None])
def test_the_hub_accepts_the_front_matter(trained, tiny_model, tmp_path, base_model):
    hub = pytest.importorskip("huggingface_hub")
    base = tmp_path / "with space"
    shutil.copytree(tiny_model, base)
    (base / "README.md").write_text(f"---\nbase_model: {base_model}\n---\n" if base_model else "No front matter.")
    recipe = trained[0].model_copy(update={"base": str(base)})
    write_own_card(tmp_path, OwnFacts(recipe, *trained[1:3], ()))
    front = hub.ModelCard.load(tmp_path / "README.md").data
    assert (front.base_model, front.library_name, front.pipeline_tag) == (base_model, "rhetoric", "text-classification")
    assert front.license == "other"
    (result,) = front.eval_results
    assert (result.metric_type, result.metric_value) == ("f1", round(trained[2].scores.macro_f1.value, 4))
