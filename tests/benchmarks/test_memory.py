import re

import pytest

from benchmarks import memory
from rhetoric import Article


@pytest.fixture(scope="module", autouse=True)
def _linux():
    if not memory.Path("/proc/self/status").is_file():
        pytest.skip("needs /proc to know its peak memory")


def test_benchmark_measures_both_sizes(tiny_model, tmp_path, capsys):
    for i in range(3):
        (tmp_path / f"a{i}.txt").write_text("The ferry left at noon. Nobody knew why.", encoding="utf-8")
    memory.main([tmp_path], str(tiny_model), n_articles=2, n_times=3, option=["--shard-size=2"])
    first, second, ratio = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"2 articles: \d+ MiB", first)
    assert re.fullmatch(r"6 articles: \d+ MiB", second)
    assert 0.5 < float(re.fullmatch(r"ratio: (\S+)", ratio)[1]) < 1.5


def test_benchmark_sees_what_is_held(monkeypatch, tiny_model):
    hog = memory.PROGRAM.replace("code = main", "held = bytearray(b'x' * 200_000_000); code = main")
    articles = [Article("a", "The ferry left at noon.")]
    options = ["--model", str(tiny_model)]
    plain = memory.measure_peak(articles, 1, options)
    monkeypatch.setattr(memory, "PROGRAM", hog)
    assert memory.measure_peak(articles, 1, options).kib - plain.kib > 100_000


def test_benchmark_tells_of_a_command_that_failed(tmp_path):
    with pytest.raises(RuntimeError, match="no model 'none'"):
        memory.measure_peak([Article("a", "x")], 1, ["--model", "none"])
