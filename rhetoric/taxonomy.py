"""The labels, read from `seeds/taxonomy.yaml`: techniques with their layer and their name in SemEval-2020 task 11."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import yaml

from rhetoric.resources import seeds_path

__all__ = [
    "SENTENCE_LABELS",
    "SOURCE_TYPES",
    "TARGET_VALENCES",
    "VALENCES",
    "Layer",
    "Technique",
    "layer_of",
    "technique_ids",
    "techniques",
]

Layer = Literal["wording", "technique"]

SENTENCE_LABELS = (
    "loaded_language",
    "persuasion_technique",
    "biased_wording",
    "attribution",
    "direct_quotation",
    "state_media_quotation",
)
SOURCE_TYPES = (
    "state_media",
    "news_media",
    "government_official",
    "government_body",
    "named_person",
    "unnamed_source",
    "expert",
    "organisation",
    "document",
    "social_media",
    "public",
)
VALENCES = ("negative", "positive", "mixed")
TARGET_VALENCES = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Technique:
    """A way to persuade: its id here, its name, its layer, its label in SemEval-2020 task 11 and what it means."""

    id: str
    name: str
    layer: Layer
    semeval: str
    definition: str
    example: str


@cache
def techniques() -> tuple[Technique, ...]:
    """Return the 14 techniques, in the order of the seed file."""
    records = yaml.safe_load(seeds_path("taxonomy.yaml").read_text(encoding="utf-8"))["techniques"]
    return tuple(Technique(**record) for record in records)


def technique_ids(layer: Layer | None = None) -> tuple[str, ...]:
    """Return the ids of the techniques, of one layer or of both.

    >>> technique_ids("wording")
    ('loaded_language', 'name_calling', 'exaggeration_minimisation')
    """
    return tuple(t.id for t in techniques() if layer in (None, t.layer))


@cache
def layer_of(technique_id: str) -> Layer:
    """Return the layer of a technique; a label that is none (of a user's own model) counts as `technique`."""
    return next((t.layer for t in techniques() if t.id == technique_id), "technique")
