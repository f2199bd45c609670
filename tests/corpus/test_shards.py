"""Shards: how a stream is cut, and what comes of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import Article
from rhetoric.corpus.shards import ShardTask, SilentMeter, Work, annotate_shard, cut_shards
from rhetoric.formats import Failure, read_annotations
from tests.corpus.stubs import StubAnnotator, StubSpec, lengths


@given(st.integers(0, 50), st.integers(1, 12))
def test_a_stream_is_cut_into_whole_shards_and_a_rest(n, size):
    items = [Article(str(i), "") for i in range(n)]
    tasks = list(cut_shards(iter(items), size))
    assert [item for task in tasks for item in task.items] == items
    assert [task.index for task in tasks] == list(range(len(tasks)))
    assert all(len(task.items) == size for task in tasks[:-1])


def test_a_stream_is_cut_as_it_comes():
    def stream():
        yield Article("a", "")
        yield Article("b", "")
        raise AssertionError("the second shard was read before it was asked for")

    assert next(cut_shards(stream(), 2)).index == 0


def results(items, work=Work(StubSpec()), annotator=None):  # noqa: B008  (a frozen value)
    return annotate_shard(annotator or StubAnnotator(), work, ShardTask(3, tuple(items)), SilentMeter())


def test_a_shard_has_no_file_for_nothing():
    (result,) = results([Article("a", "It rained.")])
    assert list(result.files) == ["articles/00003.jsonl"]
    (result,) = results([Failure("a", None, None, "no")])
    assert list(result.files) == ["errors/00003.jsonl"]


def test_an_article_that_the_format_cannot_hold_is_a_failure():
    (result,) = results([Article("a", "\ud83d\ude00"), Article("b", "It rained.")])
    assert (result.n_articles, result.n_failed) == (1, 1)
    assert b"surrogate pair" in result.files["errors/00003.jsonl"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_shard_that_is_interrupted_gives_what_there_is(error):
    class Interrupted(StubAnnotator):
        def try_pipe(self, items):
            yield from super().try_pipe(items[:2])
            raise error

    work = Work(StubSpec(), side_tables={"measures": lengths})
    found = results([Article(name, "It rained.") for name in "abc"], work, Interrupted())
    partial = next(found)
    assert (partial.n_articles, partial.is_whole, list(partial.files)) == (2, False, ["articles/00003.jsonl"])
    with pytest.raises(error):
        next(found)


@pytest.mark.parametrize("with_text", [True, False])
def test_a_shard_of_parquet_holds_the_articles_of_one_of_lines(tmp_path, with_text):
    items = [Article(f"a{i}", "It rained.", {"outlet": "The Echo", "title": "Rain"}) for i in range(70)]
    found = {}
    for kind in ("jsonl", "parquet"):
        (result,) = results(items, Work(StubSpec(), kind, with_text))
        path = tmp_path / f"shard.{kind}"
        path.write_bytes(result.files[f"articles/00003.{kind}"])
        found[kind] = list(read_annotations(path))
    assert len(found["jsonl"]) == 70
    assert found["parquet"] == found["jsonl"]
