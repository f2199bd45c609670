"""Which of many texts are nearly the same: MinHash (Broder 1997) proposes pairs, their shingles decide.

What is kept of a text are the hashes of its shingles, 4 bytes each, and of its bands (`Likeness`), so that memory grows
slowly with a corpus: datasketch's own index, with a Python set for each band of each text, takes many times as much.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from re import compile as regex
from typing import Literal
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from rhetoric.errors import MissingExtraError

__all__ = ["Likeness", "join_pairs", "near_pairs"]

Hashes = npt.NDArray[np.uint32] | npt.NDArray[np.uint64]

NOT_IN_WORDS = regex(r"[\W_]+")
SHINGLES_AT_ONCE = 4096
"""Hashed in one go, which takes a few megabytes; a book is no article."""
MIX = 0x9E3779B97F4A7C15
"""An odd number whose powers mix the hashes of a band into one."""


@dataclass(frozen=True)
class Likeness:
    """When two texts are nearly the same: a share of the shingles of either are those of both (Jaccard similarity).

    Pairs are proposed where all hashes of one band agree. The chance that a pair of similarity s is missed is
    (1 - s^n_rows)^n_bands.

    Attributes:
        unit: of which shingles are made. Words would miss short texts: one word exchanged changes most of them.
        shingle: units that a shingle has.
        similarity: share from which two texts are nearly the same.
        n_bands: bands of hashes.
        n_rows: hashes a band.
    """

    unit: Literal["character", "word"]
    shingle: int
    similarity: float
    n_bands: int
    n_rows: int

    def shingles(self, form: str) -> set[str]:
        """Return the shingles of a text without case and punctuation; the whole of it, where it is too short."""
        units, joint = (form, "") if self.unit == "character" else (form.split(" "), " ")
        n = max(1, len(units) - self.shingle + 1)
        return {joint.join(units[i : i + self.shingle]) for i in range(n)}


def near_pairs(texts: Iterable[str], likeness: Likeness) -> Iterator[tuple[int, int]]:
    """Yield pairs of texts that are nearly the same, by their place, enough to reach each of a set from every other.

    Case, white space and punctuation make no difference. All texts are read first, and none is kept.

    Raises:
        MissingExtraError: datasketch is not installed.
    """
    index = _Index(likeness)
    for i, text in enumerate(texts):
        first = index.add(i, _normalise(text))
        if first != i:
            yield first, i
    yield from index.pairs()


def join_pairs(n: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the sets into which pairs link the numbers below `n`, each sorted, in the order of their first ones.

    >>> join_pairs(4, [(0, 2), (2, 3)])
    [[0, 2, 3], [1]]
    """
    sets = _Sets(n)
    for i, j in pairs:
        sets.join(i, j)
    joined = defaultdict(list)
    for i in range(n):
        joined[sets.root(i)].append(i)
    return list(joined.values())


def _normalise(text: str) -> str:
    """Return the text without case, punctuation and runs of white space; a text of nothing else as it is."""
    return NOT_IN_WORDS.sub(" ", normalize("NFKC", text).casefold()).strip() or text


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class _Sets:
    """The numbers below n, in sets that are joined (union-find)."""

    def __init__(self, n: int) -> None:
        self.parents = list(range(n))

    def root(self, i: int) -> int:
        parents = self.parents
        while parents[i] != i:
            parents[i] = i = parents[parents[i]]
        return i

    def join(self, i: int, j: int) -> None:
        self.parents[self.root(j)] = self.root(i)


class _Index:
    """What is kept of the texts; those that differ in case and punctuation alone are one."""

    def __init__(self, likeness: Likeness) -> None:
        self.likeness = likeness
        self.sign, self.hash = _hashing(likeness.n_bands * likeness.n_rows)
        self.places: dict[bytes, int] = {}
        self.shingles: list[Hashes] = []
        self.bands = bytearray()
        self.mix = np.array([pow(MIX, i + 1, 1 << 64) for i in range(likeness.n_rows)], dtype=np.uint64)

    def add(self, place: int, form: str) -> int:
        """Return the place of the first text of this form, which is `place` if it is the first."""
        first = self.places.setdefault(sha256(_encode(form)).digest(), place)
        if first == place:
            hashes = np.unique(np.fromiter(map(self.hash, self.likeness.shingles(form)), dtype=np.uint32))
            rows = self.sign(hashes).reshape(self.likeness.n_bands, self.likeness.n_rows)
            self.shingles.append(hashes)
            self.bands += (rows * self.mix).sum(axis=1, dtype=np.uint64).tobytes()
        return first

    def pairs(self) -> Iterator[tuple[int, int]]:
        places = list(self.places.values())
        sets = _Sets(len(places))
        bands = np.frombuffer(self.bands, dtype=np.uint64).reshape(len(places), self.likeness.n_bands)
        for band in bands.T:
            for bucket in _buckets(band):
                yield from ((places[i], places[j]) for i, j in self._join_bucket(bucket, sets))

    def _join_bucket(self, bucket: list[int], sets: _Sets) -> Iterator[tuple[int, int]]:
        """Join what is alike among texts that one band proposes, and yield the pairs that it took."""
        groups: list[list[int]] = []
        for j in bucket:
            own, others = [j], []
            for group in groups:
                i = next((i for i in group if sets.root(i) == sets.root(j) or self._is_near(i, j)), None)
                if i is None:
                    others.append(group)
                    continue
                own = group + own
                if sets.root(i) != sets.root(j):
                    sets.join(i, j)
                    yield i, j
            groups = [*others, own]

    def _is_near(self, i: int, j: int) -> bool:
        one, other = self.shingles[i], self.shingles[j]
        n_shared = len(np.intersect1d(one, other, assume_unique=True))
        return n_shared >= self.likeness.similarity * (len(one) + len(other) - n_shared)


def _buckets(band: Hashes) -> Iterator[list[int]]:
    """Yield the places of equal hashes, two or more, in order."""
    order = np.argsort(band, kind="stable")
    ends = np.flatnonzero(np.diff(band[order])) + 1
    for bucket in np.split(order, ends):
        if len(bucket) > 1:
            yield bucket.tolist()


def _hashing(n_hashes: int) -> tuple[Callable[[Hashes], Hashes], Callable[[str], int]]:
    """Return the function that gives the MinHashes of hashes, and the one that hashes a shingle to 32 bits."""
    try:
        from datasketch import MinHash
        from datasketch.hashfunc import sha1_hash32
    except ImportError as error:
        message = "finding near-duplicates needs datasketch: pip install 'rhetoric[dedup]'"
        raise MissingExtraError(message) from error
    empty = MinHash(num_perm=n_hashes, hashfunc=int)

    def sign(hashes: Hashes) -> Hashes:
        minhash = empty.copy()
        for start in range(0, len(hashes), SHINGLES_AT_ONCE):
            minhash.update_batch(hashes[start : start + SHINGLES_AT_ONCE].tolist())
        found: Hashes = minhash.hashvalues.astype(np.uint64)
        return found

    return sign, lambda shingle: sha1_hash32(_encode(shingle))
