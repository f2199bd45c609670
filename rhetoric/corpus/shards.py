"""A shard is the unit of work: so many items of the stream in, the bytes of its files out.

What is written is a function of the shard alone. Whoever runs the work, in this process or on another machine, hands
back the same bytes, and one writer puts them into the run's folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Literal, Protocol

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.corpus.annotators import Annotates, AnnotatorSpec
from rhetoric.errors import RhetoricError
from rhetoric.formats import Failure, dump_line, to_record
from rhetoric.formats.withheld import withhold

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    "ARTICLES",
    "ERRORS",
    "Meter",
    "ShardFormat",
    "ShardResult",
    "ShardTask",
    "SideTable",
    "SilentMeter",
    "Work",
    "annotate_shard",
    "cut_shards",
    "shard_name",
]

ARTICLES, ERRORS = "articles", "errors"
"""Folders of a run."""

ShardFormat = Literal["jsonl", "parquet"]
SideTable = Callable[[Sequence[AnnotatedArticle]], "pyarrow.Table"]
"""Makes of the articles of a shard a table that is kept beside them; at the top of a module, so that it can travel."""

Item = Article | Failure


class Meter(Protocol):
    """Who watches a run."""

    def expect(self, total: int | None) -> None:
        """Take note of how many items there will be, about; None if nobody knows."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        """Count `n` items, of which `n_failed` failed."""


class SilentMeter:
    """Counts nothing."""

    def expect(self, total: int | None) -> None:
        """Do nothing."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class ShardTask:
    """Items of the stream, in their order, and which shard they make."""

    index: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class ShardResult:
    """What came of a shard: the bytes of its files, by their paths in the run.

    A file that would be empty is left out. `is_whole` is False for what an interruption left.
    """

    index: int
    n_articles: int
    n_failed: int
    files: Mapping[str, bytes]
    is_whole: bool = True


@dataclass(frozen=True)
class Work:
    """All that a worker needs to know, besides its tasks; it can be pickled if the functions of its tables can.

    Attributes:
        annotator: what to load.
        shard_format: of the articles.
        with_text: whether texts and titles are kept; else their hashes are.
        side_tables: what else is kept of each shard, as Parquet, by the name of its folder.
    """

    annotator: AnnotatorSpec
    shard_format: ShardFormat = "jsonl"
    with_text: bool = True
    side_tables: Mapping[str, SideTable] = field(default_factory=dict)


def shard_name(index: int) -> str:
    """Return the name of a shard's files, without suffix.

    >>> shard_name(7)
    '00007'
    """
    return f"{index:05d}"


def cut_shards(items: Iterable[Item], size: int) -> Iterator[ShardTask]:
    """Yield the stream in shards of `size` items; the last may be smaller."""
    stream, index = iter(items), 0
    while chunk := tuple(islice(stream, size)):
        yield ShardTask(index, chunk)
        index += 1


class _Lines:
    """Articles as JSON lines."""

    def __init__(self, with_text: bool) -> None:
        self.with_text = with_text
        self.lines: list[bytes] = []

    def add(self, article: AnnotatedArticle) -> None:
        self.lines.append(dump_line(to_record(article, self.with_text)))

    def data(self) -> bytes:
        return b"".join(self.lines)


class _Rows:
    """Articles as the rows of a Parquet file."""

    def __init__(self, with_text: bool) -> None:
        # Loads Arrow, which runs of JSON lines do without.
        from rhetoric.formats.arrow import Rows
        from rhetoric.formats.schema import SCHEMA

        self.with_text = with_text
        self.rows = Rows(SCHEMA)

    def add(self, article: AnnotatedArticle) -> None:
        from rhetoric.formats.parquet import article_batch

        self.rows.add(article_batch(article if self.with_text else withhold(article)))

    def data(self) -> bytes:
        return _parquet(self.rows.take())


ENCODERS: dict[ShardFormat, Callable[[bool], _Lines | _Rows]] = {"jsonl": _Lines, "parquet": _Rows}


def _parquet(table: "pyarrow.Table") -> bytes:
    import pyarrow
    from pyarrow import parquet

    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


class _Shard:
    """Collects what came of the items of one shard."""

    def __init__(self, index: int, work: Work) -> None:
        self.index, self.work = index, work
        self.encoder = ENCODERS[work.shard_format](work.with_text)
        self.articles: list[AnnotatedArticle] = []
        self.n_articles = 0
        self.failures: list[Failure] = []

    def add(self, found: AnnotatedArticle | Failure) -> bool:
        """Take one result and return whether it is an article; one that the format cannot hold is a failure."""
        try:
            if isinstance(found, AnnotatedArticle):
                self._keep(found)
                return True
            self.failures.append(found)
        except RhetoricError as error:
            self.failures.append(Failure(found.id, None, None, str(error)))
        return False

    def _keep(self, article: AnnotatedArticle) -> None:
        self.encoder.add(article)
        self.n_articles += 1
        if self.work.side_tables:
            self.articles.append(article)

    def result(self, is_whole: bool) -> ShardResult:
        name, files = shard_name(self.index), {}
        if self.n_articles:
            files[f"{ARTICLES}/{name}.{self.work.shard_format}"] = self.encoder.data()
        if self.articles and is_whole:
            for folder, table_of in self.work.side_tables.items():
                files[f"{folder}/{name}.parquet"] = _parquet(table_of(self.articles))
        if self.failures:
            files[f"{ERRORS}/{name}.jsonl"] = b"".join(dump_line(f.to_record()) for f in self.failures)
        return ShardResult(self.index, self.n_articles, len(self.failures), files, is_whole)


def annotate_shard(annotator: Annotates, work: Work, task: ShardTask, meter: Meter) -> Iterator[ShardResult]:
    """Yield what comes of a shard.

    When it is interrupted, what was done so far is yielded before the exception goes on.
    """
    shard = _Shard(task.index, work)
    try:
        for found in annotator.try_pipe(task.items):
            is_article = shard.add(found)
            meter(1, 0 if is_article else 1)
    except (KeyboardInterrupt, Exception):
        yield shard.result(is_whole=False)
        raise
    yield shard.result(is_whole=True)
