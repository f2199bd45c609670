"""The draw: who may be drawn, with which probability, and that it is that probability."""

from collections import Counter

import numpy as np
import pytest

from rhetoric.errors import InputError, UsageError
from rhetoric.framing.audit.draw import Candidate, article_units, draw_frame, number_units, sentence_units
from tests.framing.audit_data import World


def candidates(sizes, value=lambda i: i % 5 / 10):
    return [Candidate(f"{outlet}{i}", outlet, value(i)) for outlet, n in sizes.items() for i in range(n)]


def test_draw_takes_n_of_each_outlet_and_all_of_small_ones():
    frame, drawn = draw_frame(candidates({"Echo": 80, "Post": 12}), 20, seed=1)
    assert Counter(row.outlet for row in drawn) == {"Echo": 20, "Post": 12}
    assert {row.p_article for row in frame if row.outlet == "Post"} == {1.0}
    assert [row.id for row in frame] == sorted(row.id for row in frame)


def test_draw_does_not_depend_on_the_order_of_the_run():
    articles = candidates({"Echo": 50, "Post": 40})
    assert draw_frame(articles, 15, seed=4) == draw_frame(articles[::-1], 15, seed=4)
    assert draw_frame(articles, 15, seed=4) != draw_frame(articles, 15, seed=5)


def test_draw_weights_add_up_to_the_articles_of_each_stratum():
    frame, drawn = draw_frame(candidates({"Echo": 97, "Post": 53}), 30, seed=2)
    sizes = Counter((row.outlet, row.stratum) for row in frame)
    for key, n in sizes.items():
        weights = [1 / row.p_article for row in drawn if (row.outlet, row.stratum) == key]
        assert len(weights) >= 2
        assert sum(weights) == pytest.approx(n)


def test_draw_has_the_probabilities_that_it_states():
    articles = candidates({"Echo": 30, "Post": 20})
    n_draws = 1500
    drawn = Counter(row.id for seed in range(n_draws) for row in draw_frame(articles, 10, seed)[1])
    frame, _ = draw_frame(articles, 10, seed=0)
    for row in frame:
        spread = np.sqrt(row.p_article * (1 - row.p_article) / n_draws)
        assert abs(drawn[row.id] / n_draws - row.p_article) < 4.5 * spread + 1e-9


def test_draw_leaves_out_what_the_model_has_seen():
    articles = candidates({"Echo": 20, "Post": 20})
    seen = [Candidate(c.id, c.outlet, c.value, "training") if c.id.endswith("1") else c for c in articles]
    frame, drawn = draw_frame(seen, 15, seed=1)
    flagged = [row for row in frame if row.left_out]
    assert {row.id for row in flagged} == {"Echo1", "Echo11", "Post1", "Post11"}
    assert all(row.p_article == 0 and row.stratum is None for row in flagged)
    assert not {row.id for row in flagged} & {row.id for row in drawn}


@pytest.mark.parametrize(
    ("articles", "n", "error", "told"),
    [
        (candidates({"Echo": 40}), 20, InputError, "one outlet only ('Echo')"),
        ([], 20, InputError, "no article has an outlet"),
        (candidates({"Echo": 40, "Post": 9}), 20, InputError, "Post 9"),
        (candidates({"Echo": 40, "Post": 40}) * 2, 20, InputError, "2 articles have the id 'Echo0'"),
        (candidates({"Echo": 40, "Post": 40}), 9, UsageError, "at least 10"),
        (
            [*candidates({"Echo": 20}), *(Candidate(f"p{i}", "Post", 0.1, "training") for i in range(30))],
            10,
            InputError,
            "Post 0",
        ),
    ],
)
def test_draw_refuses_what_cannot_work(articles, n, error, told):
    with pytest.raises(error) as caught:
        draw_frame(articles, n, seed=1)
    assert told in str(caught.value)


@pytest.fixture(scope="module")
def world():
    return World({"Echo": 20, "Post": 20}, prevalence=0.3)


def indicators(article):
    return [bool(sentence.labels) for sentence in article.sentences]


def test_sentence_units_keep_both_probabilities(world):
    _, drawn = draw_frame(
        candidates({"Echo": 0}) + [Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1
    )
    units = sentence_units(drawn, world.by_id, indicators, 4, seed=1)
    p_article = {row.id: row.p_article for row in drawn}
    for unit in units:
        article = world.by_id[unit.article_id]
        kinds = Counter("labelled" if found else "other" for found in indicators(article))
        own = [u for u in units if u.article_id == unit.article_id and u.sentence_stratum == unit.sentence_stratum]
        assert unit.p_article == p_article[unit.article_id]
        assert unit.p_sentence == pytest.approx(len(own) / kinds[unit.sentence_stratum])
        assert (unit.sentence_stratum == "labelled") == bool(article.sentences[unit.sentence].labels)
    assert Counter(u.article_id for u in units) == {row.id: min(4, len(world.by_id[row.id].sentences)) for row in drawn}


def test_sentence_units_have_the_probabilities_that_they_state(world):
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1)
    n_draws = 600
    counts, stated = Counter(), {}
    for seed in range(n_draws):
        for unit in sentence_units(drawn[:3], world.by_id, indicators, 4, seed):
            counts[unit.article_id, unit.sentence] += 1
            stated[unit.article_id, unit.sentence] = unit.p_sentence
    for key, p in stated.items():
        assert abs(counts[key] / n_draws - p) < 4.5 * np.sqrt(p * (1 - p) / n_draws) + 1e-9
    assert len(stated) == sum(len(world.by_id[row.id].sentences) for row in drawn[:3])


def test_sentence_units_leave_out_sentences_that_the_measure_does_not_look_at(world):
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1)
    units = sentence_units(drawn, world.by_id, lambda a: [None, *indicators(a)[1:]], 3, seed=1)
    assert 0 not in {unit.sentence for unit in units}


def test_sentence_units_refuse_one_sentence():
    with pytest.raises(UsageError, match="at least 2"):
        sentence_units([], {}, indicators, 1, seed=1)


def test_number_units_shuffles_and_doubles_a_fifth_of_each_outlet(world):
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 12, 1)
    units = number_units(article_units(drawn, {row.id: world.by_id[row.id].text for row in drawn}), seed=1)
    assert [unit.unit for unit in units] == [f"u{i:02}" for i in range(1, 25)]
    assert [unit.article_id for unit in units] != [row.id for row in drawn]
    assert Counter(unit.outlet for unit in units if unit.is_double) == {"Echo": 3, "Post": 3}
    assert len({unit.outlet for unit in units[:8]}) == 2
