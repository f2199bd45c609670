"""Who says so: outlets, source types, quotation types, chains and voice.

`resolve` completes the attributions that the model found, `assign_voice` the loaded spans; `load_base` and `describe`
give what is known about outlets, `load_actors` whom a user looks for.
"""

from rhetoric.sources.actors import ActorList, load_actors
from rhetoric.sources.evidence import is_state_controlled, state_media_sentences
from rhetoric.sources.outlets import Outlet, OutletBase, describe, load_base
from rhetoric.sources.quotes import quote_type, quoted_regions
from rhetoric.sources.resolve import resolve
from rhetoric.sources.source_types import SOURCE_TYPES
from rhetoric.sources.stance import stance_of
from rhetoric.sources.voice import assign_voice

__all__ = [
    "SOURCE_TYPES",
    "ActorList",
    "Outlet",
    "OutletBase",
    "assign_voice",
    "describe",
    "is_state_controlled",
    "load_actors",
    "load_base",
    "quote_type",
    "quoted_regions",
    "resolve",
    "stance_of",
    "state_media_sentences",
]
