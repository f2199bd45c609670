"""The manifest of a run: parts, and reading it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.corpus.manifest import InputFiles, Manifest, ModelFiles, Part, ShardEntry, explain_change, read_manifest
from rhetoric.errors import InputError, UsageError

BEGUN = Manifest(
    inputs=(InputFiles(path="in.jsonl", n_files=1, n_bytes=9, sha256="a" * 64),),
    model=ModelFiles(name="small", version=None, sha256="b" * 64),
    versions={"rhetoric": "1", "torch": None},
    config={"thresholds": "default"},
    shard_size=4,
)
SHARD = ShardEntry(index=0, n_articles=3, n_failed=1, files={"articles/00000.jsonl": "c" * 64})


@given(st.integers(1, 40), st.integers(0, 10_000))
def test_parts_hold_each_shard_once(n, shard):
    assert sum(Part(index=i, n=n).holds(shard) for i in range(1, n + 1)) == 1


def test_part_is_parsed():
    assert Part.parse("3/10") == Part(index=3, n=10)
    assert str(Part.parse("3/10")) == "3/10"


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "-1/4", "a/b", "1/0", "1/2/3", "1.0/2"])
def test_part_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="expected i/n with 1 <= i <= n"):
        Part.parse(text)


def test_manifest_is_read_back_as_it_was_written(tmp_path):
    complete = BEGUN.completed((SHARD,))
    (tmp_path / "manifest.json").write_bytes(complete.to_json())
    assert read_manifest(tmp_path / "manifest.json") == complete
    assert complete.counts.model_dump() == {"items": 4, "articles": 3, "failed": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "the file: Invalid JSON"),
        ("{}", "inputs: Field required"),
        (BEGUN.to_json().decode().replace('"layout": 1', '"layout": 2'), "layout: Input should be 1"),
        (BEGUN.to_json().decode().replace('"layout": 1', '"layout": 1, "x": 1'), "x: Extra inputs"),
    ],
)
def test_manifest_that_is_none_is_refused(tmp_path, content, reason):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=reason):
        read_manifest(tmp_path / "manifest.json")


def test_manifest_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_manifest(tmp_path / "manifest.json")


def test_a_run_that_began_alike_has_not_changed():
    assert explain_change(BEGUN.completed((SHARD,)), BEGUN) is None
