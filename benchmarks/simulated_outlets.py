"""Outlets of identical truth, on one of which a model is more sensitive, and audits of them in three designs.

Sentences per article are log-normal. The log-odds that a sentence has the label vary normally between articles, with or
without correlation with length; their mean is chosen so that, of all sentences of an outlet, the stated share has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rhetoric.framing.audit.strata import allocate, score_strata, split_sentences_to_code
from rhetoric.framing.estimates import RatioSample
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import FloatArray

__all__ = ["DESIGNS", "Design", "Outlet", "World", "audits", "score_strata_of", "simulate"]

Design = Literal["articles", "by_score", "sentences"]
DESIGNS: tuple[Design, ...] = ("articles", "by_score", "sentences")

N_ARTICLES = 400
MEDIAN_LENGTH = 20.0
LONGER_LENGTH = 28.0
SPREAD_OF_LENGTH = 0.5
SPECIFICITY = 0.95
SENTENCES_A_CODED_ARTICLE = 10
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
    """Counts of sentences of the articles of one outlet, in many runs at once; every array is (n_runs, n_articles).

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


def score_strata_of(outlet: Outlet) -> list[IntArray]:
    """Return the numbers of the strata of the articles by predicted value, for each run."""
    values = (outlet.hits + outlet.false) / outlet.size
    numbers: dict[str, int] = {}
    runs = [[numbers.setdefault(name, len(numbers)) for name in score_strata(own)] for own in values]
    return [np.unique(run, return_inverse=True)[1] for run in runs]


def audits(
    outlet: Outlet, n_audited: int, design: Design, strata: Sequence[IntArray], rng: np.random.Generator
) -> Iterator[RatioSample]:
    """Yield the outlet of each run with its audit.

    Args:
        outlet: in many runs.
        n_audited: articles of which there is gold.
        design: `articles` drawn at random; articles drawn `by_score`, in strata of the predicted value; or `sentences`
            within articles drawn by score, in strata of the predicted label.
        strata: of the articles by score, for each run.
        rng: for the draws.
    """
    runs = zip(outlet.size, outlet.truth, outlet.hits, outlet.false, strata, strict=True)
    for size, truth, hits, false, own in runs:
        if design == "articles":  # articles are exchangeable: the first ones are as random as any
            drawn, places, weights = np.arange(n_audited), None, None
        else:
            places = own
            drawn, weights = _draw(places, n_audited, rng)
        gold, sizes = np.full((2, N_ARTICLES), np.nan)
        gold[drawn], sizes[drawn] = truth[drawn], size[drawn]
        if design == "sentences":
            gold[drawn] = _code_sentences(size[drawn], truth[drawn], hits[drawn], false[drawn], rng)
        yield RatioSample(hits + false + 0.0, size + 0.0, None, gold, sizes, weights, places)


def _draw(strata: IntArray, n: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Return the articles that are drawn and their weights, as `rhetoric audit sample` does it."""
    sizes = np.bincount(strata)
    given = np.array(allocate(sizes.tolist(), n))
    order = np.lexsort((rng.random(len(strata)), strata))
    ranks = np.arange(len(strata)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    drawn = order[ranks < np.repeat(given, sizes)]
    weights = np.full(len(strata), np.nan)
    weights[drawn] = (sizes / given)[strata[drawn]]
    return drawn, weights


def _code_sentences(
    size: IntArray, truth: IntArray, hits: IntArray, false: IntArray, rng: np.random.Generator
) -> FloatArray:
    """Return the gold of articles of which some sentences are coded: what was found, and their errors, scaled."""
    found, missed = hits + false, truth - hits
    others = size - found
    pairs = zip(found.tolist(), others.tolist(), strict=True)
    n_found, n_others = np.array([split_sentences_to_code(*pair, SENTENCES_A_CODED_ARTICLE) for pair in pairs]).T
    seen_false = rng.hypergeometric(false, hits, n_found)
    seen_missed = rng.hypergeometric(missed, others - missed, n_others)
    return np.asarray(
        found - seen_false * (found / np.maximum(n_found, 1)) + seen_missed * (others / np.maximum(n_others, 1))
    )
