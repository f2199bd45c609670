"""The corpora that the shipped models learnt from, one reader each: folder → `GoldArticle`s.

They are read where they lie: `RHETORIC_DATA`, or `../shared/data` beside the checkout.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from rhetoric.errors import ConfigError, InputError
from rhetoric.training.gold import GoldArticle
from training.corpora import babe, basil, codebook, newsmtsc, polnear, ptc

__all__ = ["READERS", "data_folder", "read", "require"]

Reader = Callable[[Path, str], Iterator[GoldArticle]]

READERS: dict[str, Reader] = {
    "babe": babe.read,
    "basil": basil.read,
    "codebook": codebook.read,
    "newsmtsc": newsmtsc.read,
    "polnear": polnear.read,
    "ptc": ptc.read,
}
WITHOUT_FOLDER = frozenset({"codebook"})
"""Corpora whose passages lie in `seeds/`, or by reference in the folders of others."""
TRAIN_ONLY = frozenset({"basil"})


def data_folder() -> Path:
    """Return the folder of the corpora.

    Raises:
        InputError: it is not there.
    """
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("RHETORIC_DATA", beside))
    if not folder.is_dir():
        message = f"no corpora at {folder}: set RHETORIC_DATA to the folder that holds ptc/, polnear/, babe/, …"
        raise InputError(message)
    return folder


def require(names: Iterable[str]) -> None:
    """Make sure that all of these corpora can be read, before hours are spent on the first.

    Raises:
        ConfigError: there is no reader for one; the message names the nearest.
        InputError: one is not there.
    """
    wanted = list(names)
    for name in wanted:
        _reader(name)
    for name in wanted:
        _folder(name)


def _reader(corpus: str) -> Reader:
    if corpus not in READERS:
        near = get_close_matches(corpus, READERS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(READERS)}"
        raise ConfigError(f"unknown corpus {corpus!r}; {hint}")
    return READERS[corpus]


def _folder(corpus: str) -> Path:
    folder = data_folder() / corpus
    if corpus not in WITHOUT_FOLDER and not folder.is_dir():
        raise InputError(f"no corpus {corpus!r} at {folder}: put it there, or take it out of the recipe")
    return folder


def read(corpus: str, split: str = "train") -> list[GoldArticle]:
    """Return the articles of one split of one corpus.

    Raises:
        ConfigError: there is no reader for it.
        InputError: the corpus, or a file of it, is not there.
    """
    reader, folder = _reader(corpus), _folder(corpus)
    try:
        articles = list(reader(folder, split))
    except OSError as error:
        raise InputError(f"corpus {corpus!r} cannot be read: {error}; get it again, whole") from error
    if not articles and (split == "train" or corpus not in TRAIN_ONLY):
        raise InputError(f"corpus {corpus!r} has no {split} articles in {folder}: get it again, whole")
    return articles
