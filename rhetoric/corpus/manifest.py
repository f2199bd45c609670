"""The manifest of a run: all that decides its bytes, and what came of it.

It holds no time and no name of a machine, so that a finished run is the same however often it was interrupted.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from rhetoric.errors import InputError, UsageError

__all__ = [
    "LAYOUT",
    "Counts",
    "InputFiles",
    "Manifest",
    "ModelFiles",
    "Part",
    "ShardEntry",
    "Value",
    "explain_change",
    "read_manifest",
]

LAYOUT: Literal[1] = 1
"""Version of the layout of a run's folder."""

N_HASH_SHOWN = 12


class Value(BaseModel):
    """A value of a run's own files: never changed, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFiles(Value):
    """One INPUT as it was named: a file, or a folder with all files below it.

    `sha256` is None for what cannot be read twice (standard input, a pipe) and for what is not there.
    """

    path: str
    n_files: int
    n_bytes: int
    sha256: str | None


class ModelFiles(Value):
    """Which model: its name, its version where it names one, and a hash over its files."""

    name: str
    version: str | None
    sha256: str


class Part(Value):
    """Which of `n` parts of a corpus a run does, counted from 1: every n-th shard.

    >>> Part.parse("2/4").holds(5)
    True
    """

    index: int
    n: int

    @model_validator(mode="after")
    def _is_one_of_n(self) -> Self:
        if not 1 <= self.index <= self.n:
            message = f"part {self} is none: expected 1 <= i <= n"
            raise ValueError(message)
        return self

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Return the part that `i/n` names.

        Raises:
            UsageError: it names none.
        """
        index, _, n = text.partition("/")
        try:
            return cls(index=int(index), n=int(n))
        except ValueError as error:
            message = f"{text!r} is no part of a run: expected i/n with 1 <= i <= n, as in 3/10"
            raise UsageError(message) from error

    def holds(self, shard: int) -> bool:
        """Return whether the part does the shard of that number."""
        return shard % self.n == self.index - 1

    def __str__(self) -> str:
        """Return `i/n`."""
        return f"{self.index}/{self.n}"


class ShardEntry(Value):
    """A shard that is done: how many articles it holds, how many failed, and the hash of each of its files."""

    index: int
    n_articles: int
    n_failed: int
    files: dict[str, str]


class Counts(Value):
    """Of a whole run: items that were read, articles that were annotated, and failures."""

    items: int
    articles: int
    failed: int


class Manifest(Value):
    """What a run is made of.

    Attributes:
        layout: version of the folder's layout.
        inputs: what was read, in that order.
        model: which model annotated.
        versions: of this program and of the libraries that compute.
        config: all other settings that decide the result, by name.
        shard_size: items a shard.
        part: which part of the corpus, None for all of it.
        shards: in order; empty until the run is complete.
        counts: likewise.
        complete: whether all of it is done.
    """

    layout: Literal[1] = LAYOUT
    inputs: tuple[InputFiles, ...]
    model: ModelFiles
    versions: dict[str, str | None]
    config: dict[str, JsonValue]
    shard_size: int = Field(ge=1)
    part: Part | None = None
    shards: tuple[ShardEntry, ...] = ()
    counts: Counts | None = None
    complete: bool = False

    def completed(self, shards: tuple[ShardEntry, ...]) -> "Manifest":
        """Return the manifest of the finished run."""
        n_articles, n_failed = sum(s.n_articles for s in shards), sum(s.n_failed for s in shards)
        counts = Counts(items=n_articles + n_failed, articles=n_articles, failed=n_failed)
        return self.model_copy(update={"shards": shards, "counts": counts, "complete": True})

    def to_json(self) -> bytes:
        """Return the file's content."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=True, indent=1).encode() + b"\n"


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a file.

    Raises:
        InputError: it cannot be read, or is no manifest.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}; expected the folder of a run"
        raise InputError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        message = f"{path} is no manifest of a run ({where}: {first['msg']}); expected one that this program wrote"
        raise InputError(message) from error


def _shown(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    if isinstance(value, InputFiles):
        return f"{value.n_bytes:,} bytes in {value.n_files} files, sha256 {str(value.sha256)[:N_HASH_SHOWN]}"
    if isinstance(value, ModelFiles):
        return f"{value.name} {value.version or ''}".strip() + f", sha256 {value.sha256[:N_HASH_SHOWN]}"
    return json.dumps(value) if not isinstance(value, Part) else str(value)


def _pairs(before: Manifest, now: Manifest) -> Iterator[tuple[str, Any, Any]]:
    """Yield what has to be the same in a run that goes on: a name for people, as it was, as it is."""
    yield "inputs", [f.path for f in before.inputs], [f.path for f in now.inputs]
    for one, other in zip(before.inputs, now.inputs, strict=True):  # the paths are the same by now
        yield f"input {one.path}", one, other
    yield "model", before.model, now.model
    for kind in ("versions", "config"):
        old, new = getattr(before, kind), getattr(now, kind)
        for name in sorted(old.keys() | new.keys()):
            yield name if kind == "config" else f"version of {name}", old.get(name), new.get(name)
    yield "shard_size", before.shard_size, now.shard_size
    yield "part", before.part, now.part


def explain_change(before: Manifest, now: Manifest) -> str | None:
    """Return why a run that began as `before` cannot go on as `now`, None if it can."""
    for name, old, new in _pairs(before, now):
        if old != new:
            return f"{name} was {_shown(old)} and is now {_shown(new)}"
    return None
