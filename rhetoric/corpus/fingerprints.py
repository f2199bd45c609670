"""What a run depends on, told by hashes: input files, model, libraries; and about how many items the inputs hold.

One pass over the bytes gives both, so that a bar can say how long it will take.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rhetoric import __version__
from rhetoric.corpus.manifest import InputFiles, ModelFiles
from rhetoric.errors import InputError
from rhetoric.formats.compressed import SUFFIXES as PACKED
from rhetoric.formats.files import InputFile, InputFormat, find_files, format_of
from rhetoric.formats.notes import Notes
from rhetoric.resources import model_path

__all__ = [
    "Fingerprint",
    "fingerprint_file",
    "fingerprint_inputs",
    "fingerprint_model",
    "is_rereadable",
    "library_versions",
    "read_chunks",
]

STDIN = "-"
CHUNK = 1 << 20

LIBRARIES = ("numpy", "onnxruntime", "sentencex", "tokenizers", "torch")
"""Those whose version can change a result."""

PROSE = {".md"}
"""Files of a model's folder that say something about it, and change nothing in what it does."""


class _Items:
    """How many items the bytes that went by hold; exact for JSON lines and for CSV with balanced quotes.

    What is compressed, and a web archive, does not tell before it is unpacked.
    """

    def __init__(self, kind: InputFormat | None) -> None:
        self.kind = kind
        self.n_breaks = 0
        self._is_quoted = False
        self._last = b"\n"

    def feed(self, chunk: bytes) -> None:
        pieces = chunk.split(b'"') if self.kind in ("csv", "tsv") else [chunk]
        # Line ends between quotes are part of a cell; a doubled quote opens and closes, which changes nothing.
        self.n_breaks += sum(piece.count(b"\n") for piece in pieces[self._is_quoted :: 2])
        self._is_quoted ^= len(pieces) % 2 == 0
        self._last = chunk[-1:]

    @property
    def n(self) -> int | None:
        n_lines = self.n_breaks + (self._last != b"\n")
        n_rows = max(0, n_lines - 1)
        known = {"jsonl": n_lines, "csv": n_rows, "tsv": n_rows, "txt": 1, "html": 1}
        return known.get(self.kind or "")


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of inputs, and `n_items`: about how many items they hold, None where that is not known."""

    files: tuple[InputFiles, ...]
    n_items: int | None


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, about a million at a time.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def fingerprint_file(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        digest = sha256()
        for chunk in read_chunks(path):
            digest.update(chunk)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}; expected a file"
        raise InputError(message) from error
    return digest.hexdigest()


def is_rereadable(name: str) -> bool:
    """Return whether an INPUT gives the same when it is read again: not so standard input, and not a pipe."""
    path = Path(name)
    return name != STDIN and (not path.exists() or path.is_file() or path.is_dir())


def _walk(folder: Path) -> Iterator[Path]:
    """Yield all files of a model's folder that are not hidden, in the order of their paths."""
    found = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    visible = (p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))
    yield from sorted((p for p in visible if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())


def _files(folder: Path) -> Iterator[tuple[Path, InputFormat | None]]:
    """Yield the files that are read below `folder`, in that order."""
    for found in find_files(folder, Notes(0)):
        if isinstance(found, InputFile):
            yield found.path, found.format


def _n_rows(path: Path) -> int | None:
    import pyarrow
    from pyarrow import parquet

    try:
        return int(parquet.read_metadata(path).num_rows)
    except (OSError, pyarrow.ArrowException):
        return None


def _look(path: Path, kind: InputFormat | None) -> tuple[str | None, int | None]:
    """Return the hash of one file and how many items it may hold; None for the hash if it cannot be read."""
    items, digest = _Items(None if path.suffix.lower() in PACKED else kind), sha256()
    try:
        for chunk in read_chunks(path):
            digest.update(chunk)
            items.feed(chunk)
    except OSError:
        return None, None
    return digest.hexdigest(), _n_rows(path) if kind == "parquet" else items.n


def _look_at_folder(folder: Path) -> tuple[int, int, str, int | None]:
    digest, n_bytes, counts, n_files = sha256(), 0, [], 0
    for path, kind in _files(folder):
        file_hash, n_items = _look(path, kind)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{file_hash}\0".encode("utf-8", "surrogateescape"))
        n_bytes += path.stat().st_size if path.exists() else 0
        n_files += 1
        counts.append(n_items)
    return n_files, n_bytes, digest.hexdigest(), _sum(counts)


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _fingerprint(name: str, input_format: InputFormat | None) -> tuple[InputFiles, int | None]:
    path = Path(name)
    if name == STDIN or not (path.is_file() or path.is_dir()):
        return InputFiles(path=name, n_files=0, n_bytes=0, sha256=None), None
    if path.is_dir():
        n_files, n_bytes, digest, n_items = _look_at_folder(path)
        return InputFiles(path=name, n_files=n_files, n_bytes=n_bytes, sha256=digest), n_items
    file_hash, n_items = _look(path, input_format or format_of(path))
    return InputFiles(path=name, n_files=1, n_bytes=path.stat().st_size, sha256=file_hash), n_items


def fingerprint_inputs(inputs: Iterable[str], input_format: InputFormat | None = None) -> Fingerprint:
    """Return the hashes of files and folders, in the order in which they are read, and about how many items they hold.

    A folder's hash is over the paths and hashes of all files in it that are read.
    """
    looked = [_fingerprint(name, input_format) for name in inputs]
    return Fingerprint(tuple(files for files, _ in looked), _sum(n for _, n in looked))


def fingerprint_model(model: str | Path) -> ModelFiles:
    """Return the name, version and hash of a model, given as `rhetoric.resources.model_path` takes it.

    Raises:
        ModelError: there is no such model.
    """
    folder = model_path(model)
    digest = sha256()
    for path in _walk(folder):
        if path.suffix not in PROSE:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{fingerprint_file(path)}\0".encode())
    config = _config(folder / "config.json")
    name, named_version = config.get("name"), config.get("version")
    return ModelFiles(
        name=str(name or folder.name), version=str(named_version) if named_version else None, sha256=digest.hexdigest()
    )


def _config(path: Path) -> dict[str, object]:
    try:
        config = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}  # whoever loads the model says what is wrong with it
    return config if isinstance(config, dict) else {}


def library_versions() -> dict[str, str | None]:
    """Return the version of this program and of each library that can change a result; None for what is not there."""
    return {"rhetoric": __version__, **{name: _version(name) for name in LIBRARIES}}


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
