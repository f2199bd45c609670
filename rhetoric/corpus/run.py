"""A whole corpus → the folder of a run: shard by shard, each once, and on from where it was after any interruption."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from rhetoric.corpus.annotators import AnnotatorSpec
from rhetoric.corpus.engines import Engine, run_here
from rhetoric.corpus.fingerprints import Fingerprint, library_versions
from rhetoric.corpus.inputs import Corpus, warn_of_blanks
from rhetoric.corpus.locks import only_writer
from rhetoric.corpus.manifest import Manifest, Part, ShardEntry, explain_change
from rhetoric.corpus.shards import (
    ARTICLES,
    ERRORS,
    Meter,
    ShardFormat,
    ShardTask,
    SideTable,
    SilentMeter,
    Work,
    cut_shards,
)
from rhetoric.corpus.storage import INTERRUPTED, RunFolder
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.output import make_folder

__all__ = ["SHARD_SIZE", "RunOptions", "RunSummary", "annotate_corpus"]

SHARD_SIZE = 256
"""Articles a shard: what a kill loses at most, a worker at a time holds, and one file of a run keeps."""

SILENT = SilentMeter()
SHIPPED = AnnotatorSpec()


@dataclass(frozen=True)
class RunOptions:
    """How a run is kept.

    Attributes:
        shard_size: items a shard.
        shard_format: of the annotated articles.
        with_text: whether texts and titles are kept; else their hashes are, for corpora under copyright.
        part: which part of the corpus to do; all of it, if None.
        is_resumed: go on with the run that is there, if there is one.
        side_tables: what else is kept of each shard, as Parquet, by the name of its folder.
        side_config: settings that decide those tables.
    """

    shard_size: int = SHARD_SIZE
    shard_format: ShardFormat = "jsonl"
    with_text: bool = True
    part: Part | None = None
    is_resumed: bool = False
    side_tables: Mapping[str, SideTable] = field(default_factory=dict)
    side_config: Mapping[str, JsonValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no run can be.

        Raises:
            UsageError: a shard would hold nothing, or a table would be kept where articles are.
        """
        if self.shard_size < 1:
            message = f"a shard of {self.shard_size} articles holds none: expected 1 or more"
            raise UsageError(message)
        taken = sorted({ARTICLES, ERRORS, INTERRUPTED} & self.side_tables.keys())
        if taken:
            message = f"a table cannot be called {taken[0]!r}, as a folder of every run is: name it otherwise"
            raise UsageError(message)

    def to_config(self) -> dict[str, JsonValue]:
        """Return the settings that decide what is written."""
        tables: list[JsonValue] = [*sorted(self.side_tables)]
        return {
            "shard_format": self.shard_format,
            "with_text": self.with_text,
            "side_tables": tables,
            **self.side_config,
        }


USUAL = RunOptions()


@dataclass(frozen=True)
class RunSummary:
    """What came of a run; `n_before` articles and failures of it were there already."""

    folder: Path
    n_articles: int
    n_failed: int
    n_before: int = 0


def _manifest(corpus: Corpus, fingerprint: Fingerprint, annotator: AnnotatorSpec, options: RunOptions) -> Manifest:
    return Manifest(
        inputs=fingerprint.files,
        model=annotator.fingerprint(),
        versions=library_versions(),
        config={**corpus.to_config(), **annotator.to_config(), **options.to_config()},
        shard_size=options.shard_size,
        part=options.part,
    )


def _check_resumable(corpus: Corpus, options: RunOptions) -> None:
    if options.is_resumed and not corpus.is_rereadable:
        message = (
            "a run over standard input or a pipe cannot go on, as it cannot be read again: write it to a file first"
        )
        raise UsageError(message)


def _begin(run: RunFolder, begun: Manifest, is_resumed: bool) -> None:
    """Begin a run, or see that the one that is there can go on.

    Raises:
        UsageError: the folder holds a run, and nobody said to go on; or it holds something else.
        InputError: the run that it holds began otherwise.
    """
    if run.is_foreign:
        message = f"cannot write a run to {run.path}: the folder holds other files; name a new one"
        raise UsageError(message)
    before = run.manifest
    if before is None or not run.has_work:
        run.begin(begun)
        return
    if not is_resumed:
        state = "a finished run" if before.complete else "a run that was interrupted"
        message = f"{run.path} holds {state}: give --resume to go on with it, remove it, or name another folder"
        raise UsageError(message)
    change = explain_change(before, begun)
    if change is not None:
        message = f"cannot go on with {run.path}: {change}; call it as before, or name another folder"
        raise InputError(message)


class _Stream:
    """The shards of a corpus that a run has still to do; counts all items that were read."""

    def __init__(self, corpus: Corpus, options: RunOptions, done: Mapping[int, ShardEntry]) -> None:
        self.corpus, self.options, self.done = corpus, options, done
        self.n_items = 0

    def __iter__(self) -> Iterator[ShardTask]:
        part = self.options.part
        for task in cut_shards(warn_of_blanks(self.corpus.items()), self.options.shard_size):
            self.n_items += len(task.items)
            if task.index not in self.done and (part is None or part.holds(task.index)):
                yield task

    def n_left(self, n_items: int | None) -> int | None:
        """Return about how many of `n_items` are to be done, None if that is not known."""
        if not n_items:
            return None
        n_parts = self.options.part.n if self.options.part else 1
        return max(0, round(n_items / n_parts) - _n_items(self.done.values()))


def _n_items(entries: Iterable[ShardEntry]) -> int:
    return sum(entry.n_articles + entry.n_failed for entry in entries)


@dataclass(frozen=True)
class _Running:
    """A run at work."""

    run: RunFolder
    work: Work
    engine: Engine
    meter: Meter

    def shards(self, stream: _Stream) -> tuple[ShardEntry, ...]:
        """Do what is left, and return all shards, in order."""
        entries = dict(stream.done)
        for result in self.engine(self.work, stream, self.meter):
            if result.is_whole:
                entries[result.index] = self.run.add(result)
            else:
                self.run.keep_interrupted(result)
        return tuple(entries[index] for index in sorted(entries))


def _summary(run: RunFolder, manifest: Manifest, n_before: int) -> RunSummary:
    counts = manifest.counts
    return RunSummary(run.path, counts.articles if counts else 0, counts.failed if counts else 0, n_before)


def annotate_corpus(
    corpus: Corpus,
    folder: Path,
    annotator: AnnotatorSpec = SHIPPED,
    options: RunOptions = USUAL,
    engine: Engine = run_here,
    meter: Meter = SILENT,
) -> RunSummary:
    """Annotate all articles of a corpus into the folder of a run.

    Args:
        corpus: what is read.
        folder: where the run is kept; it must be new, or hold this very run if `options` say that it is resumed.
        annotator: which model, thresholds and lists.
        options: how the run is kept.
        engine: what runs the shards; the result does not depend on it.
        meter: who watches.

    Raises:
        UsageError: the folder holds something else, or the corpus cannot be read again.
        InputError: an input, the model or a setting is not as it was; or there is no article at all.
        RhetoricError: the disk is full, or a worker was killed. What was done is kept.
    """
    _check_resumable(corpus, options)
    corpus.check_apart_from(folder)
    fingerprint = corpus.fingerprint()
    begun = _manifest(corpus, fingerprint, annotator, options)
    work = Work(annotator, options.shard_format, options.with_text, options.side_tables)
    make_folder(folder)
    with only_writer(folder):
        run = RunFolder(folder)
        _begin(run, begun, options.is_resumed)
        done = run.restore()
        before = run.manifest
        if before is not None and before.complete:
            return _finished(run, before)
        try:
            return _go_on(_Running(run, work, engine, meter), _Stream(corpus, options, done), begun, fingerprint)
        except BaseException:
            if not run.has_work:
                run.remove()
            raise


def _finished(run: RunFolder, manifest: Manifest) -> RunSummary:
    """Finish what a kill at the very end left, and return what there is."""
    run.finish(manifest)
    return _summary(run, manifest, _n_items(manifest.shards))


def _go_on(running: _Running, stream: _Stream, begun: Manifest, fingerprint: Fingerprint) -> RunSummary:
    running.meter.expect(stream.n_left(fingerprint.n_items))
    shards = running.shards(stream)
    if not stream.n_items:
        message = "no article found: expected at least one record with 'id' and 'text', or a .txt file"
        raise InputError(message)
    manifest = begun.completed(shards)
    running.run.finish(manifest)
    return _summary(running.run, manifest, _n_items(stream.done.values()))
