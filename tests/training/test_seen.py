"""What a model that was trained says of the texts that it has seen."""

import json
from types import SimpleNamespace

import pytest

from rhetoric import Article
from rhetoric.formats.training_texts import TRAINING_TEXTS_FILE, read_training_texts, write_training_texts
from rhetoric.resources import models_folder, seeds_path
from rhetoric.training.gold import GoldArticle
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.own import read_units, train_labels
from rhetoric.training.seen import record_seen
from rhetoric.training.splits import Unit, split_units
from training import run as steps

from .coded_texts import rows, write_csv

MAX_BYTES = 1_000_000
ARTICLE = "The ferry to the northern islands was cancelled again today. Nobody in the village knew when it would go."


def uses_of(folder, texts):
    seen = read_training_texts(folder)
    return [seen.use_of(text) for text in texts]


def test_articles_are_known_by_their_sentences(tmp_path):
    record_seen(tmp_path, {"training": [ARTICLE]})
    seen = read_training_texts(tmp_path)
    sentences = [f"{one}." for one in ARTICLE.rstrip(".").split(". ")]
    assert seen.use_of(f"Late news. {ARTICLE}", ["Late news.", *sentences]) == "training"


def test_a_model_has_seen_what_its_base_has(tmp_path):
    base, mine = tmp_path / "base", tmp_path / "mine"
    for folder in (base, mine):
        folder.mkdir()
    write_training_texts(base, {"training": [("One.", [])]})
    write_training_texts(mine, {"training": [("From an earlier training.", [])]})
    record_seen(mine, {"tuning": ["Two."]}, base)
    assert uses_of(mine, ["One.", "Two.", "From an earlier training."]) == ["training", "tuning", None]
    record_seen(mine, {"suggestion": ["Three.", "One."]})
    assert uses_of(mine, ["One.", "Two.", "Three."]) == ["training", "tuning", "suggestion"]


@pytest.mark.parametrize("unit", ["sentence", "article"])
def test_a_frozen_head_has_seen_its_training_part_alone(tiny_model, tmp_path, unit):
    data = write_csv(tmp_path / "d.csv", rows(60))
    recipe = read_label_recipe({"data": [data], "base": str(tiny_model), "n_seeds": 1, "unit": unit})
    coded = read_units(recipe, recipe.data)
    found = train_labels(recipe, coded, None, tmp_path / "mine", lambda: None)
    listed = [Unit(str(i), u.text, u.group, u.labels) for i, u in enumerate(coded.units)]
    split = split_units(listed, recipe.seed, tuning_share=0.0)
    assert len(split.train) + len(split.tuning) == found.n_train
    assert (
        uses_of(tmp_path / "mine", [coded.units[i].text for i in (*split.train, *split.tuning)])
        == ["training"] * found.n_train
    )
    assert set(uses_of(tmp_path / "mine", [coded.units[i].text for i in split.test])) == {None}


def test_a_shipped_model_has_seen_its_corpora_and_nothing_else(tmp_path, monkeypatch):
    texts = {"ptc": ("Trained on.", "Tuned on."), "babe": ("Trained on as well.", "Tuned on as well.")}
    articles = {name: [[GoldArticle(Article(text, text), name)] for text in pair] for name, pair in texts.items()}
    monkeypatch.setattr(steps, "split", articles.__getitem__)
    record_seen(tmp_path, {"training": ["By an earlier recipe."]})
    steps.record_texts(SimpleNamespace(corpora=texts), tmp_path)
    assert uses_of(tmp_path, texts["ptc"] + texts["babe"]) == ["training", "tuning"] * 2
    assert uses_of(tmp_path, ["By an earlier recipe."]) == [None]


def test_the_shipped_model_has_the_list():
    folder = models_folder() / "small"
    assert (folder / TRAINING_TEXTS_FILE).stat().st_size < MAX_BYTES
    passages = (seeds_path("passages") / "war.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in passages]
    uses = uses_of(folder, texts)
    assert {"training", "tuning"} <= set(uses)
    assert uses_of(folder, [ARTICLE]) == [None]
