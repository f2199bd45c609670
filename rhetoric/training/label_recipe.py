"""What the training of one's own labels is told: options of the command line, or a YAML file of a few lines."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rhetoric.errors import ConfigError
from rhetoric.formats.coded import Columns
from rhetoric.runtime.added import Unit
from rhetoric.settings import explain, read_yaml

__all__ = ["LabelRecipe", "read_label_recipe"]


class LabelRecipe(BaseModel):
    """One's own labels: which data, in which columns, for which units, on which model.

    Attributes:
        data: files or folders of coded texts.
        name: of the head; labels of another training can be added later under another name.
        base: the model that the head is added to: a shipped one, or a folder.
        test: coded texts to report on; if not given, a fifth of the data is kept for it.
        data_format: of the data, where it cannot be recognised.
        unit: what is labelled: sentences, paragraphs or articles. The texts of the data should be such.
        columns: which column holds what, by field of `Columns`.
        is_exclusive: whether each text has exactly one label; as the data have it, if not given.
        group_by: a field of the records (`outlet`): it is left out value by value, and scored on what was left out.
        seed: of the split.
        n_seeds: splits that are tried; the mean and standard deviation over them are reported.
        licence: of the data, for the model card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: tuple[Path, ...] = Field(min_length=1)
    name: str = Field(default="own", pattern=r"^[a-z][a-z0-9_]*$")
    base: str = "small"
    test: Path | None = None
    data_format: str | None = None
    unit: Unit = "sentence"
    columns: dict[str, str] = Field(default_factory=dict)
    is_exclusive: bool | None = None
    group_by: str | None = None
    seed: int = 13
    n_seeds: int = Field(default=3, ge=1, le=20)
    licence: str = "not stated"

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        known = asdict(Columns())
        for key in columns:
            if key not in known:
                message = f"no column {key!r} is read: expected some of {', '.join(known)}"
                raise ValueError(message)
        return columns

    def as_columns(self) -> Columns:
        """Return the columns with their defaults."""
        return Columns(**self.columns)


def read_label_recipe(source: Path | dict[str, Any]) -> LabelRecipe:
    """Read a recipe from a YAML file, or check one that was put together from options.

    Raises:
        ConfigError: the file is missing, no YAML, or has a key or value that a recipe cannot have.
    """
    content, where = (read_yaml(source), f"recipe {source}") if isinstance(source, Path) else (source, "options")
    try:
        return LabelRecipe.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{where}: {explain(error.errors()[0], LabelRecipe.model_fields)}") from error
