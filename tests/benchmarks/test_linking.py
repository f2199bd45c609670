import re

from benchmarks import linking


def test_benchmark_tells_the_share_of_linking(tiny_model, tmp_path, capsys):
    for i in range(3):
        (tmp_path / f"a{i}.txt").write_text("“The ferry left,” KCNA said. Nobody knew why.", encoding="utf-8")
    linking.main([tmp_path], model=str(tiny_model), n_articles=2, rounds=2)
    first, share = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"2 articles, [\d,]+ attributions, 2 rounds", first)
    median, low, high = map(
        float, re.fullmatch(r"linking: (\S+)% of annotating \(from (\S+)% to (\S+)%\)", share).groups()
    )
    assert 0 <= low <= median <= high
