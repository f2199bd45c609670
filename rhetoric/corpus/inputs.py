"""A corpus as a user names it: where it is read from, and how."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from rhetoric.annotation import Article
from rhetoric.corpus.fingerprints import Fingerprint, fingerprint_inputs, is_rereadable
from rhetoric.errors import UsageError
from rhetoric.formats import Failure, read_inputs
from rhetoric.formats.columns import AS_THEY_ARE, ColumnMap
from rhetoric.formats.inputs import InputFormat
from rhetoric.sources import OutletBase, load_base

__all__ = ["Corpus", "warn_of_blanks"]

logger = logging.getLogger(__name__)

DOMAIN, OUTLET = "domain", "canonical_outlet"


@dataclass(frozen=True)
class Corpus:
    """Inputs of `rhetoric annotate`, in the order in which they are read.

    Attributes:
        inputs: files, folders, or `-` for standard input.
        input_format: read files and standard input as this, whatever their suffix.
        columns: which columns of tables, and which fields of JSON lines, hold what.
        delimiter: what stands between the cells of CSV and TSV; else it is found out.
        encoding: what text, CSV, TSV and pages are in; else it is found out.
    """

    inputs: tuple[str, ...]
    input_format: InputFormat | None = None
    columns: ColumnMap = AS_THEY_ARE
    delimiter: str | None = None
    encoding: str | None = None

    @property
    def is_rereadable(self) -> bool:
        """Whether the corpus gives the same when it is read again: not so standard input, and not a pipe."""
        return all(map(is_rereadable, self.inputs))

    def items(self) -> Iterator[Article | Failure]:
        """Yield the articles, and a failure for each that cannot be read."""
        found = read_inputs(
            self.inputs, self.input_format, columns=self.columns, delimiter=self.delimiter, encoding=self.encoding
        )
        return (_with_canonical_outlet(item) if isinstance(item, Article) else item for item in found)

    def fingerprint(self) -> Fingerprint:
        """Return the hashes of the inputs, and about how many items they hold."""
        return fingerprint_inputs(self.inputs, self.input_format)

    def to_config(self) -> dict[str, JsonValue]:
        """Return the settings that decide how the inputs are read."""
        columns: dict[str, JsonValue] = {**self.columns.named}
        return {
            "input_format": self.input_format,
            "columns": columns,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
        }

    @classmethod
    def from_config(cls, inputs: Iterable[str], config: Mapping[str, Any]) -> "Corpus":
        """Return the corpus that a run read, from the settings that it kept."""
        settings = {name: config.get(name) for name in ("input_format", "delimiter", "encoding")}
        return cls(tuple(inputs), columns=ColumnMap(**config.get("columns", {})), **settings)

    def check_apart_from(self, output: Path) -> None:
        """Refuse an output in a folder that is read: what is written would be read when the run goes on.

        Raises:
            UsageError: it lies in one.
        """
        inside = self.folder_around(output)
        if inside is not None:
            message = f"cannot write to {output}: it lies in {inside}, which is read; name a place outside of it"
            raise UsageError(message)

    def folder_around(self, output: Path) -> str | None:
        """Return the input folder that `output` lies in, None if it lies in none."""
        folders = (name for name in self.inputs if Path(name).is_dir())
        return next((name for name in folders if output.resolve().is_relative_to(Path(name).resolve())), None)


def _with_canonical_outlet(article: Article) -> Article:
    """Return an article that came from a page with the name under which the base knows its domain, if it does."""
    domain = article.meta.get(DOMAIN)
    if not isinstance(domain, str) or OUTLET in article.meta:
        return article
    names = [outlet.name for outlet in _base().by_domain(domain)]
    return replace(article, meta={**article.meta, OUTLET: names[0]}) if names else article


@cache
def _base() -> OutletBase:
    return load_base()


def warn_of_blanks(items: Iterable[Article | Failure]) -> Iterator[Article | Failure]:
    """Yield all items, with a warning for each article that is blank."""
    for item in items:
        if isinstance(item, Article) and not item.text.strip():
            logger.warning("article %r is blank: it has no sentences", item.id)
        yield item
