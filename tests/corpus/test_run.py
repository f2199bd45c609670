"""A run over a corpus: what is in its folder, how it goes on, and what it refuses."""

import json
import logging
import subprocess
import sys

import pytest

from rhetoric.corpus import Corpus, Part, RunOptions
from rhetoric.errors import InputError, RhetoricError, UsageError
from tests.corpus.stubs import N_ITEMS, StubSpec, tree


def records(data):
    return [json.loads(line) for line in data.splitlines()]


def test_run_lays_out_its_folder(begin, tmp_path):
    summary = begin(tmp_path / "run")
    assert (summary.n_articles, summary.n_failed, summary.n_before) == (20, 3, 0)
    files = tree(tmp_path / "run")
    folders = {name.partition("/")[0] for name in files}
    assert folders == {"articles", "measures", "errors", "manifest.json", "errors.jsonl"}
    assert [r["id"] for r in records(files["articles/00001.jsonl"])] == ["a4", "a6", "a7"]
    assert [r["line"] for r in records(files["errors/00001.jsonl"])] == [6]
    assert [r["id"] for r in records(files["errors.jsonl"])] == ["a5", None, "a13"]


def test_run_keeps_every_item_in_order_and_once(begin, tmp_path):
    begin(tmp_path / "run")
    files = tree(tmp_path / "run")
    found = [r["id"] for name, data in files.items() if name.startswith("articles/") for r in records(data)]
    assert found == [f"a{i}" for i in range(N_ITEMS) if i not in (5, 11, 13)]


def test_run_writes_a_manifest_without_times_and_machines(begin, tmp_path, articles):
    begin(tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_bytes())
    assert manifest["complete"]
    assert manifest["counts"] == {"items": 23, "articles": 20, "failed": 3}
    assert manifest["inputs"][0]["path"] == str(articles)
    assert manifest["model"] == {"name": "stub", "version": "1", "sha256": "0" * 64}
    assert [s["index"] for s in manifest["shards"]] == list(range(6))
    assert list(manifest["shards"][1]["files"]) == [
        "articles/00001.jsonl",
        "errors/00001.jsonl",
        "measures/00001.parquet",
    ]


def test_run_keeps_a_table_beside_the_articles(begin, tmp_path):
    from pyarrow import parquet

    begin(tmp_path / "run")
    table = parquet.read_table(tmp_path / "run" / "measures" / "00001.parquet")
    assert table.column("id").to_pylist() == ["a4", "a6", "a7"]


def test_run_as_parquet_holds_the_same_articles(begin, tmp_path):
    from rhetoric.corpus import read_run

    begin(tmp_path / "lines")
    begin(tmp_path / "rows", shard_format="parquet")
    assert list(read_run(tmp_path / "rows")) == list(read_run(tmp_path / "lines"))


@pytest.mark.parametrize("shard_format", ["jsonl", "parquet"])
def test_run_without_text_keeps_no_word_of_it(begin, tmp_path, shard_format):
    begin(tmp_path / "run", with_text=False, shard_format=shard_format, side_tables={})
    assert not [name for name, data in tree(tmp_path / "run").items() if b"ferry" in data]


def test_run_gives_its_tables_the_texts_also_where_they_are_not_kept(begin, tmp_path):
    begin(tmp_path / "with")
    begin(tmp_path / "without", with_text=False)
    one, other = tree(tmp_path / "with"), tree(tmp_path / "without")
    assert one["measures/00000.parquet"] == other["measures/00000.parquet"]


def test_run_of_a_shard_that_failed_as_a_whole_has_no_empty_files(begin, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "x"}\n{"id": "y"}\n{"id": "z", "text": "It rained."}\n')
    begin(tmp_path / "run", corpus=Corpus((str(path),)), shard_size=2)
    assert sorted(tree(tmp_path / "run")) == [
        "articles/00001.jsonl",
        "errors.jsonl",
        "errors/00000.jsonl",
        "manifest.json",
        "measures/00001.parquet",
    ]


def test_run_without_an_article_leaves_nothing(begin, tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match="no article found"):
        begin(tmp_path / "run", corpus=Corpus((str(tmp_path / "empty.jsonl"),)))
    assert not (tmp_path / "run").exists()


def test_run_warns_of_blank_articles(begin, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        begin(tmp_path / "run")
    assert caplog.messages == ["article 'a17' is blank: it has no sentences"]


def test_run_tells_its_meter_of_every_item(begin, tmp_path):
    class Meter:
        totals, n, n_failed = [], 0, 0

        def expect(self, total):
            self.totals.append(total)

        def __call__(self, n=1, n_failed=0):
            self.n += n
            self.n_failed += n_failed

    meter = Meter()
    begin(tmp_path / "run", meter=meter)
    assert (meter.totals, meter.n, meter.n_failed) == ([23], 23, 3)


def interrupted(begin, folder, at="a14", **options):
    with pytest.raises(KeyboardInterrupt):
        begin(folder, StubSpec(interrupt_at=at), **options)


def test_run_interrupted_keeps_whole_shards_and_goes_on(begin, tmp_path):
    begin(tmp_path / "once")
    interrupted(begin, tmp_path / "twice")
    assert sorted(p.name for p in (tmp_path / "twice" / "articles").iterdir()) == [f"0000{i}.jsonl" for i in range(3)]
    assert records((tmp_path / "twice" / "interrupted" / "articles" / "00003.jsonl").read_bytes())[0]["id"] == "a12"
    summary = begin(tmp_path / "twice", is_resumed=True)
    assert (summary.n_articles, summary.n_failed, summary.n_before) == (20, 3, 12)
    assert tree(tmp_path / "twice") == tree(tmp_path / "once")


def test_run_that_goes_on_annotates_no_article_twice(begin, tmp_path):
    interrupted(begin, tmp_path / "run")
    begin(tmp_path / "run", StubSpec(forbidden="a3"), is_resumed=True)


def test_run_interrupted_in_its_first_shard_leaves_what_there_is(begin, tmp_path):
    interrupted(begin, tmp_path / "run", at="a2")
    assert (tmp_path / "run" / "interrupted").is_dir()


def test_run_that_resumes_where_there_is_none_begins(begin, tmp_path):
    begin(tmp_path / "once")
    begin(tmp_path / "twice", is_resumed=True)
    assert tree(tmp_path / "twice") == tree(tmp_path / "once")


def test_run_that_is_complete_stays_as_it_is(begin, tmp_path):
    begin(tmp_path / "run")
    before = tree(tmp_path / "run")
    summary = begin(tmp_path / "run", StubSpec(forbidden="a0"), is_resumed=True)
    assert (summary.n_articles, summary.n_before) == (20, 23)
    assert tree(tmp_path / "run") == before


def test_run_does_a_damaged_shard_again(begin, tmp_path):
    begin(tmp_path / "once")
    interrupted(begin, tmp_path / "run")
    (tmp_path / "run" / "articles" / "00001.jsonl").write_text("{}\n")
    (tmp_path / "run" / "measures" / "00000.parquet").unlink()
    begin(tmp_path / "run", is_resumed=True)
    assert tree(tmp_path / "run") == tree(tmp_path / "once")


def test_run_goes_on_from_a_journal_cut_anywhere(begin, tmp_path):
    begin(tmp_path / "once")
    interrupted(begin, tmp_path / "run")
    journal = tmp_path / "run" / "journal.jsonl"
    whole = journal.read_bytes()
    for n_bytes in range(len(whole) - 250, len(whole), 31):
        interrupted(begin, tmp_path / "run", is_resumed=True)
        journal.write_bytes(whole[:n_bytes])
    begin(tmp_path / "run", is_resumed=True)
    assert tree(tmp_path / "run") == tree(tmp_path / "once")


CHANGES = {
    "input": ({}, {}, "input .* was 1,988 bytes in 1 files, sha256 .* and is now"),
    "model": ({"sha256": "1" * 64}, {}, "model was stub 1, sha256 000000000000 and is now stub 1, sha256 111111111111"),
    "thresholds": ({"thresholds": "ptc"}, {}, 'thresholds was "default" and is now "ptc"'),
    "shard size": ({}, {"shard_size": 5}, "shard_size was 4 and is now 5"),
    "text": ({}, {"with_text": False}, "with_text was true and is now false"),
    "part": ({}, {"part": Part(index=1, n=2)}, "part was null and is now 1/2"),
    "tables": ({}, {"side_tables": {}}, r'side_tables was \["measures"\] and is now \[\]'),
    "settings of the tables": ({}, {"side_config": {"measures": "ab"}}, 'measures was null and is now "ab"'),
}


@pytest.mark.parametrize("case", CHANGES, ids=list(CHANGES))
def test_run_does_not_go_on_when_something_changed(begin, tmp_path, articles, case):
    spec, options, reason = CHANGES[case]
    interrupted(begin, tmp_path / "run")
    before = tree(tmp_path / "run")
    if case == "input":
        reason = reason.replace("1,988", f"{articles.stat().st_size:,}")
        articles.write_text(articles.read_text().replace("noon", "ten o'clock"))
    with pytest.raises(InputError, match=f"cannot go on .*{reason}.*; call it as before"):
        begin(tmp_path / "run", StubSpec(**spec), is_resumed=True, **options)
    assert tree(tmp_path / "run") == before


def test_run_does_not_go_on_with_other_versions(begin, tmp_path, monkeypatch):
    interrupted(begin, tmp_path / "run")
    monkeypatch.setattr("rhetoric.corpus.fingerprints.__version__", "9.9")
    with pytest.raises(InputError, match='version of rhetoric was ".*" and is now "9.9"'):
        begin(tmp_path / "run", is_resumed=True)


def test_run_does_not_go_on_with_another_input(begin, tmp_path, articles):
    interrupted(begin, tmp_path / "run")
    two = Corpus((str(articles), str(articles)))
    with pytest.raises(InputError, match="inputs was .* and is now"):
        begin(tmp_path / "run", corpus=two, is_resumed=True)


@pytest.mark.parametrize(("at", "state"), [("a14", "a run that was interrupted"), (None, "a finished run")])
def test_run_is_not_written_over(begin, tmp_path, at, state):
    interrupted(begin, tmp_path / "run", at) if at else begin(tmp_path / "run")
    with pytest.raises(UsageError, match=f"holds {state}: give --resume"):
        begin(tmp_path / "run")


def test_run_in_which_nothing_was_done_is_no_hindrance(begin, tmp_path):
    begin(tmp_path / "once")
    run = tmp_path / "run"
    run.mkdir()
    manifest = json.loads((tmp_path / "once" / "manifest.json").read_bytes())
    (run / "manifest.json").write_text(json.dumps({**manifest, "shards": [], "counts": None, "complete": False}))
    (run / ".journal.jsonl.partial").write_text("{")
    begin(run)
    assert tree(run) == tree(tmp_path / "once")


def test_run_does_not_go_into_a_folder_of_other_things(begin, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.docx").write_text("x")
    with pytest.raises(UsageError, match="holds other files"):
        begin(tmp_path / "run")


def test_run_does_not_go_into_a_folder_that_is_read(begin, tmp_path):
    with pytest.raises(UsageError, match="it lies in .*, which is read"):
        begin(tmp_path / "run", corpus=Corpus((str(tmp_path),)))


def test_run_over_standard_input_cannot_go_on(begin, tmp_path):
    with pytest.raises(UsageError, match="cannot be read again"):
        begin(tmp_path / "run", corpus=Corpus(("-",)), is_resumed=True)


def test_run_has_one_writer(begin, tmp_path):
    pytest.importorskip("fcntl")
    from rhetoric.corpus.locks import only_writer

    (tmp_path / "run").mkdir()
    with only_writer(tmp_path / "run"), pytest.raises(UsageError, match="another process writes"):
        begin(tmp_path / "run")
    begin(tmp_path / "run")


def test_run_on_a_full_disk_is_one_line(begin, tmp_path, monkeypatch):
    import os

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RhetoricError, match="cannot write .*: No space left on device; make room"):
        begin(tmp_path / "run")


@pytest.mark.parametrize("options", [{"shard_size": 0}, {"side_tables": {"articles": len}}])
def test_options_that_no_run_can_have(options):
    with pytest.raises(UsageError):
        RunOptions(**options)


def test_run_killed_at_any_step_ends_with_the_same_bytes(articles, tmp_path, checkout):
    """A process of its own is killed before and after each file is synced or named, and the run goes on."""
    command = [sys.executable, "-m", "tests.corpus.killing", "steps", str(articles), str(tmp_path)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 80


def test_run_killed_at_random_moments_ends_with_the_same_bytes(articles, tmp_path, tiny_model, checkout):
    """The command line with a model, killed 20 times."""
    command = [sys.executable, "-m", "tests.corpus.killing", "moments", str(articles), str(tmp_path), str(tiny_model)]
    done = subprocess.run([*command, "20", "13"], cwd=checkout, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    n_kills, n_in_the_middle = map(int, done.stdout.split())
    assert n_kills == 20
    assert n_in_the_middle > 0
