"""The published Arrow schema of annotated articles: the fields of a JSON record, by their names, with a type each."""

import pyarrow

__all__ = ["SCHEMA", "VERSION"]

VERSION = "1"
"""Grows when a field is added; none is dropped or changed in meaning."""

Fields = list[tuple[str, pyarrow.DataType]]

TEXT, OFFSET, SCORE = pyarrow.string(), pyarrow.int32(), pyarrow.float64()
SCORES = pyarrow.map_(TEXT, SCORE)
LABELS = pyarrow.list_(TEXT)

EXTENT: Fields = [("start", OFFSET), ("end", OFFSET)]
UNIT: Fields = [*EXTENT, ("scores", SCORES), ("labels", LABELS)]
ACTOR = pyarrow.struct([("name", TEXT), ("id", TEXT), ("country", TEXT)])

SPAN: Fields = [
    ("id", TEXT),
    *EXTENT,
    ("label", TEXT),
    ("layer", TEXT),
    ("score", SCORE),
    ("valence", TEXT),
    ("target", pyarrow.struct([*EXTENT, ("actor", ACTOR)])),
    ("voice", TEXT),
    ("attribution", TEXT),
]
ATTRIBUTION: Fields = [
    ("id", TEXT),
    ("source", pyarrow.struct(EXTENT)),
    ("cue", pyarrow.struct(EXTENT)),
    ("content", pyarrow.list_(pyarrow.struct(EXTENT))),
    ("quote_type", TEXT),
    ("source_type", TEXT),
    ("outlet", pyarrow.struct([("name", TEXT), ("country", TEXT), ("typology", TEXT)])),
    ("actor", ACTOR),
    ("stance", TEXT),
    ("via", TEXT),
    ("score", SCORE),
    ("naming", TEXT),
]
TARGET: Fields = [
    *EXTENT,
    ("valence", TEXT),
    ("scores", SCORES),
    ("actor", ACTOR),
    ("codes", SCORES),
    ("labels", LABELS),
]
FOUND: Fields = [
    ("sentences", pyarrow.list_(pyarrow.struct(UNIT))),
    ("spans", pyarrow.list_(pyarrow.struct(SPAN))),
    ("attributions", pyarrow.list_(pyarrow.struct(ATTRIBUTION))),
]
ARTICLE: Fields = [
    ("id", TEXT),
    ("outlet", TEXT),
    ("date", TEXT),
    ("url", TEXT),
    ("title", TEXT),
    ("meta", TEXT),
    ("text", TEXT),
    ("text_sha256", TEXT),
    ("n_characters", OFFSET),
    ("title_sha256", TEXT),
    ("n_title_characters", OFFSET),
    *FOUND,
    ("headline", pyarrow.struct(FOUND)),
    ("paragraphs", pyarrow.list_(pyarrow.struct(UNIT))),
    ("article", pyarrow.struct([("scores", SCORES), ("labels", LABELS)])),
    ("targets", pyarrow.list_(pyarrow.struct(TARGET))),
    ("coverage", SCORE),
    ("model", pyarrow.struct([("name", TEXT), ("version", TEXT)])),
    ("record", TEXT),
]

SCHEMA = pyarrow.schema(ARTICLE, metadata={"rhetoric.schema": VERSION})
"""`outlet`, `date`, `url` and `title` repeat what `meta`, JSON, holds.

`record` is null but where a lone surrogate stands in the article, which Arrow cannot hold: then it is the whole JSON
record, and the other columns have U+FFFD in the surrogate's place.
"""
