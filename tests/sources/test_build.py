import os
from pathlib import Path

import pytest

from rhetoric.errors import InputError
from rhetoric.resources import seeds_path
from rhetoric.sources.schema import read_records
from training.state_media import TABLE, build, clean, host

TABLE_PATH = Path(os.environ.get("RHETORIC_DATA", Path(__file__).parents[3] / "shared" / "data")) / TABLE


@pytest.mark.skipif(not TABLE_PATH.is_file(), reason="the table of state media is not here")
def test_shipped_base_is_what_the_builder_makes():
    built = build(TABLE_PATH, seeds_path("state_media", "additions.yaml"), seeds_path("countries.yaml"))
    shipped = read_records(seeds_path("state_media", "outlets.jsonl"))
    as_lists = [{k: list(v) if isinstance(v, tuple) else v for k, v in row.items()} for row in shipped]
    assert as_lists == built


def test_missing_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="RHETORIC_DATA"):
        build(tmp_path / "none.csv", seeds_path("state_media", "additions.yaml"), seeds_path("countries.yaml"))


@pytest.mark.parametrize(
    ("asset", "name", "kind", "others"),
    [
        ("News agency: Xinhua", "Xinhua", "agency", []),
        ("China Central Television (CCTV)", "China Central Television", None, ["CCTV"]),
        ("Radio Burundi", "Radio Burundi", None, []),
        ("CBN Weekly)", "CBN Weekly", None, []),
        ("Sputnik News (Latvian edition)", "Sputnik News", None, []),
    ],
)
def test_clean(asset, name, kind, others):
    assert clean(asset) == (name, kind, others)


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://www.cgtn.com/", "cgtn.com"), ("www3.nhk.or.jp/x", "nhk.or.jp"), ("", None), ("h", None)],
)
def test_host(url, expected):
    assert host(url) == expected
