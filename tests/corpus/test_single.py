"""One file as the output of a run."""

import json

import pytest

from rhetoric.corpus.single import join_lines, join_rows, kept_beside, write_single
from rhetoric.errors import InputError, UsageError
from rhetoric.formats import read_annotations
from tests.corpus.stubs import StubSpec

STUB = StubSpec()
IDS = [f"a{i}" for i in range(23) if i not in (5, 11, 13)]


@pytest.fixture
def write(begin, tmp_path):
    """Annotate the corpus into a file; give the ids in it and those that failed."""

    def run(spec=STUB, name="out.jsonl", join=join_lines, **options):
        out, errors = tmp_path / name, tmp_path / f"{name}.errors.jsonl"
        try:
            write_single(out, errors, lambda folder: begin(folder, spec, **options), join)
        finally:
            failed = errors.read_text().splitlines() if errors.exists() else []
            run.found = ids(out), [json.loads(line)["id"] for line in failed]
        return run.found

    def ids(out):
        return [article.id for article in read_annotations(out)] if out.exists() else []

    return run


def test_a_file_has_the_articles_and_beside_it_the_failures(write, tmp_path):
    assert write() == (IDS, ["a5", None, "a13"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "out.jsonl.errors.jsonl"]


def test_a_file_of_rows_has_the_same_articles(write, tmp_path):
    write()
    write(name="out.parquet", join=join_rows, shard_format="parquet")
    assert list(read_annotations(tmp_path / "out.parquet")) == list(read_annotations(tmp_path / "out.jsonl"))


def test_an_interrupted_file_has_what_was_done_and_goes_on(write, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write(StubSpec(interrupt_at="a14"))
    assert write.found == (IDS[:11], ["a5", None, "a13"])
    assert kept_beside(tmp_path / "out.jsonl").is_dir()
    assert write(StubSpec(forbidden="a3"), is_resumed=True) == (IDS, ["a5", None, "a13"])
    assert not kept_beside(tmp_path / "out.jsonl").exists()


def test_a_run_that_is_kept_is_not_thrown_away(write, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write(StubSpec(interrupt_at="a14"))
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(UsageError, match="holds a run that was interrupted: give --resume"):
        write()
    with pytest.raises(InputError, match="thresholds was"):
        write(StubSpec(thresholds="ptc"), is_resumed=True)
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_an_error_before_the_first_article_changes_nothing(write, tmp_path):
    (tmp_path / "out.jsonl.errors.jsonl").write_text('{"id": "old"}\n')

    class Broken(StubSpec):
        def load(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(Broken())
    assert write.found == ([], ["old"])
    assert not kept_beside(tmp_path / "out.jsonl").exists()


def test_a_link_is_written_through(write, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out.jsonl").symlink_to(tmp_path / "elsewhere" / "real.jsonl")
    write()
    assert (tmp_path / "out.jsonl").is_symlink()
    assert (tmp_path / "elsewhere" / "real.jsonl").is_file()


def test_failures_of_the_run_before_are_removed(write, begin, tmp_path, articles):
    articles.write_text('{"id": "a0", "text": "It rained."}\n')
    (tmp_path / "out.jsonl.errors.jsonl").write_text("old")
    assert write() == (["a0"], [])
