"""Articles on one event are matched across outlets, whatever their tone."""

import numpy as np
import pytest

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Span
from rhetoric.errors import InputError
from rhetoric.formats.withheld import withhold
from rhetoric.framing.stories import match_stories

EVENTS = (
    "The bridge at Kolm will close for eleven weeks after engineers found cracks in its girders.",
    "Parliament passed the budget by two votes; farm subsidies fall and hospitals in Sorn get more.",
    "Tram drivers of the union struck for a day, and buses ran every fifteen minutes.",
)
TONES = ("The ministry said so on Monday.", "What a shameful, rotten, cowardly circus of liars this is!")


def article(name, outlet, text, day="2026-03-02", loaded=()):
    spans = tuple(Span(at, at + len(w), "loaded_language") for w in loaded if (at := text.find(w)) >= 0)
    return AnnotatedArticle(name, text, {"outlet": outlet, "date": day}, spans=spans)


def corpus():
    loaded = ("shameful", "rotten", "cowardly", "circus of liars")
    for i, event in enumerate(EVENTS):
        for outlet, tone in zip(("Echo", "Torch"), TONES, strict=True):
            yield article(f"{outlet}{i}", outlet, f"{event} {tone}", f"2026-03-0{i + 2}", loaded)


def matched(articles):
    articles = list(articles)
    stories = match_stories(articles, [a.meta["outlet"] for a in articles])
    found = {}
    for one, number in zip(articles, stories.numbers.tolist(), strict=True):
        found.setdefault(number, []).append(one.id)
    return stories, sorted(found.values())


def test_match_stories_joins_one_article_of_each_outlet():
    stories, found = matched(corpus())
    assert found == [["Echo0", "Torch0"], ["Echo1", "Torch1"], ["Echo2", "Torch2"]]
    assert stories.n_outlets.tolist() == [2] * 6
    assert stories.unmatched == {"Echo": 0.0, "Torch": 0.0}


def test_match_stories_does_not_match_by_tone():
    articles = [*corpus(), article("x", "Post", f"Bananas rot in Port Orr. {TONES[1]}", loaded=("shameful", "rotten"))]
    stories, found = matched(articles)
    assert ["x"] in found
    assert stories.unmatched["Post"] == 1.0


def test_match_stories_leaves_quotations_out():
    quote = "“We shall never yield one inch of this harbour to anybody,” he said."
    texts = [f"The dam at Enn leaks. {quote}", f"A tiger escaped from the zoo in Varn. {quote}"]
    articles = [
        AnnotatedArticle(
            f"a{i}",
            text,
            {"outlet": f"o{i}", "date": "2026-03-02"},
            attributions=(Attribution("q1", None, None, (CharSpan(text.index("“"), text.index("”") + 1),), "direct"),),
        )
        for i, text in enumerate(texts)
    ]
    assert matched(articles)[1] == [["a0"], ["a1"]]


def test_match_stories_keeps_to_the_days_around():
    far = article("late", "Post", f"{EVENTS[0]} {TONES[0]}", "2026-03-20")
    assert ["late"] in matched([*corpus(), far])[1]


def test_match_stories_makes_no_chain_over_more_days():
    days = {"Echo": "2026-03-02", "Post": "2026-03-05", "Torch": "2026-03-07"}
    stories, found = matched(article(outlet, outlet, EVENTS[0], day) for outlet, day in days.items())
    assert sorted(len(of) for of in found) == [1, 2]
    assert ["Echo", "Torch"] not in found


def test_match_stories_gives_an_outlet_one_article_a_story():
    again = article("again", "Echo", f"{EVENTS[0]} {TONES[0]}")
    stories, found = matched([*corpus(), again])
    assert sorted(len(of) for of in found) == [1, 2, 2, 2]
    assert np.bincount(stories.numbers).max() == 2


@pytest.mark.parametrize("day", [None, "soon"])
def test_match_stories_matches_nothing_without_a_date(day):
    articles = [article("a", "Echo", EVENTS[0], day), article("b", "Post", EVENTS[0], day)]
    assert matched(articles)[1] == [["a"], ["b"]]


def test_match_stories_needs_texts():
    bare = [withhold(a) for a in corpus()]
    with pytest.raises(InputError, match="withheld"):
        match_stories(bare, ["Echo"] * len(bare))


def test_match_stories_of_nothing():
    assert match_stories([], []).numbers.shape == (0,)
