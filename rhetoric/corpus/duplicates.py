"""Near-duplicates in a corpus: one agency story that ten outlets print is not ten observations.

Every article gets a cluster, named by its first article; which articles a comparison then drops or weights is its own
to decide. Nothing is removed here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.output import open_output
from rhetoric.formats.withheld import check_text
from rhetoric.metrics.similarity import Likeness, join_pairs, near_pairs

__all__ = [
    "DUPLICATES_FILE",
    "SIMILARITY",
    "Duplicate",
    "find_duplicates",
    "mark_duplicate",
    "read_duplicates",
    "write_duplicates",
]

DUPLICATES_FILE = "duplicates.parquet"
"""In the folder of a run."""
SIMILARITY = 0.5
"""Share of their five-word sequences from which two articles are one story: what two reporters write of one event, with
the same quotations, shares few; a wire story keeps most when it is cut or given a local end."""
SHINGLE, N_BANDS, N_ROWS = 5, 42, 3
"""Which miss 4 in 1,000 of the pairs at that similarity, and 4 in 100,000 at 0.6."""
MIN_SIMILARITY = 0.3
"""Below it, so many pairs would be missed that the clusters would be a matter of chance."""

COLUMNS = ("article_id", "cluster", "duplicate_of")


@dataclass(frozen=True)
class Duplicate:
    """Which cluster an article is in, and which article it repeats.

    Attributes:
        cluster: the id of the first article of its cluster; its own, where it is like no other.
        duplicate_of: the same for what repeats another; None for the first, and for what is like no other.
    """

    cluster: str
    duplicate_of: str | None


@dataclass(frozen=True, order=True)
class _Entry:
    """What is kept of an article: by its order, the first of a cluster is the one of the earliest date."""

    is_undated: bool
    date: datetime
    order: int
    id: str


def find_duplicates(
    articles: Iterable[Article | AnnotatedArticle], similarity: float = SIMILARITY
) -> dict[str, Duplicate]:
    """Return the cluster of every article, by its id, in the order in which the articles came.

    The first of a cluster is that of the earliest `date` (ISO 8601; without one, an article comes after all that have
    one) and, at equal dates, of the earliest place. Two articles of a cluster may be alike only by way of a third.
    A blank text is like no other. Texts are not kept: an article of 600 words takes 4 KB, and 100,000 some 400 MB.

    Args:
        articles: each id once.
        similarity: share of the five-word sequences of two texts together that both have, from which they are one
            story.

    Raises:
        InputError: an id comes twice, or a text is withheld.
        MissingExtraError: datasketch is not installed.
        UsageError: the similarity makes no sense.
    """
    if not MIN_SIMILARITY <= similarity <= 1:
        message = f"a similarity of {similarity}: expected a number from {MIN_SIMILARITY} to 1"
        raise UsageError(message)
    entries: list[_Entry] = []
    compared: list[int] = []
    likeness = Likeness("word", SHINGLE, similarity, N_BANDS, N_ROWS)
    near = list(near_pairs(_texts(articles, entries, compared), likeness))
    _check_ids(entries)
    found = {}
    for cluster in join_pairs(len(entries), ((compared[i], compared[j]) for i, j in near)):
        first = min(entries[i] for i in cluster)
        found.update({i: Duplicate(first.id, None if entries[i] is first else first.id) for i in cluster})
    return {entry.id: found[entry.order] for entry in entries}


def _texts(articles: Iterable[Article | AnnotatedArticle], entries: list[_Entry], compared: list[int]) -> Iterator[str]:
    """Yield the texts that are not blank; note what is kept of each article, and whose text each one was."""
    for order, article in enumerate(articles):
        check_text(article)
        date = _date(article.meta.get("date"))
        entries.append(_Entry(date is None, date or datetime.max.replace(tzinfo=UTC), order, article.id))
        if article.text.strip():
            compared.append(order)
            yield article.text


def _date(value: object) -> datetime | None:
    """Return a date in ISO 8601; without a time zone it counts as UTC."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)


def _check_ids(entries: Iterable[_Entry]) -> None:
    repeated = [name for name, times in Counter(entry.id for entry in entries).items() if times > 1]
    if repeated:
        message = (
            f"{len(repeated)} ids come more than once, {min(repeated)!r} among them: expected an id for each article"
        )
        raise InputError(message)


def mark_duplicate(article: AnnotatedArticle, duplicates: Mapping[str, Duplicate]) -> AnnotatedArticle:
    """Return the article with `duplicate_of` (or None) and `duplicate_cluster` in its `meta`.

    Raises:
        InputError: it is not among those that were compared.
    """
    found = duplicates.get(article.id)
    if found is None:
        message = f"article {article.id!r} is not in the list of duplicates: run `rhetoric duplicates` again"
        raise InputError(message)
    marks = {"duplicate_of": found.duplicate_of, "duplicate_cluster": found.cluster}
    return replace(article, meta={**article.meta, **marks})


def write_duplicates(duplicates: Mapping[str, Duplicate], path: Path) -> None:
    """Write a Parquet table of `article_id`, `cluster` and `duplicate_of`, one row an article.

    Raises:
        InputError: an id holds a lone surrogate, which Parquet cannot.
    """
    import pyarrow
    from pyarrow import parquet

    rows = [(name, found.cluster, found.duplicate_of) for name, found in duplicates.items()]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    try:
        table = pyarrow.table({n: pyarrow.array(c, pyarrow.string()) for n, c in zip(COLUMNS, columns, strict=True)})
    except UnicodeEncodeError as error:
        message = "an article's id holds a lone surrogate, which Parquet cannot: give it another"
        raise InputError(message) from error
    with open_output(path) as stream:
        parquet.write_table(table, stream)


def read_duplicates(path: Path) -> dict[str, Duplicate]:
    """Return what `write_duplicates` wrote.

    Raises:
        InputError: the file cannot be read, or is no such table.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, columns=list(COLUMNS))
        names, clusters, originals = (table.column(name).to_pylist() for name in COLUMNS)
    except (pyarrow.ArrowException, KeyError, OSError) as error:
        message = f"cannot read {path} as a list of duplicates; expected what `rhetoric duplicates` writes"
        raise InputError(message) from error
    return {name: Duplicate(cluster, of) for name, cluster, of in zip(names, clusters, originals, strict=True)}
