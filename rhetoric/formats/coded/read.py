"""Coded data in whatever format it comes: a folder or file → the codes that each coder gave each text."""

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from rhetoric.errors import InputError
from rhetoric.formats.coded.brat import read_brat
from rhetoric.formats.coded.doccano import is_doccano, read_doccano
from rhetoric.formats.coded.folders import find_files, is_split
from rhetoric.formats.coded.guard import guarded, refuse
from rhetoric.formats.coded.hf_dataset import read_hf_dataset
from rhetoric.formats.coded.label_studio import read_label_studio
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.prodigy import is_prodigy, read_prodigy
from rhetoric.formats.coded.ptc import read_ptc
from rhetoric.formats.coded.records import DEFAULTS
from rhetoric.formats.coded.table import peek, read_json_rows, read_table
from rhetoric.formats.failure import Failure

__all__ = ["DataFormat", "read_coded"]

DataFormat = Literal["brat", "doccano", "hf", "label_studio", "prodigy", "ptc", "table"]
"""The formats of coded data; a table is CSV, JSON lines or Parquet with a coded text a row."""

Found = Iterator[CodedText | Failure]

FOLDERS = ("brat", "hf", "ptc")
HF_FILES = ("dataset_dict.json", "dataset_info.json")

STRETCHES_ONLY = ("brat", "ptc")
SUFFIXES: dict[str, DataFormat] = {
    ".csv": "table",
    ".json": "label_studio",
    ".parquet": "table",
    ".pq": "table",
    ".tab": "table",
    ".tsv": "table",
}
JSON_LINES = (".jsonl", ".ndjson")

READERS: dict[DataFormat, Callable[[Path, Columns, Coding], Found]] = {
    "brat": lambda path, _, coding: read_brat(path, coding),
    "doccano": read_doccano,
    "hf": read_hf_dataset,
    "label_studio": read_label_studio,
    "prodigy": read_prodigy,
    "ptc": lambda path, _, coding: read_ptc(path, coding),
}


def _format_of_folder(folder: Path) -> DataFormat:
    looks: dict[DataFormat, bool] = {
        "brat": any(find_files(folder, ".ann")),
        "hf": any((folder / name).is_file() for name in HF_FILES),
        "ptc": any(find_files(folder, ".labels")),
    }
    found = [name for name, is_like in looks.items() if is_like]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{folder} may be {' or '.join(found)}: say which as data_format"
    else:
        message = f"{folder} holds no coded data: expected .ann files (brat), .labels files (PTC) or a saved dataset"
    raise InputError(message)


def _format_of_lines(path: Path) -> DataFormat:
    records, _ = peek(guarded(read_json_rows(path), path))
    looks: dict[DataFormat, bool] = {
        "doccano": any(is_doccano(record) for record in records),
        "prodigy": any(is_prodigy(record) for record in records),
    }
    found = [name for name, is_like in looks.items() if is_like]
    if len(found) > 1:
        message = f"{path} may be {' or '.join(found)}: say which as data_format"
        raise InputError(message)
    return found[0] if found else "table"


def _format_of(path: Path) -> DataFormat:
    if path.is_dir():
        return _format_of_folder(path)
    if is_split(path):
        return "ptc"
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        return _format_of_lines(path)
    if suffix not in SUFFIXES:
        known = ", ".join([*SUFFIXES, *JSON_LINES])
        message = f"the format of {path} is not known: expected {known} or a folder, or its name as data_format"
        raise InputError(message)
    return SUFFIXES[suffix]


def _known(name: str) -> DataFormat:
    formats: tuple[DataFormat, ...] = get_args(DataFormat)
    found = next((known for known in formats if known == name), None)
    if found is None:
        nearest = difflib.get_close_matches(name, formats, n=1, cutoff=0)[0]
        message = f"the format {name!r} is not known (the nearest is {nearest!r}): expected {', '.join(formats)}"
        raise InputError(message)
    return found


def _check_format(path: Path, coding: Coding, data_format: DataFormat) -> None:
    if (data_format in FOLDERS) != path.is_dir() and not (data_format == "ptc" and is_split(path)):
        kinds = ("a folder", "a file") if data_format in FOLDERS else ("a file", "a folder")
        message = f"{path} is {kinds[1]}: data of the format {data_format} is {kinds[0]}"
        raise InputError(message)
    if coding == "text" and data_format in STRETCHES_ONLY:
        message = f"{path} is {data_format}, which codes stretches of texts: read it as coding 'spans' or 'targets'"
        raise InputError(message)


def read_coded(
    path: str | Path,
    columns: Columns = DEFAULTS,
    coding: Coding = "text",
    data_format: str | None = None,
) -> Iterator[CodedText | Failure]:
    """Yield the codes that each coder gave each text, and a `Failure` for each record that says nothing of use.

    Codes of one kind are read at a time: of the others, a `CodedText` says None.

    Args:
        path: a file (CSV, JSON lines, Parquet, Label Studio's JSON) or a folder (brat, PTC, a saved dataset). `ptc/dev`
            stands for the folders of PTC whose names begin with `dev-`.
        columns: which column or key holds what, where names differ.
        coding: whether codes are of the `text` as a whole, of `spans` or of `targets`.
        data_format: a `DataFormat`, where it cannot be told from the data.

    Raises:
        InputError: the data is in none of the formats or may be in two, may not be opened, or cannot be used.
    """
    place = Path(path)
    if not (place.is_dir() or is_split(place)):
        refuse(place)
    name = _known(data_format) if data_format else _format_of(place)
    _check_format(place, coding, name)
    if name == "table":
        return read_table(place, columns, coding)
    return guarded(READERS[name](place, columns, coding), place)
