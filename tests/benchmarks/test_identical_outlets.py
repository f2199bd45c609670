import re

import numpy as np
import pytest

from benchmarks import identical_outlets
from benchmarks.identical_outlets import Cell, World, measure, write_tables
from benchmarks.simulated_outlets import DESIGNS, SPECIFICITY, audits, score_strata_of, simulate
from rhetoric.framing.correction import estimate_ppi

WORLD = World((0.75, 0.65), 0.6, 0.2)


@pytest.mark.parametrize(
    "world", [WORLD, World((0.7, 0.7), 1.2, 0.2, 0.5), World((0.7, 0.6), 1.2, 0.02), World((0.7, 0.6), 0.6, 0.005, 0.3)]
)
def test_outlets_have_the_truth_and_the_model_the_errors_that_are_stated(world):
    for outlet, sensitivity, length in zip(
        simulate(world, 150, np.random.default_rng(1)), world.sensitivities, world.lengths, strict=True
    ):
        n = outlet.truth.sum()
        assert n / outlet.size.sum() == pytest.approx(world.prevalence, rel=0.03)
        assert outlet.hits.sum() / n == pytest.approx(sensitivity, abs=5 / np.sqrt(n))
        assert outlet.false.sum() / (outlet.size.sum() - n) == pytest.approx(1 - SPECIFICITY, rel=0.02)
        assert np.median(outlet.size) == pytest.approx(length, abs=0.5)


def test_only_correlated_outlets_have_more_in_long_articles():
    for correlation, low, high in ((0.0, -0.03, 0.03), (0.5, 0.3, 0.7)):
        outlet = simulate(World((0.7, 0.7), 1.2, 0.2, correlation), 50, np.random.default_rng(2))[0]
        assert low < np.corrcoef(np.log(outlet.size.ravel()), (outlet.truth / outlet.size).ravel())[0, 1] < high


@pytest.mark.parametrize("design", DESIGNS)
def test_audits_speak_for_all_articles(design):
    rng = np.random.default_rng(3)
    outlet = simulate(WORLD, 150, rng)[0]
    samples = list(audits(outlet, 30, design, score_strata_of(outlet), rng))
    assert all(sample.audited.sum() == 30 for sample in samples)
    totals = [np.nansum((400 / 30 if s.weights is None else s.weights) * s.gold_numerator) for s in samples]
    assert np.mean(totals) == pytest.approx(outlet.truth.sum(1).mean(), rel=0.03)
    assert np.mean([estimate_ppi(sample).value for sample in samples]) == pytest.approx(0.2, abs=0.006)


def test_sentences_within_articles_leave_more_open_than_whole_articles():
    rng = np.random.default_rng(4)
    outlet = simulate(WORLD, 40, rng)[0]
    strata = score_strata_of(outlet)
    errors = [np.mean([estimate_ppi(s).std_error for s in audits(outlet, 30, d, strata, rng)]) for d in DESIGNS]
    assert errors[1] < errors[2]


@pytest.mark.parametrize("world", [WORLD, World((0.75, 0.65), 1.2, 0.02, 0.3)])
def test_corrected_contrasts_hold_the_level_that_naive_ones_miss(world, monkeypatch):
    monkeypatch.setattr(identical_outlets, "AUDITED", (10, 60))
    found = measure(world, 250, 5, ["articles", "sentences"], ["ppi"])
    assert len(found.cells) == 4
    for cell in found.cells.values():
        assert cell.refused < 5
        assert 1 <= cell.rejects <= 9.5
        assert 90 <= cell.covers <= 99
    if world is WORLD:
        assert found.naive > 40
        assert np.mean(found.cells["articles", "ppi", 60].errors) < 0.75 * found.gold_error


def test_cell_shows_what_lies_outside_and_what_was_refused():
    cell = Cell(n_runs=100, rejected=[True] * 4 + [False] * 76, covered=([True] * 80, [True] * 76 + [False] * 4))
    assert str(cell) == "5.0 / **100.0** (20 % refused)"
    cell.rejected, cell.covered = [True] * 16 + [False] * 64, ([True] * 76 + [False] * 4,) * 2
    assert str(cell) == "**20.0** / 95.0 (20 % refused)"
    cell.rejected = [False] * 4
    assert str(cell) == "refused"


def test_benchmark_prints_its_tables_and_puts_them_into_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(identical_outlets, "SENSITIVITIES", ((0.75, 0.65),))
    monkeypatch.setattr(identical_outlets, "SPREADS", (0.6,))
    monkeypatch.setattr(identical_outlets, "AUDITED", (10,))
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- articles dsl -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    identical_outlets.main(runs=8, design=["articles"], estimator=["dsl"], page=page)
    shown = capsys.readouterr().out
    rows = re.findall(r"^\| (?:alike|correlated) \|.*\|$", shown, re.MULTILINE)
    assert len(rows) == 6
    assert all(row in page.read_text(encoding="utf-8") for row in rows)
    assert page.read_text(encoding="utf-8").startswith("before\n<!-- articles dsl -->\n\n| lengths")
    assert page.read_text(encoding="utf-8").endswith("<!-- end -->\nafter\n")
    assert "8 runs a cell, seed 13." in shown


def test_tables_without_a_mark_change_nothing(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text\n", encoding="utf-8")
    write_tables(page, {"articles ppi": "table"})
    assert page.read_text(encoding="utf-8") == "text\n"
