import re

import numpy as np
import pytest

from benchmarks import polnear_outlets
from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Sentence
from rhetoric.formats import open_lines, to_record

N_ARTICLES = 60
WORDS = "Orr said that rain would come. "


def article(name, outlet, n_sourced, n_floating):
    """An annotated article of that many attributions, with and without a source."""
    n = n_sourced + n_floating
    starts = [i * len(WORDS) for i in range(n)]
    found = [
        Attribution(f"q{i}", CharSpan(at, at + 3) if i < n_sourced else None, None, (CharSpan(at + 9, at + 29),))
        for i, at in enumerate(starts)
    ]
    sentences = tuple(Sentence(at, at + len(WORDS) - 1) for at in starts)
    return AnnotatedArticle(name, WORDS * n, {"outlet": outlet}, sentences, attributions=tuple(found))


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    gold, predicted = [], []
    for outlet, rate, recall in (("daily", 0.3, 0.9), ("weekly", 0.3, 0.5)):
        for i in range(N_ARTICLES):
            n = int(rng.integers(8, 20))
            floating = int(rng.binomial(n, rate))
            seen = int(rng.binomial(floating, recall))
            gold.append(article(f"{outlet}{i}", outlet, n - floating, floating))
            predicted.append(article(f"{outlet}{i}", outlet, n - seen, seen))
    for name, articles in (("gold", gold), ("predictions", predicted)):
        with open_lines(tmp_path / f"{name}.jsonl") as write:
            for one in articles:
                write(to_record(one))
    return tmp_path


def test_correction_finds_what_all_of_the_gold_says_where_predictions_do_not(folder, capsys):
    tables = [polnear_outlets.read_table(folder / f"{name}.jsonl") for name in ("predictions", "gold")]
    daily, weekly = polnear_outlets.compare_to_gold("attributions_without_source", *tables, 30, 300, 13)
    for outcome in (daily, weekly):
        assert outcome.gold == pytest.approx(0.3, abs=0.04)
        assert outcome.corrected[1] < outcome.corrected[0] < outcome.corrected[2]
        assert outcome.covers > 0.9
    assert weekly.predicted < weekly.gold - 0.1
    assert weekly.error < 0.5 * abs(weekly.predicted - weekly.gold)


def test_benchmark_prints_a_row_an_outlet(folder, capsys):
    polnear_outlets.main(folder, draws=20)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("| daily", "| weekly"))]
    assert len(rows) == 4
    assert all(
        re.fullmatch(r"\| \w+ \| [\d.]+ \| [\d.]+ \| ([\d.]+ \[.*\]|refused) \|( \S+ \|){3}", row) for row in rows
    )
