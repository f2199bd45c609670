"""Which unlabelled sentences to code next: those that the model is least sure of, and no two that are alike.

Uncertainty sampling (Lewis and Gale 1994) alone asks for ten copies of one hard sentence. So only the most uncertain
ones come into question, and of them a k-center greedy choice takes those that lie farthest from one another (Sener and
Savarese 2018); to weigh both at once is the idea of BADGE (Ash et al. 2020).
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import Article
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.jsonl import dump_line
from rhetoric.formats.output import check_output, open_output
from rhetoric.metrics.arrays import FloatArray, as_scores

__all__ = ["Codable", "suggest", "uncertainty", "write_records", "write_suggestions"]

POOL = 5
"""So many times `n` of the most uncertain texts come into question."""
NEAR = 0.99
"""Cosine above which two texts are as good as identical."""
N_DIMENSIONS = 2


class Codable(Protocol):
    """A text with its name and whatever else is to stand beside it: an `Article`, or a text that was read as coded."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def text(self) -> str:
        """The text as it came."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """Every other field."""


def uncertainty(probabilities: npt.ArrayLike) -> FloatArray:
    """Return how unsure a model is of each text: the binary entropy of its labels in bits, on average, from 0 to 1.

    >>> uncertainty([[0.5, 0.5], [0.5, 1.0], [0.0, 1.0]]).tolist()
    [1.0, 0.5, 0.0]

    Args:
        probabilities: of each label, on its own; shape (n_texts, n_labels).

    Raises:
        InputError: it is no such array, or a value is no probability.
    """
    p = _as_table(probabilities, "probabilities")
    if p.size and (p.min() < 0 or p.max() > 1):
        message = f"probabilities from {p.min():g} to {p.max():g}: expected 0 to 1; apply the sigmoid to logits before"
        raise InputError(message)
    terms = [np.where(q > 0, q * np.log2(np.where(q > 0, q, 1.0)), 0.0) for q in (p, 1.0 - p)]
    entropy: FloatArray = 0.0 - (terms[0] + terms[1]).mean(axis=1)
    return entropy


def _as_table(values: npt.ArrayLike, name: str) -> FloatArray:
    table = as_scores(values)
    if table.ndim != N_DIMENSIONS or not table.shape[1]:
        message = f"{name} of shape {table.shape}: expected one row a text, with at least one column"
        raise InputError(message)
    return table


def suggest(features: npt.ArrayLike, probabilities: npt.ArrayLike, n: int, seed: int) -> list[int]:
    """Return the indices of the `n` texts to code next, in the order in which to code them; all where there are fewer.

    The most uncertain text comes first, then always the one least like all before it. Near-identical texts are chosen
    only when no others are left.

    Args:
        features: of each text, such as its sentence's mean state; only their directions count; shape (n_texts,
            n_features).
        probabilities: of each label, shape (n_texts, n_labels).
        n: how many to choose.
        seed: of the order among texts of which the model is equally unsure.

    Raises:
        InputError: an array is not of that shape, or holds what is no number or no probability.
        UsageError: `n` is negative.
    """
    if n < 0:
        message = f"{n} suggestions: expected 0 or more"
        raise UsageError(message)
    rows, scores = _as_table(features, "features"), uncertainty(probabilities)
    if len(rows) != len(scores):
        message = f"features of {len(rows)} texts but probabilities of {len(scores)}: expected one row of each a text"
        raise InputError(message)
    shuffled = np.random.default_rng(seed).permutation(len(scores))
    ranked = shuffled[np.argsort(-scores[shuffled], kind="stable")]
    return [int(i) for i in ranked[_spread(rows, ranked, min(n, len(ranked)))]]


def _directions(rows: FloatArray) -> FloatArray:
    """Return the rows with length 1; rows of zeros, which have no direction, get one of their own."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scaled = rows / np.where(largest > 0, largest, 1.0)  # else squares of huge or tiny numbers leave the floats
    norms = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.hstack([scaled / np.where(norms > 0, norms, 1.0), norms == 0])


def _spread(rows: FloatArray, ranked: npt.NDArray[np.int64], n: int) -> list[int]:
    """Return `n` ranks by greedy k-center; where a pool holds no more that differ, it is doubled."""
    chosen: list[int] = []
    pool = _directions(rows[ranked[: POOL * n]])
    nearest = np.full(len(pool), -np.inf)  # cosine to the nearest chosen
    while len(chosen) < n:
        rank = int(nearest.argmin())
        if nearest[rank] > NEAR and len(pool) < len(ranked):
            more = _directions(rows[ranked[len(pool) : 2 * len(pool)]])
            nearest = np.concatenate([nearest, (more @ pool[chosen].T).max(axis=1)])
            pool = np.vstack([pool, more])
            continue
        chosen.append(rank)
        nearest = np.maximum(nearest, pool @ pool[rank])
        nearest[rank] = np.inf
    return chosen


def write_suggestions(path: Path, texts: Sequence[str | Codable], chosen: Sequence[int], scores: npt.ArrayLike) -> None:
    """Write the chosen texts for an annotation tool: `id`, `text`, `score` and their other fields, as .jsonl or .csv.

    The file appears under its name when it is whole.

    Args:
        path: where to, with the suffix of the format.
        texts: all texts, of which some were chosen; the id of a mere string is its index. A `score` among their other
            fields gives way to the new one.
        chosen: indices of texts, in the order in which they are written.
        scores: of all texts, such as their `uncertainty`.

    Raises:
        UsageError: the suffix is another, nothing can be written there, or an index is out of range.
        InputError: scores are not one a text, or a text cannot be written in this format.
    """
    numbers = as_scores(scores)
    if numbers.shape != (len(texts),):
        message = f"scores of shape {numbers.shape} for {len(texts)} texts: expected one score for each text"
        raise InputError(message)
    strange = [i for i in chosen if not 0 <= i < len(texts)]
    if strange:
        message = f"text {strange[0]} was chosen out of {len(texts)}: expected an index from 0 to {len(texts) - 1}"
        raise UsageError(message)
    write_records(path, [_record(i, texts[i], float(numbers[i])) for i in chosen])


def write_records(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write records for an annotation tool or for training, as .jsonl or .csv; the file appears when it is whole.

    Raises:
        UsageError: the suffix is another, or nothing can be written there.
        InputError: a text cannot be written in this format.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        message = f"cannot write texts to {path}: expected a name that ends in {' or '.join(_WRITERS)}"
        raise UsageError(message)
    check_output(path)
    with open_output(path) as stream:
        write(stream, records)


def _record(index: int, item: str | Codable, score: float) -> dict[str, Any]:
    known = Article(str(index), item) if isinstance(item, str) else item
    fixed = {"id": known.id, "text": known.text, "score": score}
    return {**fixed, **known.meta, **fixed}


def _write_jsonl(stream: BinaryIO, records: Sequence[dict[str, Any]]) -> None:
    stream.writelines(map(dump_line, records))


def _write_csv(stream: BinaryIO, records: Sequence[dict[str, Any]]) -> None:
    columns = dict.fromkeys(("id", "text", "score")) | dict.fromkeys(name for r in records for name in r)
    stream.writelines(_csv_lines([list(columns), *([_cell(r.get(c)) for c in columns] for r in records)]))


def _csv_lines(rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(row)
        try:
            yield line.getvalue().encode("utf-8")
        except UnicodeEncodeError as error:
            message = f"text {row[0]!r} holds a lone surrogate, which CSV in UTF-8 cannot: write a .jsonl file"
            raise InputError(message) from error


def _cell(value: object) -> str:
    """Return a string as it is, nothing for None, and any other value as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return dump_line({"": value}).decode("utf-8").strip()[len('{"": ') : -1]


_WRITERS = {".jsonl": _write_jsonl, ".csv": _write_csv}
