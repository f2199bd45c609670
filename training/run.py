"""One recipe → one shipped model: train, export, tune, score, write the card. Training goes on where it stopped."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import yaml

from rhetoric.decoding.rules import DecisionRules, write_rules
from rhetoric.errors import ConfigError
from rhetoric.formats.training_texts import TRAINING_TEXTS_FILE
from rhetoric.framing.probe import read_probe, run_probe
from rhetoric.metrics.pooling import LogPool, fit_pool
from rhetoric.pipeline import Annotator
from rhetoric.runtime import Network, load_network
from rhetoric.runtime.encoders import TorchEncoder
from rhetoric.segmentation import split_sentences
from rhetoric.training.card import CardFacts, DataSource, write_card, write_metrics
from rhetoric.training.examples import sentence_targets
from rhetoric.training.gold import GoldArticle
from rhetoric.training.readings import read_articles
from rhetoric.training.recipe import Recipe
from rhetoric.training.scoring import Score
from rhetoric.training.seen import record_seen
from rhetoric.training.tuning import tune
from training import corpora
from training.evaluation import evaluate, labels_of
from training.making import make_model
from training.mix import mixture, split

__all__ = ["finish", "record_texts", "run", "show"]

logger = logging.getLogger(__name__)

STATE_MEDIA = "state_media_quotation"
HALF = 0.5
CORPORA_FILE = Path(__file__).parent / "corpora.yaml"
RECIPE_FILE = "recipe.json"
N_HASH_DIGITS = 12
SCORE_LINE = "{task}: {metric} {value:.3f} [{low:.3f}, {high:.3f}], {n} articles"


def run(recipe: Recipe, work: Path, output: Path) -> list[Score]:
    """Make the model of `recipe` in `output` and return its development scores.

    Args:
        recipe: what to train on what.
        work: folder of checkpoints; a run that was interrupted goes on from the last.
        output: the model's folder.

    Raises:
        ConfigError: the recipe names a corpus that there is no reader for, or is not that of the checkpoints.
        InputError: a corpus is not there.
    """
    corpora.require(recipe.corpora)
    _claim(work, recipe)
    make_model(recipe, mixture(recipe), work, output)
    return finish(recipe, output)


def _claim(work: Path, recipe: Recipe) -> None:
    """Write the recipe beside its checkpoints: those of another one would be gone on from without a word.

    Raises:
        ConfigError: another recipe is there.
    """
    path, content = work / RECIPE_FILE, recipe.model_dump_json(indent=2) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") != content:
        raise ConfigError(f"the checkpoints in {work} are of another recipe: delete them, or give another --work")
    work.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def finish(recipe: Recipe, output: Path) -> list[Score]:
    """Tune, score and describe an exported model.

    Raises:
        ConfigError: the recipe names a corpus that there is no reader for.
        InputError: a corpus is not there.
        ModelError: the model is not there.
    """
    corpora.require(recipe.corpora)
    network = load_network(output, "onnx")
    logger.info("tuning thresholds and calibration")
    sets = _tune(network, recipe)
    write_rules(output, sets)
    logger.info("scoring on development data")
    scores = evaluate(network, sets)
    costs = _export_costs(network, sets, scores)
    facts = CardFacts(
        name=recipe.name,
        version=recipe.version,
        encoder=recipe.encoder,
        seed=recipe.seed,
        recipe_hash=_hash(recipe),
        sources=_sources(recipe),
        scores=scores,
        export_costs=costs,
        thresholds={name: rules.thresholds for name, rules in sets.items()},
        probe=run_probe(Annotator.from_network(network, sets["default"]), read_probe()),
    )
    write_metrics(output, facts)
    write_card(output, facts)
    record_texts(recipe, output)
    return scores


def record_texts(recipe: Recipe, output: Path) -> None:
    """Write hashes of the texts that a model was trained and tuned on, in place of those that its folder has.

    Raises:
        ConfigError: the recipe names a corpus that there is no reader for.
        InputError: a corpus is not there.
    """
    (output / TRAINING_TEXTS_FILE).unlink(missing_ok=True)
    for corpus in recipe.corpora:
        train_on, tune_on = ([one.article.text for one in part] for part in split(corpus))
        record_seen(output, {"training": train_on, "tuning": tune_on})


def _tune(network: Network, recipe: Recipe) -> dict[str, DecisionRules]:
    held_back = [article for corpus in recipe.corpora for article in split(corpus)[1]]
    sets = tune(network.heads, labels_of(network), read_articles(held_back, network))
    return _tune_state_media(network, sets, [a for a in held_back if STATE_MEDIA in a.sentence_labels])


def _tune_state_media(
    network: Network, sets: Mapping[str, DecisionRules], held_back: Sequence[GoldArticle]
) -> dict[str, DecisionRules]:
    """Return the rules with the pool of what a sentence looks like and whom it is linked to: a calibrated score."""
    gold: list[bool] = []
    for article in held_back:
        aligned = network.aligner.align(article.article.text, split_sentences(article.article.text))
        gold.extend((sentence_targets(article, aligned, (STATE_MEDIA,))[:, 0] > HALF).tolist())
    if not any(gold):
        return dict(sets)
    columns = [_state_media_scores(network, sets["default"], LogPool.of_one(i), held_back) for i in (0, 1)]
    pool = fit_pool(np.stack(columns, axis=1), gold)
    return {
        name: replace(
            rules,
            pools={**rules.pools, STATE_MEDIA: pool},
            thresholds={**rules.thresholds, "sentence": {**rules.thresholds["sentence"], STATE_MEDIA: HALF}},
        )
        for name, rules in sets.items()
    }


def _state_media_scores(
    network: Network, rules: DecisionRules, pool: LogPool, articles: Sequence[GoldArticle]
) -> list[float]:
    """Return the score of every sentence of the articles, with a pool that has one side alone."""
    annotator = Annotator.from_network(network, replace(rules, pools={**rules.pools, STATE_MEDIA: pool}))
    annotated = annotator.pipe(article.article for article in articles)
    return [sentence.scores[STATE_MEDIA] for article in annotated for sentence in article.sentences]


def _export_costs(network: Network, sets: Mapping[str, DecisionRules], scores: list[Score]) -> dict[str, float]:
    """Return, for each score, what int8 adds to that of the float weights under the same decision rules."""
    exact = evaluate(replace(network, encoder=TorchEncoder(network.folder)), sets)
    return {f"{a.task}, {a.metric}": round(a.value - b.value, 4) for a, b in zip(scores, exact, strict=True)}


def _sources(recipe: Recipe) -> list[DataSource]:
    known = yaml.safe_load(CORPORA_FILE.read_text(encoding="utf-8"))
    return [DataSource(**known[corpus], n_articles=len(split(corpus)[0])) for corpus in recipe.corpora]


def _hash(recipe: Recipe) -> str:
    return hashlib.sha256(recipe.model_dump_json().encode()).hexdigest()[:N_HASH_DIGITS]


def show(scores: list[Score]) -> str:
    """Return scores as lines of text."""
    return "\n".join(SCORE_LINE.format_map(asdict(score)) for score in scores)
