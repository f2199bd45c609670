"""A corpus annotated by models that have not seen the article: as many trainings as folds, each on the others.

What a shipped model says about articles that it learnt from flatters it. Here each article is annotated by a model
whose training, calibration and thresholds took place on other articles; its gold is written in the same form beside it.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle, Attribution, ModelInfo, Sentence
from rhetoric.errors import ConfigError
from rhetoric.formats import dump_line, read_annotations, to_record
from rhetoric.formats.output import open_output
from rhetoric.pipeline import Annotator
from rhetoric.runtime import load_network
from rhetoric.segmentation import split_sentences
from rhetoric.sources import load_base, resolve
from rhetoric.training.gold import GoldArticle
from rhetoric.training.readings import read_articles
from rhetoric.training.recipe import Recipe
from rhetoric.training.tuning import tune
from training import corpora
from training.evaluation import labels_of
from training.making import make_model
from training.mix import halves

__all__ = ["GOLD_FILE", "PREDICTIONS_FILE", "crossfit", "fold_of", "gold_annotation"]

logger = logging.getLogger(__name__)

PREDICTIONS_FILE = "predictions.jsonl"
GOLD_FILE = "gold.jsonl"
SPLITS = ("train", "dev")
MODEL_FOLDER, CHECKPOINTS = "model", "checkpoints"


def fold_of(article: GoldArticle, n_folds: int) -> int:
    """Return the fold of an article, by a hash of its group: neither its place nor its corpus' size tells it."""
    name = f"fold-{article.group or article.article.id}"
    return int(hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(), 16) % n_folds


def crossfit(recipe: Recipe, n_folds: int, work: Path, output: Path) -> int:
    """Write `predictions.jsonl` and `gold.jsonl`, one annotated article a line, the same articles in both.

    Args:
        recipe: of one corpus; the articles of its training and development parts are taken.
        n_folds: number of trainings.
        work: folder of the trainings; a fold that is done is not done again.
        output: folder of the two files.

    Returns:
        The number of articles.

    Raises:
        ConfigError: the recipe is of several corpora, or there are fewer than two folds.
        InputError: the corpus is not there.
    """
    if len(recipe.corpora) != 1 or n_folds < 2:
        message = f"{len(recipe.corpora)} corpora in {n_folds} folds: expected one corpus and two folds or more"
        raise ConfigError(message)
    corpora.require(recipe.corpora)
    articles = [a for corpus in recipe.corpora for split in SPLITS for a in corpora.read(corpus, split)]
    annotated: dict[str, AnnotatedArticle] = {}
    for fold in range(n_folds):
        left_out = [a for a in articles if fold_of(a, n_folds) == fold]
        others = [a for a in articles if fold_of(a, n_folds) != fold]
        logger.info("fold %s of %s: %s articles left out", fold + 1, n_folds, len(left_out))
        annotated |= {a.id: a for a in _annotate(recipe, others, left_out, work / f"fold-{fold}")}
    output.mkdir(parents=True, exist_ok=True)
    _write(output / PREDICTIONS_FILE, [annotated[a.article.id] for a in articles])
    _write(output / GOLD_FILE, map(gold_annotation, articles))
    return len(articles)


def _annotate(
    recipe: Recipe, others: Sequence[GoldArticle], left_out: Sequence[GoldArticle], folder: Path
) -> list[AnnotatedArticle]:
    """Return the articles that are left out, annotated by a model of the others."""
    done = folder / PREDICTIONS_FILE
    if done.is_file():
        return [a for a in read_annotations(done) if isinstance(a, AnnotatedArticle)]
    learnt, tuned_on = halves(others)
    model = folder / MODEL_FOLDER
    if not model.is_dir():
        unfinished = folder / f"{MODEL_FOLDER}.unfinished"
        make_model(recipe, learnt, folder / CHECKPOINTS, unfinished)
        unfinished.rename(model)
    network = load_network(model, "onnx")
    rules = tune(network.heads, labels_of(network), read_articles(tuned_on, network))["default"]
    annotated = list(Annotator.from_network(network, rules).pipe([a.article for a in left_out]))
    _write(done, annotated)
    return annotated


def gold_annotation(gold: GoldArticle) -> AnnotatedArticle:
    """Return an article with its gold attributions as `rhetoric annotate` would have written them.

    What the gold does not tell follows from the text by the same rules as for predictions: the type of a quotation from
    its marks, the outlet from the base.
    """
    article = gold.article
    sentences = tuple(Sentence(s.start, s.end) for s in split_sentences(article.text))
    plain = [
        Attribution(f"q{i}", one.source, one.cue, one.content, score=1.0)
        for i, one in enumerate(sorted(gold.attributions or (), key=lambda a: min(a.content)), 1)
    ]
    resolved = resolve(article, sentences, plain, None, load_base())
    return AnnotatedArticle.from_article(
        article, sentences=sentences, attributions=tuple(resolved.attributions), model=ModelInfo("gold", gold.corpus)
    )


def _write(path: Path, articles: Iterable[AnnotatedArticle]) -> None:
    with open_output(path) as stream:
        for article in articles:
            stream.write(dump_line(to_record(article)))
