"""The files that a user's inputs stand for: folders are walked in order of their paths, and no file is left out unsaid.

Links are followed, but no folder is read twice: a link that leads back, or to what is read at its own place, is said.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal

from rhetoric.formats import compressed
from rhetoric.formats.failure import Failure
from rhetoric.formats.notes import N_NAMED, Notes, shown

__all__ = ["SUFFIXES", "InputFile", "InputFormat", "bare_path", "find_files", "format_of"]

InputFormat = Literal["txt", "jsonl", "csv", "tsv", "parquet", "html", "warc"]

SUFFIXES: dict[str, InputFormat] = {
    ".txt": "txt",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".warc": "warc",
}
MORE = "…"


@dataclass(frozen=True)
class InputFile:
    """A file of articles: where it lies, how it is to be read (None: not known), and what names its articles."""

    path: Path
    format: InputFormat | None
    stem: str


def _unpacked(path: PurePath) -> PurePath:
    return path.with_suffix("") if path.suffix.lower() in compressed.SUFFIXES else path


def format_of(path: PurePath) -> InputFormat | None:
    """Return the format that the suffix of a path says, the one before `.gz` or `.zst`.

    >>> format_of(PurePath("crawl.WARC.gz"))
    'warc'
    """
    return SUFFIXES.get(_unpacked(path).suffix.lower())


def bare_path(path: PurePath) -> PurePath:
    """Return a path without the suffixes that say how the file is to be read.

    >>> bare_path(PurePath("b/old.news.txt.gz")).name
    'old.news'
    """
    return _unpacked(path).with_suffix("")


@dataclass
class _Walk:
    """One walk through a folder: what was entered, and what was left out."""

    root: Path
    notes: Notes
    errors: list[OSError] = field(default_factory=list)
    entered: set[tuple[int, int]] = field(default_factory=set)

    def files(self) -> Iterator[Path]:
        """Yield the files below the folder in the order of their paths."""
        waiting = [(self.root, True)]
        while waiting:
            path, is_folder = waiting.pop()
            if not is_folder:
                yield path
            elif self._enters(path):
                waiting.extend(reversed(self._entries(path)))

    def _enters(self, folder: Path) -> bool:
        try:
            status = folder.stat()
            leads_back = folder.is_symlink() and folder.resolve().is_relative_to(self.root.resolve())
        except OSError as error:
            self.errors.append(error)
            return False
        place = (status.st_dev, status.st_ino)
        if place in self.entered or (leads_back and folder != self.root):
            self.notes.say("links", f"{shown(folder)} leads to a folder that is read at another place: not followed")
            return False
        self.entered.add(place)
        return True

    def _entries(self, folder: Path) -> list[tuple[Path, bool]]:
        try:
            with os.scandir(folder) as entries:
                found = [(folder / entry.name, _is_folder(entry)) for entry in entries if entry.name[0] != "."]
        except OSError as error:
            self.errors.append(error)
            return []
        # As if whole paths were sorted: below a folder "a", all paths go on with "a/".
        return sorted(found, key=lambda entry: entry[0].name + "/" * entry[1])


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself: opening it says what is wrong
        return False


def _is_special(path: Path) -> bool:
    """Return whether a path is a pipe or a device, which might never end."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:  # opening it says what is wrong
        return False


def _file(root: Path, path: Path) -> InputFile | Failure:
    if _is_special(path):
        return Failure(None, str(path), None, "it is a pipe or a device: name it by itself if it is to be read")
    return InputFile(path, format_of(path), bare_path(path.relative_to(root)).as_posix())


def _known_suffixes() -> str:
    names = list(SUFFIXES)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def find_files(folder: Path, notes: Notes) -> Iterator[InputFile | Failure]:
    """Yield the files below a folder that have a known suffix, sorted by path, and a failure for what cannot be read.

    Hidden files and folders are left out; the names of articles are paths below the folder, without suffix.
    """
    walk = _Walk(folder, notes)
    others: Counter[str] = Counter()
    n_usable = 0
    for path in walk.files():
        if format_of(path) is not None:
            n_usable += 1
            yield _file(folder, path)
        else:
            others[shown(path.relative_to(folder)) if len(others) < N_NAMED else MORE] += 1
    for error in walk.errors:
        yield Failure(None, str(error.filename), None, f"the folder cannot be read: {error.strerror}")
    if not n_usable and not walk.errors:
        yield Failure(None, str(folder), None, f"the folder holds no {_known_suffixes()} file")
    elif n_usable and others:
        named = ", ".join(f"{name} ({count:,} more)" if name == MORE else name for name, count in others.items())
        notes.say("folders with other files", f"{shown(folder)}: left out what is no article: {named}")
