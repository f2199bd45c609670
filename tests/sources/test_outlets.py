import json
import time

import pytest

from rhetoric.errors import ConfigError
from rhetoric.resources import seeds_path
from rhetoric.sources import describe, load_base
from rhetoric.sources.outlets import OutletBase, registrable
from rhetoric.sources.schema import OutletRecord, read_records


@pytest.fixture(scope="module")
def base() -> OutletBase:
    return load_base()


def test_every_shipped_record_is_valid_and_unique():
    records = read_records(seeds_path("state_media", "outlets.jsonl"))
    keys = [(r["name"], r["country"], r.get("valid_to")) for r in records]
    assert len(records) > 1000
    assert len(set(keys)) == len(keys)


def test_every_departure_has_a_citation():
    records = [OutletRecord(**r) for r in read_records(seeds_path("state_media", "outlets.jsonl"))]
    own = [r for r in records if r.source == "additions" and r.typology is not None]
    assert own
    assert all(r.citation for r in own)


@pytest.mark.parametrize(
    ("query", "name", "country", "typology"),
    [
        ("KCNA", "KCNA", "KP", "SC"),
        ("Korean Central News Agency", "KCNA", "KP", "SC"),
        ("tass", "TASS", "RU", "SC"),
        ("rt.com", "RT", "RU", "SC"),
        ("https://www.xinhuanet.com/english", "Xinhua", "CN", "SC"),
        ("Al-Jazeera", "Al Jazeera", "QA", "SC"),
        ("nhk.or.jp", "NHK", "JP", "CaPu"),
        ("BBC", "BBC", "GB", "IP"),
        ("Deutsche Welle", "DW", "DE", "ISF"),
        ("AFP", "AFP", "FR", None),
        ("Reuters", "Reuters", "GB", None),
        ("CNN", "CNN", "US", None),
        ("Interfax", "Interfax", "RU", None),
        ("Népszabadság", "Nepszabadsag", "HU", "SC"),
    ],
)
def test_describe(base, query, name, country, typology):
    found = describe(base, query)
    assert (found[0].name, found[0].country, found[0].typology) == (name, country, typology)


def test_describe_unknown_is_empty(base):
    assert describe(base, "Ruritanian Gazette") == []
    assert describe(base, "gazette.example") == []
    assert describe(base, "") == []


def test_lookup_by_day_finds_the_record_that_held(base):
    assert base.lookup("Tass", "1984-01-01")[0].country == "SU"
    assert base.lookup("Tass", "2020-01-01")[0].country == "RU"
    assert base.lookup("Tanjug", "1985-01-01")[0].country == "YU"


@pytest.mark.parametrize(
    "name", ["BBC", "VOA", "RFE/RL", "PBS", "NPR", "DW", "France 24", "CBC", "KBS", "Yonhap", "AFP"]
)
def test_controls_are_not_state_controlled(base, name):
    assert not base.lookup(name)[0].is_state_controlled


def test_national_agency_only_where_there_is_one(base):
    agency = base.national_agency("KW")
    assert agency is not None
    assert agency.name == "KUNA"
    assert base.national_agency("RU") is None
    assert base.national_agency(None) is None


def test_registrable_domain():
    assert registrable("english.news.cn") == "news.cn"
    assert registrable("www3.nhk.or.jp") == "nhk.or.jp"


def test_base_loads_fast():
    load_base.cache_clear()
    started = time.process_time()
    load_base()
    assert time.process_time() - started < 0.25  # 20 ms on an idle machine; the rest is for a busy one


def test_user_file_adds_and_overrides(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "- {name: Ruritanian Telegraph, country: RS, typology: SC, aliases: [Ruritanian Telegraph, RTGA]}\n"
        "- {name: KCNA, country: KP, company: Ministry of Rain}\n",
        encoding="utf-8",
    )
    base = load_base(path)
    assert base.lookup("RTGA")[0].name == "Ruritanian Telegraph"
    kcna = base.lookup("KCNA")[0]
    assert (kcna.company, kcna.typology) == ("Ministry of Rain", "SC")


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ({"name": "X"}, "country"),
        ({"name": "X", "country": "Russia"}, "country"),
        ({"name": "X", "country": "RU", "typology": "state"}, "typology"),
        ({"name": "X", "country": "RU", "owner": "me"}, "owner"),
        ({"name": "X", "country": "RU", "domains": ["https://x.ru"]}, "domains"),
        ({"name": "X", "country": "RU", "not_when": ["("]}, "not_when"),
        ({"name": "X", "country": "RU", "valid_from": "1990"}, "valid_from"),
        ({"name": "X", "country": "RU", "valid_from": "1990-01-01", "valid_to": "1980-01-01"}, "valid_from"),
        ({"name": "X", "country": "RU", "reason": "because"}, "citation"),
        ({"name": "X", "country": "RU", "aliases": ["--"]}, "aliases"),
        ("X", "expected"),
    ],
)
def test_bad_record_is_refused_by_line(tmp_path, record, word):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"name": "A", "country": "RU"}\n' + json.dumps(record) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=word) as caught:
        read_records(path)
    assert "line 2" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["name: X\n", "- [1, 2\n", "- 3\n"])
def test_bad_yaml_is_refused(tmp_path, content):
    path = tmp_path / "bad.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match="bad.yaml"):
        read_records(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_records(tmp_path / "none.yaml")
