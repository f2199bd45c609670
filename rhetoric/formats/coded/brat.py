"""Folders of brat's standoff format: beside each `.txt` an `.ann` with a line for each annotation.

A text-bound annotation (T) is a span; of a discontinuous one ("0 5;16 23") each piece is a span with its label. Notes
(#) and attributes (A, M) are passed over; relations, events, equivalences and normalisations (R, E, *, N) are counted
as left out. A text with an empty `.ann` was coded with nothing, one without an `.ann` was not coded.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from rhetoric.errors import InputError
from rhetoric.formats.coded.folders import find_files
from rhetoric.formats.coded.model import CodedText, Coding
from rhetoric.formats.coded.offsets import Marked
from rhetoric.formats.coded.records import mark
from rhetoric.formats.failure import Failure
from rhetoric.formats.text import read_text

__all__ = ["read_brat"]

logger = logging.getLogger(__name__)

PAIR = "[0-9]{1,12} [0-9]{1,12}"
TEXT_BOUND = re.compile(rf"T\S*\t(\S+) ({PAIR}(?:;{PAIR})*)(?:\t(.*))?")
PASSED_OVER = ("#", "A", "M")
COUNTED = ("R", "E", "*", "N")


def _pieces(offsets: str) -> tuple[tuple[int, int], ...]:
    pairs = (piece.split() for piece in offsets.split(";"))
    return tuple((int(start), int(end)) for start, end in pairs)


def _marked(line: str) -> Marked:
    match = TEXT_BOUND.fullmatch(line)
    if match is None:
        message = f"{line!r:.80} is no annotation: expected T1, a tab, label and offsets, a tab, the text"
        raise InputError(message)
    label, offsets, surface = match.groups()
    return Marked(_pieces(offsets), label, surface or None)


def _read_marked(path: Path) -> tuple[list[Marked], list[Failure], int]:
    """Return the stretches of an `.ann`, what of it cannot be used, and how many lines are of other kinds."""
    marked: list[Marked] = []
    failures: list[Failure] = []
    n_left = 0
    # Only \n ends a line here: the text of an annotation may hold other characters that str.splitlines breaks at.
    for number, ended in enumerate(read_text(path).removeprefix("\ufeff").split("\n"), start=1):
        line = ended.removesuffix("\r")
        if not line.strip() or line.startswith(PASSED_OVER):
            continue
        if line.startswith(COUNTED):
            n_left += 1
            continue
        try:
            marked.append(_marked(line))
        except InputError as error:
            failures.append(Failure(path.stem, str(path), number, str(error)))
    return marked, failures, n_left


def _read_document(folder: Path, annotations: Path, coding: Coding) -> tuple[list[CodedText | Failure], int]:
    name = annotations.relative_to(folder).with_suffix("").as_posix()
    article = annotations.with_suffix(".txt")
    try:
        bare = CodedText(name, read_text(article), source=str(article))
        marked, failures, n_left = _read_marked(annotations)
    except InputError as error:
        where = annotations if article.is_file() else article
        return [Failure(name, str(where), None, str(error))], 0
    return [*failures] if failures else mark(bare, marked, coding), n_left


def read_brat(folder: Path, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded text of each `.ann` in a folder or below; its id is the path below the folder, without suffix.

    Args:
        folder: with `.txt` and `.ann` files of the same names.
        coding: whether the annotations are `spans` or `targets`.
    """
    n_left = 0
    for annotations in sorted(find_files(folder, ".ann")):
        found, n_others = _read_document(folder, annotations, coding)
        n_left += n_others
        yield from found
    n_open = sum(not article.with_suffix(".ann").exists() for article in find_files(folder, ".txt"))
    if n_left or n_open:
        message = "%s: left out %d relations, events and the like, and %d texts without .ann, which were not coded"
        logger.warning(message, folder, n_left, n_open)
