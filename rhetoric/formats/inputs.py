"""INPUT... → a stream of articles and of failures: whatever a user names, nothing of it is lost in silence.

A `.txt` file or an HTML page is one article, a folder is read recursively, all others hold an article a row or record.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rhetoric.annotation import Article
from rhetoric.errors import InputError, MissingExtraError
from rhetoric.formats.columns import AS_THEY_ARE, ColumnMap
from rhetoric.formats.compressed import expanded, is_packed, open_expanded
from rhetoric.formats.dialect import check_delimiter
from rhetoric.formats.encoding import check_encoding
from rhetoric.formats.failure import Failure
from rhetoric.formats.files import SUFFIXES, InputFile, InputFormat, bare_path, find_files, format_of
from rhetoric.formats.html import read_html, require_html
from rhetoric.formats.jsonl import STDIN
from rhetoric.formats.notes import shown
from rhetoric.formats.reading import Found, Options, Source
from rhetoric.formats.row_files import read_csv_file, read_jsonl_file, read_parquet_file, read_tsv_file
from rhetoric.formats.text import read_txt
from rhetoric.formats.warc import read_warc, require_warc

__all__ = ["InputFormat", "read_inputs"]

STDIN_STEM = "stdin"

READERS: dict[InputFormat, Callable[[Source, Options], Iterator[Found]]] = {
    "txt": read_txt,
    "jsonl": read_jsonl_file,
    "csv": read_csv_file,
    "tsv": read_tsv_file,
    "parquet": read_parquet_file,
    "html": read_html,
    "warc": read_warc,
}
REQUIREMENTS: dict[InputFormat, Callable[[], None]] = {"html": require_html, "warc": require_warc}
WHOLE_FILES = ("txt", "html")
"""Formats of which a file is one article."""


def _read_stdin(input_format: InputFormat | None, options: Options) -> Iterator[Found]:
    with expanded(sys.stdin.buffer) as stream:
        yield from READERS[input_format or "jsonl"](Source(stream, STDIN, STDIN_STEM), options)


def _read_file(file: InputFile, options: Options) -> Iterator[Found]:
    if file.format is None:
        suffixes = ", ".join(SUFFIXES)
        message = f"the suffix {file.path.suffix!r} is not known: expected a folder or {suffixes}; or --input-format"
        raise InputError(message)
    with open_expanded(file.path) as stream:
        place = file.path if file.path.is_file() and not is_packed(stream) else None
        yield from READERS[file.format](Source(stream, str(file.path), file.stem, place), options)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"the file cannot be read: {error.strerror or error}"
    return str(error)


def _guarded(found: Iterator[Found], source: str, article_id: str | None, options: Options) -> Iterator[Found]:
    """Yield what a file holds, and in the place of an error that ends it, a failure."""
    n_found = 0
    try:
        for item in found:
            n_found += 1
            yield item
    except (InputError, MissingExtraError, OSError) as error:
        yield None, Failure(article_id, source, None, _reason(error))
        return
    if not n_found:
        options.notes.say("empty files", f"{shown(source)} holds no record")


def _read_guarded(file: InputFile, options: Options) -> Iterator[tuple[str, Found]]:
    article_id = file.stem if file.format in WHOLE_FILES else None
    for found in _guarded(_read_file(file, options), str(file.path), article_id, options):
        yield str(file.path), found


def _read_folder(folder: Path, options: Options) -> Iterator[tuple[str, Found]]:
    for file in find_files(folder, options.notes):
        if isinstance(file, Failure):
            yield str(folder), (None, file)
        else:
            yield from _read_guarded(file, options)


def _read_input(name: str, input_format: InputFormat | None, options: Options) -> Iterator[tuple[str, Found]]:
    path = Path(name)
    if name == STDIN:
        article_id = STDIN_STEM if input_format in WHOLE_FILES else None
        for found in _guarded(_read_stdin(input_format, options), STDIN, article_id, options):
            yield STDIN, found
    elif path.is_dir():
        yield from _read_folder(path, options)
    else:
        yield from _read_guarded(InputFile(path, input_format or format_of(path), bare_path(path).name), options)


def _require(names: Iterable[str], input_format: InputFormat | None) -> None:
    """Refuse what cannot be read here before anything is read; in a folder each such file is a failure of its own."""
    named = {input_format or format_of(Path(name)) for name in names if name == STDIN or not Path(name).is_dir()}
    for needed, require in REQUIREMENTS.items():
        if needed in named:
            require()


def read_inputs(
    inputs: Iterable[str | Path],
    input_format: InputFormat | None = None,
    *,
    columns: ColumnMap = AS_THEY_ARE,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> Iterator[Article | Failure]:
    """Yield the articles of files, folders and `-` (standard input), and a `Failure` for each that cannot be read.

    Files that are compressed with gzip or Zstandard are unpacked on the way.

    Args:
        inputs: paths; in a folder only files with a known suffix count, and hidden ones never.
        input_format: read named files and standard input as this, whatever their suffix.
        columns: which columns of tables, and which fields of JSON lines, hold what.
        delimiter: what stands between the cells of CSV and TSV; else it is found out.
        encoding: what text, CSV, TSV and pages are in; else it is found out, or the file fails.

    Raises:
        MissingExtraError: a named file needs a package that is not installed.
        UsageError: the delimiter is not one character, or Python has no such encoding.
    """
    names = [str(name) for name in inputs]
    options = Options(columns, delimiter and check_delimiter(delimiter), encoding and check_encoding(encoding))
    _require(names, input_format)
    seen: set[str] = set()
    for name in names:
        for source, (line, found) in _read_input(name, input_format, options):
            if isinstance(found, Article) and found.id in seen:
                reason = f"the id {found.id!r} came before in this run: expected each once; rename one of the two"
                yield Failure(found.id, source, line, reason)
                continue
            if isinstance(found, Article):
                seen.add(found.id)
            yield found
    options.notes.close()
