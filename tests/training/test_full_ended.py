"""Fine-tuning that ends before its time: by Ctrl-C, by a second one, by a crash; and that goes on afterwards."""

import shutil
import signal

import numpy as np
import pytest
from safetensors.numpy import load_file

from rhetoric import Annotator
from rhetoric.errors import ConfigError, UsageError
from rhetoric.training.full import fine_tune_labels
from rhetoric.training.own import read_units
from rhetoric.training.own_card import OwnFacts, write_own_card

from .coded_texts import rows, write_csv
from .fine_tuned import FULL, place_of, recipe_of

pytestmark = pytest.mark.slow  # each trains an encoder

BRIEF = {"epochs": 3, "rehearsal": 0.0}


def tune(recipe, output, **how):
    return fine_tune_labels(recipe, FULL, read_units(recipe, recipe.data), None, place_of(output, **how))


def press_at(*steps):
    """Return what presses Ctrl-C at those steps, and the list of the steps that it saw."""
    seen = []

    def on_step(n):
        seen.append(n)
        for _ in range(steps.count(n)):
            signal.raise_signal(signal.SIGINT)

    return on_step, seen


@pytest.fixture(scope="module")
def recipe(tiny_model, tmp_path_factory):
    return recipe_of(tiny_model, write_csv(tmp_path_factory.mktemp("ended") / "d.csv", rows(60)), BRIEF)


@pytest.fixture(scope="module")
def whole(recipe, tmp_path_factory):
    """What a training comes to that nobody disturbs."""
    folder = tmp_path_factory.mktemp("whole") / "mine"
    return tune(recipe, folder), folder


@pytest.fixture(scope="module")
def interrupted(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("interrupted") / "mine"
    on_step, seen = press_at(9)
    return tune(recipe, folder, on_step=on_step), folder, seen


def same_model(one, other):
    before, after = (load_file(folder / "model.safetensors") for folder in (one, other))
    return all(np.array_equal(before[name], after[name]) for name in before)


def test_ctrl_c_keeps_the_best_so_far(interrupted, recipe):
    found, folder, seen = interrupted
    assert seen[-1] == 9
    assert found.tuned.is_interrupted
    assert found.tuned.outcome.n_steps == 9 < found.tuned.outcome.n_planned
    assert 0 < found.tuned.outcome.best_step <= 9
    assert "smear" in Annotator(folder).annotate("A zzz liar.").sentences[0].scores
    write_own_card(folder, OwnFacts(recipe, read_units(recipe, recipe.data), found, ()))
    assert "**Training was interrupted.**" in (folder / "README.md").read_text(encoding="utf-8")


def test_what_was_interrupted_goes_on_to_the_same_end(interrupted, recipe, whole, tmp_path):
    folder = tmp_path / "mine"
    for suffix in ("", ".work"):
        shutil.copytree(interrupted[1].with_name(f"mine{suffix}"), folder.with_name(f"mine{suffix}"))
    on_step, seen = press_at()
    found = tune(recipe, folder, resume=True, on_step=on_step)
    assert not found.tuned.is_interrupted
    assert found.tuned.outcome.n_steps == whole[0].tuned.outcome.n_steps
    assert len(seen) == whole[0].tuned.outcome.n_steps
    assert same_model(folder, whole[1])
    assert not folder.with_name("mine.work").exists()


def test_what_was_interrupted_is_not_begun_anew_by_mistake(interrupted, recipe):
    with pytest.raises(UsageError, match="holds an unfinished training: give --resume"):
        tune(recipe, interrupted[1])


def test_it_does_not_go_on_with_other_data_or_another_recipe(interrupted, recipe, tiny_model, tmp_path):
    for other, words in (
        (recipe_of(tiny_model, write_csv(tmp_path / "e.csv", rows(70)), BRIEF), "of another data"),
        (recipe_of(tiny_model, recipe.data[0], BRIEF, seed=14), r"of another seed \(13, now 14\)"),
        (recipe_of(tiny_model, recipe.data[0], BRIEF | {"epochs": 5}), "of another fine tuning.epochs"),
    ):
        with pytest.raises(ConfigError, match=words):
            tune(other, interrupted[1], resume=True)


def test_a_second_ctrl_c_ends_it_at_once_and_checkpoints_are_kept(recipe, tmp_path, whole):
    n_steps = whole[0].tuned.outcome.n_planned
    on_step, seen = press_at(n_steps - 1, n_steps - 1)
    with pytest.raises(KeyboardInterrupt):
        tune(recipe, tmp_path / "mine", on_step=on_step)
    assert seen[-1] == n_steps - 1
    assert not (tmp_path / "mine").exists()
    assert list((tmp_path / "mine.work").glob("seed-13/checkpoints/checkpoint-*/model.safetensors"))


def test_a_later_seed_that_is_interrupted_is_left_out(recipe, tiny_model, tmp_path):
    several = recipe_of(tiny_model, recipe.data[0], BRIEF | {"epochs": 1}, n_seeds=3)
    n_begun = 0

    def on_step(n):
        nonlocal n_begun
        n_begun += n == 1
        if (n_begun, n) == (2, 2):
            signal.raise_signal(signal.SIGINT)

    found = tune(several, tmp_path / "mine", on_step=on_step)
    assert (n_begun, len(found.repeats)) == (2, 1)
    assert found.tuned.is_interrupted
    assert not found.tuned.outcome.is_interrupted
    again, seen = press_at()
    ended = tune(several, tmp_path / "mine", resume=True, on_step=again)
    assert len(ended.repeats) == 3
    assert seen.count(1) == 2  # the first of the three is not trained again
    assert ended.repeats[0] == found.repeats[0]


def test_a_training_that_only_lacks_its_export_is_not_trained_again(recipe, tmp_path, monkeypatch, whole):
    with monkeypatch.context() as broken:
        broken.setattr("rhetoric.training.trials.write_tuned", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tune(recipe, tmp_path / "mine")
    on_step, seen = press_at()
    found = tune(recipe, tmp_path / "mine", resume=True, on_step=on_step)
    assert seen == []
    assert found.tuned.outcome == whole[0].tuned.outcome
    assert same_model(tmp_path / "mine", whole[1])
