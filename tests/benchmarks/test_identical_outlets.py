import re

import numpy as np
import pytest

from benchmarks import identical_outlets, many_audits
from benchmarks.identical_outlets import Cell, World, measure, write_tables
from benchmarks.simulated_outlets import DESIGNS, SPECIFICITY, draw_audits, score_strata_of, simulate
from rhetoric.framing.audit.strata import score_strata
from rhetoric.framing.contrasts import contrast
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.dsl import estimate_dsl
from rhetoric.framing.estimates import Refusal, estimate_plain

WORLD = World((0.75, 0.65), 0.6, 0.2)
RARE = World((0.75, 0.65), 1.2, 0.02, 0.3)
LIBRARY = {"ppi": estimate_ppi, "dsl": estimate_dsl}


@pytest.mark.parametrize(
    "world", [WORLD, RARE, World((0.7, 0.7), 1.2, 0.2, 0.5), World((0.7, 0.6), 0.6, 0.005, 0.3)], ids=str
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


def test_strata_by_score_are_those_of_the_library():
    outlet = simulate(RARE, 20, np.random.default_rng(3))[0]
    names = ["zero", "low", "middle", "high"]
    for values, strata in zip(outlet.found / outlet.size, score_strata_of(outlet), strict=True):
        assert [names[stratum] for stratum in strata] == score_strata(values)


@pytest.mark.parametrize("design", DESIGNS)
def test_audits_speak_for_all_articles(design):
    rng = np.random.default_rng(4)
    outlet = simulate(WORLD, 200, rng)[0]
    audits = draw_audits(outlet, 30, design, score_strata_of(outlet), rng)
    assert ((~np.isnan(audits.gold)).sum(1) == 30).all()
    totals = np.nansum(audits.weights * audits.gold, axis=1)
    assert totals.mean() == pytest.approx(outlet.truth.sum(1).mean(), rel=0.03)


@pytest.mark.parametrize("world", [WORLD, RARE], ids=str)
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("n_audited", [10, 60])
def test_many_audits_are_estimated_as_the_library_does_it(world, design, n_audited):
    rng = np.random.default_rng(5)
    pair = [draw_audits(o, n_audited, design, score_strata_of(o), rng) for o in simulate(world, 12, rng)]
    for name, estimator in LIBRARY.items():
        rates = [[estimator(sample) for sample in audits] for audits in pair]
        many = [many_audits.ESTIMATORS[name](audits) for audits in pair]
        for own, found in zip(rates, many, strict=True):
            assert found.is_given.tolist() == [not isinstance(rate, Refusal) for rate in own]
            given = [rate for rate in own if not isinstance(rate, Refusal)]
            assert found.value[found.is_given] == pytest.approx([rate.value for rate in given], abs=1e-12)
            reach = [rate.interval()[1] - rate.value for rate in given]
            assert found.reach[found.is_given] == pytest.approx(reach, rel=1e-9)
        both = many_audits.differ(*many)
        differences = [found for found in map(contrast, *rates) if not isinstance(found, Refusal)]
        reach = [found.interval()[1] - found.estimate for found in differences]
        assert both.reach[both.is_given] == pytest.approx(reach, rel=1e-9)


def test_predictions_alone_are_estimated_as_the_library_does_it():
    rng = np.random.default_rng(6)
    outlet = simulate(WORLD, 12, rng)[0]
    audits = draw_audits(outlet, 10, "articles", score_strata_of(outlet), rng)
    found = many_audits.estimate_plain(audits)
    rates = [estimate_plain(sample) for sample in audits]
    assert found.value == pytest.approx([rate.value for rate in rates])
    assert found.reach == pytest.approx([rate.interval()[1] - rate.value for rate in rates])


@pytest.mark.parametrize("world", [WORLD, RARE], ids=str)
def test_corrected_contrasts_hold_the_level_that_naive_ones_miss(world, monkeypatch):
    monkeypatch.setattr(identical_outlets, "AUDITED", (10, 60))
    found = measure(world, 600, 7, DESIGNS, ["ppi", "dsl"])
    assert len(found.cells) == 12
    for cell in found.cells.values():
        assert cell.refused < 5
        assert 2 <= cell.rejects <= 8
        assert 91 <= cell.covers <= 98.5
    if world is WORLD:
        assert found.naive > 60
        assert found.cells["articles", "ppi", 60].error < 0.75 * found.gold_error


def test_cell_shows_what_lies_outside_and_what_was_refused():
    assert str(Cell(20.0, 5.0, 100.0, 1.0)) == "5.0 / **100.0** (20 % refused)"
    assert str(Cell(0.4, 20.0, 95.0, 1.0)) == "**20.0** / 95.0"
    assert str(Cell(0.0, 3.46, 96.54, 1.0)) == "3.5 / 96.5"
    assert str(Cell(97.0, 5.0, 95.0, 1.0)) == "refused"


def test_benchmark_prints_its_tables_and_puts_them_into_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(identical_outlets, "SENSITIVITIES", ((0.75, 0.65),))
    monkeypatch.setattr(identical_outlets, "SPREADS", (0.6,))
    monkeypatch.setattr(identical_outlets, "AUDITED", (10,))
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- articles dsl -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    identical_outlets.main(runs=300, design=["articles"], estimator=["dsl"], page=page)
    shown = capsys.readouterr().out
    rows = re.findall(r"^\| (?:alike|correlated) \|.*\|$", shown, re.MULTILINE)
    assert len(rows) == 6
    assert all(row in page.read_text(encoding="utf-8") for row in rows)
    assert page.read_text(encoding="utf-8").startswith("before\n<!-- articles dsl -->\n\n| lengths")
    assert page.read_text(encoding="utf-8").endswith("<!-- end -->\nafter\n")
    assert "300 runs a cell, seed 13." in shown


def test_tables_without_a_mark_change_nothing(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text\n", encoding="utf-8")
    write_tables(page, {"articles ppi": "table"})
    assert page.read_text(encoding="utf-8") == "text\n"
