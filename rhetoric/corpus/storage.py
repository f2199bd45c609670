"""The folder of a run: every file is whole or not there, and a journal says which shards are done.

A file is written under a temporary name, synced and renamed; then one line of the journal is synced. Whenever the
process is killed, the next one finds either a shard that is done or one that is to be done again.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from rhetoric.corpus.fingerprints import fingerprint_file, read_chunks
from rhetoric.corpus.manifest import Manifest, ShardEntry, read_manifest
from rhetoric.corpus.shards import ERRORS, ShardResult
from rhetoric.errors import InputError, RhetoricError

__all__ = ["ERRORS_FILE", "INTERRUPTED", "JOURNAL", "MANIFEST", "RunFolder", "file_chunks", "write_whole"]

MANIFEST, JOURNAL, ERRORS_FILE = "manifest.json", "journal.jsonl", "errors.jsonl"
INTERRUPTED = "interrupted"
"""Holds the files of a shard that was not finished when a run was interrupted; it is done anew when the run goes on."""

PARTIAL = ".partial"


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # this system has no folders to sync
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, chunks: Iterable[bytes]) -> str:
    """Write a file that is whole or not there, whatever happens, and return its SHA-256.

    Raises:
        RhetoricError: nothing can be written there, as when the disk is full.
    """
    partial, digest = path.with_name(f".{path.name}{PARTIAL}"), sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
                digest.update(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; make room or mend it, then go on with --resume"
        raise RhetoricError(message) from error
    return digest.hexdigest()


def file_chunks(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield the bytes of files, one file after the other.

    Raises:
        InputError: one of them cannot be read.
    """
    for path in paths:
        try:
            yield from read_chunks(path)
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}; expected a file of a run, do that run again"
            raise InputError(message) from error


class RunFolder:
    """The files of one run.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        """Take note of it; nothing is read or written yet."""
        self.path = path

    @property
    def manifest(self) -> Manifest | None:
        """The manifest, None where there is none."""
        path = self.path / MANIFEST
        return read_manifest(path) if path.is_file() else None

    @property
    def is_foreign(self) -> bool:
        """Whether there is something in the folder, and no run."""
        is_run = (self.path / MANIFEST).is_file()
        return not is_run and any(not path.name.endswith(PARTIAL) for path in self.path.iterdir())

    @property
    def has_work(self) -> bool:
        """Whether anything was done that would be lost with the folder."""
        manifest = self.manifest
        is_complete = manifest is not None and manifest.complete
        return is_complete or (self.path / INTERRUPTED).is_dir() or bool(self.journal())

    def begin(self, manifest: Manifest) -> None:
        """Write the manifest of a run that begins."""
        write_whole(self.path / MANIFEST, [manifest.to_json()])

    def journal(self) -> list[ShardEntry]:
        """Return the shards that the journal lists, in its order; a line that was cut off by a kill is left out."""
        path = self.path / JOURNAL
        lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
        return [entry for line in lines if (entry := _entry(line)) is not None]

    def shards(self) -> list[ShardEntry]:
        """Return the shards that are done, in order."""
        manifest = self.manifest
        if manifest is not None and manifest.complete:
            return list(manifest.shards)
        return sorted(self.journal(), key=lambda entry: entry.index)

    def files(self, folder: str) -> list[Path]:
        """Return the files in one folder of the run: those of shards, in order, then what an interruption left."""
        prefix = f"{folder}/"
        names = [name for entry in self.shards() for name in entry.files if name.startswith(prefix)]
        left = sorted((self.path / INTERRUPTED / folder).glob("*"))
        return [*(self.path / name for name in names), *left]

    def restore(self) -> dict[int, ShardEntry]:
        """Clear away what a kill left unfinished, and return the shards that are done and whole."""
        whole = {entry.index: entry for entry in self.journal() if self._is_whole(entry.files)}
        for path in self.path.rglob(f".*{PARTIAL}"):
            path.unlink()
        shutil.rmtree(self.path / INTERRUPTED, ignore_errors=True)
        lines = [_line(whole[index]) for index in sorted(whole)]
        if (self.path / JOURNAL).exists():
            write_whole(self.path / JOURNAL, lines)  # the next line must not be joined to half of one
        return whole

    def _is_whole(self, files: Mapping[str, str]) -> bool:
        paths = {self.path / name: digest for name, digest in files.items()}
        return all(path.is_file() and fingerprint_file(path) == digest for path, digest in paths.items())

    def add(self, result: ShardResult) -> ShardEntry:
        """Write the files of a shard, then its line in the journal."""
        files = {name: write_whole(self.path / name, [data]) for name, data in sorted(result.files.items())}
        entry = ShardEntry(index=result.index, n_articles=result.n_articles, n_failed=result.n_failed, files=files)
        with (self.path / JOURNAL).open("ab") as stream:
            stream.write(_line(entry))
            stream.flush()
            os.fsync(stream.fileno())
        return entry

    def keep_interrupted(self, result: ShardResult) -> None:
        """Write what there is of a shard that was not finished."""
        for name, data in result.files.items():
            write_whole(self.path / INTERRUPTED / name, [data])

    def finish(self, manifest: Manifest) -> None:
        """Write the list of all failures and the manifest of the finished run, and drop the journal."""
        errors = [self.path / name for entry in manifest.shards for name in entry.files if name.startswith(ERRORS)]
        if errors:
            write_whole(self.path / ERRORS_FILE, file_chunks(errors))
        write_whole(self.path / MANIFEST, [manifest.to_json()])
        (self.path / JOURNAL).unlink(missing_ok=True)
        _sync_folder(self.path)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)


def _line(entry: ShardEntry) -> bytes:
    return entry.model_dump_json().encode() + b"\n"


def _entry(line: bytes) -> ShardEntry | None:
    try:
        return ShardEntry.model_validate_json(line)
    except ValidationError:
        return None
