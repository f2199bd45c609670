"""A new head on an encoder that stays as it is: one regularised linear model on the features that will serve it.

Seconds on a laptop, and good from a few dozen examples. How strongly it is regularised, its calibration and its
thresholds come from predictions for texts that the model at hand has not seen (cross-validation by groups), so that
every coded text can train the head that is kept.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import CharSpan
from rhetoric.runtime import Network
from rhetoric.runtime.added import UnitPools
from rhetoric.runtime.heads import FloatArray
from rhetoric.segmentation import split_sentences

__all__ = [
    "COMPANY",
    "STRENGTHS",
    "Folded",
    "LinearHead",
    "company_features",
    "fit_head",
    "fit_linear",
    "make_folds",
    "text_features",
]

STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Inverse strengths of the ridge penalty that are tried, on features of unit variance; the strongest penalty first."""
N_FOLDS = 5
MAX_STEPS = 400
COMPANY = 8
"""Texts that are read as one passage, about a window full."""

Progress = Callable[[], None]
IndexArray = npt.NDArray[np.int64]
WideArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Blocks = tuple[float, ...]


@dataclass(frozen=True)
class LinearHead:
    """Logits as `features @ weight.T + bias`: weight (n_outputs, n_features), bias (n_outputs,)."""

    weight: FloatArray
    bias: FloatArray

    def logits(self, features: FloatArray) -> FloatArray:
        """Return the logits of features (n, n_features), (n, n_outputs)."""
        return np.asarray(features @ self.weight.T + self.bias, np.float32)


@dataclass(frozen=True)
class Folded:
    """A head, and the logits that each example had when it took no part in the training.

    Attributes:
        head: trained on all examples.
        logits: out of fold, (n, n_outputs).
        strength: which of `STRENGTHS` was taken.
    """

    head: LinearHead
    logits: FloatArray
    strength: float


def text_features(texts: Sequence[str], network: Network, advance: Progress = lambda: None) -> FloatArray:
    """Return what is read of each text as a whole, (n, 2 * hidden), by the runtime that will serve the head."""
    rows = []
    for text in texts:
        pools = UnitPools([CharSpan(0, len(text))])
        aligned = network.aligner.align(text, split_sentences(text))
        if aligned.n_words:
            pools.add(aligned, network.words(aligned))
        rows.append(pools.features(network.hidden_size))
        advance()
    return np.concatenate(rows) if rows else np.zeros((0, 2 * network.hidden_size), np.float32)


def company_features(texts: Sequence[str], network: Network, seed: int) -> FloatArray:
    """Return what is read of each text among others, (n, 2 * hidden): a sentence of an article never stands alone.

    The states of a text's words depend on what stands beside it. A head that saw its texts alone would be surer of
    itself in articles than it is right.

    Args:
        texts: sentences.
        network: the model.
        seed: of the company that each is put in.
    """
    rows = np.zeros((len(texts), 2 * network.hidden_size), np.float32)
    order = np.random.default_rng(seed).permutation(len(texts))
    for start in range(0, len(order), COMPANY):
        members = order[start : start + COMPANY].tolist()
        passage = "\n".join(texts[i] for i in members)
        ends = np.cumsum([len(texts[i]) + 1 for i in members]).tolist()
        pools = UnitPools([CharSpan(end - 1 - len(texts[i]), end - 1) for i, end in zip(members, ends, strict=True)])
        aligned = network.aligner.align(passage, split_sentences(passage))
        if aligned.n_words:
            pools.add(aligned, network.words(aligned))
        rows[members] = pools.features(network.hidden_size)
    return rows


def make_folds(groups: Sequence[str], shares: FloatArray, seed: int, n_folds: int = N_FOLDS) -> IndexArray:
    """Return the fold of each example, (n,): groups stay whole, labels are spread evenly.

    Args:
        groups: of each example.
        shares: (n, n_labels) gold.
        seed: of the shuffle.
        n_folds: at most; fewer where there are fewer groups.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    strata = np.where(shares.max(axis=1, initial=0.0) > 0, shares.argmax(axis=1), -1)
    n_folds = max(2, min(n_folds, len(set(groups))))
    if np.unique(strata, return_counts=True)[1].max() < n_folds:
        strata = np.zeros(len(groups), np.int64)  # too few of each to spread
    folds = np.zeros(len(groups), np.int64)
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a label with fewer examples than folds is spread as far as it goes
        for number, (_, held_out) in enumerate(splitter.split(strata, strata, groups)):
            folds[held_out] = number
    return folds


def fit_linear(
    features: FloatArray, shares: FloatArray, is_exclusive: bool, strength: float, blocks: Blocks | None = None
) -> LinearHead:
    """Return the linear model with the least penalised log-loss, classes weighted to count the same.

    A text on which coders disagree counts for both sides, by their shares.

    Args:
        features: (n, n_features).
        shares: (n, n_labels) between 0 and 1; of exclusive labels the rows add up to 1.
        is_exclusive: one softmax over the labels, rather than one sigmoid each.
        strength: inverse strength of the penalty.
        blocks: of equal parts of the features, such as means and maxima, what each counts; a part is scaled as one.
            None to scale every feature for itself. Of few examples the spread of one feature is mostly accident:
            scaled by it, what hardly varies would count as much as what does.
    """
    mean, scale = features.mean(axis=0), _scale(features, blocks)
    standard = (features - mean) / scale
    if is_exclusive:
        weight, bias = _softmax_regression(standard, shares, strength)
    else:
        rows = [_logistic_regression(standard, shares[:, i], strength) for i in range(shares.shape[1])]
        weight, bias = np.stack([row for row, _ in rows]), np.array([b for _, b in rows])
    weight = weight / scale
    return LinearHead(weight.astype(np.float32), (bias - weight @ mean).astype(np.float32))


def _scale(features: FloatArray, blocks: Blocks | None) -> FloatArray:
    """Return what each feature is divided by, (n_features,)."""
    spread = features.std(axis=0)
    if blocks is not None:
        whole = np.sqrt((spread**2).reshape(len(blocks), -1).mean(axis=1)) / np.array(blocks)
        spread = np.repeat(whole, len(spread) // len(blocks))
    return np.asarray(spread + 1e-6, np.float32)


def _logistic_regression(features: FloatArray, share: FloatArray, strength: float) -> tuple[WideArray, float]:
    positive, negative = share > 0, share < 1
    rows = np.concatenate([features[positive], features[negative]])
    labels = np.repeat([1, 0], [positive.sum(), negative.sum()])
    weights = np.concatenate([share[positive], 1 - share[negative]])
    if not (positive.any() and negative.any()):
        return np.zeros(features.shape[1]), 4.0 if positive.any() else -4.0  # nothing to tell apart
    coefficients, intercepts = _regression(rows, labels, weights, strength)
    return coefficients[0], float(intercepts[0])


def _softmax_regression(features: FloatArray, shares: FloatArray, strength: float) -> tuple[WideArray, WideArray]:
    examples, labels = np.nonzero(shares > 0)
    weight = np.zeros((shares.shape[1], features.shape[1]))
    bias = np.full(shares.shape[1], -4.0)
    present = np.unique(labels)
    if len(present) < 2:
        bias[present] = 4.0
        return weight, bias
    coefficients, intercepts = _regression(features[examples], labels, shares[examples, labels], strength)
    if len(present) == 2:  # scikit-learn gives the second class alone
        coefficients, intercepts = np.concatenate([-coefficients, coefficients]) / 2, np.r_[-intercepts, intercepts] / 2
    weight[present], bias[present] = coefficients, intercepts
    return weight, bias


def _regression(
    rows: FloatArray, labels: npt.NDArray[np.int64], weights: FloatArray, strength: float
) -> tuple[WideArray, WideArray]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=MAX_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # early stopping is one more regulariser
        model.fit(rows, labels, sample_weight=weights)
    return model.coef_, model.intercept_


def fit_head(
    features: FloatArray,
    shares: FloatArray,
    groups: Sequence[str],
    is_exclusive: bool,
    seed: int,
    blocks: Blocks | None = None,
) -> Folded:
    """Return a head trained on all examples, with out-of-fold logits by the penalty that predicts them best.

    Args:
        features: (n, n_features); an example may be there several times, in one group.
        shares: (n, n_labels) gold between 0 and 1.
        groups: of each example; one group is never on both sides.
        is_exclusive: see `fit_linear`.
        seed: of the folds.
        blocks: see `fit_linear`.
    """
    folds = make_folds(groups, shares, seed)

    def fit(strength: float, rows: BoolArray) -> LinearHead:
        return fit_linear(features[rows], shares[rows], is_exclusive, strength, blocks)

    tried = {s: _out_of_fold(features, shares, folds, partial(fit, s)) for s in STRENGTHS}
    strength, logits = min(tried.items(), key=lambda one: _loss(one[1], shares, is_exclusive))
    return Folded(fit(strength, np.ones(len(features), bool)), logits, strength)


def _out_of_fold(
    features: FloatArray, shares: FloatArray, folds: IndexArray, fit: Callable[[BoolArray], LinearHead]
) -> FloatArray:
    logits = np.zeros(shares.shape, np.float32)
    for fold in np.unique(folds):
        held_out = folds == fold
        logits[held_out] = fit(~held_out).logits(features[held_out])
    return logits


def _loss(logits: FloatArray, shares: FloatArray, is_exclusive: bool) -> float:
    """Return the mean log-loss, classes weighted to count the same as they do in training."""
    wide = logits.astype(np.float64)
    if is_exclusive:
        log_p = wide - np.logaddexp.reduce(wide, axis=1, keepdims=True)
        weights = 1.0 / np.maximum(shares.sum(axis=0), 1e-9)
        return float(-(shares * weights * log_p).sum() / (shares * weights).sum())
    log_p, log_q = -np.logaddexp(0, -wide), -np.logaddexp(0, wide)
    n_positive, n_negative = np.maximum(shares.sum(axis=0), 1e-9), np.maximum((1 - shares).sum(axis=0), 1e-9)
    losses = -(shares * log_p).sum(axis=0) / n_positive - ((1 - shares) * log_q).sum(axis=0) / n_negative
    return float(losses.mean() / 2)
