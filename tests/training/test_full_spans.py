"""Fine-tuning on stretches of text: learnt, served beside the old spans, described in the card."""

from collections import Counter

import pytest

from rhetoric import Annotator
from rhetoric.annotation import CharSpan
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.training_texts import read_training_texts
from rhetoric.training.full_spans import fine_tune_spans
from rhetoric.training.span_card import SpanFacts, write_span_card

from .coded_texts import write_jsonl
from .fine_tuned import FULL, place_of, recipe_of
from .test_own_spans import marked_rows, texts_of

pytestmark = pytest.mark.slow  # each trains an encoder


def tune(recipe, output, **how):
    test = texts_of(recipe, [recipe.test]) if recipe.test else []
    return fine_tune_spans(recipe, FULL, texts_of(recipe), test, place_of(output, **how))


@pytest.fixture(scope="module")
def tuned(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spans")
    data = write_jsonl(folder / "data.jsonl", marked_rows(160))
    recipe = recipe_of(tiny_model, data, unit="span", name="smears")
    return recipe, tune(recipe, folder / "mine"), folder / "mine"


def test_stretches_are_learnt(tuned):
    _, found, _ = tuned
    scores = {one.measure: one.f1 for one in found.scores}
    assert scores["ptc"].value > 0.8
    assert found.repeats == (scores["ptc"].value,)
    assert found.n_train + found.tuned.n_tuning + found.n_test == 160


def test_the_model_has_seen_what_it_learnt_from_and_was_tuned_on(tuned):
    recipe, found, folder = tuned
    uses = Counter(read_training_texts(folder).use_of(text.text) for text in texts_of(recipe))
    assert uses == {"training": found.n_train, "tuning": found.tuned.n_tuning, None: found.n_test}


def test_annotate_marks_them_beside_the_old_ones(tuned, tiny_model):
    new, old = Annotator(tuned[-1]), Annotator(tiny_model)
    n_found = n_gold = 0
    for row in marked_rows(30, seed=8):
        article = new.annotate(row["text"])
        own = [s for s in article.spans if s.label == "smear_word"]
        n_gold += len(row["spans"])
        n_found += any(s.overlaps(CharSpan(g["start"], g["end"])) for s in own for g in row["spans"])
        assert bool(article.spans[len(own) :]) == bool(old.annotate(row["text"]).spans)
    assert n_found > 0.8 * n_gold
    assert tuned[1].tuned.movement.spans > 0.5


def test_card_tells_of_the_training(tuned):
    recipe, found, folder = tuned
    write_span_card(folder, SpanFacts(recipe, found, texts_of(recipe)))
    card = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    assert "was trained further together with all heads" in card
    assert "## How far the other scores moved" in card


def test_labels_that_cannot_be_tuned_are_refused(tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", marked_rows(40))
    with pytest.raises(InputError, match="none has a stretch 'smear_word': expected some"):
        tune(recipe_of(tiny_model, data, {"tuning_share": 0.001}, unit="span"), tmp_path / "mine")


def test_options_that_stretches_lack_are_refused(tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", marked_rows(40))
    with pytest.raises(ConfigError, match="is_exclusive: stretches of text are trained without it"):
        tune(recipe_of(tiny_model, data, unit="span", is_exclusive=True), tmp_path / "mine")
    assert not (tmp_path / "mine.work").exists()


def test_texts_of_ones_own_and_outlets_that_are_left_out(tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", [{**row, "article": row["id"]} for row in marked_rows(80)])
    test = write_jsonl(tmp_path / "t.jsonl", marked_rows(20, seed=9))
    recipe = recipe_of(tiny_model, data, {"epochs": 1}, unit="span", group_by="outlet", test=test)
    found = tune(recipe, tmp_path / "mine")
    assert (found.n_test, set(found.left_out), len(found.repeats)) == (20, {"Echo", "Post", "Wire"}, 1)
    uses = Counter(read_training_texts(tmp_path / "mine").use_of(text.text) for text in texts_of(recipe))
    assert set(uses) == {"training", "tuning"}
