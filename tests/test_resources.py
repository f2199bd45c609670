import pytest

from rhetoric.errors import ModelError
from rhetoric.resources import model_path, models_folder, seeds_path


def test_seeds_path_in_checkout_lies_beside_the_package(checkout):
    assert seeds_path("taxonomy.yaml") == checkout / "seeds" / "taxonomy.yaml"
    assert seeds_path("taxonomy.yaml").is_file()


def test_models_folder_in_checkout_lies_beside_the_package(checkout):
    assert models_folder() == checkout / "models"


def test_model_path_of_a_folder_is_the_folder(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert model_path(tmp_path) == tmp_path
    assert model_path(str(tmp_path)) == tmp_path


def test_model_path_of_a_name_is_the_shipped_model(shipped_model):
    assert model_path("small") == shipped_model


@pytest.mark.parametrize("name", ["no-such-model", "", "small/../nothing", "config.json"])
def test_model_path_unknown_names_what_came_and_what_there_is(name):
    with pytest.raises(ModelError, match="expected a folder with a config.json") as caught:
        model_path(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_model_path_folder_without_config_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json"):
        model_path(tmp_path)
