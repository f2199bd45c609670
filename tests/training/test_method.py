"""Which way to train, and why."""

import pytest

from rhetoric.errors import ConfigError, MissingExtraError
from rhetoric.training import method
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.method import MIN_EXAMPLES_FOR_FULL, choose_method

MANY, FEW = MIN_EXAMPLES_FOR_FULL, MIN_EXAMPLES_FOR_FULL - 1


def recipe_of(model, **options):
    return read_label_recipe({"data": ["d.csv"], "base": str(model), **options})


@pytest.mark.parametrize(
    ("options", "n", "expected", "reason"),
    [
        ({}, FEW, "frozen", f"{FEW:,} coded texts; fine-tuning begins to pay from about {MANY:,}"),
        ({}, MANY, "full", f"{MANY:,} coded texts"),
        ({"unit": "span"}, FEW, "frozen", "marked stretches"),
        ({"unit": "span"}, MANY, "full", "marked stretches"),
        ({"unit": "target"}, MANY, "frozen", "labels of targets are trained on the frozen encoder alone"),
        ({"encoder": "some/encoder"}, 10, "full", "the encoder 'some/encoder' must learn"),
        ({"method": "frozen"}, MANY, "frozen", "as asked for"),
        ({"method": "full"}, 10, "full", "as asked for"),
        ({"method": "lora"}, 10, "lora", "as asked for"),
    ],
)
def test_method_goes_by_the_recipe_or_by_the_number_of_examples(tiny_model, options, n, expected, reason):
    found = choose_method(recipe_of(tiny_model, **options), n)
    assert found.method == expected
    assert reason in found.reason
    assert str(found) == f"{expected}: {found.reason}"


def test_a_model_without_weights_stays_frozen_unless_it_is_asked_for(tiny_model, tmp_path):
    (tmp_path / "config.json").write_text((tiny_model / "config.json").read_text())
    found = choose_method(recipe_of(tmp_path), MANY)
    assert found.method == "frozen"
    assert "comes without model.safetensors" in found.reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "frozen", "encoder": "x"}, "a frozen head stands on the base model's own"),
        ({"method": "full", "unit": "target"}, "labels of targets are trained on the frozen encoder alone"),
        ({"encoder": "x", "unit": "target"}, "labels of targets are trained on the frozen encoder alone"),
    ],
)
def test_what_makes_no_sense_is_refused(tiny_model, options, words):
    with pytest.raises(ConfigError, match=words):
        choose_method(recipe_of(tiny_model, **options), MANY)


def test_lora_without_peft_is_refused(tiny_model, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rhetoric\[lora\]'"):
        choose_method(recipe_of(tiny_model, method="lora"), MANY)
    assert method.choose_method(recipe_of(tiny_model, method="full"), MANY).method == "full"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"methd": "full"}, "unknown key 'methd'; did you mean 'method'?"),
        ({"fine_tuning": {"epocs": 3}}, "unknown key 'fine_tuning.epocs'; did you mean 'epochs'?"),
        ({"fine_tuning": {"epochs": 0}}, "fine_tuning.epochs"),
        ({"method": "fast"}, "method"),
    ],
)
def test_recipes_of_fine_tuning_are_checked(tiny_model, options, words):
    with pytest.raises(ConfigError) as refused:
        recipe_of(tiny_model, **options)
    assert words in str(refused.value)
