import re
import threading
import time

import pytest

from benchmarks import where_time_goes
from benchmarks.where_time_goes import REST, SETTINGS, STAGES, Clock, Setting, Speed, Stopwatch
from rhetoric import Article
from rhetoric.corpus import Corpus

ARTICLES = [Article(f"a{i}", "The tyrant fled, state radio said. Nobody knew why. " * 3) for i in range(9)]


def compute(seconds):
    begun = time.thread_time()
    while time.thread_time() - begun < seconds:
        pass


def test_stopwatch_counts_what_is_inside_of_a_stage_for_that_alone():
    watch = Stopwatch()
    inner = watch.timed(compute, "inner")

    def outer():
        compute(0.02)
        inner(0.15)

    watch.timed(outer, "outer")()
    thread = threading.Thread(target=inner, args=(0.05,))
    thread.start()
    thread.join()
    assert watch.seconds["inner"] >= 0.2
    assert 0.02 <= watch.seconds["outer"] < 0.12  # a virtual machine that waits counts as busy


def test_stopwatch_counts_each_item_of_a_stream_and_passes_it_on():
    def stream(n):
        for i in range(n):
            compute(0.01)
            yield i

    watch = Stopwatch()
    assert list(watch.timed_stream(stream, "reading")(4)) == [0, 1, 2, 3]
    assert watch.seconds["reading"] >= 0.04


def test_clock_begins_with_the_first_articles(monkeypatch):
    clock, times = Clock(), iter([100.0, 101.0, 104.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(times))
    for n in (5, 2, 6):
        clock(n)
    assert clock.speed == 2.0


def test_measure_tells_every_stage_and_leaves_the_program_as_it_was(tiny_model):
    items = Corpus.items
    speed = where_time_goes.measure(ARTICLES, str(tiny_model), Setting("onnx"))
    assert Corpus.items is items
    assert speed.articles > 0
    assert tuple(speed.cpu_seconds) == STAGES
    assert all(seconds > 0 for stage, seconds in speed.cpu_seconds.items() if stage != REST)
    assert 0 < speed.cpu_hours < 1_000


def test_benchmark_prints_tables_of_what_was_measured(tiny_model, tmp_path, capsys, monkeypatch):
    for article in ARTICLES:
        (tmp_path / f"{article.id}.txt").write_text(article.text, encoding="utf-8")
    asked = []

    def measured(articles, model, setting):
        asked.append((len(articles), setting))
        one = dict.fromkeys(STAGES, 0.018) if setting.n_workers == 1 else {}
        return Speed(4.0 * setting.n_workers, one)

    monkeypatch.setattr(where_time_goes, "measure_apart", measured)
    monkeypatch.setattr(where_time_goes, "n_cores", lambda: 2)
    where_time_goes.main([tmp_path], str(tiny_model), n_articles=3)
    lines = capsys.readouterr().out.splitlines()
    assert asked == [(3, setting) for setting in SETTINGS]
    n_tokens = 3 * len("Thetyrantfled,stateradiosaid.Nobodyknewwhy.")  # the tiny tokenizer has one token a character
    assert lines[0] == f"3 articles, {3 * n_tokens} tokens, 2 cores"
    assert f"| onnx | 1 | 1 | 4.00 | {4 * n_tokens:,} | 144 | 40 |" in lines
    assert f"| torch | 1 | 2 | 8.00 | {8 * n_tokens:,} | n/a | n/a |" in lines
    assert "| encoder | 12.5% | 12.5% |" in lines


@pytest.mark.parametrize(("n_cores", "n_rows"), [(1, 3), (2, 5)])
def test_benchmark_leaves_out_rows_for_which_there_are_too_few_cores(
    tiny_model, tmp_path, capsys, monkeypatch, n_cores, n_rows
):
    (tmp_path / "a.txt").write_text("It rained.", encoding="utf-8")
    monkeypatch.setattr(where_time_goes, "measure_apart", lambda *arguments: Speed(1.0, dict.fromkeys(STAGES, 1.0)))
    monkeypatch.setattr(where_time_goes, "n_cores", lambda: n_cores)
    where_time_goes.main([tmp_path], str(tiny_model))
    assert len(re.findall(r"^\| (?:onnx|torch) \|", capsys.readouterr().out, re.MULTILINE)) == n_rows
