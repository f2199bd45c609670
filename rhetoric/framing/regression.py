"""Least squares with errors that allow for clusters, few of them too: CR2 and its degrees of freedom.

The residuals of a cluster g are multiplied by (I - H_gg)^(-1/2), H the hat matrix, before they are squared, which takes
away the bias that few clusters bring; the degrees of freedom are Satterthwaite's under equal variances (Bell and
McCaffrey 2002, Survey Methodology 28:169; Pustejovsky and Tipton 2018, J. of Business & Economic Statistics 36:672).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rhetoric.errors import InputError
from rhetoric.framing.uncertainty import IntArray, sum_by
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["Fit", "fit_least_squares", "within_clusters"]

ALMOST_ONE = 1 - 1e-8
"""Leverage from which on a cluster alone fixes a coefficient, so that its residuals tell nothing."""
RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Fit:
    """A weighted least squares fit of n articles with k columns.

    Attributes:
        coefficients: shape (k,).
        clusters: numbers of the clusters, sorted, shape (n_clusters,).
        place: which of them each article is in, shape (n,).
        columns: of the design, times the roots of the weights, shape (n, k).
        loadings: by how much a residual moves each coefficient, adjusted by leverage, shape (n, k).
        residuals: times the roots of the weights, shape (n,).
        inverse: (X' W X)^(-1), shape (k, k).
    """

    coefficients: FloatArray
    clusters: IntArray
    place: IntArray
    columns: FloatArray
    loadings: FloatArray
    residuals: FloatArray
    inverse: FloatArray

    @cached_property
    def influence(self) -> FloatArray:
        """What each cluster contributes to the coefficients, shape (n_clusters, k)."""
        return self._summed(self.loadings * self.residuals[:, None])

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariances of the coefficients, shape (k, k)."""
        return np.asarray(self.influence.T @ self.influence)

    def df(self, shares: FloatArray) -> float:
        """Return the degrees of freedom of the variance of a sum of coefficients, each times its share.

        With P = (I - H) B, and B the adjusted loadings of that sum, a column a cluster: tr(P'P)² / tr(P'P P'P).
        """
        loaded = self.loadings @ shares
        own = sum_by(self.place, loaded**2)
        seen = self._summed(self.columns * loaded[:, None])
        shared = np.einsum("gi,ij,gj->g", seen, self.inverse, seen)
        inner = seen.T @ seen @ self.inverse
        squares = float((own**2).sum() - 2 * own @ shared + np.trace(inner @ inner))
        return float((own - shared).sum() ** 2 / squares) if squares > 0 else 1.0

    def _summed(self, rows: FloatArray) -> FloatArray:
        """Return the sums of rows over clusters, shape (n_clusters, k)."""
        return np.stack([sum_by(self.place, column) for column in rows.T], 1)


def fit_least_squares(
    design: FloatArray, outcome: FloatArray, weights: FloatArray, clusters: IntArray | None = None
) -> Fit:
    """Return the fit of an outcome to the columns of a design.

    Args:
        design: shape (n, k), of full rank.
        outcome: shape (n,).
        weights: positive, shape (n,).
        clusters: numbers of the clusters; None: every article its own.

    Raises:
        InputError: columns of the design depend on each other, or there are fewer articles than columns.
    """
    root = np.sqrt(weights)
    x, y = design * root[:, None], outcome * root
    gram = x.T @ x
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(np.float64).tiny))
    if len(x) < x.shape[1] or np.linalg.eigvalsh(gram / np.outer(scale, scale))[0] < RANK_TOLERANCE:
        message = f"{x.shape[1]} columns for {len(x)} articles depend on each other: leave a variable out"
        raise InputError(message)
    inverse = np.asarray(np.linalg.inv(gram), np.float64)
    coefficients = np.asarray(inverse @ (x.T @ y), np.float64)
    numbers = np.arange(len(x)) if clusters is None else clusters
    names, place = np.unique(numbers, return_inverse=True)
    loadings = np.asarray(_adjusted(x, inverse, place) @ inverse, np.float64)
    return Fit(coefficients, names, place, x, loadings, y - x @ coefficients, inverse)


def _adjusted(x: FloatArray, inverse: FloatArray, place: IntArray) -> FloatArray:
    """Return (I - H_gg)^(-1/2) X_g for every cluster, shape (n, k)."""
    sizes = np.bincount(place)
    is_single = sizes[place] == 1
    leverage = np.einsum("ni,ij,nj->n", x, inverse, x)
    adjusted = x / np.sqrt(np.where(leverage < ALMOST_ONE, 1 - np.minimum(leverage, ALMOST_ONE), 1.0))[:, None]
    root = np.linalg.cholesky(inverse)
    order = np.argsort(place, kind="stable")
    starts = np.cumsum(sizes) - sizes
    for cluster in np.unique(place[~is_single]):
        members = order[starts[cluster] : starts[cluster] + sizes[cluster]]
        # I + U ((1 - S²)^(-1/2) - 1) U' is (I - H_gg)^(-1/2): H_gg has no more directions than there are columns.
        u, s, _ = np.linalg.svd(x[members] @ root, full_matrices=False)
        free = np.where(s**2 < ALMOST_ONE, 1 - np.minimum(s**2, ALMOST_ONE), 1.0)
        adjusted[members] = x[members] + u @ ((free**-0.5 - 1)[:, None] * (u.T @ x[members]))
    return adjusted


def within_clusters(columns: FloatArray, weights: FloatArray, clusters: IntArray) -> tuple[FloatArray, BoolArray]:
    """Return columns less their weighted mean in each cluster, and which rows have others beside them in theirs.

    Regressing what is left on what is left is regression with a fixed effect for each cluster (Frisch and Waugh 1933,
    Econometrica 1:387).

    Args:
        columns: shape (n, k).
        weights: shape (n,).
        clusters: numbers of the clusters, shape (n,).
    """
    place = np.unique(clusters, return_inverse=True)[1]
    totals = sum_by(place, weights)
    means = np.stack([sum_by(place, weights * column) / totals for column in columns.T], 1)
    return np.asarray(columns - means[place]), np.asarray(np.bincount(place)[place] > 1)
