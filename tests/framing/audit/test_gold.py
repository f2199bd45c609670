"""Gold aligned with the table of predictions."""

from dataclasses import replace

import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.framing.audit.design import Design, Settings
from rhetoric.framing.audit.draw import Candidate, article_units, draw_frame, number_units, sentence_units
from rhetoric.framing.audit.gold import check_population, gold_ratios, make_gold, response_of
from rhetoric.framing.audit.gold_articles import with_sentence_labels
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import count_units
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.table import build_table
from tests.framing.audit_data import LOADED, World

NAME = "loaded_sentences"
MEASURES = {NAME: read_measures()[NAME]}


@pytest.fixture(scope="module")
def world():
    return World({"Echo": 60, "Post": 50}, sensitivity={"Echo": 0.9, "Post": 0.5}, prevalence=0.3)


@pytest.fixture(scope="module")
def table(world):
    return build_table(world.articles, MEASURES)


def draw(world, table, seed=1, k=None, n=12):
    rows = zip(table.ids, table.meta["outlet"], table.values(NAME), strict=True)
    frame, drawn = draw_frame([Candidate(name, o, float(v)) for name, o, v in rows], n, seed)
    if k is None:
        units = article_units(drawn, {row.id: world.by_id[row.id].text for row in drawn})
    else:
        units = sentence_units(drawn, world.by_id, lambda a: [bool(s.labels) for s in a.sentences], k, seed)
    unit = "article" if k is None else "sentence"
    settings = Settings(NAME, (LOADED,), "outlet", unit, "text", n, k, seed, None, ("", ""))
    return Design(settings, tuple(frame), number_units(units, seed))


def code(world, design):
    """Code every unit as it is in truth."""
    codes = []
    for unit in design.units:
        article = world.by_id[unit.article_id]
        numbers = range(len(article.sentences)) if unit.sentence is None else [unit.sentence]
        labels = {i: [LOADED] for i in numbers if world.truth[unit.article_id, i]}
        codes.append(UnitCodes(unit, {"ann": with_sentence_labels(article, "text", labels)}))
    return codes


def gold_of(world, table, design, codes):
    responses = response_of(design, codes)
    return make_gold(design, table, responses, count_units(responses.units, world.by_id, MEASURES, "text", ""))


def n_true(world, name):
    return sum(world.truth[name, i] for i in range(len(world.by_id[name].sentences)))


def corrected(table, gold, outlet):
    """The difference estimator of the share of an outlet."""
    own = np.array([o == outlet for o in table.meta["outlet"]])
    audited = own & gold.audited
    above, below, weights = table.numerators[NAME], table.denominators[NAME], gold.weights
    error = (weights * (gold.numerators[NAME] - above))[audited].sum() / (weights * below)[audited].sum()
    return above[own].sum() / below[own].sum() + error


def test_gold_of_whole_articles_is_what_is_there(world, table):
    design = draw(world, table)
    gold = gold_of(world, table, design, code(world, design))
    for i, name in enumerate(table.ids):
        if name in design.article_ids:
            assert gold.numerators[NAME][i] == n_true(world, name)
            assert gold.denominators[NAME][i] == len(world.by_id[name].sentences)
        else:
            assert np.isnan([gold.numerators[NAME][i], gold.denominators[NAME][i], gold.weights[i]]).all()
    assert gold.kept.all()
    assert gold.audited.sum() == 24


def test_weights_add_up_to_the_articles_of_an_outlet(world, table):
    design = draw(world, table, k=4)
    gold = gold_of(world, table, design, code(world, design))
    echo = np.array([o == "Echo" for o in table.meta["outlet"]])
    assert np.nansum(gold.weights[echo]) == pytest.approx(60)
    assert np.nansum(gold.weights[~echo]) == pytest.approx(50)
    assert (gold.probabilities > 0).all()
    assert {s.partition("/")[0] for s in gold.strata} == {"Echo", "Post"}


def test_gold_of_all_sentences_is_that_of_the_article(world, table):
    whole, parts = (draw(world, table, k=k) for k in (None, 99))
    one, other = (gold_of(world, table, d, code(world, d)) for d in (whole, parts))
    assert np.array_equal(one.numerators[NAME], other.numerators[NAME], equal_nan=True)
    assert np.array_equal(one.weights, other.weights, equal_nan=True)


@pytest.mark.parametrize("k", [None, 4])
def test_corrected_values_are_right_on_average(world, table, k):
    estimates = {"Echo": [], "Post": []}
    for seed in range(25):
        design = draw(world, table, seed, k, n=15)
        gold = gold_of(world, table, design, code(world, design))
        for outlet, found in estimates.items():
            found.append(corrected(table, gold, outlet))
    for outlet, found in estimates.items():
        error = np.std(found) / np.sqrt(len(found))
        assert abs(np.mean(found) - world.share(outlet)) < 3.5 * error
    naive = table.numerators[NAME][60:].sum() / table.denominators[NAME][60:].sum()
    assert abs(naive - world.share("Post")) > 0.08


@pytest.mark.parametrize("k", [None, 6])
def test_gold_goes_into_estimates(world, table, k):
    design = draw(world, table, seed=3, k=k, n=25)
    gold = gold_of(world, table, design, code(world, design))
    outlets = np.array(table.meta["outlet"])
    for outlet in ("Echo", "Post"):
        sample = gold_ratios(gold, table, NAME, outlets == outlet)
        estimate = estimate_ppi(sample)
        low, high = estimate.interval(0.99)
        assert low < world.share(outlet) < high
        assert estimate.n_audited == 25
        if k is None:
            assert estimate_ppi(sample, power=1.0).value == pytest.approx(corrected(table, gold, outlet), rel=1e-9)


def test_articles_that_could_not_be_drawn_are_left_out_of_estimates(world, table):
    design = draw(world, table)
    gold = gold_of(world, table, design, code(world, design))
    kept = gold.kept & (np.arange(len(table)) > 0)
    sample = gold_ratios(replace(gold, kept=kept), table, NAME, np.ones(len(table), bool), np.arange(len(table)))
    assert sample.numerator.shape == (len(table) - 1,)
    assert sample.clusters.tolist() == list(range(1, len(table)))


def test_units_that_were_not_coded_raise_the_weights_of_their_stratum(world, table):
    design = draw(world, table)
    codes = code(world, design)
    stratum = next(u.stratum for u in design.units if u.outlet == "Echo")
    same = [c for c in codes if (c.unit.outlet, c.unit.stratum) == ("Echo", stratum)]
    kept = [c for c in codes if c is not same[0]]
    gold = gold_of(world, table, design, kept)
    echo = np.array([o == "Echo" for o in table.meta["outlet"]])
    assert np.nansum(gold.weights[echo]) == pytest.approx(60)
    assert gold.audited.sum() == len(codes) - 1


def test_sentences_that_were_not_coded_raise_the_weights_of_the_others(world, table):
    design = draw(world, table, k=6)
    codes = code(world, design)
    others = [c for c in codes if c.unit.sentence_stratum == "other"]
    article = others[0].unit.article_id
    of_one = [c for c in others if c.unit.article_id == article]
    responses = response_of(design, [c for c in codes if c is not of_one[0]])
    left = [c.unit.unit for c in of_one[1:]]
    n_others = sum(not s.labels for s in world.by_id[article].sentences)
    assert sum(1 / responses.p_sentence[name] for name in left) == pytest.approx(n_others)


def test_an_article_without_codes_of_one_kind_does_not_count(world, table):
    design = draw(world, table, k=6)
    codes = code(world, design)
    article = next(u.article_id for u in design.units if u.sentence_stratum == "labelled")
    kept = [c for c in codes if (c.unit.article_id, c.unit.sentence_stratum) != (article, "labelled")]
    responses = response_of(design, kept)
    assert article not in {c.unit.article_id for c in responses.units}
    assert responses.n_lost == sum(c.unit.article_id == article for c in kept)


def test_a_stratum_without_codes_is_refused(world, table):
    design = draw(world, table)
    unit = design.units[0]
    kept = [c for c in code(world, design) if (c.unit.outlet, c.unit.stratum) != (unit.outlet, unit.stratum)]
    with pytest.raises(InputError, match="code at least one of"):
        response_of(design, kept)


def test_an_outlet_without_codes_has_no_gold(world, table):
    design = draw(world, table)
    gold = gold_of(world, table, design, [c for c in code(world, design) if c.unit.outlet == "Echo"])
    echo = np.array([o == "Echo" for o in table.meta["outlet"]])
    assert gold.audited[echo].sum() == 12
    assert not gold.audited[~echo].any()
    assert (gold.probabilities[~echo] == 0).all()


def test_another_run_is_refused(world, table):
    design = draw(world, table)
    check_population(design, table)
    others = {"Post": np.arange(len(table)) > 0, "a new": np.arange(len(table)) < 109}
    for rows in others.values():
        with pytest.raises(InputError, match="the gold is no sample of this run: 1 articles"):
            check_population(design, table.take(rows))
    renamed = build_table(World({"Echo": 60, "Wire": 50}).articles, MEASURES)
    with pytest.raises(InputError, match="no sample of this run: 50 articles"):
        check_population(design, renamed)
