"""What is said about YAML files of settings that are wrong."""

import pytest
from pydantic import BaseModel, ConfigDict

from rhetoric.errors import ConfigError
from rhetoric.settings import nearest, read_settings, read_yaml


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rate: float = 1.0


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    inner: Inner = Inner()


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "settings.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_read_settings_returns_the_model(written):
    assert read_settings(written("name: a\ninner: {rate: 2}\n"), Outer, "recipe", [Inner]) == Outer(
        name="a", inner=Inner(rate=2)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nnaem: b\n", "unknown key 'naem'; did you mean 'name'?"),
        ("name: a\ninner: {rat: 2}\n", "unknown key 'inner.rat'; did you mean 'rate'?"),
        ("name: [1]\n", "name: Input should be a valid string"),
        ("- name\n", "expected keys and their values, got ['name']"),
        (f"name: {[1] * 99}\n", "got [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, …"),
        ("name: [", "cannot be read"),
    ],
)
def test_read_settings_refuses_in_one_line(written, text, expected):
    with pytest.raises(ConfigError) as raised:
        read_settings(written(text), Outer, "recipe", [Inner])
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_read_yaml_refuses_what_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="probe .*none.yaml cannot be read"):
        read_yaml(tmp_path / "none.yaml", "probe")


def test_nearest_says_nothing_of_what_is_far():
    assert nearest("zzz", ["name"]) == ""
