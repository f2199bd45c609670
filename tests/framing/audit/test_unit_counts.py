"""Counting of coded units."""

import numpy as np
import pytest

from rhetoric.framing.audit.draw import Candidate, article_units, draw_frame, number_units, sentence_units
from rhetoric.framing.audit.gold_articles import with_sentence_labels, with_spans
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import count_articles_for, count_units, indicators_of
from rhetoric.framing.measures.definitions import Measure, read_measures
from tests.framing.audit_data import LOADED, World

SHIPPED = read_measures()
MEASURES = {n: SHIPPED[n] for n in ("loaded_sentences", "loaded_sentences_lead", "loaded_sentences_body")}


@pytest.fixture(scope="module")
def world():
    return World({"Echo": 14, "Post": 14}, prevalence=0.4)


def coded(world, article, numbers):
    return with_sentence_labels(article, "text", {i: [LOADED] for i in numbers if world.truth.get((article.id, i))})


def drawn_units(world, k=None):
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1)
    if k is None:
        return number_units(article_units(drawn, {row.id: world.by_id[row.id].text for row in drawn}), 1)
    found = sentence_units(drawn, world.by_id, lambda a: [bool(s.labels) for s in a.sentences], k, 1)
    return number_units(found, 1)


def test_whole_articles_count_as_the_table_does(world):
    units = drawn_units(world)
    codes = [UnitCodes(u, {"ann": coded(world, world.by_id[u.article_id], range(99))}) for u in units]
    truth = {a.id: sum(world.truth[a.id, i] for i in range(len(a.sentences))) for a in world.articles}
    counts = count_units(codes, world.by_id, MEASURES, "text", "")
    assert counts["loaded_sentences"].gold_above.tolist() == [truth[u.article_id] for u in units]
    above, below = count_articles_for(MEASURES, [world.by_id[u.article_id] for u in units])
    for name in MEASURES:
        assert counts[name].above.tolist() == above[name].tolist()
        assert counts[name].below.tolist() == below[name].tolist()


@pytest.mark.parametrize("name", list(MEASURES))
def test_the_sentences_of_an_article_add_up_to_it(world, name):
    """Every sentence is drawn, so the sum over them is what the article counts, lead and body apart."""
    units = drawn_units(world, k=99)
    codes = [UnitCodes(u, {"ann": coded(world, world.by_id[u.article_id], [u.sentence])}) for u in units]
    counts = count_units(codes, world.by_id, MEASURES, "text", "")[name]
    ids = sorted({u.article_id for u in units})
    whole = count_articles_for(MEASURES, [coded(world, world.by_id[i], range(99)) for i in ids])
    predicted = count_articles_for(MEASURES, [world.by_id[i] for i in ids])
    for column, expected in zip(
        (counts.gold_above, counts.gold_below, counts.above, counts.below), (*whole, *predicted), strict=True
    ):
        sums = [sum(column[j] for j, u in enumerate(units) if u.article_id == i) for i in ids]
        assert sums == expected[name].tolist()


def test_coders_who_disagree_count_half_and_an_adjudicator_decides(world):
    unit = drawn_units(world)[0]
    article = world.by_id[unit.article_id]
    none, all_of_them = (with_sentence_labels(article, "text", dict.fromkeys(n, [LOADED])) for n in ([], range(99)))
    by_coder = {"ann": none, "ben": all_of_them}
    n = len(article.sentences)
    for coders, expected in ((by_coder, n / 2), (by_coder | {"eva": all_of_them}, n)):
        counts = count_units([UnitCodes(unit, coders)], world.by_id, MEASURES, "text", "eva")
        assert counts["loaded_sentences"].gold_above.tolist() == [expected]


def test_indicators_tell_the_sentences_in_which_something_is_counted(world):
    article = world.articles[0]
    names = ("loaded_spans", "loaded_sentences", "loaded_sentences_lead")
    measures = {name: SHIPPED[name] for name in names}
    found = indicators_of(article, article, measures, "text")
    labelled = [float(bool(s.labels)) for s in article.sentences]
    assert found["loaded_spans"].tolist() == found["loaded_sentences"].tolist() == labelled
    assert not indicators_of(article, with_spans(article, "text", []), measures, "text")["loaded_spans"].any()
    assert not np.isnan(found["loaded_sentences_lead"][0])
    assert np.isnan(found["loaded_sentences_lead"][-1])
    (only,) = indicators_of(article, article, {"": SHIPPED["loaded_sentences"]}, "text", only=1).values()
    assert only.tolist() == labelled[1:2]


def test_indicators_of_measures_of_articles_look_at_the_article(world):
    frame = Measure(title="Frame", unit="share", of="articles", per="articles", where={"labels": "morality"})
    found = indicators_of(world.articles[0], world.articles[0], {"": frame}, "text")
    assert found[""].tolist() == [0.0]
