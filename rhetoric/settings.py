"""YAML files of settings, and what is said about one that is wrong: one line, with the nearest known key."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from rhetoric.errors import ConfigError

__all__ = ["explain", "nearest", "read_settings", "read_yaml"]

MAX_SHOWN = 60
"""Characters of a wrong setting that are shown: what was taken for settings may be a whole corpus."""

Settings = TypeVar("Settings", bound=BaseModel)


def read_yaml(path: Path, noun: str = "recipe") -> Any:  # noqa: ANN401  (whatever the file holds)
    """Return the content of a YAML file; `noun` is what it is called where it cannot be read.

    Raises:
        ConfigError: the file is missing or no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"{noun} {path} cannot be read: {' '.join(str(error).split())}"
        raise ConfigError(message) from error


def read_settings(path: Path, kind: type[Settings], noun: str, parts: Iterable[type[BaseModel]] = ()) -> Settings:
    """Return the settings of a YAML file.

    Args:
        path: the file.
        kind: what it holds.
        noun: what such a file is called.
        parts: the models nested in `kind`, whose keys are known too.

    Raises:
        ConfigError: the file is missing, no YAML, or has a key or value that it cannot have.
    """
    try:
        return kind.model_validate(read_yaml(path, noun))
    except ValidationError as error:
        models: list[type[BaseModel]] = [kind, *parts]
        known = [name for model in models for name in model.model_fields]
        raise ConfigError(f"{noun} {path}: {explain(error.errors()[0], known)}") from error


def explain(problem: Any, known: Iterable[str]) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    """Return in one line what is wrong with a setting; an unknown one with the nearest of those that are known."""
    where = ".".join(map(str, problem["loc"]))
    if problem["type"] != "extra_forbidden":
        found = repr(problem["input"])
        short = found if len(found) <= MAX_SHOWN else f"{found[:MAX_SHOWN]} …"
        return f"{where}: {problem['msg']}, got {short}" if where else f"expected keys and their values, got {short}"
    return f"unknown key {where!r}{nearest(str(problem['loc'][-1]), known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names what may be meant, or nothing.

    >>> nearest("epocs", ["epochs", "seed"])
    "; did you mean 'epochs'?"
    """
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
