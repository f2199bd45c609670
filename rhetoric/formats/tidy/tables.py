"""The flat tables and their columns.

Labels differ from model to model, so a table has a `score_…` and a `label_…` column for each that occurs.
"""

from dataclasses import dataclass

import pyarrow

__all__ = ["TABLES", "Table"]

Fields = tuple[tuple[str, pyarrow.DataType], ...]

STRING, INTEGER, NUMBER = pyarrow.string(), pyarrow.int32(), pyarrow.float64()
SCORES = pyarrow.map_(STRING, NUMBER)
LABELS = pyarrow.list_(STRING)

TEXTS = frozenset({"title", "text", "target_text", "source_text", "cue_text", "content_text"})
"""Columns that hold words of an article."""


def _strings(*names: str) -> Fields:
    return tuple((name, STRING) for name in names)


def _integers(*names: str) -> Fields:
    return tuple((name, INTEGER) for name in names)


def _located(role: str = "") -> Fields:
    """Return the columns that say where a thing stands, and its text."""
    offsets = _integers(f"{role}start", f"{role}end", f"{role}start_1", f"{role}end_1")
    return (*offsets, (f"{role}text", STRING))


@dataclass(frozen=True)
class Table:
    """A flat table; the first column is its key, but for `headlines`, whose key is `article_id`.

    Attributes:
        name: its name, which is its file's.
        fields: name and type of each column that does not depend on the model.
        scores: columns of the rows made for it that hold probabilities by label, and the prefix of the columns that
            these become.
        has_labels: whether its things are given labels.
    """

    name: str
    fields: Fields
    scores: tuple[tuple[str, str], ...] = ()
    has_labels: bool = False

    def schema(self, with_text: bool) -> pyarrow.Schema:
        """Return the columns of the rows made for it, scores and labels as they are in a record."""
        kept = [field for field in self.fields if with_text or field[0] not in TEXTS]
        labels = [("labels", LABELS)] if self.has_labels else []
        return pyarrow.schema([*kept, *((name, SCORES) for name, _ in self.scores), *labels])


SCORED = (("scores", "score_"),)
IN_PART = _strings("article_id", "part", "sentence_id")

TABLES = (
    Table(
        "articles",
        (
            *_strings("article_id", "outlet", "date", "url", "title", "text", "text_sha256"),
            *_integers("n_characters", "n_words", "n_sentences", "n_spans", "n_attributions", "n_targets"),
            ("coverage", NUMBER),
            *_strings("model_name", "model_version", "duplicate_of", "duplicate_cluster", "meta"),
        ),
        SCORED,
        has_labels=True,
    ),
    Table(
        "headlines",
        (
            *_strings("article_id", "title", "title_sha256"),
            *_integers("n_characters", "n_words", "n_sentences", "n_spans", "n_attributions"),
        ),
    ),
    Table(
        "paragraphs",
        (*_strings("paragraph_id", "article_id"), *_integers("number"), *_located(), *_integers("n_words")),
        SCORED,
        has_labels=True,
    ),
    Table(
        "sentences",
        (*_strings("sentence_id", "article_id", "part"), *_integers("number"), *_located(), *_integers("n_words")),
        SCORED,
        has_labels=True,
    ),
    Table(
        "spans",
        (
            *_strings("span_id"),
            *IN_PART,
            *_located(),
            *_strings("label", "layer"),
            ("score", NUMBER),
            *_strings("valence", "voice", "attribution_id"),
            *_located("target_"),
            *_strings("target_actor_name", "target_actor_id", "target_actor_country"),
        ),
    ),
    Table(
        "attributions",
        (
            *_strings("attribution_id"),
            *IN_PART,
            *_located("source_"),
            *_located("cue_"),
            *_integers("n_contents"),
            *_strings("quote_type", "source_type", "naming", "stance", "via_id"),
            *_strings("outlet_name", "outlet_country", "outlet_typology"),
            *_strings("actor_name", "actor_id", "actor_country"),
            ("score", NUMBER),
        ),
    ),
    Table(
        "contents",
        (
            *_strings("content_id", "attribution_id"),
            *IN_PART,
            *_integers("number"),
            *_located(),
            *_integers("n_words"),
        ),
    ),
    Table(
        "targets",
        (
            *_strings("target_id", "article_id", "sentence_id"),
            *_integers("number"),
            *_located(),
            *_strings("valence", "actor_name", "actor_id", "actor_country"),
        ),
        (*SCORED, ("codes", "code_")),
        has_labels=True,
    ),
)
