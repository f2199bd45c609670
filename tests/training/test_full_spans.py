"""Fine-tuning on stretches of text: learnt, served beside the old spans, described in the card."""

from collections import Counter

import pytest

from rhetoric import Annotator
from rhetoric.annotation import CharSpan
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.training_texts import read_training_texts
from rhetoric.training.full_spans import fine_tune_spans
from rhetoric.training.own import read_texts
from rhetoric.training.own_card import write_span_card

from .coded_texts import write_jsonl
from .fine_tuned import FULL, place_of, recipe_of
from .test_own_spans import marked_rows

pytestmark = pytest.mark.slow  # each trains an encoder


def tune(recipe, output, **how):
    texts, failures = read_texts(recipe.data, recipe.as_columns(), "spans")
    assert not failures
    return fine_tune_spans(recipe, FULL, texts, place_of(output, **how))


@pytest.fixture(scope="module")
def tuned(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spans")
    data = write_jsonl(folder / "data.jsonl", marked_rows(100))
    recipe = recipe_of(tiny_model, data, unit="span", name="smears")
    return recipe, tune(recipe, folder / "mine"), folder / "mine"


def test_stretches_are_learnt(tuned):
    _, found, _ = tuned
    scores = {one.measure: one.f1 for one in found.scores}
    assert scores["ptc"].value > 0.8
    assert found.repeats == (scores["ptc"].value,)
    assert found.n_train + found.tuned.n_tuning + found.n_test == 100


def test_the_model_has_seen_what_it_learnt_from_and_was_tuned_on(tuned):
    recipe, found, folder = tuned
    texts, _ = read_texts(recipe.data, recipe.as_columns(), "spans")
    uses = Counter(read_training_texts(folder).use_of(text.text) for text in texts)
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
    write_span_card(folder, recipe, found, 0)
    card = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    assert "was trained further together with all heads" in card
    assert "## How far the other scores moved" in card


def test_labels_that_cannot_be_tuned_are_refused(tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", marked_rows(40))
    with pytest.raises(InputError, match="none has a stretch 'smear_word': expected some"):
        tune(recipe_of(tiny_model, data, {"tuning_share": 0.001}, unit="span"), tmp_path / "mine")


def test_options_that_stretches_lack_are_refused(tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", marked_rows(40))
    with pytest.raises(ConfigError, match="group_by: stretches of text are trained without it"):
        tune(recipe_of(tiny_model, data, unit="span", group_by="outlet"), tmp_path / "mine")
    assert not (tmp_path / "mine.work").exists()
