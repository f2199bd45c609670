"""Outlets of identical truth, on one of which a model is more sensitive, and audits of them in three designs.

Sentences per article are log-normal. The log-odds that a sentence has the label vary normally between articles, with or
without correlation with length; their mean is chosen so that, of all sentences of an outlet, the stated share has it.
All runs of a world are arrays side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from rhetoric.framing.audit.strata import allocate, split_sentences_to_code
from rhetoric.framing.estimates import RatioSample
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["DESIGNS", "Audits", "Design", "Outlet", "World", "draw_audits", "score_strata_of", "simulate"]

Design = Literal["articles", "by_score", "sentences"]
DESIGNS: tuple[Design, ...] = ("articles", "by_score", "sentences")

N_ARTICLES = 400
MEDIAN_LENGTH = 20.0
LONGER_LENGTH = 28.0
SPREAD_OF_LENGTH = 0.5
SPECIFICITY = 0.95
SENTENCES_A_CODED_ARTICLE = 10
N_STRATA = 4
N_NODES = 61
N_HALVINGS = 60


@dataclass(frozen=True)
class World:
    """What is true of two outlets, and how the model errs on them.

    Attributes:
        sensitivities: of the model on each outlet.
        spread: standard deviation of the log-odds of articles.
        prevalence: share of sentences with the label, the same in both.
        correlation: of the log-odds of an article with its log length; where there is any, the second outlet's articles
            are longer.
    """

    sensitivities: tuple[float, float]
    spread: float
    prevalence: float
    correlation: float = 0.0

    @property
    def lengths(self) -> tuple[float, float]:
        """The median numbers of sentences of articles."""
        return MEDIAN_LENGTH, LONGER_LENGTH if self.correlation else MEDIAN_LENGTH

    @property
    def centre(self) -> float:
        """The mean log-odds that give the prevalence, found by halving, on Gauss-Hermite nodes."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
        # Longer articles count more, which moves the log-odds by their covariance with log length.
        shifts = self.spread * (nodes + self.correlation * SPREAD_OF_LENGTH)
        low, high = -20.0, 20.0
        for _ in range(N_HALVINGS):
            middle = (low + high) / 2
            share = float(weights @ _expit(middle + shifts)) / float(weights.sum())
            low, high = (middle, high) if share < self.prevalence else (low, middle)
        return low


@dataclass(frozen=True, eq=False)
class Outlet:
    """Counts of sentences of the articles of one outlet; every array is of shape (n_runs, n_articles).

    Attributes:
        size: all sentences.
        truth: those with the label.
        hits: of these, those that the model finds.
        false: those that it finds and that do not have the label.
    """

    size: IntArray
    truth: IntArray
    hits: IntArray
    false: IntArray

    @property
    def found(self) -> IntArray:
        """The sentences that the model labels."""
        return self.hits + self.false


@dataclass(frozen=True, eq=False)
class Audits:
    """An outlet with an audit in every run; every array is of shape (n_runs, n_articles).

    Attributes:
        found: sentences that the model labels.
        size: all sentences.
        gold: sentences with the label, by people; NaN where an article was not audited.
        weights: inverse probabilities of being audited.
        strata: of the articles by score; None if they were drawn at random.
    """

    found: FloatArray
    size: FloatArray
    gold: FloatArray
    weights: FloatArray
    strata: IntArray | None

    def __iter__(self) -> Iterator[RatioSample]:
        """Yield the runs as the library takes them."""
        for run in range(len(self.found)):
            size = np.where(np.isnan(self.gold[run]), np.nan, self.size[run])
            strata = None if self.strata is None else self.strata[run]
            yield RatioSample(self.found[run], self.size[run], None, self.gold[run], size, self.weights[run], strata)


def _expit(values: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-values)))


def simulate(world: World, n_runs: int, rng: np.random.Generator) -> tuple[Outlet, Outlet]:
    """Return both outlets of a world."""
    one, other = (_simulate_one(world, i, n_runs, rng) for i in (0, 1))
    return one, other


def _simulate_one(world: World, which: int, n_runs: int, rng: np.random.Generator) -> Outlet:
    length, other = rng.standard_normal((2, n_runs, N_ARTICLES))
    size = np.maximum(1, np.rint(world.lengths[which] * np.exp(SPREAD_OF_LENGTH * length))).astype(np.intp)
    own = world.correlation * length + np.sqrt(1 - world.correlation**2) * other
    truth = rng.binomial(size, _expit(world.centre + world.spread * own))
    hits = rng.binomial(truth, world.sensitivities[which])
    return Outlet(size, truth, hits, rng.binomial(size - truth, 1 - SPECIFICITY))


def score_strata_of(outlet: Outlet) -> IntArray:
    """Return the strata of the articles by predicted value, as `audit.strata.score_strata` cuts them: 0 is zero."""
    values = outlet.found / outlet.size
    is_zero = values == 0
    ordered = np.sort(np.where(is_zero, np.inf, values), axis=1)
    n_positive = (~is_zero).sum(1)
    places = [np.maximum(np.ceil(n_positive * share).astype(np.intp) - 1, 0) for share in (1 / 3, 2 / 3)]
    cuts = [np.take_along_axis(ordered, place[:, None], 1) for place in places]
    return np.where(is_zero, 0, 1 + (values > cuts[0]) + (values > cuts[1]))


def draw_audits(outlet: Outlet, n_audited: int, design: Design, strata: IntArray, rng: np.random.Generator) -> Audits:
    """Return an outlet with its audits.

    Args:
        outlet: in all runs.
        n_audited: articles of which there is gold.
        design: `articles` drawn at random; articles drawn `by_score`, in strata of the predicted value; or `sentences`
            within articles drawn by score, in strata of the predicted label.
        strata: of the articles by score.
        rng: for the draws.
    """
    if design == "articles":
        strata = np.zeros_like(strata)
    is_drawn, weights = _draw(strata, n_audited, rng)
    gold = np.where(is_drawn, outlet.truth, np.nan)
    if design == "sentences":
        gold[is_drawn] = _code_sentences(outlet, is_drawn, rng)
    found, size = (np.asarray(counts, np.float64) for counts in (outlet.found, outlet.size))
    return Audits(found, size, gold, weights, None if design == "articles" else strata)


@lru_cache(maxsize=100_000)
def _allocate(sizes: tuple[int, ...], n: int) -> tuple[int, ...]:
    present = [size for size in sizes if size]
    given = iter(allocate(present, n))
    return tuple(next(given) if size else 0 for size in sizes)


def _draw(strata: IntArray, n: int, rng: np.random.Generator) -> tuple[BoolArray, FloatArray]:
    """Return which articles are drawn and the weights of all, as `rhetoric audit sample` does it."""
    sizes = np.stack([(strata == h).sum(1) for h in range(N_STRATA)], 1)
    given = np.array([_allocate(tuple(row), n) for row in sizes.tolist()])
    order = np.argsort(strata + rng.random(strata.shape), axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(strata.shape[1]), strata.shape), 1)
    starts = np.cumsum(sizes, 1) - sizes
    is_drawn = place - np.take_along_axis(starts, strata, 1) < np.take_along_axis(given, strata, 1)
    return is_drawn, np.take_along_axis(sizes / np.maximum(given, 1), strata, 1)


def _code_sentences(outlet: Outlet, is_drawn: BoolArray, rng: np.random.Generator) -> FloatArray:
    """Return the gold of articles of which some sentences are coded: what was found, and their errors, scaled."""
    size, truth, hits, false = (a[is_drawn] for a in (outlet.size, outlet.truth, outlet.hits, outlet.false))
    found, missed = hits + false, truth - hits
    others = size - found
    pairs, places = np.unique(np.stack([found, others], 1), axis=0, return_inverse=True)
    coded = np.array([split_sentences_to_code(a, b, SENTENCES_A_CODED_ARTICLE) for a, b in pairs.tolist()])
    n_found, n_others = coded[places.ravel()].T
    seen_false = rng.hypergeometric(false, hits, n_found)
    seen_missed = rng.hypergeometric(missed, others - missed, n_others)
    scaled = seen_missed * (others / np.maximum(n_others, 1)) - seen_false * (found / np.maximum(n_found, 1))
    return np.asarray(found + scaled)
