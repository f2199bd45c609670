"""Calibration and thresholds, tuned on articles that were held back from training.

Everything is fitted on the hidden states of the runtime that will serve the model.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from rhetoric.annotation import CharSpan
from rhetoric.decoding.decoder import Decoder, Labels
from rhetoric.decoding.links import LINK_ROLES
from rhetoric.decoding.rules import DecisionRules
from rhetoric.decoding.spans import decode_tags, softmax
from rhetoric.metrics.attribution import link_counts, role_counts
from rhetoric.metrics.calibration import PlattScaling, fit_platt
from rhetoric.metrics.classification import best_threshold
from rhetoric.metrics.counts import total
from rhetoric.metrics.pooling import LogPool, fit_pool
from rhetoric.metrics.spans import exact_counts, ptc_counts
from rhetoric.runtime.heads import FloatArray, NumpyHeads
from rhetoric.training.examples import link_examples
from rhetoric.training.finished import right_targets
from rhetoric.training.readings import Reading

__all__ = ["SHRINKAGE", "fit_temperature", "tune"]

GRID: tuple[float, ...] = tuple(np.round(np.arange(0.15, 0.81, 0.05), 2).tolist())
SWITCH_COSTS = (0.0, 0.5, 1.0, 1.5, 2.0)
LINK_GRID = (0.2, 0.35, 0.5, 0.65)
DOUBTFUL_GRID = (0.3, 0.2, 0.1, 0.05, 0.02)
MIN_POSITIVES = 30
"""Positives in the codebook's own passages from which their threshold is taken; with fewer, all corpora decide."""
COMMON = 0.4
"""Share of sentences from which a label is no finding but one of two sides: then the calibrated 0.5 decides."""
SHRINKAGE = 20.0
"""Positives that the plain threshold of 0.5 counts for."""
HALF = 0.5
ATTRIBUTION_TAGGERS = ("source", "cue", "content")
LOADED = "loaded_language"
PTC_TAGGERS = ("ptc_wording", "ptc_technique")

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Cut:
    """How a tagger's probabilities become spans."""

    threshold: float
    switch_cost: float


CUTS = tuple(_Cut(threshold, cost) for cost, threshold in product(SWITCH_COSTS, GRID))
"""All that are tried; of equally good ones the first is taken, which is the plainest."""


@dataclass(frozen=True)
class _Tuner:
    heads: NumpyHeads
    labels: Labels
    readings: Sequence[Reading]

    def of(self, predicate: Callable[[Reading], bool]) -> list[Reading]:
        return [r for r in self.readings if predicate(r)]

    def decoder(self, rules: DecisionRules) -> Decoder:
        return Decoder(self.heads, self.labels, rules)


def tune(heads: NumpyHeads, labels: Labels, readings: Iterable[Reading]) -> dict[str, DecisionRules]:
    """Return the decision rules of a model: `default`, by the codebook, and `ptc`, by PTC's definition.

    Args:
        heads: the trained heads.
        labels: the names of their outputs.
        readings: articles that took no part in training.
    """
    tuner = _Tuner(heads, labels, list(readings))
    calibration = {"sentence": _sentence_scaling(tuner), "link": _link_scaling(tuner)}
    temperatures = {name: _temperature(tuner, name) for name in labels.span_heads}
    sentence = _sentence_thresholds(tuner, calibration["sentence"])
    cuts = {"loaded": _loaded_cut(tuner), **_ptc_cuts(tuner), **_attribution_cuts(tuner)}
    calibration["span"] = {
        name: _span_scaling(tuner, name, cuts[name]) for name in ("loaded", *PTC_TAGGERS) if name in labels.taggers
    }
    thresholds = {
        "sentence": sentence,
        "tagger": {name: cut.threshold for name, cut in cuts.items()},
        "switch": {name: cut.switch_cost for name, cut in cuts.items()},
        "link": dict.fromkeys(LINK_ROLES, HALF),
    }
    rules = _link_thresholds(tuner, DecisionRules(thresholds, calibration, temperatures))
    default, ptc = _without(rules, "ptc_wording"), _without(rules, "loaded")
    return {"default": _loaded_agreement(tuner, default), "ptc": ptc}


def _without(rules: DecisionRules, tagger: str) -> DecisionRules:
    kept = {name: value for name, value in rules.thresholds["tagger"].items() if name != tagger}
    return replace(rules, thresholds={**rules.thresholds, "tagger": kept})


def _is_codebook(reading: Reading) -> bool:
    return reading.gold.corpus.startswith("codebook")


def _sentence_data(tuner: _Tuner, name: str, readings: Sequence[Reading]) -> tuple[FloatArray, BoolArray]:
    """Return logits and gold of all sentences whose `name` is known."""
    column = tuner.labels.sentence_labels.index(name)
    logits, gold = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for reading in readings:
        if name in reading.gold.sentence_labels:
            logits.append(tuner.heads.sentences(reading.words, reading.aligned.sentence_bounds)[:, column])
            gold.append(reading.sentence_labels((name,))[:, 0])
    known = np.concatenate(gold) >= 0
    return np.concatenate(logits)[known], np.concatenate(gold)[known] > HALF


def _deciding(tuner: _Tuner, name: str) -> tuple[FloatArray, BoolArray]:
    """Return the sentences that decide about a label: the codebook's own if they are enough, else all."""
    own = _sentence_data(tuner, name, tuner.of(_is_codebook))
    return own if own[1].sum() >= MIN_POSITIVES else _sentence_data(tuner, name, tuner.readings)


def _sentence_scaling(tuner: _Tuner) -> dict[str, PlattScaling]:
    return {name: fit_platt(*_deciding(tuner, name)) for name in tuner.labels.sentence_labels}


def _sentence_thresholds(tuner: _Tuner, scaling: dict[str, PlattScaling]) -> dict[str, float]:
    thresholds = {}
    for name in tuner.labels.sentence_labels:
        logits, gold = _deciding(tuner, name)
        found = best_threshold(scaling[name].apply(logits), gold, prior=HALF, shrinkage=SHRINKAGE)
        is_common = gold.size and gold.mean() >= COMMON
        thresholds[name] = HALF if is_common else round(found.value, 3)
    return thresholds


def _link_scaling(tuner: _Tuner) -> dict[str, PlattScaling]:
    logits: dict[str, list[FloatArray]] = {role: [] for role in LINK_ROLES}
    gold: dict[str, list[FloatArray]] = {role: [] for role in LINK_ROLES}
    for reading in tuner.readings:
        rows, labels = link_examples(reading.gold, reading.aligned)
        if len(rows):
            scores = tuner.heads.links(reading.words, rows)
            for i, role in enumerate(LINK_ROLES):
                logits[role].append(scores[rows[:, 0] == i])
                gold[role].append(labels[rows[:, 0] == i])
    return {
        role: fit_platt(np.concatenate(logits[role]), np.concatenate(gold[role]) > HALF)
        for role in LINK_ROLES
        if logits[role]
    }


def _temperature(tuner: _Tuner, head: str) -> float:
    """Return the temperature that makes the gold labels of a span head most likely (Guo et al. 2017)."""
    names = tuner.labels.span_heads[head]
    pairs = [(reading, *reading.span_rows(head)) for reading in tuner.readings]
    logits = [tuner.heads.spans(head, reading.words, rows) for reading, rows, spans in pairs if spans]
    gold = [names.index(span.label) for _, _, spans in pairs for span in spans]
    return fit_temperature(np.concatenate(logits), np.array(gold)) if gold else 1.0


def fit_temperature(logits: FloatArray, gold: npt.NDArray[np.int64]) -> float:
    """Return the temperature that makes the gold classes (n,) of logits (n, n_classes) most likely."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits / np.float32(np.exp(log_temperature)))
        return float(-np.log(probabilities[np.arange(len(gold)), gold] + 1e-12).mean())

    return round(float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x)), 3)


def _spans(tuner: _Tuner, reading: Reading, tagger: str, cut: _Cut) -> list[CharSpan]:
    logits = tuner.heads.tags(reading.words)[:, tuner.labels.taggers.index(tagger)]
    return [found.span for found in decode_tags(logits, reading.aligned, cut.threshold, cut.switch_cost)]


def _loaded_cut(tuner: _Tuner) -> _Cut:
    own = tuner.of(_is_codebook)

    def f1(cut: _Cut) -> float:
        gold = (r.gold.taggers["loaded"].positive for r in own)
        return total(ptc_counts(_spans(tuner, r, "loaded", cut), g) for r, g in zip(own, gold, strict=True)).f1

    # Loaded phrases are short: a higher cost joins two of them with the dry words between.
    return max((cut for cut in CUTS if cut.switch_cost <= HALF), key=f1)


def _ptc_cuts(tuner: _Tuner) -> dict[str, _Cut]:
    """Return the pair of cuts with the best span identification on PTC's tuning articles."""
    own = tuner.of(lambda r: r.gold.corpus == "ptc")
    found = {(t, cut): [_spans(tuner, r, t, cut) for r in own] for t, cut in product(PTC_TAGGERS, CUTS)}
    gold = [[s for t in PTC_TAGGERS for s in r.gold.taggers[t].positive] for r in own]

    def f1(pair: tuple[_Cut, ...]) -> float:
        parts = [found[t, cut] for t, cut in zip(PTC_TAGGERS, pair, strict=True)]
        return total(ptc_counts(a + b, g) for a, b, g in zip(*parts, gold, strict=True)).f1

    # One after the other, twice: all pairs at once would take as many minutes as this takes seconds.
    wording, technique = CUTS[len(CUTS) // 2], CUTS[len(CUTS) // 2]
    for _ in range(2):
        wording = max(CUTS, key=lambda cut: f1((cut, technique)))
        technique = max(CUTS, key=lambda cut: f1((wording, cut)))
    return dict(zip(PTC_TAGGERS, (wording, technique), strict=True))


def _attribution_cuts(tuner: _Tuner) -> dict[str, _Cut]:
    """Return the cuts of sources, cues and contents with the best exact match of their spans."""
    own = tuner.of(lambda r: r.gold.attributions is not None)

    def f1(tagger: str, cut: _Cut) -> float:
        gold = (r.gold.taggers[tagger].positive for r in own)
        return total(exact_counts(_spans(tuner, r, tagger, cut), g) for r, g in zip(own, gold, strict=True)).f1

    return {tagger: max(CUTS, key=lambda cut: f1(tagger, cut)) for tagger in ATTRIBUTION_TAGGERS}


def _link_thresholds(tuner: _Tuner, rules: DecisionRules) -> DecisionRules:
    """Return `rules` with the thresholds of the links whose finished attributions match best, found one by one."""
    own = tuner.of(lambda r: r.gold.attributions is not None)
    for role in LINK_ROLES[:3]:
        options = [_with(rules, "link", {role: value}) for value in LINK_GRID]
        rules = max(options, key=lambda option: _attribution_score(tuner, own, option))
    targets = [_with(rules, "link", {"loaded_target": value}) for value in LINK_GRID]
    rules = max(targets, key=lambda option: _n_right_targets(tuner, option))
    # Only what no source was found for asks the doubtful ones, so that the number of right sources decides alone.
    doubtful = [rules, *(_with(rules, "tagger", {"doubtful_source": value}) for value in DOUBTFUL_GRID)]
    return max(doubtful, key=lambda option: _n_right_sources(tuner, own, option))


def _n_right_sources(tuner: _Tuner, readings: Sequence[Reading], rules: DecisionRules) -> int:
    """Return how many contents are found with a source that touches the right one."""
    decoder = tuner.decoder(rules)
    found = [decoder.attributions(r.gold.article.text, r.aligned, r.words) for r in readings]
    return sum(link_counts(a, r.gold.attributions or ()).n_touching for a, r in zip(found, readings, strict=True))


def _n_right_targets(tuner: _Tuner, rules: DecisionRules) -> int:
    """Return how many loaded spans of the codebook's passages have the right target."""
    decoder = tuner.decoder(rules)
    return sum(right_targets(r.decode(decoder).spans, r)[0] for r in tuner.of(_is_codebook))


def _loaded_agreement(tuner: _Tuner, rules: DecisionRules) -> DecisionRules:
    """Return `rules` with the pool of a sentence and its loaded spans, and the threshold at which they agree."""
    own = tuner.of(_is_codebook)
    gold = np.concatenate([r.sentence_labels((LOADED,))[:, 0] > HALF for r in own]) if own else np.zeros(0, bool)
    if not gold.any():
        return rules
    sides = np.stack([_loaded_scores(tuner, replace(rules, pools={LOADED: LogPool.of_one(i)})) for i in (0, 1)], axis=1)
    rules = replace(rules, pools={**rules.pools, LOADED: fit_pool(sides, gold)})
    found = best_threshold(_loaded_scores(tuner, rules), gold, prior=HALF, shrinkage=SHRINKAGE)
    value = round(found.value, 3)
    rules = _with(rules, "sentence", {LOADED: value})
    return replace(rules, thresholds={**rules.thresholds, "agreement": {LOADED: value}})


def _loaded_scores(tuner: _Tuner, rules: DecisionRules) -> FloatArray:
    decoder = tuner.decoder(rules)
    found = (r.decode(decoder).sentence_scores for r in tuner.of(_is_codebook))
    return np.array([scores[LOADED] for of_article in found for scores in of_article], np.float32)


def _with(rules: DecisionRules, kind: str, values: dict[str, float]) -> DecisionRules:
    return replace(rules, thresholds={**rules.thresholds, kind: {**rules.thresholds[kind], **values}})


def _attribution_score(tuner: _Tuner, readings: Sequence[Reading], rules: DecisionRules) -> float:
    decoder = tuner.decoder(rules)
    found = [decoder.attributions(r.gold.article.text, r.aligned, r.words) for r in readings]
    scores = [
        total(role_counts(ours, r.gold.attributions or (), role) for ours, r in zip(found, readings, strict=True)).f1
        for role in ("source", "cue", "piece")
    ]
    return sum(scores)


def _span_scaling(tuner: _Tuner, tagger: str, cut: _Cut) -> PlattScaling:
    """Return the scaling that makes a span's score the probability that gold has half of its characters."""
    logits, gold = [], []
    column = tuner.labels.taggers.index(tagger)
    for reading in tuner.readings:
        known = reading.gold.taggers.get(tagger)
        if known is None or known.known is not None:
            continue
        for found in decode_tags(
            tuner.heads.tags(reading.words)[:, column], reading.aligned, cut.threshold, cut.switch_cost
        ):
            shared = sum(found.span.n_shared(g) for g in known.positive)
            logits.append(found.logit)
            gold.append(shared >= HALF * len(found.span))
    return fit_platt(np.array(logits), np.array(gold, bool))
