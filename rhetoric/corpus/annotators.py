"""Which annotator a run needs, as a small value that every process loads for itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.corpus.fingerprints import fingerprint_file, fingerprint_model
from rhetoric.corpus.manifest import ModelFiles
from rhetoric.formats import Failure
from rhetoric.resources import model_path
from rhetoric.runtime import Backend
from rhetoric.runtime.encoders import runs_on_torch

__all__ = ["Annotates", "AnnotatorSpec"]


class Annotates(Protocol):
    """What annotates a stream and puts a failure in the place of an article that it cannot annotate."""

    def try_pipe(self, items: Iterable[Article | Failure]) -> Iterator[AnnotatedArticle | Failure]:
        """Yield the annotated articles and failures, in order."""


@dataclass(frozen=True)
class AnnotatorSpec:
    """The arguments of `rhetoric.Annotator`; `outlets` and `actors` are a user's own lists."""

    model: str = "small"
    thresholds: str = "default"
    backend: Backend = "auto"
    outlets: Path | None = None
    actors: Path | None = None

    def load(self) -> Annotates:
        """Return the annotator.

        Raises:
            ModelError: there is no such model, or a file of it is broken.
            ConfigError: the model has no such thresholds, or a list cannot be read.
        """
        # Loads the runtime, which a process that only hands out work never needs.
        from rhetoric.pipeline import Annotator, Lists

        lists = Lists(self.outlets, self.actors)
        return Annotator(self.model, thresholds=self.thresholds, backend=self.backend, lists=lists)

    @property
    def can_use_gpu(self) -> bool:
        """Whether it computes on a GPU where there is one.

        Raises:
            ModelError: there is no such model.
        """
        return runs_on_torch(model_path(self.model), self.backend)

    def fingerprint(self) -> ModelFiles:
        """Return the hash of the model's files.

        Raises:
            ModelError: there is no such model.
        """
        return fingerprint_model(self.model)

    def to_config(self) -> dict[str, JsonValue]:
        """Return the settings that decide the result, lists by their hashes.

        Raises:
            InputError: a list cannot be read.
        """
        lists = {"outlets": self.outlets, "actors": self.actors}
        hashes: dict[str, JsonValue] = {n: fingerprint_file(p) if p else None for n, p in lists.items()}
        return {"thresholds": self.thresholds, "backend": self.backend, **hashes}
