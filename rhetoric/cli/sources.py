"""`rhetoric sources`: what the base of media outlets knows about one."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rhetoric.errors import InputError

if TYPE_CHECKING:
    from rhetoric.sources import Outlet

__all__ = ["sources"]

WIDTH = 11


def _facts(outlet: "Outlet") -> Iterator[tuple[str, str | None]]:
    from rhetoric.report.names import TYPOLOGIES

    kind = TYPOLOGIES.get(outlet.typology or "")
    period = f"{outlet.valid_from or '…'} – {outlet.valid_to or '…'}" if outlet.valid_from or outlet.valid_to else None
    yield "typology", f"{outlet.typology}, {kind}" if kind else "none recorded"
    yield "kind", outlet.kind
    yield "company", outlet.company
    yield "also", ", ".join((*outlet.aliases, *outlet.weak_aliases, *outlet.common_aliases))
    yield "domains", ", ".join(outlet.domains)
    yield "valid", period
    yield "reason", outlet.reason
    yield "citation", outlet.citation
    yield "source", " ".join(part for part in (outlet.source, outlet.snapshot) if part)


def _lines(outlet: "Outlet") -> Iterator[str]:
    from rhetoric.report.names import country_name

    yield f"{outlet.name} ({country_name(outlet.country)}, {outlet.country})"
    yield from (f"  {name:<{WIDTH}}{value}" for name, value in _facts(outlet) if value)


def sources(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An outlet's name, an alias of it, or a domain.")],
    outlets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Outlets of your own (YAML), added to the base or put over it.")
    ] = None,
) -> int:
    """Print what is known about an outlet or domain."""
    from rhetoric.sources import describe, load_base

    found = describe(load_base(outlets), name)
    if not found:
        message = f"the base knows no outlet {name!r}: expected a name or domain such as KCNA or kcna.kp; try another"
        raise InputError(message)
    print("\n\n".join("\n".join(_lines(outlet)) for outlet in found))
    return 0
