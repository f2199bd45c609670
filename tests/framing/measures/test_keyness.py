import math

import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.formats.withheld import withhold
from rhetoric.framing.measures.keyness import count_words, find_key_words, words_of
from tests.framing.annotated import article, attribution

TEXTS = [
    ("echo", "storm storm calm rain".split()),
    ("echo", "storm sun".split()),
    ("post", "calm calm rain rain".split()),
    ("post", "calm sun storm".split()),
    ("star", "rain sun sun".split()),
]
"""Sixteen tokens: storm 4, calm 4, rain 4, sun 4; echo has 6, post 7, star 3."""


def counts(texts=TEXTS, **limits):
    return count_words(texts, **{"min_count": 1, "min_articles": 1, **limits})


def by_word(found, group):
    return {word.word: word for word in found if word.group == group}


def test_log_odds_ratio_is_that_of_monroe_et_al():
    storm = by_word(find_key_words(counts(), prior_words=8, by_article=False), "echo")["storm"]
    # α = 8 · 4/16 = 2; echo: (3 + 2) / (6 + 8 − 3 − 2); the others: (1 + 2) / (10 + 8 − 1 − 2)
    assert storm.log_odds == pytest.approx(math.log(5 / 9) - math.log(3 / 15))
    assert storm.std_error == pytest.approx(math.sqrt(1 / 5 + 1 / 3))
    assert storm.z == pytest.approx(1.0216512475319814 / 0.7302967433402214)
    assert storm.p_value == pytest.approx(math.erfc(storm.z / math.sqrt(2)))


def test_words_are_counted_by_token_and_by_article():
    found = find_key_words(counts())
    storm = by_word(found, "echo")["storm"]
    assert (storm.count, storm.count_others, storm.n_articles, storm.n_articles_others) == (3, 1, 2, 1)
    sun = by_word(found, "star")["sun"]
    assert (sun.count, sun.count_others, sun.n_articles, sun.n_articles_others) == (2, 2, 1, 2)


def test_design_effect_is_residuals_of_articles_over_those_of_tokens():
    texts = [
        *(("a", ["x"] * x + ["y"] * y) for x, y in [(4, 6), (0, 5), (1, 9)]),
        *(("b", ["x"] * x + ["y"] * y) for x, y in [(1, 7), (2, 6), (0, 4)]),
    ]
    rate = 8 / 45
    residuals = sum((x - rate * n) ** 2 for x, n in [(4, 10), (0, 5), (1, 10), (1, 8), (2, 8), (0, 4)])
    effect = residuals / (45 * rate * (1 - rate)) * 6 / 4
    assert effect > 1
    np.testing.assert_allclose(counts(texts).design_effect, [effect, effect])
    prior = 45 * 8 / 45
    word = by_word(find_key_words(counts(texts), prior_words=45), "a")["x"]
    assert word.std_error == pytest.approx(math.sqrt(effect * (1 / (5 + prior) + 1 / (3 + prior))))


def test_design_effect_of_words_that_spread_evenly_is_one():
    texts = [(group, ["rain", "sun"] * 10) for group in "aabb"]
    assert counts(texts).design_effect.tolist() == [1.0, 1.0]


def test_word_that_one_article_repeats_is_no_word_of_its_outlet():
    calm = ["rain", "sun", "wind"] * 10
    texts = [*(("a", calm) for _ in range(20)), ("a", ["flood"] * 30 + calm), *(("b", calm) for _ in range(20))]
    by_token = by_word(find_key_words(counts(texts), by_article=False), "a")["flood"]
    by_article = by_word(find_key_words(counts(texts)), "a")["flood"]
    assert by_token.p_value < 0.05 < by_article.p_value


def test_word_that_few_articles_of_its_side_have_is_not_tested():
    calm = ["rain", "sun", "wind"] * 10
    texts = [
        *(("a", [*calm, *["flood"] * (i < 3)]) for i in range(6)),
        *(("b", [*calm, *["flood"] * 40 * (i < 3)]) for i in range(6)),
    ]
    for least, is_tested in ((3, True), (4, False)):
        found = find_key_words(counts(texts, min_articles=least), by_article=False)
        flood = by_word(found, "a")["flood"], by_word(found, "b")["flood"]
        assert [word.is_tested for word in flood] == [is_tested, is_tested]
        assert [word.p_adjusted < 0.05 for word in flood] == [is_tested, is_tested]


def test_adjusted_values_are_those_of_benjamini_and_hochberg_over_all_words_and_groups():
    found = find_key_words(counts(), by_article=False)
    ranked = sorted(found, key=lambda word: word.p_value)
    n = len(found)
    assert n == 4 * 3
    for rank, word in enumerate(ranked, start=1):
        least = min(w.p_value * n / r for r, w in enumerate(ranked[rank - 1 :], start=rank))
        assert word.p_adjusted == pytest.approx(min(1.0, least))


def test_two_groups_mirror_each_other():
    found = find_key_words(counts([text for text in TEXTS if text[0] != "star"]))
    echo, post = by_word(found, "echo"), by_word(found, "post")
    for name, word in echo.items():
        assert word.log_odds == pytest.approx(-post[name].log_odds)
        assert word.p_value == pytest.approx(post[name].p_value)


def test_words_come_by_group_with_the_strongest_first():
    found = find_key_words(counts())
    assert [word.group for word in found] == ["echo"] * 4 + ["post"] * 4 + ["star"] * 4
    assert by_word(found, "echo").keys() == {"storm", "calm", "rain", "sun"}
    strengths = [word.z for word in found[:4]]
    assert strengths == sorted(strengths, reverse=True)


def test_larger_prior_draws_ratios_towards_zero():
    small, large = (by_word(find_key_words(counts(), prior_words=n), "echo")["storm"] for n in (1, 1000))
    assert 0 < large.log_odds < small.log_odds


def test_groups_that_use_words_alike_are_seldom_set_apart_though_articles_repeat_themselves():
    rng = np.random.default_rng(4)
    names = np.array([f"w{i}" for i in range(60)])

    def bursty():
        tastes = rng.dirichlet(np.full(60, 0.15))  # every article has words of its own
        return rng.choice(names, 120, p=tastes).tolist()

    texts = [(group, bursty()) for group in "ab" for _ in range(60)]
    found = {by: find_key_words(counts(texts), by_article=by) for by in (False, True)}
    n_tokens, n_articles = (sum(word.p_value < 0.05 for word in words) for words in found.values())
    assert (n_tokens, n_articles) == (48, 0)  # as docs/measures.md has it


def test_word_that_a_group_uses_more_throughout_is_set_apart():
    rng = np.random.default_rng(5)
    rates = {"a": [0.06, 0.3, 0.64], "b": [0.02, 0.3, 0.68]}
    texts = [(g, rng.choice(["regime", "rain", "the"], 100, p=p).tolist()) for g, p in rates.items() for _ in range(40)]
    regime = by_word(find_key_words(counts(texts)), "a")["regime"]
    assert regime.log_odds > 0.5
    assert regime.p_adjusted < 0.001
    assert by_word(find_key_words(counts(texts)), "a")["rain"].p_adjusted > 0.05


def test_rare_words_are_left_out_but_count_as_tokens():
    kept = counts(min_count=4, min_articles=3)
    assert kept.words == ("calm", "rain", "storm", "sun")
    rare = counts([*TEXTS, ("echo", ["once"])], min_count=2)
    assert "once" not in rare.words
    assert rare.n_tokens.tolist() == [7, 7, 3]


@pytest.mark.parametrize(
    ("texts", "limits", "told"),
    [
        ([], {}, "there is 0: expected at least 2"),
        ([("echo", ["a"])], {}, "there is 1: expected at least 2"),
        (TEXTS, {"min_count": 99}, "no word occurs 99 times and in 1 articles"),
        (TEXTS, {"min_articles": 9}, "no word occurs 1 times and in 9 articles"),
    ],
)
def test_what_cannot_be_compared_is_refused(texts, limits, told):
    with pytest.raises(InputError, match=told):
        counts(texts, **limits)


@pytest.mark.parametrize("size", [0, -1])
def test_prior_without_words_is_refused(size):
    with pytest.raises(InputError, match="expected more than 0"):
        find_key_words(counts(), prior_words=size)


def test_words_of_an_article_are_folded():
    assert list(words_of(article("The mayor’s Anna-Lena left in 2025."))) == [
        *("the", "mayor's", "anna-lena", "left", "in")
    ]


def test_words_of_the_own_voice_are_outside_of_contents():
    text = "Oram said that it rained. It did."
    made = article(text, attributions=(attribution(text, "q1", "Oram", "said", "that it rained"),))
    assert list(words_of(made, own_voice=True)) == ["oram", "said", "it", "did"]


def test_words_of_a_text_that_is_withheld_are_refused():
    with pytest.raises(InputError, match="article 'a1' holds no text"):
        list(words_of(withhold(article("It rained."))))
