"""The format of the Propaganda Techniques Corpus (SemEval-2020 task 11): articles, and `.labels` files with tabs.

A row is the article's number, a technique, start and end (task TC), or the same without a technique (task SI); there is
a file for each article, or one for all. Offsets are code points of the article as it stands in its file, with BOM and
CRLF.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rhetoric.errors import InputError
from rhetoric.formats.coded.folders import find_files, find_folders
from rhetoric.formats.coded.model import CodedText, Coding
from rhetoric.formats.coded.offsets import Marked
from rhetoric.formats.coded.records import mark
from rhetoric.formats.failure import Failure
from rhetoric.formats.text import read_text

__all__ = ["SI_LABEL", "read_ptc"]

logger = logging.getLogger(__name__)

SI_LABEL = "propaganda"
"""The label of spans for which no technique is given."""
UNKNOWN = "?"
"""The technique in the templates of the task, which are to be filled in."""
PREFIX = "article"
N_SI, N_TC = 3, 4


@dataclass
class _Labels:
    """What the `.labels` files of a folder say, by the number of the article."""

    marked: dict[str, list[Marked]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    splits: set[str] = field(default_factory=set)
    folders: set[Path] = field(default_factory=set)


def _number(path: Path) -> str:
    """Return the number of an article: `article7.txt` and `article7.task-flc-tc.labels` are of the article 7."""
    return path.name.partition(".")[0].removeprefix(PREFIX)


def _files(place: Path, suffix: str) -> list[Path]:
    return sorted(path for folder in find_folders(place) for path in find_files(folder, suffix))


def _split(path: Path) -> str:
    """Return what stands before the first hyphen of a file or of its folder: `train-articles` is of the split train."""
    return path.name.partition("-")[0]


def _row(cells: list[str]) -> Marked:
    try:
        start, end = (int(cell) for cell in cells[-2:])
    except ValueError as error:
        message = f"{' '.join(cells)!r:.80} is no row of labels: expected article, technique, start, end between tabs"
        raise InputError(message) from error
    label = cells[1].strip() if len(cells) == N_TC else SI_LABEL
    if label in ("", UNKNOWN):
        message = f"the technique is {label!r}: expected a code; this is a template that nobody filled in"
        raise InputError(message)
    return Marked(((start, end),), label)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(read_text(path).removeprefix("\ufeff").splitlines(), start=1):
        if line.strip():
            yield number, line.split("\t")


def _read_file(path: Path, rows: list[tuple[int, list[str]]], labels: _Labels) -> None:
    for number, cells in rows:
        article = cells[0].strip().removeprefix(PREFIX)
        labels.places.setdefault(article, (str(path), number))
        try:
            labels.marked[article].append(_row(cells))
        except InputError as error:
            labels.failures[article].append(Failure(article, str(path), number, str(error)))


def _read_labels(folder: Path, articles: set[str]) -> tuple[_Labels, list[Failure]]:
    """Return what the files say; where some name techniques, those that do not say the same again and are left out."""
    read: list[tuple[Path, list[tuple[int, list[str]]]]] = []
    failures: list[Failure] = []
    for path in _files(folder, ".labels"):
        try:
            read.append((path, list(_rows(path))))
        except InputError as error:
            failures.append(Failure(_number(path), str(path), None, str(error)))
    has_techniques = any(len(cells) == N_TC for _, rows in read for _, cells in rows)
    labels = _Labels()
    n_left = 0
    for path, rows in read:
        if has_techniques and rows and all(len(cells) == N_SI for _, cells in rows):
            n_left += 1
            continue
        if _number(path) in articles:
            labels.named.add(_number(path))
        else:
            labels.splits.add(_split(path))
            labels.folders.add(path.parent)
        _read_file(path, rows, labels)
    if n_left:
        logger.warning("%s: left out %d files of labels without techniques, which others name", folder, n_left)
    return labels, failures


def _is_coded(path: Path, labels: _Labels) -> bool:
    """Return whether the article has labels, or was one of those that a file of labels is about."""
    number = _number(path)
    is_named = number in labels.named or number in labels.places
    return is_named or _split(path.parent) in labels.splits or path.parent in labels.folders


def _read_article(path: Path, folder: Path, labels: _Labels, coding: Coding) -> list[CodedText | Failure]:
    number = _number(path)
    if labels.failures[number]:
        return [*labels.failures[number]]
    try:
        text = read_text(path)
    except InputError as error:
        return [Failure(number, str(path), None, str(error))]
    meta = {"split": _split(path.parent)} if path.parent != folder and "-" in path.parent.name else {}
    return mark(CodedText(number, text, meta=meta, source=str(path)), labels.marked[number], coding)


def read_ptc(folder: Path, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded articles of a folder; the id is the number of the article, `split` in `meta` that of its folder.

    An article without rows was coded with nothing if a file of labels is about it (its own, that of its split
    or that in its folder); others were not coded, and are left out and counted.

    Args:
        folder: with `.txt` and `.labels` files, in folders of their own or not; or the beginning of the names of some
            folders, as `ptc/dev` of `ptc/dev-articles` and `ptc/dev-labels-task-flc-tc`.
        coding: whether the rows are `spans` or `targets`.
    """
    articles: dict[str, Path] = {}
    for path in _files(folder, ".txt"):
        if articles.setdefault(_number(path), path) != path:
            reason = f"the article {_number(path)!r} came before in {articles[_number(path)]}: expected each once"
            yield Failure(_number(path), str(path), None, reason)
    labels, failures = _read_labels(folder, set(articles))
    yield from failures
    for number, (source, line) in labels.places.items():
        if number not in articles:
            yield Failure(
                number, source, line, f"there is no article {number!r}: expected the file article{number}.txt"
            )
    coded = {number: path for number, path in articles.items() if _is_coded(path, labels)}
    for path in coded.values():
        yield from _read_article(path, folder, labels, coding)
    if len(coded) < len(articles):
        logger.warning("%s: left out %d articles without labels", folder, len(articles) - len(coded))
