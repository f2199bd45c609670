"""Parts of one corpus, run apart, → one run: the same files, byte for byte, as if nobody had divided it."""

import os
from collections.abc import Sequence
from pathlib import Path

from rhetoric.corpus.manifest import Manifest, Part, ShardEntry, explain_change
from rhetoric.corpus.run import RunSummary
from rhetoric.corpus.storage import RunFolder, file_chunks, write_whole
from rhetoric.errors import InputError, UsageError

__all__ = ["merge_runs"]

UNFINISHED = ".merging"


def merge_runs(folders: Sequence[Path], out: Path) -> RunSummary:
    """Join the parts of a run to one in a new folder, which appears when it is whole.

    Raises:
        UsageError: `out` is there already, or lies in no folder.
        InputError: a part is missing, given twice, not complete, damaged, or of another run.
    """
    if out.exists() or not out.parent.is_dir():
        reason = "it is there already" if out.exists() else f"there is no folder {out.parent}"
        message = f"cannot write a run to {out}: {reason}; name a new folder"
        raise UsageError(message)
    parts = [(RunFolder(folder), _complete_part(folder)) for folder in folders]
    begun = _check_parts(folders, [manifest for _, manifest in parts])
    merged = RunFolder(out.with_name(f".{out.name}{UNFINISHED}"))
    shards = _in_order([entry for _, manifest in parts for entry in manifest.shards])
    merged.remove()
    try:
        for run, manifest in parts:
            for entry in manifest.shards:
                _copy(run, entry, merged)
        complete = begun.completed(shards)
        merged.finish(complete)
        os.replace(merged.path, out)
    finally:
        merged.remove()
    counts = complete.counts
    return RunSummary(out, counts.articles if counts else 0, counts.failed if counts else 0)


def _complete_part(folder: Path) -> Manifest:
    manifest = RunFolder(folder).manifest
    if manifest is None:
        message = f"{folder} is no folder of a run: expected one that `rhetoric annotate --shard` wrote"
        raise InputError(message)
    if not manifest.complete:
        message = f"the run in {folder} is not complete: finish it with --resume, then merge"
        raise InputError(message)
    if manifest.part is None:
        message = f"the run in {folder} is no part: expected one that `rhetoric annotate --shard i/n` wrote"
        raise InputError(message)
    return manifest


def _check_parts(folders: Sequence[Path], manifests: Sequence[Manifest]) -> Manifest:
    """Return the manifest with which the whole run would have begun.

    Raises:
        InputError: the parts are not those of one run, or not all of them, each once.
    """
    whole = [m.model_copy(update={"part": None, "shards": (), "counts": None, "complete": False}) for m in manifests]
    for folder, manifest in zip(folders, whole, strict=True):
        change = explain_change(whole[0], manifest)
        if change is not None:
            message = f"{folder} is no part of the same run as {folders[0]}: {change}; run it again as the others"
            raise InputError(message)
    parts = [manifest.part for manifest in manifests if manifest.part is not None]
    expected = [Part(index=index, n=parts[0].n) for index in range(1, parts[0].n + 1)]
    if sorted(parts, key=lambda part: (part.n, part.index)) != expected:
        message = (
            f"the parts are {', '.join(map(str, parts))}: expected each from 1/{parts[0].n} to {expected[-1]} once"
        )
        raise InputError(message)
    return whole[0]


def _in_order(entries: Sequence[ShardEntry]) -> tuple[ShardEntry, ...]:
    shards = tuple(sorted(entries, key=lambda entry: entry.index))
    for place, entry in enumerate(shards):
        if entry.index != place:
            message = f"shard {place} is in none of the parts, or in two: run the part that should hold it again"
            raise InputError(message)
    return shards


def _copy(run: RunFolder, entry: ShardEntry, merged: RunFolder) -> None:
    for name, digest in entry.files.items():
        copied = write_whole(merged.path / name, file_chunks([run.path / name]))
        if copied != digest:
            message = f"{run.path / name} is not as it was written (its hash is another): run that part again"
            raise InputError(message)
