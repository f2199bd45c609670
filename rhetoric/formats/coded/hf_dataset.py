"""Datasets that Hugging Face's `datasets` saved to disk; splits are read together, with their name in `meta`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.records import check_columns, coded_texts
from rhetoric.formats.failure import Failure
from rhetoric.formats.table import Row

__all__ = ["read_hf_dataset"]

NO_CLASS = -1
"""How `datasets` writes that an example has no class."""


def _load(folder: Path) -> dict[str | None, Any]:
    """Return the datasets of a folder by the names of their splits."""
    import pyarrow
    from datasets import DatasetDict, load_from_disk

    try:
        loaded = load_from_disk(str(folder))
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        message = f"no usable dataset ({reason}): expected what save_to_disk of the package `datasets` wrote"
        raise InputError(message) from error
    splits = dict(loaded) if isinstance(loaded, DatasetDict) else {None: loaded}
    return {name: _readable(split) for name, split in splits.items()}


def _readable(dataset: Any) -> Any:  # noqa: ANN401  (a Dataset)
    """Return the dataset without pictures and sounds, which take libraries of their own to decode."""
    media = [name for name, feature in dataset.features.items() if hasattr(feature, "decode_example")]
    plain = dataset.remove_columns([name for name in media if not hasattr(dataset.features[name], "names")])
    return plain.with_format(None)


def _named(value: Any, feature: Any) -> Any:  # noqa: ANN401
    """Return a value with the names of its classes in the place of their numbers, however deep they stand."""
    names = getattr(feature, "names", None)
    if names is not None and isinstance(value, int):
        return None if value == NO_CLASS else feature.int2str(value)
    if isinstance(feature, Mapping) and isinstance(value, Mapping):
        return {name: _named(item, feature[name]) for name, item in value.items()}
    if isinstance(value, list):
        inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
        return [_named(item, inner) for item in value]
    return value


def _rows(dataset: Any, split: str | None, columns: Columns) -> Iterator[Row]:  # noqa: ANN401
    import pyarrow

    number = 0
    try:
        for number, record in enumerate(dataset, start=1):
            row = {name: _named(value, dataset.features[name]) for name, value in record.items()}
            yield number, row if split is None else {"split": split, columns.id: f"{split}/{number}", **row}
    except pyarrow.ArrowException as error:
        message = f"the dataset cannot be read beyond row {number} ({error}): it may be cut off; save it again"
        raise InputError(message) from error


def read_hf_dataset(folder: Path, columns: Columns, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded text of each row; classes have their names, and a row without id that of its split and number.

    Args:
        folder: that `save_to_disk` wrote.
        columns: which column holds what.
        coding: which codes to read.

    Raises:
        InputError: it is no such folder, or has no such column.
    """
    splits = _load(folder)
    for dataset in splits.values():
        check_columns(list(dataset.features), columns, coding)
    for split, dataset in splits.items():
        source = str(folder if split is None else folder / split)
        yield from coded_texts(_rows(dataset, split, columns), source, columns, coding)
