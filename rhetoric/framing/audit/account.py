"""What a paper says of an audit: how it was drawn, by which codebook it was coded, and how far coders agreed."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rhetoric.errors import InputError
from rhetoric.framing.audit.design import Design, read_design

__all__ = ["RESULT_FILE", "AuditAccount", "read_account"]

RESULT_FILE = "estimate.json"


@dataclass(frozen=True)
class AuditAccount:
    """An audit as it was drawn and coded.

    Attributes:
        unit: `article` or `sentence`.
        n_articles: drawn, the fewest and the most of an outlet.
        sentences_per_article: coded in each, where sentences are the units.
        seed: of the draw.
        n_coded: units that were coded.
        n_drawn: units that were to be.
        codebook_version: that coders named.
        agreement: Krippendorff's alpha with its interval; empty where nothing was coded twice.
    """

    unit: str
    n_articles: tuple[int, int]
    sentences_per_article: int | None
    seed: int
    n_coded: int
    n_drawn: int
    codebook_version: str | None
    agreement: str


def read_account(gold: Path) -> AuditAccount | None:
    """Return the account of an audit; None where there is its gold alone.

    Args:
        gold: the folder of the audit, or a file in it.
    """
    folder = gold if gold.is_dir() else gold.parent
    try:
        design = read_design(folder)
        result = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
        return _account(design, result)
    except (InputError, OSError, ValueError, KeyError, TypeError, IndexError):
        return None  # gold.csv is enough for estimates; the rest may have stayed with those who coded


def _account(design: Design, result: dict[str, object]) -> AuditAccount:
    drawn = Counter(outlet for outlet, _ in {(unit.outlet, unit.article_id) for unit in design.units}).values()
    version = result["codebook_version"]
    return AuditAccount(
        design.settings.unit,
        (min(drawn), max(drawn)),
        design.settings.sentences_per_article,
        design.settings.seed,
        int(str(result["n_coded"])),
        len(design.units),
        None if version is None else str(version),
        _agreement(result["agreement"]),
    )


def _agreement(found: object) -> str:
    first = found[0] if isinstance(found, list) else {}
    if not first["n_units"] or first["value"] is None:
        return ""
    return f"{first['value']:.2f} [{first['low']:.2f}, {first['high']:.2f}] on {first['n_units']} units"
