"""Coded texts → training, tuning and test parts that share no article and no near-duplicate, labels spread evenly."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from math import fsum

from rhetoric.errors import InputError, UsageError
from rhetoric.metrics.similarity import Likeness, join_pairs, near_pairs

__all__ = ["Split", "Unit", "check_split", "leave_one_out", "near_duplicates", "split_units"]

NEAR = Likeness("character", shingle=5, similarity=0.8, n_bands=32, n_rows=4)
"""When two coded texts, which may be short, are near-duplicates; 1 in 20 million pairs is missed."""
MIN_EXAMPLES = 3
"""Examples from which a label must be in train, and in test where its articles allow."""
ANY = ""
"""Counts every unit, whatever its labels."""
TRAIN, TEST = 0, 2
"""Parts in the order of `Split`."""


@dataclass(frozen=True)
class Unit:
    """One coded text; `group` is what may not be torn apart: its article, outlet, or the like."""

    id: str
    text: str
    group: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Sorted indices into the units that were given, each in one part."""

    train: tuple[int, ...]
    tuning: tuple[int, ...]
    test: tuple[int, ...]


def split_units(units: Sequence[Unit], seed: int, test_share: float = 0.2, tuning_share: float = 0.1) -> Split:
    """Split whole articles, near-duplicates together, so that each part has its share of every label.

    The order of the units does not matter. Labels of one or two examples fall where they may.

    Raises:
        UsageError: the shares leave nothing to train on.
        InputError: two units have one id, or too much hangs together to fill train and test.
    """
    clusters = _clusters(units)
    split = _stratify(units, clusters, _shares(test_share, tuning_share), seed)
    if not split.train or (test_share and not split.test):
        message = f"{len(units)} texts in {len(clusters)} separate sets cannot fill train and test: code more articles"
        raise InputError(message)
    return split


def leave_one_out(
    units: Sequence[Unit], group_of: Sequence[str], seed: int = 0, tuning_share: float = 0.1
) -> Iterator[tuple[str, Split]]:
    """Yield each value of `group_of`, such as an outlet, with the split that tests on its units.

    Units of other values that share an article or a near-duplicate with it (a wire story that both ran) stand in test
    as well, since nothing may train on them; `group_of` tells them from the units of the value.

    Raises:
        UsageError: `group_of` is not one value for each unit, or the share makes no sense.
        InputError: two units have one id, or nothing is left to train on.
    """
    if len(group_of) != len(units):
        message = f"{len(group_of)} values for {len(units)} units: expected one for each unit"
        raise UsageError(message)
    clusters = _clusters(units)
    for value in sorted(set(group_of)):
        rest = [cluster for cluster in clusters if all(group_of[i] != value for i in cluster)]
        if not rest:
            message = f"every text belongs to {value!r} or hangs together with its texts: nothing to train without it"
            raise InputError(message)
        split = _stratify(units, rest, _shares(0, tuning_share), seed)
        yield value, replace(split, test=tuple(sorted({*range(len(units))} - {*split.train, *split.tuning})))


def check_split(units: Sequence[Unit], split: Split) -> None:
    """Check that every unit is in one part, and that no article or near-duplicate is in two.

    Raises:
        InputError: it is not so; the message names the unit, the article or the two texts.
    """
    placed, every = Counter(chain(split.train, split.tuning, split.test)), Counter(range(len(units)))
    for i in sorted((placed - every) + (every - placed)):
        name = f"unit {units[i].id!r}" if i in every else f"index {i} of {len(units)} units"
        message = f"{name} is {placed[i]} times in the split: expected every unit once; split these units anew"
        raise InputError(message)
    part_of = {i: part for part, indices in asdict(split).items() for i in indices}
    for i, j in _group_pairs(units):
        if part_of[i] != part_of[j]:
            message = f"article {units[i].group!r} is in {part_of[i]} and {part_of[j]}: expected one; split by article"
            raise InputError(message)
    for i, j in near_pairs((unit.text for unit in units), NEAR):
        if part_of[i] != part_of[j]:
            texts = " and ".join(f"{units[k].id!r} ({units[k].text[:40]!r}) in {part_of[k]}" for k in (i, j))
            message = f"near-duplicates leak, {texts}: expected them in one part; use split_units"
            raise InputError(message)


def near_duplicates(texts: Sequence[str]) -> list[list[int]]:
    """Return the sets of two or more texts that are the same or nearly so, as sorted indices.

    Case, white space and punctuation make no difference. Two texts of a set may be alike only by way of a third.

    >>> near_duplicates(["The tyrant spoke.", "It rained.", "the tyrant  spoke"])
    [[0, 2]]

    Raises:
        MissingExtraError: datasketch is not installed.
    """
    return [cluster for cluster in join_pairs(len(texts), near_pairs(texts, NEAR)) if len(cluster) > 1]


def _group_pairs(units: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    firsts: dict[str, int] = {}
    return ((firsts.setdefault(unit.group, i), i) for i, unit in enumerate(units))


def _clusters(units: Sequence[Unit]) -> list[list[int]]:
    """Return the sets of units that must stay together, in an order that depends on their ids alone."""
    repeated = [name for name, times in Counter(unit.id for unit in units).items() if times > 1]
    if repeated:
        message = f"more than one unit has the id {min(repeated)!r}: expected an id of its own for each"
        raise InputError(message)
    clusters = join_pairs(len(units), chain(_group_pairs(units), near_pairs((unit.text for unit in units), NEAR)))
    return sorted(clusters, key=lambda cluster: min(units[i].id for i in cluster))


def _shares(test: float, tuning: float) -> tuple[float, ...]:
    if not (test >= 0 and tuning >= 0 and test + tuning < 1):
        message = f"shares of {test} for test and {tuning} for tuning: expected two from 0 that add up to less than 1"
        raise UsageError(message)
    return 1 - test - tuning, tuning, test


def _stratify(units: Sequence[Unit], clusters: list[list[int]], shares: tuple[float, ...], seed: int) -> Split:
    """Return a split of whole clusters: iterative stratification (Sechidis et al. 2011), the rarest label first."""
    totals = Counter(label for i in chain(*clusters) for label in {ANY, *units[i].labels})
    common = {ANY} | {label for label, n in totals.items() if n >= MIN_EXAMPLES}
    counts = [Counter(label for i in cluster for label in common & {ANY, *units[i].labels}) for cluster in clusters]
    filling = _Filling(totals, shares)
    waiting = random.Random(seed).sample(range(len(clusters)), len(clusters))
    # What is large goes first, while every part has room for it.
    waiting.sort(key=lambda k: -len(clusters[k]))
    parts: list[list[int]] = [[], [], []]
    while waiting:
        rarest = min(set().union(*(counts[k] for k in waiting)), key=lambda label: (filling.left[label], label))
        for k in (k for k in waiting if rarest in counts[k]):
            parts[filling.place(counts[k])].extend(clusters[k])
        waiting = [k for k in waiting if rarest not in counts[k]]
    return Split(*(tuple(sorted(part)) for part in parts))


class _Filling:
    """How full the parts are: what they hold and, where one is asked for, the share that they shall hold."""

    def __init__(self, totals: Counter[str], shares: tuple[float, ...]) -> None:
        self.totals = totals
        self.shares = {part: share for part, share in enumerate(shares) if share}
        self.left = Counter(totals)
        self.held: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())

    def place(self, counts: Counter[str]) -> int:
        """Return the part for a cluster with these labels, and count it there."""
        part = self._last_chance(counts)
        if part is None:
            part = max(self.shares, key=lambda part: self._gain(part, counts))
        self.held[part].update(counts)
        self.left.subtract(counts)
        return part

    def _last_chance(self, counts: Counter[str]) -> int | None:
        """Return train, else test, where it would go without a label that no later cluster has."""
        last = [label for label, n in counts.items() if self.left[label] == n]
        if any(not self.held[TRAIN][label] for label in last):
            return TRAIN
        fits = TEST in self.shares and counts[ANY] <= max(1, self.shares[TEST] * self.totals[ANY])
        return TEST if fits and any(not self.held[TEST][label] for label in last) else None

    def _gain(self, part: int, counts: Counter[str]) -> float:
        """Return by how much a cluster would bring a part nearer to its share of each label, as chi-square measures."""
        wanted = {label: self.shares[part] * self.totals[label] for label in counts}
        # `fsum`, since the order of the labels changes from run to run.
        return fsum(n * (2 * (wanted[k] - self.held[part][k]) - n) / wanted[k] for k, n in counts.items())
