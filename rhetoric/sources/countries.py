"""Which countries a text names, by name, demonym, capital or leader, and whose state media a mention means."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from rhetoric.annotation import CharSpan
from rhetoric.resources import seeds_path
from rhetoric.sources.tokens import PhraseTable

__all__ = ["CountryMention", "country_table", "find_countries", "read_seed"]

WEIGHTS = {"names": 3, "demonyms": 3, "places": 2, "leaders": 1, "short": 0}


def read_seed(*parts: str) -> Any:  # noqa: ANN401  (whatever the seed file holds)
    """Return the content of a YAML file below `seeds/`, read with the fast loader where there is one."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(seeds_path(*parts).read_text(encoding="utf-8"), Loader=loader)


@dataclass(frozen=True, order=True)
class CountryMention(CharSpan):
    """A mention of a country; `weight` tells how directly: 3 name, 2 capital, 1 leader, 0 a short form."""

    code: str = ""
    weight: int = 0


@lru_cache(maxsize=1)
def country_table() -> PhraseTable[tuple[str, int]]:
    """Return the table of all the names of countries."""
    seeds: dict[str, dict[str, Sequence[str]]] = read_seed("countries.yaml")
    return PhraseTable(
        (name, (code, WEIGHTS[field]))
        for code, fields in seeds.items()
        for field, names in fields.items()
        for name in names
    )


def find_countries(text: str) -> list[CountryMention]:
    """Return the countries that `text` names, in order.

    >>> [c.code for c in find_countries("Moscow denied it, Iranian officials said.")]
    ['RU', 'IR']
    """
    return [CountryMention(p.start, p.end, *p.values[0]) for p in country_table().find(text)]
