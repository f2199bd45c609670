"""The base of media outlets: what is known about each, and how to find one by name, alias or domain.

Facts about ownership and control come from a dated snapshot (seeds/state_media/README.md); a typology describes
control, it is no verdict on what an outlet writes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rhetoric.annotation import OutletRef
from rhetoric.resources import seeds_path
from rhetoric.sources.tokens import PhraseTable, fold

__all__ = ["STATE_CONTROLLED", "Alias", "Outlet", "OutletBase", "describe", "load_base", "registrable"]

# Editorial control by the state, as State Media Monitor defines it.
STATE_CONTROLLED = frozenset({"SC", "CaPu", "CaPr"})

# Second-level labels under which countries register names; enough for the base, not a public-suffix list.
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "go", "info", "mil", "ne", "net", "or", "org", "rep"})
GOVERNMENT = frozenset({"gob", "gov", "go", "edu", "ac"})


@dataclass(frozen=True)
class Outlet:
    """One outlet of the base.

    `aliases` always link; `weak_aliases` link beside other evidence (country, full name, a word for media);
    `common_aliases` link beside a word for media only. `not_when` are expressions that tell that the name means
    something else, `when` exceptions from them. Dates are ISO; None is open.
    """

    name: str
    country: str
    typology: str | None = None
    kind: str | None = None
    company: str | None = None
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    common_aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    not_when: tuple[str, ...] = field(default=(), repr=False)
    when: tuple[str, ...] = field(default=(), repr=False)
    national: bool = False
    default: bool = False
    source: str = "user"
    snapshot: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    reason: str | None = None
    citation: str | None = None

    @property
    def is_state_controlled(self) -> bool:
        """Whether the base describes the outlet as controlled by a state."""
        return self.typology in STATE_CONTROLLED

    def is_valid(self, day: str | None) -> bool:
        """Return whether the record describes the outlet on an ISO `day`; without a day, whether it might."""
        if day is None:
            return True
        return (self.valid_from or "") <= day and (self.valid_to is None or day < self.valid_to)

    def ref(self, day: str | None = None) -> OutletRef:
        """Return what an annotation says of the outlet; the typology only if it holds on `day`."""
        return OutletRef(self.name, self.country, self.typology if self.is_valid(day) else None)


class Alias(NamedTuple):
    """A name of an outlet and how far it can be trusted: 2 alone, 1 beside evidence, 0 beside a word for media."""

    outlet: Outlet
    strength: int


def registrable(host: str) -> str:
    """Return the part of a host name that somebody registers.

    >>> registrable("english.ahram.org.eg")
    'ahram.org.eg'
    """
    labels = host.lower().strip(".").split(".")
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3:] if is_second_level else labels[-2:])


class OutletBase:
    """All outlets, indexed by name and domain."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        """Index `outlets`."""
        self.outlets = tuple(outlets)

    @cached_property
    def names(self) -> PhraseTable[Alias]:
        """The spellings under which outlets are found in a text."""
        return PhraseTable(
            (name, Alias(outlet, strength))
            for outlet in self.outlets
            for strength, names in ((2, outlet.aliases), (1, outlet.weak_aliases), (0, outlet.common_aliases))
            for name in names
        )

    @cached_property
    def _by_domain(self) -> dict[str, list[Outlet]]:
        index: dict[str, list[Outlet]] = {}
        for outlet in self.outlets:
            for domain in outlet.domains:
                owned = registrable(domain)
                hosts = {domain} if owned.split(".")[-2] in GOVERNMENT else {domain, owned}
                for host in hosts:
                    index.setdefault(host, []).append(outlet)
        return index

    @cached_property
    def _agencies(self) -> dict[str, list[Outlet]]:
        agencies: dict[str, list[Outlet]] = {}
        for outlet in self.outlets:
            if outlet.national:
                agencies.setdefault(outlet.country, []).append(outlet)
        return agencies

    @cached_property
    def controlled_countries(self) -> frozenset[str]:
        """The countries that have a state-controlled outlet."""
        return frozenset(o.country for o in self.outlets if o.is_state_controlled)

    def lookup(self, name: str, day: str | None = None) -> list[Outlet]:
        """Return the outlets of that name or alias on an ISO `day`, the likeliest first."""
        found: list[Alias] = [a for a in self.names.lookup(name) if a.outlet.is_valid(day)]
        found.sort(key=lambda a: (-(fold(a.outlet.name) == fold(name)), a.outlet.valid_to is not None, -a.strength))
        return list(dict.fromkeys(a.outlet for a in found))

    def by_domain(self, host: str) -> list[Outlet]:
        """Return the outlets that publish under a host name or the domain that it belongs to."""
        labels = host.lower().removeprefix("www.").strip(".").split(".")
        for start in range(len(labels) - 1):
            found = self._by_domain.get(".".join(labels[start:]))
            if found:
                return list(dict.fromkeys(found))
        return []

    def national_agency(self, country: str | None, day: str | None = None) -> Outlet | None:
        """Return the one outlet that "the official news agency" of a country means, None if there are several."""
        agencies = [o for o in self._agencies.get(country or "", ()) if o.is_valid(day)]
        if day is None:
            agencies = [o for o in agencies if o.valid_to is None] or agencies
        return agencies[0] if len(agencies) == 1 else None


def _outlet(row: dict[str, Any]) -> Outlet:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list | tuple) else v for k, v in row.items()}
    return Outlet(**fields)


def _overridden(rows: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `rows` with the user's: a record of the same name and country gets the given fields, others are added."""
    merged = [dict(r) for r in rows]
    for change in changes:
        key = (change["name"], change["country"])
        same = [r for r in merged if (r["name"], r["country"]) == key]
        for row in same:
            row.update(change)
        if not same:
            merged.append({"aliases": (change["name"],), "source": "user", **change})
    return merged


@lru_cache(maxsize=4)
def load_base(user_file: Path | None = None) -> OutletBase:
    """Return the shipped base, with the records of a user's YAML or JSONL file added or put over it.

    Raises:
        ConfigError: a record of `user_file` is wrong; the message names its line.
    """
    path = seeds_path("state_media", "outlets.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if user_file is not None:
        from rhetoric.sources.schema import read_records  # pydantic is heavy, and only user files need checking

        rows = _overridden(rows, read_records(user_file))
    return OutletBase(map(_outlet, rows))


def describe(base: OutletBase, name_or_domain: str) -> list[Outlet]:
    """Return what the base knows under a name, an alias or a domain (an address will do), the likeliest first."""
    query = name_or_domain.strip()
    host = query.split("://")[-1].split("/")[0]
    return base.lookup(query) or (base.by_domain(host) if "." in host else [])
