"""The page of a comparison: pictures, numbers, passages, and nothing that is loaded or run from elsewhere."""

import html
import re
from types import MappingProxyType

import pytest

from rhetoric.annotation import AnnotatedArticle, Sentence, Span
from rhetoric.framing.comparison import Comparison
from rhetoric.framing.question import Question
from rhetoric.framing.rows import Row
from rhetoric.report.comparison import render_comparison
from rhetoric.report.forest import Whisker, forest_svg
from rhetoric.report.methods import Provenance, methods_markdown, to_latex
from rhetoric.report.passages import Passage, draw_passages

HOSTILE = "<script>alert(1)</script>"
NUMBERS = {"std_error": 0.01, "df": 30.0, "low": 0.1, "high": 0.14, "n_articles": 40}
ROWS = (
    Row("loaded", "Echo", "level", "share", True, estimate=0.12, **NUMBERS),
    Row("loaded", HOSTILE, "level", "share", True, note="3 articles: expected at least 10"),
    Row("loaded", f"Echo − {HOSTILE}", "pairwise", "share", True, note="3 articles: expected at least 10"),
    Row("sources", "Echo", "level", "count", False, estimate=2.5, **NUMBERS),
    Row("sources", "Post", "level", "count", False, estimate=2.7, **NUMBERS),
    Row(
        "sources",
        "Echo − Post",
        "pairwise",
        "count",
        False,
        estimate=-0.2,
        p_value=0.0002,
        p_adjusted=0.0004,
        **NUMBERS,
    ),
)
COMPARISON = Comparison(
    Question(primary=("loaded",)),
    MappingProxyType({"Echo": 40, HOSTILE: 3}),
    ROWS,
    {"loaded": "Loaded sentences", "sources": "Sources"},
    ("nothing is corrected",),
)


@pytest.fixture(scope="module")
def page():
    passages = [Passage("Echo", "a1", (("The ", False), ("tyrant", True), (f" {HOSTILE}", False)))]
    return render_comparison(COMPARISON, Provenance("small", "3", "default"), passages)


def test_page_shows_numbers_and_reasons(page):
    assert "12.0 %" in page
    assert "10.0 % to 14.0 %" in page
    assert "3 articles: expected at least 10" in page
    assert "&lt; 0.001" in page
    assert "No two groups can be compared." in page
    assert "1 of 1 differences have an adjusted p-value below 0.05." in page


def test_page_is_stamped_as_long_as_nothing_is_corrected(page):
    assert "Not corrected for model error" in page
    rows = [
        Row("loaded", "Echo", "level", "share", True, estimate=0.12, estimator="ppi", **{**NUMBERS, "n_audited": 30})
    ]
    corrected = render_comparison(Comparison(Question(), {"Echo": 40}, tuple(rows), {"loaded": "Loaded"}))
    assert "Not corrected" not in corrected
    assert "40, 30 audited" in corrected


def test_page_keeps_hostile_names_text_and_loads_nothing(page):
    assert HOSTILE not in page
    assert "script-src 'none'" in html.unescape(page)
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)


def test_page_marks_words_of_passages(page):
    assert "The <mark>tyrant</mark> " in page


def test_page_is_the_same_every_time(page):
    assert render_comparison(COMPARISON) == render_comparison(COMPARISON)


def test_forest_svg_names_rows_and_draws_differences_against_zero():
    plot = forest_svg([Whisker("Echo", 1.0, 0.5, 1.5), Whisker("Echo − Post", 0.2, -0.1, 0.5, True)], "share")
    assert ">Echo</text>" in plot
    assert ">difference, share</text>" in plot
    assert "<dc:date>" not in plot


def test_methods_tell_model_groups_and_correction():
    told = methods_markdown(COMPARISON, Provenance("small", "3", "ptc"))
    assert "small 3, with the thresholds `ptc`" in told
    assert "Echo (40)" in told
    assert "were not corrected" in told
    assert "primary measures (loaded) by Holm" in told


def test_methods_as_latex_escape_what_latex_reads():
    assert to_latex("5 % of `a_b` & c") == r"5 \% of \texttt{a\_b} \& c"


def articles(n, outlet):
    for i in range(n):
        text = f"Number {i} is a lie. It rains."
        loaded = Sentence(0, text.index(".") + 1, {}, ("loaded_language",))
        dry = Sentence(text.index("It"), len(text), {}, ())
        at = text.index("lie")
        yield AnnotatedArticle(
            f"{outlet}{i}",
            text,
            {"outlet": outlet},
            sentences=(loaded, dry),
            spans=(Span(at, at + 3, "loaded_language"),),
        )


def test_draw_passages_takes_as_many_of_each_group_at_random():
    drawn = draw_passages([*articles(50, "Echo"), *articles(2, "Post")], ("outlet",), "loaded_language", 4)
    assert [p.group for p in drawn] == ["Echo"] * 4 + ["Post"] * 2
    assert len({p.article_id for p in drawn}) == 6
    assert all(p.pieces[1] == ("lie", True) and "rains" not in "".join(t for t, _ in p.pieces) for p in drawn)
    again = draw_passages([*articles(50, "Echo"), *articles(2, "Post")], ("outlet",), "loaded_language", 4)
    other = draw_passages([*articles(50, "Echo"), *articles(2, "Post")], ("outlet",), "loaded_language", 4, seed=1)
    assert drawn == again != other


def test_draw_passages_gives_every_sentence_the_same_chance():
    counts = dict.fromkeys((f"E{i}" for i in range(8)), 0)
    for seed in range(400):
        for passage in draw_passages(articles(8, "E"), ("outlet",), "loaded_language", 2, seed):
            counts[passage.article_id] += 1
    assert all(60 < n < 140 for n in counts.values())  # 100 each, about
