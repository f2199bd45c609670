"""The proof that a run is whole fails for everything that can be wrong with one."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from rhetoric.corpus import Corpus, Part, verify_run
from rhetoric.errors import InputError
from tests.corpus.stubs import StubSpec


def problems(folder, **options):
    return [problem for check in verify_run(folder, **options) for problem in check.problems]


@pytest.fixture
def run(begin, tmp_path):
    begin(tmp_path / "run")
    return tmp_path / "run"


def test_a_run_as_it_was_written_is_whole(run):
    checks = verify_run(run)
    assert not [problem for check in checks for problem in check.problems]
    assert [(check.n, check.skipped) for check in checks] == [(6, None), (15, None), (20, None), (3, None), (23, None)]


@pytest.mark.parametrize("options", [{"shard_format": "parquet"}, {"with_text": False}, {"part": Part(index=2, n=4)}])
def test_a_run_of_any_kind_is_whole(begin, tmp_path, options):
    begin(tmp_path / "run", **options)
    assert problems(tmp_path / "run") == []


def rewrite(run, name, change):
    """Change a file, and the manifest with it: what only a look into the file can find."""
    from hashlib import sha256

    path, manifest = run / name, json.loads((run / "manifest.json").read_bytes())
    path.write_bytes(change(path.read_bytes()))
    for shard in manifest["shards"]:
        if name in shard["files"]:
            shard["files"][name] = sha256(path.read_bytes()).hexdigest()
    (run / "manifest.json").write_text(json.dumps(manifest))


def first_twice(data):
    lines = data.splitlines(keepends=True)
    return b"".join([lines[0], lines[0], *lines[2:]])


def recount(run, index, **counts):
    manifest = json.loads((run / "manifest.json").read_bytes())
    manifest["shards"][index].update(counts)
    (run / "manifest.json").write_text(json.dumps(manifest))


def drop_shard(run, index):
    manifest = json.loads((run / "manifest.json").read_bytes())
    for name in manifest["shards"].pop(index)["files"]:
        (run / name).unlink()
    (run / "manifest.json").write_text(json.dumps(manifest))


A0 = "articles/00000.jsonl"
TAMPERING = {
    "changed": (lambda run: (run / A0).write_bytes(b"{}\n"), "00000.jsonl is not as it was written"),
    "removed": (lambda run: (run / A0).unlink(), "00000.jsonl is missing"),
    "added": (lambda run: (run / "articles" / "99.jsonl").write_bytes(b""), "99.jsonl belongs to no shard"),
    "left over": (lambda run: (run / "articles" / ".0.partial").write_bytes(b""), ".0.partial belongs to no shard"),
    "another text": (
        lambda run: rewrite(run, A0, lambda d: d.replace(b"ferry 0", b"barge 0")),
        "'a0' has another text",
    ),
    "another id": (lambda run: rewrite(run, A0, lambda d: d.replace(b'"a0"', b'"x0"')), "does not hold article 'a0'"),
    "an article twice": (lambda run: rewrite(run, A0, first_twice), "'a0' stands in the run twice"),
    "an article less": (
        lambda run: rewrite(run, A0, lambda d: d.partition(b"\n")[2]),
        "holds 3 articles and 0 failures",
    ),
    "order": (
        lambda run: rewrite(run, A0, lambda d: b"".join(reversed(d.splitlines(keepends=True)))),
        "does not hold article 'a0' where it should",
    ),
    "no article": (lambda run: rewrite(run, A0, lambda d: b"{}\n" + d), "is missing: expected an annotated article"),
    "not read in full": (
        lambda run: rewrite(run, A0, lambda d: d.replace(b'"coverage": 1.0', b'"coverage": 0.5', 1)),
        "'a0' was read to 0.5000 only",
    ),
    "another model": (
        lambda run: rewrite(run, A0, lambda d: d.replace(b'"name": "stub"', b'"name": "other"', 1)),
        "'a0' was annotated by other 1",
    ),
    "another failure": (
        lambda run: rewrite(run, "errors/00001.jsonl", lambda d: d.replace(b"missing", b"there")),
        "does not hold the failure of",
    ),
    "failures not listed": (lambda run: (run / "errors.jsonl").write_bytes(b""), "does not list the failures"),
    "counts": (lambda run: recount(run, 2, n_articles=9), "the manifest says 9 and"),
    "a shard less": (lambda run: drop_shard(run, 2), "shard 2 is missing"),
    "the last shard less": (lambda run: drop_shard(run, 5), "shard 5 is missing: 3 items"),
}


@pytest.mark.parametrize(("tamper", "problem"), TAMPERING.values(), ids=TAMPERING)
def test_what_was_tampered_with_is_found(run, tamper, problem):
    tamper(run)
    assert [p for p in problems(run) if problem in p]


def test_a_table_that_lost_rows_is_found(run):
    from io import BytesIO

    from pyarrow import parquet

    def shorten(data):
        sink = BytesIO()
        parquet.write_table(parquet.read_table(BytesIO(data)).slice(1), sink)
        return sink.getvalue()

    rewrite(run, "measures/00000.parquet", shorten)
    assert [p for p in problems(run) if "00000.parquet has 3 rows for 4 articles" in p]


def test_an_input_that_changed_is_found(run, articles):
    articles.write_text(articles.read_text() + '{"id": "late", "text": "x"}\n')
    assert problems(run) == [f"the input {articles} is not as it was when the run began"]
    assert problems(run, with_inputs=False) == []


def test_a_run_that_was_interrupted_is_not_whole(begin, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "run", StubSpec(interrupt_at="a14"))
    found = problems(tmp_path / "run")
    assert found[0] == "the run is not complete: go on with --resume"
    assert [p for p in found if p.startswith("shard 4 is missing: 4 items")]


def test_problems_of_one_kind_are_not_all_named(run):
    for i in range(30):
        (run / "articles" / f"x{i:02}").write_bytes(b"")
    check = verify_run(run)[0]
    assert len(check.problems) == 21
    assert check.problems[-1] == "and 10 more"


def test_a_run_over_standard_input_is_proved_without_it(begin, tmp_path, monkeypatch):
    stdin = SimpleNamespace(buffer=io.BytesIO(b'{"id": "a", "text": "It rained."}\n'))
    monkeypatch.setattr(sys, "stdin", stdin)
    begin(tmp_path / "run", corpus=Corpus(("-",)))
    checks = verify_run(tmp_path / "run")
    assert [problem for check in checks for problem in check.problems] == []
    assert checks[-1].skipped == "standard input or a pipe cannot be read again"


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder of a run"):
        verify_run(tmp_path)
