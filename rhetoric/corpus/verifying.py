"""The proof that a run is whole: files as they were written, counts that agree, each input article exactly once.

The inputs are read again, in the same order, and walked beside what the run holds of each shard.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.corpus.fingerprints import fingerprint_file
from rhetoric.corpus.inputs import Corpus
from rhetoric.corpus.manifest import Manifest, ShardEntry
from rhetoric.corpus.reading import read_failures
from rhetoric.corpus.shards import ARTICLES, ERRORS, Meter, SilentMeter, cut_shards
from rhetoric.corpus.storage import ERRORS_FILE, INTERRUPTED, MANIFEST, RunFolder, file_chunks
from rhetoric.errors import InputError
from rhetoric.formats import Failure, read_annotations
from rhetoric.formats.withheld import text_sha256

__all__ = ["Check", "verify_run"]

N_NAMED = 20
"""Problems of one kind that are named."""

SILENT = SilentMeter()


@dataclass(frozen=True)
class Check:
    """What was checked, `n` of which things, and what was found wrong.

    `skipped` says why the check could not be made; None if it was.
    """

    name: str
    n: int
    problems: tuple[str, ...] = ()
    skipped: str | None = None


def _check(name: str, n: int, problems: Iterable[str]) -> Check:
    found = list(problems)
    more = [f"and {len(found) - N_NAMED} more"] if len(found) > N_NAMED else []
    return Check(name, n, (*found[:N_NAMED], *more))


def verify_run(folder: Path, with_inputs: bool = True, meter: Meter = SILENT) -> list[Check]:
    """Return what is wrong with a run, check by check; nothing, if it is whole.

    Args:
        folder: of the run.
        with_inputs: read the inputs again and see that each article of theirs is accounted for exactly once.
        meter: counts the articles that are read.

    Raises:
        InputError: it is no folder of a run.
    """
    run = RunFolder(folder)
    manifest = run.manifest
    if manifest is None:
        message = f"{folder} is no folder of a run: it holds no {MANIFEST}; expected one that `rhetoric annotate` wrote"
        raise InputError(message)
    shards = run.shards()
    meter.expect(sum(shard.n_articles for shard in shards))
    hashes = _check("files as they were written", sum(len(s.files) for s in shards), _damages(run, shards))
    checks = [_check("manifest", len(shards), _gaps(run, manifest, shards)), hashes]
    if hashes.problems:
        return checks  # what the files hold is nobody's result
    walk = _Walk(run, manifest, meter)
    counted = [problem for shard in shards for problem in walk.count(shard)]
    checks.append(_check("articles, each read in full", walk.n_articles, counted))
    checks.append(_check("failures", walk.n_failed, _lost_failures(run, manifest)))
    checks.append(_inputs(walk, shards) if with_inputs else Check("inputs", 0, skipped="nobody asked for it"))
    return checks


def _gaps(run: RunFolder, manifest: Manifest, shards: list[ShardEntry]) -> Iterator[str]:
    if not manifest.complete:
        yield "the run is not complete: go on with --resume"
    part = manifest.part
    first, step = (part.index - 1, part.n) if part else (0, 1)
    expected = [first + step * i for i in range(len(shards))]
    missing = sorted(set(expected) - {shard.index for shard in shards})
    if missing and manifest.complete:
        yield f"shard {missing[0]} is missing"
    known = {name for shard in shards for name in shard.files}
    folders = {name.partition("/")[0] for name in known} | {ARTICLES, ERRORS, INTERRUPTED}
    for path in sorted(p for folder in folders for p in (run.path / folder).rglob("*") if p.is_file()):
        if path.relative_to(run.path).as_posix() not in known:
            yield f"{path} belongs to no shard"


def _damages(run: RunFolder, shards: list[ShardEntry]) -> Iterator[str]:
    for name, digest in (item for shard in shards for item in shard.files.items()):
        path = run.path / name
        if not path.is_file():
            yield f"{path} is missing"
        elif fingerprint_file(path) != digest:
            yield f"{path} is not as it was written: its hash is another"


def _lost_failures(run: RunFolder, manifest: Manifest) -> Iterator[str]:
    path = run.path / ERRORS_FILE
    listed = [path] if path.is_file() else []
    if manifest.complete and _digest(listed) != _digest(run.files(ERRORS)):
        yield f"{path} does not list the failures of all shards"


def _digest(paths: list[Path]) -> bytes:
    digest = sha256()
    for chunk in file_chunks(paths):
        digest.update(chunk)
    return digest.digest()


def _short_tables(run: RunFolder, shard: ShardEntry) -> Iterator[str]:
    """Yield the tables beside the articles that have not a row an article."""
    from pyarrow import parquet

    folders = (ARTICLES, ERRORS)
    for name in (n for n in shard.files if n.partition("/")[0] not in folders):
        n_rows = parquet.read_metadata(run.path / name).num_rows
        if n_rows != shard.n_articles:
            yield f"{run.path / name} has {n_rows} rows for {shard.n_articles} articles"


@dataclass
class _Walk:
    """Goes through the articles of a run, shard by shard."""

    run: RunFolder
    manifest: Manifest
    meter: Meter
    n_articles: int = 0
    n_failed: int = 0
    seen: set[str] = field(default_factory=set)

    def read(self, shard: ShardEntry) -> tuple[Iterator[AnnotatedArticle | Failure], Iterator[Failure]]:
        """Yield the articles of a shard, and its failures."""
        return self._of(shard, ARTICLES, read_annotations), self._of(shard, ERRORS, read_failures)

    def _of(self, shard: ShardEntry, folder: str, read: Callable[[Path], Iterator]) -> Iterator:  # type: ignore[type-arg]
        for name in shard.files:
            if name.startswith(f"{folder}/"):
                yield from read(self.run.path / name)

    def count(self, shard: ShardEntry) -> Iterator[str]:
        """Yield what is wrong with the articles and failures of a shard, taken for themselves."""
        articles, failures = self.read(shard)
        n_articles, n_failed = 0, sum(1 for _ in failures)
        for article in articles:
            n_articles += 1
            self.meter()
            yield from self._flaws(article)
        self.n_articles += n_articles
        self.n_failed += n_failed
        yield from _short_tables(self.run, shard)
        if (n_articles, n_failed) != (shard.n_articles, shard.n_failed):
            yield (
                f"shard {shard.index} holds {n_articles} articles and {n_failed} failures:"
                f" the manifest says {shard.n_articles} and {shard.n_failed}"
            )

    def _flaws(self, article: AnnotatedArticle | Failure) -> Iterator[str]:
        if isinstance(article, Failure):
            yield f"{article.place}: {article.reason}"
            return
        if article.coverage != 1.0:
            yield f"article {article.id!r} was read to {article.coverage:.4f} only"
        if article.id in self.seen:
            yield f"article {article.id!r} stands in the run twice"
        self.seen.add(article.id)
        model = self.manifest.model
        if (article.model.name, model.version or article.model.version) != (model.name, article.model.version):
            yield f"article {article.id!r} was annotated by {article.model.name} {article.model.version}"

    def account(self, shard: ShardEntry, items: tuple[Article | Failure, ...]) -> Iterator[str]:
        """Yield which of the items of the stream a shard does not hold exactly once, in their order."""
        found, failures = self.read(shard)
        articles = list(found)
        failed = list(failures)
        articles.reverse()
        failed.reverse()
        for item in items:
            if isinstance(item, Article) and articles and articles[-1].id == item.id:
                yield from _differences(item, articles.pop())
            elif failed and _is_of(failed[-1], item):
                failed.pop()
            else:
                yield f"shard {shard.index} does not hold {_named(item)} where it should"
        yield from (f"shard {shard.index} holds {_named(extra)} too much" for extra in (*articles, *failed))


def _named(item: Article | AnnotatedArticle | Failure) -> str:
    return f"the failure of {item.place}" if isinstance(item, Failure) else f"article {item.id!r}"


def _differences(item: Article, found: AnnotatedArticle | Failure) -> Iterator[str]:
    if isinstance(found, AnnotatedArticle) and text_sha256(found.text) != text_sha256(item.text):
        yield f"article {item.id!r} has another text than in the input"


def _is_of(failure: Failure, item: Article | Failure) -> bool:
    """Return whether a failure that a run lists is that of an item of the stream."""
    if isinstance(item, Failure):
        return failure == item
    return failure.id == item.id and failure.source is None


def _inputs(walk: _Walk, shards: list[ShardEntry]) -> Check:
    manifest, name = walk.manifest, "input articles, each accounted for exactly once"
    corpus = Corpus.from_config((files.path for files in manifest.inputs), manifest.config)
    if not corpus.is_rereadable:
        return Check(name, 0, skipped="standard input or a pipe cannot be read again")
    changed = [
        f"the input {before.path} is not as it was when the run began"
        for before, now in zip(manifest.inputs, corpus.fingerprint().files, strict=True)
        if before != now
    ]
    if changed:
        return _check(name, 0, changed)
    return _accounted(walk, corpus, {shard.index: shard for shard in shards}, name)


def _accounted(walk: _Walk, corpus: Corpus, shards: dict[int, ShardEntry], name: str) -> Check:
    part, n_items = walk.manifest.part, 0
    problems: list[str] = []
    for task in cut_shards(corpus.items(), walk.manifest.shard_size):
        if part is not None and not part.holds(task.index):
            continue
        n_items += len(task.items)
        shard = shards.pop(task.index, None)
        lost = [f"shard {task.index} is missing: {len(task.items)} items of the inputs are in none"]
        problems += lost if shard is None else islice(walk.account(shard, task.items), N_NAMED)
    problems += [f"shard {index} is of no item of the inputs" for index in sorted(shards)]
    return _check(name, n_items, problems)
