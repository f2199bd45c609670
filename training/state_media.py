"""Builds `seeds/state_media/outlets.jsonl` from the table of state media and our own additions.

The table (State_Media_Matrix.csv) gives outlet, company, country, domain and typology; `additions.yaml` gives the
names that journalists use, historic outlets, and media that are not state-affiliated.
"""

import argparse
import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from rhetoric.errors import InputError
from rhetoric.resources import seeds_path
from rhetoric.sources.schema import OutletRecord, check_record
from rhetoric.sources.tokens import fold, words

__all__ = ["build", "main", "read_table"]

SNAPSHOT = "2024-02"
TABLE_SOURCE = "state-media-profiles"
OWN_SOURCE = "additions"
TABLE = "state-media/State_Media_Matrix.csv"

PREFIX = re.compile(
    r"^(?:(Television|Print media|Print|News agency|News portals|Radio|Online):"
    r"|(?:Dziennik|Gazeta|Głos|Kurier) dailies -)\s*"
)
PREFIX_KINDS = {
    "Television": "tv",
    "Print media": "newspaper",
    "Print": "newspaper",
    "News agency": "agency",
    "Radio": "radio",
    "Online": "online",
    "News portals": "online",
}
KIND_WORDS = {
    "agency": r"news agency|press agency|agence|agencia|agência|sangbad|\bnews service\b",
    "tv": r"\btv\b|television|televisi|télé|kanal\b|channel|canal\b|\btele",
    "radio": r"radio|rádio|\bfm\b",
    "newspaper": (
        r"daily|jornal|journal|soleil|matin|times|gazet|newspaper|herald|diario|pravda|press\b.*publish|sinmun|ribao"
        r"|tribune|observer"
    ),
    "online": r"\.(ru|com|kz|news|su|hu|net|cn|by)$|online",
}
ACRONYM = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-Þ:/]{1,9}")
LANGUAGES = (
    r"English|Arabic|French|Spanish|German|Russian|Chinese|Turkish|Italian|Japanese|Georgian|Serbian|Persian|Polish"
    r"|Greek|Portuguese|Urdu|Farsi|Kurdi|Deutsch|Korean"
)
EDITION = re.compile(
    rf"^(?P<name>.+?) (?:\((?:{LANGUAGES})[^)]*\)|(?:{LANGUAGES})(?: edition)?|\([A-Za-z]+ edition\))$"
)
NUMBERED = re.compile(r"^(Channel|Canal|Kanal|TV|Radio|Television)[ -]?\d+$", re.IGNORECASE)
MAX_WEAK_ACRONYM = 3
# Names that the table uses for another country than news text does.
TABLE_COUNTRIES = {"congo": "CG"}
NO_DOMAIN = ("facebook.com", "kcnawatch.org")


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of the table that name a country.

    Raises:
        InputError: the file is not there or not a table of that kind.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [r for r in csv.DictReader(file) if r["Country"]]
    except (OSError, KeyError) as error:
        message = (
            f"{path}: not the table of state media ({error!r}); set RHETORIC_DATA to the folder that holds {TABLE}"
        )
        raise InputError(message) from error
    return rows


def host(url: str) -> str | None:
    """Return the bare domain of an address.

    >>> host("https://www.example.com/en/")
    'example.com'
    """
    bare = re.sub(r"^[a-z]+://", "", url.strip().lower())
    bare = re.sub(r"^(www\d*|m)\.", "", bare.split("/")[0].split(":")[0])
    return bare if "." in bare and not bare.startswith("test.") and bare not in NO_DOMAIN else None


def clean(asset: str) -> tuple[str, str | None, list[str]]:
    """Return name, kind (where the table says it) and other names of an asset of the table."""
    asset = asset.strip().rstrip("*").strip()
    prefix = PREFIX.match(asset)
    kind = PREFIX_KINDS.get(prefix.group(1) or "Print") if prefix else None
    rest = PREFIX.sub("", asset)
    inner = [p.strip() for p in re.findall(r"\(([^()]*)\)?", rest)]
    name = re.sub(r"\s*\([^()]*\)?", "", rest).strip().rstrip(")").strip()
    others = [p for p in inner if p and not re.search(rf"edition|Control|voice|Voice|Kong|channels|{LANGUAGES}", p)]
    return name or rest, kind, others


def guess_kind(name: str, company: str) -> str | None:
    """Return the kind of outlet that its own words or those of its company tell."""
    for text in (name, company):
        for kind, pattern in KIND_WORDS.items():
            if re.search(pattern, text, re.IGNORECASE):
                return kind
    return None


def _company_names(company: str) -> list[str]:
    name, _, others = clean(company)
    return [name, *others]


def _table_records(rows: list[dict[str, str]], countries: dict[str, str]) -> list[dict[str, Any]]:
    """Return a record a row, not yet merged."""
    n_assets = Counter((r["Country"], r["Media company"]) for r in rows)
    records = []
    for row in rows:
        name, kind, aliases = clean(row["Main assets"])
        company = row["Media company"].strip().rstrip("*").strip()
        names = _company_names(company)
        if n_assets[row["Country"], row["Media company"]] == 1 or name in names:
            aliases += [n for n in names if n != name]
        domain = host(row["URL"])
        records.append({
            "name": name, "country": countries[row["Country"].strip().lower()], "company": company,
            "typology": row["Typology"].rstrip("?") or None, "kind": kind or guess_kind(name, company),
            "aliases": aliases, "domains": [domain] if domain else [], "source": TABLE_SOURCE, "snapshot": SNAPSHOT,
        })  # fmt: skip
    return records


def _merge(records: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return one record a name and country; the first one's typology counts."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        kept = merged.setdefault((record["country"], record["name"]), {**record, "aliases": [], "domains": []})
        for field in ("aliases", "domains"):
            kept[field] += [v for v in record[field] if v not in kept[field]]
    return merged


def _absorb(record: dict[str, Any], other: dict[str, Any]) -> None:
    """Add a row's names and domains to the outlet that it belongs to."""
    record["domains"] += [d for d in other["domains"] if d not in record["domains"]]
    if "(" not in other["name"]:
        record["aliases"] += [a for a in (other["name"], *other["aliases"]) if a not in record["aliases"]]
    for field in ("company", "kind", "typology"):
        record[field] = record.get(field) or other.get(field)


def _merge_editions(table: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Fold language editions ("X Deutsch", "X (French)") into the outlet that they are an edition of."""
    for country, name in list(table):
        edition = EDITION.match(name)
        base = (country, edition["name"]) if edition else None
        if base in table and base != (country, name):
            _absorb(table[base], table.pop((country, name)))


def _add_outlet(
    records: list[dict[str, Any]], table: dict[tuple[str, str], dict[str, Any]], entry: dict[str, Any]
) -> None:
    """Apply one entry of `outlets`: extend the rows that it names, or add a record."""
    country = entry["country"]
    names = [entry["name"], *entry.get("rows", ())]
    historic = "valid_to" in entry or ("citation" in entry and not entry.get("rows"))
    rows = [] if historic else [table.pop((country, n)) for n in names if (country, n) in table]
    record = {
        "name": entry["name"],
        "country": country,
        "aliases": [],
        "domains": [],
        "source": OWN_SOURCE,
        "snapshot": SNAPSHOT,
    }
    if rows:
        record |= {"source": TABLE_SOURCE, "typology": rows[0]["typology"], "company": rows[0]["company"]}
    for row in rows:
        _absorb(record, row)
    drop = entry.get("drop_domains", ())
    record["domains"] = [d for d in record["domains"] if d not in drop]
    own = [] if entry["name"] in entry.get("weak", ()) else [entry["name"]]
    record["strong"] = [*own, *entry.get("aliases", ())]
    record["aliases"] = list(dict.fromkeys([*record["strong"], *record["aliases"]]))
    record["weak_aliases"] = entry.get("weak", [])
    skipped = ("aliases", "weak", "rows", "drop_domains")
    records.append(record | {k: v for k, v in entry.items() if k not in skipped})


def _controls(additions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the records of large media that are not state-affiliated."""
    weak = set(additions["weak_controls"]) - set(additions["famous"])
    kinds = {name: kind for kind, names in additions["control_kinds"].items() for name in names}
    for country, lines in additions["controls"].items():
        for line in lines:
            name, _, others = line.partition(" = ")
            aliases = [name, *(o.strip() for o in others.split(",") if o.strip())]
            yield {
                "name": name,
                "country": country,
                "typology": None,
                "kind": kinds.get(name) or guess_kind(name, "") or "newspaper",
                "aliases": [a for a in aliases if a not in weak],
                "weak_aliases": [a for a in aliases if a in weak],
                "domains": [],
                "default": any(a in additions["famous"] for a in aliases),
                "source": OWN_SOURCE,
                "snapshot": SNAPSHOT,
            }


def _is_weak(alias: str) -> bool:
    written = words(alias)
    return (
        len(written) == 1
        and written[0].isupper()
        and len(written[0]) <= MAX_WEAK_ACRONYM
        or bool(NUMBERED.match(alias))
    )


def _title_variants(record: dict[str, Any]) -> list[str]:
    """Return the capitalised spelling of an agency's acronym, as some newspapers write it: Irna for IRNA."""
    names = [record["name"], *record["aliases"]]
    return [
        n.capitalize()
        for n in names
        if record.get("kind") == "agency" and n.isupper() and n.isalpha() and len(n) > MAX_WEAK_ACRONYM
    ]


def _grade_aliases(records: list[dict[str, Any]], common: list[str]) -> None:
    """Sort each record's names into those that always link, that need evidence, and that need a word for media."""
    ordinary = {" ".join(map(fold, words(c))) for c in common}
    for record in records:
        given_weak = list(record.get("weak_aliases", ()))
        names = [a for a in dict.fromkeys([record["name"], *record["aliases"]]) if a not in given_weak and words(a)]
        strong = set(record.pop("strong", ())) | (set(record["aliases"]) if record["source"] == OWN_SOURCE else set())
        keys = {n: " ".join(map(fold, words(n))) for n in [*names, *given_weak]}
        record["common_aliases"] = [n for n in names if keys[n] in ordinary and n not in strong]
        rest = [n for n in names if n not in record["common_aliases"]]
        weak = [n for n in rest if _is_weak(n) and n not in strong]
        record["aliases"] = [n for n in rest if n not in weak]
        known = {*record["aliases"], *weak, *given_weak}
        record["weak_aliases"] = list(
            dict.fromkeys([*given_weak, *weak, *(t for t in _title_variants(record) if t not in known)])
        )


def _drop_countries(records: list[dict[str, Any]], countries: dict[str, dict[str, list[str]]]) -> None:
    """Drop names of outlets that are those of countries or peoples: "Iran", "Turkmenistan"."""
    taken = {fold(n) for fields in countries.values() for names in fields.values() for n in names}
    for record in records:
        for field in ("aliases", "weak_aliases", "common_aliases"):
            record[field] = [a for a in record[field] if fold(a) not in taken]


def _apply_departures(records: list[dict[str, Any]], departures: list[dict[str, Any]]) -> None:
    for departure in departures:
        for record in records:
            if (record["name"], record["country"]) == (
                departure["name"],
                departure["country"],
            ) and "valid_to" not in record:
                record |= departure
                break
        else:
            message = (
                f"additions.yaml: departure {departure['name']!r} ({departure['country']}) names no outlet of the base"
            )
            raise InputError(message)


def _compact(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record without empty fields, in the order of the schema."""
    order = list(OutletRecord.model_fields)
    unknown = set(record) - set(order)
    if unknown:
        message = f"additions.yaml: outlet {record['name']!r} has unknown fields {sorted(unknown)}"
        raise InputError(message)
    return {k: record[k] for k in order if record.get(k) not in (None, [], False, "")}


def build(table_path: Path, additions_path: Path, countries_path: Path) -> list[dict[str, Any]]:
    """Return the checked records of the base, sorted by country and name."""
    additions = yaml.safe_load(additions_path.read_text(encoding="utf-8"))
    known = yaml.safe_load(countries_path.read_text(encoding="utf-8"))
    countries = {name.lower(): code for code, fields in known.items() for name in fields["names"]} | TABLE_COUNTRIES
    table = _merge(_table_records(read_table(table_path), countries))
    records: list[dict[str, Any]] = []
    for entry in additions["outlets"]:
        _add_outlet(records, table, entry)
    _merge_editions(table)
    records += list(table.values())
    records += _controls(additions)
    _apply_departures(records, additions["departures"])
    _grade_aliases(records, additions["common"])
    _drop_countries(records, known)
    rows = [_compact(r) for r in records]
    for row in rows:
        check_record(row, f"outlet {row['name']!r}")
    return sorted(rows, key=lambda r: (r["country"], fold(r["name"]), r.get("valid_from", "")))


def main(arguments: list[str] | None = None) -> None:
    """Build the base and write it."""
    data = Path(os.environ.get("RHETORIC_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--table", type=Path, default=data / TABLE)
    parser.add_argument("-o", "--output", type=Path, default=seeds_path("state_media", "outlets.jsonl"))
    options = parser.parse_args(arguments)
    rows = build(options.table, seeds_path("state_media", "additions.yaml"), seeds_path("countries.yaml"))
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    options.output.write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
