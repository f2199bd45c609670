"""INPUT... → a stream of articles and of failures: whatever a user names, nothing of it is lost in silence.

A `.txt` file is one article, a folder is read recursively, `.jsonl`, `.csv` and `.parquet` hold one article a row.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from rhetoric.annotation import Article
from rhetoric.errors import InputError
from rhetoric.formats.failure import Failure
from rhetoric.formats.jsonl import STDIN, read_lines
from rhetoric.formats.record import article_from_record
from rhetoric.formats.table import Row, read_csv, read_parquet
from rhetoric.formats.text import decode_text, read_text

__all__ = ["InputFormat", "read_inputs"]

logger = logging.getLogger(__name__)

InputFormat = Literal["txt", "jsonl", "csv", "parquet"]

N_NAMED = 3

Found = tuple[int | None, Article | Failure]


def _article(row: object, source: str, line: int) -> Article | Failure:
    if isinstance(row, Failure):
        return row
    try:
        return article_from_record(row)
    except InputError as error:
        name = row.get("id") if isinstance(row, dict) else None
        return Failure(name if isinstance(name, str) else None, source, line, str(error))


def _articles(rows: Iterable[Row], source: str) -> Iterator[Found]:
    for line, row in rows:
        yield line, _article(row, source, line)


def _read_txt(path: Path, article_id: str | None = None) -> Iterator[Found]:
    yield None, Article(article_id or path.stem, read_text(path))


def _read_jsonl(path: Path) -> Iterator[Found]:
    with path.open("rb") as lines:
        yield from read_lines(lines, str(path), article_from_record)


def _read_csv(path: Path) -> Iterator[Found]:
    with path.open("rb") as stream:
        yield from _articles(read_csv(stream, str(path)), str(path))


def _read_parquet(path: Path) -> Iterator[Found]:
    yield from _articles(read_parquet(path), str(path))


READERS: dict[str, Callable[[Path], Iterator[Found]]] = {
    "txt": _read_txt,
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "parquet": _read_parquet,
}


def _read_stdin(stream: BinaryIO, input_format: InputFormat | None) -> Iterator[Found]:
    if input_format == "txt":
        yield None, Article("stdin", decode_text(stream.read()))
    elif input_format == "csv":
        yield from _articles(read_csv(stream, STDIN), STDIN)
    elif input_format == "parquet":
        message = "Parquet cannot be read from standard input: name the file"
        raise InputError(message)
    else:
        yield from read_lines(stream, STDIN, article_from_record)


def _format_of(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _read_file(path: Path, input_format: InputFormat | None) -> Iterator[Found]:
    reader = READERS.get(input_format or _format_of(path))
    if reader is None:
        suffixes = ", ".join(f".{name}" for name in READERS)
        message = f"the suffix {path.suffix!r} is not known: expected a folder or {suffixes}; or give --input-format"
        raise InputError(message)
    yield from reader(path)


def _guarded(found: Iterator[Found], source: str, article_id: str | None = None) -> Iterator[Found]:
    """Yield what a file holds, and in the place of an error that ends it, a failure."""
    n_found = 0
    try:
        for item in found:
            n_found += 1
            yield item
    except (InputError, OSError) as error:
        reason = str(error) if isinstance(error, InputError) else f"the file cannot be read: {error.strerror}"
        yield None, Failure(article_id, source, None, reason)
        return
    if not n_found:
        logger.warning("%s holds no record", source)


def _files(folder: Path, errors: list[OSError]) -> list[Path]:
    walked = os.walk(folder, onerror=errors.append)
    paths = (Path(root, name).relative_to(folder) for root, _, names in walked for name in names)
    return sorted((p for p in paths if not any(part.startswith(".") for part in p.parts)), key=Path.as_posix)


def _read_folder_file(folder: Path, file: Path) -> Iterator[Found]:
    """Yield the articles of `file`, a path below `folder`; the id of a `.txt` file is that path without suffix."""
    path, article_id = folder / file, file.with_suffix("").as_posix()
    if _format_of(path) != "txt":
        yield from _guarded(_read_file(path, None), str(path))
        return
    yield from _guarded(_read_txt(path, article_id), str(path), article_id)


def _read_folder(folder: Path) -> Iterator[tuple[str, Found]]:
    errors: list[OSError] = []
    files = _files(folder, errors)
    for error in errors:
        yield (
            str(folder),
            (None, Failure(None, str(error.filename), None, f"the folder cannot be read: {error.strerror}")),
        )
    usable = [file for file in files if _format_of(file) in READERS]
    if not usable and not errors:
        yield (
            str(folder),
            (None, Failure(None, str(folder), None, "the folder holds no .txt, .jsonl, .csv or .parquet file")),
        )
    elif len(usable) < len(files):
        others = [str(file) for file in files if file not in usable]
        logger.warning(
            "%s: left out what is no article: %s", folder, ", ".join(others[:N_NAMED] + ["…"][: len(others) - N_NAMED])
        )
    for file in usable:
        for found in _read_folder_file(folder, file):
            yield str(folder / file), found


def _read_input(name: str, input_format: InputFormat | None) -> Iterator[tuple[str, Found]]:
    path = Path(name)
    if name != STDIN and path.is_dir():
        yield from _read_folder(path)
        return
    found = _read_stdin(sys.stdin.buffer, input_format) if name == STDIN else _read_file(path, input_format)
    article_id = path.stem if (input_format or _format_of(path)) == "txt" else None
    for item in _guarded(found, name, article_id):
        yield name, item


def read_inputs(inputs: Iterable[str | Path], input_format: InputFormat | None = None) -> Iterator[Article | Failure]:
    """Yield the articles of files, folders and `-` (standard input), and a `Failure` for each that cannot be read.

    Args:
        inputs: paths; in a folder only files with a known suffix count, and hidden ones never.
        input_format: read named files and standard input as this, whatever their suffix.
    """
    seen: set[str] = set()
    for name in inputs:
        for source, (line, found) in _read_input(str(name), input_format):
            if isinstance(found, Article) and found.id in seen:
                reason = f"the id {found.id!r} came before in this run: expected each once; rename one of the two"
                yield Failure(found.id, source, line, reason)
                continue
            if isinstance(found, Article):
                seen.add(found.id)
            yield found
