"""What a measure can be repeated over: values that are known beforehand, and those that the articles hold.

A placeholder in braces stands for the value in the name and the conditions of a measure, and for the name of the value
in its title.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, TypeVar

from rhetoric.taxonomy import SOURCE_TYPES, techniques

__all__ = ["Dimension", "closed_values", "combinations", "fill_in", "placeholders"]

Dimension = Literal[
    "part",
    "voice",
    "technique",
    "source_type",
    "stance",
    "state_media",
    "country",
    "actor",
    "sentence_label",
    "paragraph_label",
    "article_label",
    "span_label",
    "target_label",
]

PARTS = {"headline": "headline", "lead": "lead", "body": "body"}
VOICES = {"own": "own voice", "indirect": "paraphrase of a source", "direct": "quotation"}
STANCES = {name: f"{name} verbs" for name in ("endorsing", "distancing", "conceding")}
STATE_MEDIA = {
    "state_media": "state media",
    "state_media_strict": "state media (SC alone)",
    "state_media_wide": "state media (all but IP)",
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
TOLD = ("title", "note")

T = TypeVar("T")


@cache
def closed_values(dimension: str) -> Mapping[str, str] | None:
    """Return the values of a dimension with what they are called; None where only the articles tell them.

    >>> closed_values("voice")["own"]
    'own voice'
    """
    return {
        "part": PARTS,
        "voice": VOICES,
        "technique": {t.id: t.name for t in techniques()},
        "source_type": {name: name.replace("_", " ") for name in SOURCE_TYPES},
        "stance": STANCES,
        "state_media": STATE_MEDIA,
    }.get(dimension)


def placeholders(text: str) -> set[str]:
    """Return the names in braces.

    >>> placeholders("tone_{actor}")
    {'actor'}
    """
    return set(PLACEHOLDER.findall(text))


def fill_in(content: T, values: Mapping[str, str], names: Mapping[str, str]) -> T:
    """Return strings, keys and lists within `content` with the values in their places, titles with their names.

    >>> fill_in({"title": "{voice}", "where": {"voice": "{voice}"}}, {"voice": "own"}, {"voice": "own voice"})
    {'title': 'Own voice', 'where': {'voice': 'own'}}
    """
    filled: Any = content
    if isinstance(content, str):
        filled = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), content)
    elif isinstance(content, Mapping):
        filled = {fill_in(key, values, names): _field(key, item, values, names) for key, item in content.items()}
    elif isinstance(content, list | tuple):
        filled = tuple(fill_in(item, values, names) for item in content)
    return filled  # type: ignore[no-any-return]  # of the type that came in


def _field(key: object, item: object, values: Mapping[str, str], names: Mapping[str, str]) -> object:
    if key not in TOLD or not isinstance(item, str):
        return fill_in(item, values, names)
    told = fill_in(item, names, names)
    return told[:1].upper() + told[1:]


def combinations(values: Mapping[str, Mapping[str, str]], each: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield every combination of the values of the dimensions `each`, by dimension; names are not in it."""
    for chosen in itertools.product(*(values.get(dimension, {}) for dimension in each)):
        yield dict(zip(each, chosen, strict=True))
