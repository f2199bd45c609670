"""Recipes: the shipped ones are read, and a slip is answered with what was meant."""

import pytest
import yaml

from rhetoric.errors import ConfigError
from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, TARGET_VALENCES, VALENCES, technique_ids
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.recipe import read_recipe

OF_LABELS = {"unity"}
"""Recipes for `rhetoric train`; the others are for shipped models."""
MINIMAL = {
    "name": "tiny",
    "version": "1",
    "encoder": "somebody/some-encoder",
    "taggers": ["loaded"],
    "sentence_labels": ["attribution"],
    "span_heads": {"valence": ["negative", "positive"]},
    "corpora": {"ptc": {"repeat": 2}},
}


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "recipe.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return path

    return write


def test_read_recipe_fills_in_the_defaults(written):
    recipe = read_recipe(written(MINIMAL))
    assert (recipe.name, recipe.taggers, recipe.corpora["ptc"].repeat) == ("tiny", ("loaded",), 2)
    assert (recipe.window_size, recipe.optimisation.batch_tokens) == (256, 2048)


def test_read_recipe_reads_numbers_as_yaml_writes_them(written):
    recipe = read_recipe(written({**MINIMAL, "optimisation": {"encoder_rate": "1e-4", "epochs": 2}}))
    assert recipe.optimisation.encoder_rate == 1e-4
    assert recipe.optimisation.epochs == 2.0


def test_shipped_recipes_name_known_labels_alone(checkout):
    paths = [path for path in sorted((checkout / "configs").glob("*.yaml")) if path.stem not in OF_LABELS]
    assert paths
    known = {"technique": technique_ids(), "valence": VALENCES, "source_type": SOURCE_TYPES, "target": TARGET_VALENCES}
    for path in paths:
        recipe = read_recipe(path)
        assert recipe.name == path.stem
        assert set(recipe.sentence_labels) <= set(SENTENCE_LABELS)
        assert all(sorted(labels) == sorted(known[head]) for head, labels in recipe.span_heads.items())
        assert 0 <= recipe.context_size < recipe.window_size - 2


@pytest.mark.parametrize("name", sorted(OF_LABELS))
def test_shipped_recipes_of_labels_name_what_is_there(checkout, name):
    recipe = read_label_recipe(checkout / "configs" / f"{name}.yaml")
    assert recipe.name == name
    assert all((checkout / path).is_file() for path in recipe.data)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"optimization": {}}, r"unknown key 'optimization'; did you mean 'optimisation'\?"),
        ({"optimisation": {"epoch": 2}}, r"unknown key 'optimisation\.epoch'; did you mean 'epochs'\?"),
        ({"corpora": {"ptc": {"repeats": 2}}}, r"unknown key 'corpora\.ptc\.repeats'; did you mean 'repeat'\?"),
        ({"taggerz": []}, r"unknown key 'taggerz'; did you mean 'taggers'\?"),
        ({"xyzzy": 1}, r"unknown key 'xyzzy'$"),
    ],
)
def test_read_recipe_refuses_an_unknown_key_with_the_nearest(written, changes, expected):
    with pytest.raises(ConfigError, match=expected):
        read_recipe(written({**MINIMAL, **changes}))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"seed": "lucky"}, "seed: .*got 'lucky'"),
        ({"taggers": "loaded"}, "taggers: .*got 'loaded'"),
        ({"optimisation": {"epochs": []}}, r"optimisation\.epochs: .*got \[\]"),
        ({"corpora": {"ptc": 3}}, r"corpora\.ptc: .*got 3"),
    ],
)
def test_read_recipe_refuses_a_value_of_the_wrong_kind(written, changes, where):
    with pytest.raises(ConfigError, match=where) as caught:
        read_recipe(written({**MINIMAL, **changes}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", MINIMAL)
def test_read_recipe_refuses_a_missing_key(written, missing):
    with pytest.raises(ConfigError, match=f"{missing}: Field required"):
        read_recipe(written({k: v for k, v in MINIMAL.items() if k != missing}))


@pytest.mark.parametrize("content", ["", "[]", "7", "name: [", "\tname: x", "a: b: c"])
def test_read_recipe_refuses_what_is_no_recipe_in_one_line(written, content):
    path = written(content)
    with pytest.raises(ConfigError, match="recipe") as caught:
        read_recipe(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_read_recipe_refuses_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match=r"recipe .*nowhere\.yaml cannot be read"):
        read_recipe(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"recipe .*binary\.yaml cannot be read"):
        read_recipe(tmp_path / "binary.yaml")


def test_recipe_cannot_be_changed(written):
    recipe = read_recipe(written(MINIMAL))
    with pytest.raises(ValueError, match="frozen"):
        recipe.seed = 2
