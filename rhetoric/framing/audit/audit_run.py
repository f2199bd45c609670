"""What an audit needs of a run: its table of measures, some of its articles, and what its model has seen."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus import read_run
from rhetoric.errors import InputError, ModelError, UsageError
from rhetoric.formats.training_texts import TRAINING_TEXTS_FILE, TrainingTexts, read_training_texts
from rhetoric.formats.withheld import WithheldText, check_text
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.families import split_families
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.measures.table import is_table_file, read_table
from rhetoric.resources import model_path

__all__ = [
    "AuditedModel",
    "audited_model",
    "check_unseen",
    "read_articles",
    "read_audited_table",
    "require_measure",
    "seen_articles",
]

STDIN = "-"
N_NAMED, N_LISTED = 8, 5


@dataclass(frozen=True)
class AuditedModel:
    """The model that made the annotations.

    Attributes:
        name: as the annotations have it.
        version: likewise.
        folder: its files; None where they were not found.
        texts: the hashes of those that it has seen; None where its folder does not say.
        notes: what could not be checked, and why.
    """

    name: str
    version: str
    folder: Path | None
    texts: TrainingTexts | None
    notes: tuple[str, ...]


def _articles(path: Path) -> Iterator[AnnotatedArticle]:
    """Yield the annotated articles of a run; records that are damaged are an error of whoever reads its table."""
    if str(path) == STDIN:
        message = "an audit reads the annotations twice: expected a run or a file, not standard input"
        raise UsageError(message)
    yield from (item for item in read_run(path) if isinstance(item, AnnotatedArticle))


def read_articles(path: Path, ids: Collection[str]) -> dict[str, AnnotatedArticle]:
    """Return some articles of a run, by id.

    Raises:
        InputError: one is not there, or its text is withheld.
    """
    wanted = set(ids)
    found = {article.id: article for article in _articles(path) if article.id in wanted}
    missing = sorted(wanted - found.keys())
    if missing:
        message = f"{path} has no article {missing[0]!r}: expected the run of which the audit was drawn"
        raise InputError(message)
    for article in found.values():
        check_text(article)
    return found


def read_audited_table(path: Path, names: Collection[str], own: Path | None) -> MeasureTable:
    """Return the table of a run with some measures, which may be members of families.

    Args:
        path: of the run.
        names: of the measures; all, where there are none.
        own: a user's file of measures.
    """
    if str(path) == STDIN:
        message = "an audit reads the annotations twice: expected a run or a file, not standard input"
        raise UsageError(message)
    measures = read_measures(own)
    families = split_families(measures).families
    wanted = {name: m for name, m in measures.items() if name in names}
    return read_table(path, wanted if names and len(wanted) == len(set(names)) else {**measures, **families})


def require_measure(table: MeasureTable, name: str) -> Measure:
    """Return a measure of a table.

    Raises:
        InputError: it has none of that name.
    """
    if name not in table.measures:
        near = get_close_matches(name, table.measures, n=3, cutoff=0.4) or list(table.measures)[:N_NAMED]
        message = f"there is no measure {name!r}: expected one of this run, such as {', '.join(near)}"
        raise InputError(message)
    return table.measures[name]


def audited_model(path: Path, model: str | Path | None) -> AuditedModel:
    """Return the model that made the annotations of a run, as far as it can be found.

    Args:
        path: of the run.
        model: its name or folder, where it is not found by the name that the annotations have.

    Raises:
        ModelError: a model was named that is none.
    """
    first = next(_articles(path), None)
    if first is None:
        message = f"{path} holds no annotated article: expected what `rhetoric annotate` wrote"
        raise InputError(message)
    name, version = first.model.name, first.model.version
    folder = _folder(name, model)
    if folder is None:
        note = f"the folder of the model {name!r} was not found: name it with --model, to check what it has seen"
        return AuditedModel(name, version, None, None, (note,))
    notes = list(_version_notes(folder, version))
    texts = read_training_texts(folder)
    if texts is None:
        notes.append(
            f"the model folder {folder.name} has no {TRAINING_TEXTS_FILE}: whether articles were among the texts that"
            " it learnt from could not be checked"
        )
    return AuditedModel(name, version, folder, texts, tuple(notes))


def _folder(name: str, model: str | Path | None) -> Path | None:
    if model is not None:
        return model_path(model)
    try:
        return model_path(name) if name else None
    except ModelError:
        return None


def _version_notes(folder: Path, version: str) -> Iterator[str]:
    try:
        found = str(json.loads((folder / "config.json").read_text(encoding="utf-8")).get("version"))
    except (OSError, ValueError):
        return
    if found != version:
        yield f"the run is of version {version} of the model, the folder {folder.name} of {found}: figures may differ"


def seen_articles(path: Path, texts: TrainingTexts | None) -> dict[str, str]:
    """Return the articles of a run that the model has seen, with what for; of texts that are withheld nobody knows."""
    if texts is None:
        return {}
    legible = (article for article in _articles(path) if not isinstance(article.text, WithheldText))
    uses = ((a.id, texts.use_of(a.text, (s.of(a.text) for s in a.sentences))) for a in legible)
    return {name: use for name, use in uses if use is not None}


def check_unseen(path: Path, audited: Collection[str]) -> tuple[str, ...]:
    """Make sure that gold is of articles that the model of a run has not seen, as far as its folder is found.

    Args:
        path: of the run, or of a table of measures, which has no texts to look at.
        audited: ids of the articles that there is gold for.

    Returns:
        What must be said of other articles of the run.

    Raises:
        InputError: the model has seen some of the gold.
    """
    if str(path) == STDIN or is_table_file(path):
        return ()
    seen = seen_articles(path, audited_model(path, None).texts)
    used = sorted(seen.keys() & set(audited))
    if used:
        listed = ", ".join(f"{name} ({seen[name]})" for name in used[:N_LISTED])
        message = (
            f"{len(used)} articles of the gold were used to make the model ({listed}): on them it errs less than"
            " elsewhere; expected gold that it has not seen: draw another audit"
        )
        raise InputError(message)
    if not seen:
        return ()
    return (f"{len(seen)} articles are among the texts that the model has seen: it errs less on them than elsewhere",)
