"""What the training of one's own labels is told: options of the command line, or a YAML file of a few lines."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rhetoric.errors import ConfigError
from rhetoric.formats.coded import Columns
from rhetoric.runtime.added import Unit
from rhetoric.settings import explain, read_yaml

__all__ = ["FineTuning", "LabelRecipe", "Method", "read_label_recipe"]

Method = Literal["auto", "frozen", "full", "lora"]


class FineTuning(BaseModel):
    """How an encoder is trained together with its heads; a frozen one needs none of it.

    Attributes:
        epochs: passes over the texts, at most.
        patience: passes without a better result on the tuning part after which training ends.
        encoder_rate: peak learning rate of the encoder (AdamW).
        head_rate: peak learning rate of the heads.
        lora_rate: peak learning rate of the low-rank matrices.
        lora_rank: their rank.
        warmup: share of the steps in which the rates rise.
        weight_decay: of all weights.
        batch_tokens: tokens of a step, padding included.
        tuning_share: share of the texts on which training is stopped, and calibration and thresholds are chosen.
        distillation: weight of what keeps the other heads as they were.
        rehearsal: passages that keep them, beside one's own texts, as a share of these.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int = Field(default=6, ge=1, le=100)
    patience: int = Field(default=2, ge=1)
    encoder_rate: float = Field(default=5e-5, gt=0)
    head_rate: float = Field(default=1e-3, gt=0)
    lora_rate: float = Field(default=5e-4, gt=0)
    lora_rank: int = Field(default=16, ge=1, le=256)
    warmup: float = Field(default=0.1, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    batch_tokens: int = Field(default=1024, ge=64)
    tuning_share: float = Field(default=0.15, gt=0, le=0.5)
    distillation: float = Field(default=10.0, ge=0)
    rehearsal: float = Field(default=0.5, ge=0, le=10)


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
        method: how to train; `auto` chooses by the number of examples.
        encoder: a hub name or folder of another encoder to train, instead of the base model's own.
        fine_tuning: how, where the encoder is trained.
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
    method: Method = "auto"
    encoder: str | None = None
    fine_tuning: FineTuning = FineTuning()

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
    if not isinstance(content, dict):
        message = f"{where} holds no keys: expected a recipe (YAML); a file of coded texts follows --data"
        raise ConfigError(message)
    try:
        return LabelRecipe.model_validate(content)
    except ValidationError as error:
        raise ConfigError(
            f"{where}: {explain(error.errors()[0], [*LabelRecipe.model_fields, *FineTuning.model_fields])}"
        ) from error
