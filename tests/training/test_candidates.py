"""Texts that nobody has coded: cut from articles, read as they are served, without those that the model has seen."""

import numpy as np
import pytest

from rhetoric import Annotator, Article
from rhetoric.decoding.rules import read_rules
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.training_texts import read_training_texts, write_training_texts
from rhetoric.runtime import load_network
from rhetoric.training.candidates import (
    Candidate,
    Candidates,
    candidate_of,
    find_own_head,
    gather,
    read_candidates,
    split_article,
)
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.own import read_units, train_labels

from .coded_texts import rows, write_csv

TEXT = "Orr is a zzz liar. The clerk left.\n\nVale counted the boats at noon by the quay. "


@pytest.fixture(scope="module")
def model(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("candidates")
    given = {"data": [write_csv(folder / "d.csv", rows(80))], "base": str(tiny_model), "n_seeds": 1, "name": "smears"}
    recipe = read_label_recipe(given)
    train_labels(recipe, read_units(recipe, recipe.data), None, folder / "mine", lambda: None)
    return load_network(folder / "mine")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("sentence", ["Orr is a zzz liar.", "The clerk left.", "Vale counted the boats at noon by the quay."]),
        ("paragraph", ["Orr is a zzz liar. The clerk left.", "Vale counted the boats at noon by the quay."]),
        ("article", [TEXT]),
    ],
)
def test_articles_are_cut_into_units(unit, expected):
    assert [place.of(TEXT) for place in split_article(Article("a", TEXT), unit)] == expected
    assert split_article(Article("a", " \n"), unit) == []


def test_a_text_knows_its_article():
    article = Article("n1", TEXT, {"outlet": "Echo", "article_id": "else"})
    places = split_article(article, "sentence")
    found = candidate_of(article, places[1])
    assert (found.id, found.text, found.meta["article_id"], found.meta["outlet"]) == (
        "n1:19",
        "The clerk left.",
        "n1",
        "Echo",
    )
    whole = Article("t7", "The clerk left. ", {"article_id": "n9"})
    (place,) = split_article(whole, "sentence")
    assert (candidate_of(whole, place).id, candidate_of(whole, place).meta["article_id"]) == ("t7", "n9")


def test_probabilities_are_those_that_annotate_gives(model):
    article = Article("n1", TEXT)
    (found,) = read_candidates([article], model, read_rules(model.folder), find_own_head(model), None)
    sentences = Annotator(model.folder).annotate(article).sentences
    served = [sentence.scores["smear"] for sentence in sentences]
    assert found.probabilities[:, 0].tolist() == pytest.approx(served, abs=1e-4)
    assert found.features.shape == (3, 2 * model.hidden_size)


def test_texts_that_the_model_has_seen_are_left_out(model, tmp_path):
    seen_text = "Vale counted the boats at noon by the quay."
    write_training_texts(tmp_path, {"training": [(seen_text, ())]})
    seen = read_training_texts(tmp_path)
    (found,) = read_candidates([Article("n1", TEXT)], model, read_rules(model.folder), find_own_head(model), seen)
    assert [text.text for text in found.texts] == ["Orr is a zzz liar.", "The clerk left."]
    assert len(found.features) == len(found.probabilities) == 2


def test_the_head_is_that_of_a_name_or_the_last(model, tiny_model):
    assert find_own_head(model).name == find_own_head(model, "smears").name == "smears"
    with pytest.raises(ConfigError, match=r"has no head 'other' for whole texts \(it has smears\)"):
        find_own_head(model, "other")
    with pytest.raises(ConfigError, match=r"it has none"):
        find_own_head(load_network(tiny_model))


def part(*probabilities, start=0):
    p = np.array(probabilities, np.float32)[:, None]
    texts = tuple(Candidate(f"t{start + i}", f"Text {start + i}.") for i in range(len(p)))
    return Candidates(texts, np.eye(len(p), 4, dtype=np.float32), p)


def test_gather_keeps_the_most_uncertain_of_too_many():
    parts = [part(0.5, 0.99, 0.4, start=4 * i) for i in range(10)]
    kept = gather(parts, max_kept=3)
    assert len(kept.texts) <= 6 + 3
    assert 0.5 in kept.probabilities
    everything = gather(parts)
    assert len(everything.texts) == len(everything.features) == len(everything.probabilities) == 30
    best = everything.most_uncertain(2)
    assert best.probabilities.tolist() == [[0.5], [0.5]]
    assert [text.id for text in best.texts] == ["t0", "t4"]


def test_gather_of_nothing_is_refused():
    with pytest.raises(InputError, match="there is no text to suggest"):
        gather([])
