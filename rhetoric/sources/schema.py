"""What a record of the state-media base or of a list of actors must look like.

It is checked where records are written or brought by a user. The shipped base is checked when it is built and in the
tests, and read plainly at run time: checking costs more than reading.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from rhetoric.errors import ConfigError

__all__ = ["KINDS", "ActorRecord", "OutletRecord", "check_record", "read_records"]

Typology = Literal["SC", "CaPu", "CaPr", "ISFM", "ISF", "ISM", "IP"]
Kind = Literal["agency", "newspaper", "magazine", "tv", "radio", "broadcaster", "online", "publisher"]
KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]

HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


class OutletRecord(BaseModel):
    """One outlet: what it is called, whose it is, and until when that holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    typology: Typology | None = None
    kind: Kind | None = None
    company: str | None = None
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    common_aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    national: bool = False
    default: bool = False
    source: str = "user"
    snapshot: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    reason: str | None = None
    citation: str | None = None

    @field_validator("aliases", "weak_aliases", "common_aliases")
    @classmethod
    def _named(cls, aliases: tuple[str, ...]) -> tuple[str, ...]:
        if any(not re.search(r"\w", a) for a in aliases):
            message = "an alias needs a letter or a digit"
            raise ValueError(message)
        return aliases

    @field_validator("domains")
    @classmethod
    def _hosts(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if not HOST.fullmatch(domain) or domain != domain.lower():
                message = f"{domain!r} is not a bare lower-case domain such as 'kcna.kp'"
                raise ValueError(message)
        return domains

    @field_validator("not_when", "when")
    @classmethod
    def _expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern.replace("{}", "x"))
            except re.error as error:
                message = f"{pattern!r} is not a regular expression ({error})"
                raise ValueError(message) from error
        return patterns

    @field_validator("valid_from", "valid_to")
    @classmethod
    def _dated(cls, value: str | None) -> str | None:
        if value is not None:
            date.fromisoformat(value)
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "OutletRecord":
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            message = f"valid_from {self.valid_from} is not before valid_to {self.valid_to}"
            raise ValueError(message)
        if self.reason and not self.citation:
            message = "a departure with a reason needs a citation"
            raise ValueError(message)
        return self


class ActorRecord(BaseModel):
    """One actor of a user's own list: what he is called, and whose he is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"\w")
    id: str | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    aliases: tuple[Annotated[str, Field(pattern=r"\w")], ...] = ()


WHERE_DESCRIBED = {OutletRecord: "seeds/state_media/README.md", ActorRecord: "docs/sources.md"}


def check_record(row: object, where: str, kind: type[BaseModel] = OutletRecord) -> dict[str, Any]:
    """Return the fields that `row` gives, checked.

    Raises:
        ConfigError: a field is unknown, missing or of the wrong kind; the message begins with `where`.
    """
    if not isinstance(row, dict):
        required = " and ".join(name for name, field in kind.model_fields.items() if field.is_required())
        message = f"{where}: expected one record with at least {required}, got {str(row)[:60]!r}"
        raise ConfigError(message)
    try:
        record = kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "record"
        got = "" if first["type"] == "missing" else f", got {str(first['input'])[:60]!r}"
        message = f"{where}: {field}: {first['msg']}{got}; see {WHERE_DESCRIBED[kind]} for the fields"
        raise ConfigError(message) from error
    return record.model_dump(exclude_unset=True)


def read_records(path: Path, kind: type[BaseModel] = OutletRecord) -> list[dict[str, Any]]:
    """Return the checked records of a `.jsonl` or YAML file of outlets, or of another `kind`.

    Raises:
        ConfigError: the file cannot be read, or a record is wrong; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as UTF-8 text ({error}); expected YAML or .jsonl with a list of records"
        raise ConfigError(message) from error
    rows = _json_rows(path, text) if path.suffix == ".jsonl" else _yaml_rows(path, text)
    return [check_record(row, f"{path} line {line}", kind) for line, row in rows]


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                message = f"{path} line {number}: not JSON ({error}); expected one record a line"
                raise ConfigError(message) from error


def _yaml_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        rows = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        message = f"{path}: not YAML ({' '.join(str(error).split())}); expected a list of records"
        raise ConfigError(message) from error
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        got = str(node.tag).rsplit(":", 1)[-1]
        message = f"{path} line {node.start_mark.line + 1}: expected a list of records ('- name: …'), got a {got}"
        raise ConfigError(message)
    for item, row in zip(node.value, rows, strict=True):
        yield item.start_mark.line + 1, row
