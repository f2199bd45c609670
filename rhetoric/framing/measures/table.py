"""Where a table of measures comes from: counted from annotated articles, or read from what annotating wrote."""

import hashlib
import itertools
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus import is_run, read_run
from rhetoric.corpus.storage import RunFolder
from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.framing.measures.arrow import from_arrow, is_current, is_measure_table, to_arrow
from rhetoric.framing.measures.census import Census, take_census
from rhetoric.framing.measures.counting import Counting
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.facts import Thing
from rhetoric.framing.measures.families import ABSENT, join_values, make_members, split_families
from rhetoric.framing.measures.measure_table import MeasureTable, join_tables, meta_columns
from rhetoric.sources.actors import ActorList

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    "MEASURES_FOLDER",
    "MeasureTable",
    "build_table",
    "from_arrow",
    "is_table_file",
    "join_tables",
    "read_table",
    "tabulate",
    "to_arrow",
]

logger = logging.getLogger(__name__)

MEASURES_FOLDER = "measures"
"""Of a run: the tables of measures of its shards."""

N_AT_ONCE = 256
"""Articles whose censuses are held at a time."""

OF_ACTORS: frozenset[Thing] = frozenset({"mentions", "tone"})


def _actors_digest(actors: ActorList | None) -> str | None:
    """Return the SHA-256 of a list of actors, None for none."""
    if actors is None:
        return None
    rows = sorted([a.name, a.id, a.country, sorted(names)] for a, names in actors.names.items())
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


class _Counter:
    """Counts batches of articles; what families there are members of is kept from batch to batch."""

    def __init__(self, measures: Mapping[str, Measure], actors: ActorList | None) -> None:
        self.split = split_families(measures)
        self.actors = actors
        self.values: dict[str, dict[str, str]] = {}
        self._count_with({})

    def _count_with(self, values: dict[str, dict[str, str]]) -> None:
        families = self.split.families
        self.values = values
        members = make_members(families, values)
        nowhere: dict[str, dict[str, str]] = {d: {ABSENT: ABSENT} for family in families.values() for d in family.each}
        self.absent = {m.family or "": name for name, m in make_members(families, nowhere).items()}
        self.members = {**self.split.plain, **members}
        self.counting = Counting({**self.members, **make_members(families, nowhere)})

    def count(self, articles: Sequence[AnnotatedArticle]) -> MeasureTable:
        things = self.counting.things
        censuses = [take_census(article, things, self.actors) for article in articles]
        self._see(censuses)
        above, below = self.counting.count(censuses)
        return MeasureTable(
            tuple(article.id for article in articles),
            meta_columns([article.meta for article in articles]),
            {name: above[name] for name in self.members},
            {name: below[name] for name in self.members},
            self.members,
            self.split.families,
            {family: below[name] for family, name in self.absent.items()},
            _actors_digest(self.actors),
        )

    def _see(self, censuses: Sequence[Census]) -> None:
        """Make members for values that did not occur before."""
        wanted: set[str] = {d for family in self.split.families.values() for d in family.each}
        seen = join_values([self.values, *(c.values for c in censuses)])
        values = {d: names for d, names in seen.items() if d in wanted and names}
        if values != self.values:
            self._count_with(values)


def _batches(articles: Iterable[AnnotatedArticle]) -> Iterator[list[AnnotatedArticle]]:
    stream = iter(articles)
    while batch := list(itertools.islice(stream, N_AT_ONCE)):
        yield batch


def build_table(
    articles: Iterable[AnnotatedArticle], measures: Mapping[str, Measure] | None = None, actors: ActorList | None = None
) -> MeasureTable:
    """Return what is counted in articles: annotated by a model or, in the same way, by people.

    Args:
        articles: read once, a few at a time.
        measures: by name, families among them; the shipped ones where none are given.
        actors: a user's list; without it, actors are those that were found when annotating.

    Raises:
        InputError: an id occurs twice.
    """
    counter = _Counter(read_measures() if measures is None else measures, actors)
    tables = [counter.count(batch) for batch in _batches(articles)]
    return join_tables(tables or [counter.count([])])


def tabulate(
    articles: Sequence[AnnotatedArticle],
    measures: Mapping[str, Measure] | None = None,
    actors: ActorList | None = None,
) -> "pyarrow.Table":
    """Return the table of measures of the articles of a shard as Arrow: the side table that annotating writes."""
    return to_arrow(build_table(articles, measures, actors))


def _articles(path: Path) -> Iterator[AnnotatedArticle]:
    """Yield the annotated articles of a run or a file.

    Raises:
        InputError: it is neither, or a record in it is damaged.
    """
    n_failed = 0
    for item in read_run(path):
        if not isinstance(item, Failure):
            yield item
        elif is_run(path) and not Path(item.source or "").is_relative_to(path):
            n_failed += 1  # it came to grief when annotating, and was told then
        else:
            message = f"{item.place}: {item.reason}; mend or remove the record, so that no article is left out unseen"
            raise InputError(message)
    if n_failed:
        logger.warning("%d articles of %s failed when annotating and are not counted", n_failed, path)


def _read_parquet(path: Path) -> "pyarrow.Table":
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            return file.read(use_threads=False)  # many small columns: threads cost more than they gain
    except (OSError, pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        message = f"cannot read {path} ({str(error).splitlines()[0]}): expected a table of measures as Parquet"
        raise InputError(message) from error


def _stored(path: Path) -> MeasureTable | None:
    """Return the table that annotating wrote into a run, None where there is none that can be relied on."""
    run = RunFolder(path)
    manifest = run.manifest
    files = run.files(MEASURES_FOLDER)
    if manifest is None or not manifest.complete or not files:
        return None
    tables = [_read_parquet(file) for file in files]
    if not all(is_current(table.schema) for table in tables):
        return None
    n_articles = sum(shard.n_articles for shard in run.shards())
    joined = join_tables(from_arrow(table, str(file)) for table, file in zip(tables, files, strict=True))
    return joined if len(joined) == n_articles else None


def _served(stored: MeasureTable, wanted: Mapping[str, Measure], actors: ActorList | None) -> list[str]:
    """Return which of the wanted measures and families a table holds, by the same definition."""
    held = {**stored.measures, **stored.families}
    other_actors = actors is not None and _actors_digest(actors) != stored.actors
    return [n for n, m in wanted.items() if held.get(n) == m and not (other_actors and OF_ACTORS & {m.of, m.per})]


def _chosen(stored: MeasureTable, names: Iterable[str]) -> MeasureTable:
    """Return the part of a table that holds some measures and the members of some families."""
    wanted = set(names)
    return stored.select(n for n, m in stored.measures.items() if n in wanted or m.family in wanted)


def _beside(one: MeasureTable, other: MeasureTable, order: Sequence[str]) -> MeasureTable:
    """Return the measures of two tables of the same articles as one, in the order of their names in `order`.

    Raises:
        InputError: they are not of the same articles.
    """
    if one.ids != other.ids:
        message = "the table of measures of the run is not of its articles: annotate them again"
        raise InputError(message)
    both = {**one.measures, **other.measures}
    places = {name: i for i, name in enumerate(order)}
    ranked = sorted(both, key=lambda n: (places.get(n, len(places)), places.get(both[n].family or "", 0)))
    return MeasureTable(
        one.ids,
        one.meta,
        {**one.numerators, **other.numerators},
        {**one.denominators, **other.denominators},
        {name: both[name] for name in ranked},
        {**one.families, **other.families},
        {**one.absent, **other.absent},
        other.actors or one.actors,
    )


def read_table(
    path: str | Path, measures: Mapping[str, Measure] | None = None, actors: ActorList | None = None
) -> MeasureTable:
    """Return the table of measures of a run's folder, of a file of annotated articles, or of a table as Parquet.

    Of a run, what annotating counted is read where it was counted by the same rules and definitions; anything else is
    counted from its articles.

    Args:
        path: what `rhetoric annotate` wrote.
        measures: by name, families among them; the shipped ones where none are given.
        actors: a user's list, where mentions are to be found by it.

    Raises:
        InputError: nothing can be counted there, a record is damaged, an id occurs twice, or a table without its
            articles was counted by other rules or definitions.
    """
    place = Path(path)
    wanted = read_measures() if measures is None else measures
    if is_table_file(place):
        return _only_stored(from_arrow(_read_parquet(place), str(place)), wanted, actors, place)
    stored = _stored(place) if place.is_dir() else None
    if stored is None:
        return build_table(_articles(place), wanted, actors)
    served = _served(stored, wanted, actors)
    chosen = _chosen(stored, served)
    missing = {name: m for name, m in wanted.items() if name not in served}
    if not missing:
        return chosen
    logger.info("counting %d measures anew: %s", len(missing), ", ".join(missing))
    return _beside(chosen, build_table(_articles(place), missing, actors), list(wanted))


def is_table_file(path: Path) -> bool:
    """Return whether a file is a table of measures, which holds no article."""
    return path.is_file() and path.suffix == ".parquet" and is_measure_table(_schema(path))


def _only_stored(
    stored: MeasureTable, wanted: Mapping[str, Measure], actors: ActorList | None, path: Path
) -> MeasureTable:
    served = _served(stored, wanted, actors)
    missing = [name for name in wanted if name not in served]
    if missing:
        message = f"{path} has no measure {missing[0]!r} of that definition: give the annotated articles, to count it"
        raise InputError(message)
    return _chosen(stored, served)


def _schema(path: Path) -> "pyarrow.Schema":
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.read_schema(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        message = f"cannot read {path} ({str(error).splitlines()[0]}): expected Parquet"
        raise InputError(message) from error
