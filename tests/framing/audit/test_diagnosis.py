"""Agreement of coders, and the model's errors, counted by sentences."""

import numpy as np
import pytest

from rhetoric.framing.audit.design import AuditUnit
from rhetoric.framing.audit.diagnosis import Coded, diagnose, double_coding
from rhetoric.framing.audit.gold import GoldSample, Responses
from rhetoric.framing.audit.gold_articles import with_sentence_labels
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import count_articles_for
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.table import build_table
from rhetoric.metrics.agreement import krippendorff_alpha
from tests.framing.audit_data import LOADED, World

NAME = "loaded_sentences"
MEASURES = {NAME: read_measures()[NAME]}


@pytest.fixture(scope="module")
def world():
    return World({"Echo": 12, "Post": 12}, prevalence=0.4)


def unit_of(article, sentence=None):
    outlet = article.meta["outlet"]
    return AuditUnit(article.id, article.id, sentence, outlet, "low", 1.0, None, 1.0, is_double=True, text_hash="")


def coded_with(world, article, flip=lambda i: False):
    labels = {i: [LOADED] for i in range(len(article.sentences)) if world.truth[article.id, i] != flip(i)}
    return with_sentence_labels(article, "text", labels)


def test_agreement_is_that_of_sentences_and_leaves_the_adjudicator_out(world):
    units, rows = [], []
    for article in world.articles[:6]:
        coders = {
            "ann": coded_with(world, article),
            "ben": coded_with(world, article, lambda i: i == 0),
            "eva": coded_with(world, article, lambda i: True),
        }
        units.append(UnitCodes(unit_of(article), coders))
        rows += [
            [LOADED in s.labels for s in pair]
            for pair in zip(*(coders[c].sentences for c in ("ann", "ben")), strict=True)
        ]
    single = UnitCodes(unit_of(world.articles[9]), {"ann": coded_with(world, world.articles[9])})
    alpha, equal = double_coding([*units, single], MEASURES[NAME], Coded(world.by_id, "text", "eva"))
    assert alpha.value == pytest.approx(krippendorff_alpha(rows))
    assert equal.value == pytest.approx(1 - 6 / len(rows))
    assert (alpha.n_units, alpha.n_coders) == (len(rows), 2)
    assert alpha.low < alpha.value <= alpha.high


def test_agreement_without_double_coding_has_no_value(world):
    single = UnitCodes(unit_of(world.articles[0]), {"ann": coded_with(world, world.articles[0])})
    alpha, _ = double_coding([single], MEASURES[NAME], Coded(world.by_id, "text", ""))
    assert np.isnan(alpha.value)
    assert alpha.n_units == 0


def test_errors_are_those_of_the_sentences(world):
    table = build_table(world.articles, MEASURES)
    found = [coded_with(world, article) for article in world.articles]
    above, below = count_articles_for(MEASURES, found)
    n = len(world.articles)
    gold = GoldSample("outlet", np.ones(n, bool), ("x",) * n, np.ones(n), np.ones(n, bool), above, below)
    units = tuple(UnitCodes(unit_of(a), {"ann": f}) for a, f in zip(world.articles, found, strict=True))
    responses = Responses(units, dict.fromkeys(world.by_id, 1.0), dict.fromkeys(world.by_id, 1.0), 0)
    (diagnosis,) = diagnose(MEASURES, gold, table, responses, Coded(world.by_id, "text", ""))
    for error in diagnosis.outlets:
        own = [a for a in world.articles if a.meta["outlet"] == error.outlet]
        pairs = [(LOADED in s.labels, world.truth[a.id, i]) for a in own for i, s in enumerate(a.sentences)]
        hits = sum(p and g for p, g in pairs)
        assert error.sensitivity.value == pytest.approx(hits / sum(g for _, g in pairs))
        assert error.precision.value == pytest.approx(hits / sum(p for p, _ in pairs))
        assert error.error.value == pytest.approx(sum(p - g for p, g in pairs) / len(pairs))
