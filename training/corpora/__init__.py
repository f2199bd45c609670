"""The corpora that the shipped models learnt from, one reader each: folder → `GoldArticle`s.

They are read where they lie: `RHETORIC_DATA`, or `../shared/data` beside the checkout.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rhetoric.errors import InputError
from rhetoric.training.gold import GoldArticle
from training.corpora import babe, basil, codebook, newsmtsc, polnear, ptc

__all__ = ["READERS", "data_folder", "read"]

READERS: dict[str, Callable[[Path, str], Iterator[GoldArticle]]] = {
    "babe": babe.read,
    "basil": basil.read,
    "codebook": codebook.read,
    "newsmtsc": newsmtsc.read,
    "polnear": polnear.read,
    "ptc": ptc.read,
}


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


def read(corpus: str, split: str = "train") -> list[GoldArticle]:
    """Return the articles of one split of one corpus.

    Raises:
        InputError: the corpus is not there.
    """
    return list(READERS[corpus](data_folder() / corpus, split))
