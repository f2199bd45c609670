"""Parts of a corpus, joined."""

import shutil

import pytest

from rhetoric.corpus import Part, merge_runs
from rhetoric.errors import InputError, UsageError
from tests.corpus.stubs import StubSpec, tree


@pytest.fixture
def parts(begin, tmp_path):
    """Run a corpus in `n` parts and return their folders."""

    def run(n, **options):
        folders = [tmp_path / f"part{i}of{n}" for i in range(1, n + 1)]
        for i, folder in enumerate(folders, 1):
            begin(folder, part=Part(index=i, n=n), **options)
        return folders

    return run


@pytest.mark.parametrize("n", [1, 2, 3, 9])  # 9 parts for 6 shards: three hold nothing
def test_parts_joined_are_the_whole_run(begin, parts, tmp_path, n):
    begin(tmp_path / "once")
    summary = merge_runs(list(reversed(parts(n))), tmp_path / "merged")
    assert (summary.n_articles, summary.n_failed) == (20, 3)
    assert tree(tmp_path / "merged") == tree(tmp_path / "once")
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_parts_do_nothing_twice(parts):
    names = [name for folder in parts(3) for name in tree(folder) if name.startswith("articles/")]
    assert sorted(names) == [f"articles/0000{i}.jsonl" for i in range(6)]


def test_a_merge_that_was_killed_is_done_again(begin, parts, tmp_path):
    begin(tmp_path / "once")
    (tmp_path / ".merged.merging" / "articles").mkdir(parents=True)
    (tmp_path / ".merged.merging" / "articles" / "00099.jsonl").write_text("x")
    merge_runs(parts(2), tmp_path / "merged")
    assert tree(tmp_path / "merged") == tree(tmp_path / "once")


def refused(folders, out, reason, error=InputError):
    with pytest.raises(error, match=reason):
        merge_runs(folders, out)
    assert not (out / "manifest.json").exists()


def test_a_part_that_is_missing_or_twice_is_refused(parts, tmp_path):
    one, two, three = parts(3)
    refused([one, two], tmp_path / "out", "the parts are 1/3, 2/3: expected each from 1/3 to 3/3 once")
    refused([one, two, two], tmp_path / "out", "the parts are 1/3, 2/3, 2/3")
    refused([one, two, three, three], tmp_path / "out", "expected each")


def test_parts_of_different_divisions_are_refused(parts, tmp_path):
    refused([parts(2)[0], parts(3)[1]], tmp_path / "out", "the parts are 1/2, 2/3")


def test_parts_of_different_runs_are_refused(begin, tmp_path):
    begin(tmp_path / "a", part=Part(index=1, n=2))
    begin(tmp_path / "b", StubSpec(thresholds="ptc"), part=Part(index=2, n=2))
    refused([tmp_path / "a", tmp_path / "b"], tmp_path / "out", "b is no part of the same run .*thresholds was")


def test_a_part_that_is_not_complete_is_refused(begin, parts, tmp_path):
    one, two = parts(2)
    shutil.rmtree(two)
    with pytest.raises(KeyboardInterrupt):
        begin(two, StubSpec(interrupt_at="a14"), part=Part(index=2, n=2))
    refused([one, two], tmp_path / "out", "is not complete: finish it with --resume")


def test_a_run_that_is_no_part_is_refused(begin, tmp_path):
    begin(tmp_path / "run")
    refused([tmp_path / "run"], tmp_path / "out", "is no part")
    refused([tmp_path], tmp_path / "out", "is no folder of a run")


def test_a_part_that_was_changed_is_refused(parts, tmp_path):
    one, two = parts(2)
    file = two / "articles" / "00001.jsonl"
    file.write_bytes(file.read_bytes().replace(b"ferry", b"barge"))
    refused([one, two], tmp_path / "out", "00001.jsonl is not as it was written")
    file.unlink()
    refused([one, two], tmp_path / "out", "cannot read .*00001.jsonl")


def test_a_merge_writes_over_nothing(parts, tmp_path):
    (tmp_path / "out").mkdir()
    folders = parts(2)
    refused(folders, tmp_path / "out", "it is there already", UsageError)
    refused(folders, tmp_path / "no" / "out", "there is no folder", UsageError)
