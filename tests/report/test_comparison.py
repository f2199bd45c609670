"""The page of a comparison: pictures, numbers, passages, and nothing that is loaded or run from elsewhere."""

import base64
import csv
import html
import re
from dataclasses import replace
from types import MappingProxyType

import pytest

from rhetoric.annotation import AnnotatedArticle, Sentence, Span
from rhetoric.framing.audit.account import AuditAccount
from rhetoric.framing.audit.disagreements import Disagreement
from rhetoric.framing.audit.power import Accuracy
from rhetoric.framing.comparison import Comparison
from rhetoric.framing.contents import Contents
from rhetoric.framing.known_error import KnownError, Leaning
from rhetoric.framing.measures.keyness import KeyWord
from rhetoric.framing.question import Question
from rhetoric.framing.rows import Row
from rhetoric.report.comparison import render_comparison
from rhetoric.report.forest import PALE, Whisker, forest_svg
from rhetoric.report.methods import Provenance, methods_markdown, to_latex
from rhetoric.report.passages import ErrorPassage, Passage, PassageDraw, draw_errors, show_error

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
    assert "10.0 to 14.0 %" in page
    assert "−0.20" in page
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
    assert "corrected (ppi)" in corrected
    worth = render_comparison(replace(COMPARISON, rows=(replace(rows[0], n_effective=47.6),)))
    assert "corrected (ppi, as sure as 48 audited articles alone)" in worth
    both = replace(rows[0], other_estimator="dsl", other_estimate=0.13, other_low=0.11, other_high=0.15)
    beside = render_comparison(replace(COMPARISON, rows=(both,)))
    assert "corrected (ppi); dsl: 13.0 %, 11.0 to 15.0 %" in beside


def test_page_keeps_hostile_names_text_and_loads_nothing(page):
    assert HOSTILE not in page
    assert "script-src 'none'" in html.unescape(page)
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)


def test_page_marks_words_of_passages(page):
    assert "The <mark>tyrant</mark> " in page


def test_page_is_the_same_every_time(page):
    assert render_comparison(COMPARISON) == render_comparison(COMPARISON)


def test_forest_svg_names_rows_and_draws_differences_against_zero():
    rows = [Whisker("Echo", 1.0, 0.5, 1.5), Whisker("Echo − Post", 0.2, -0.1, 0.5, "difference", (-0.2, 0.6))]
    plot = forest_svg([*rows, Whisker("Echo, a year", 0.1, 0.0, 0.2, "change a year")], "percent", "points")
    assert ">Echo</text>" in plot
    assert ">change a year, points</text>" in plot
    assert PALE in plot
    assert PALE not in forest_svg(rows[:1], "percent", "points")
    assert ">difference, points</text>" in plot
    assert "<dc:date>" not in plot


def test_methods_tell_model_groups_and_correction():
    told = methods_markdown(COMPARISON, Provenance("small", "3", "ptc"))
    assert "small 3, with the thresholds `ptc`" in told
    assert "Echo (40)" in told
    assert "were not corrected" in told
    assert "primary measures (`loaded`) by Holm" in told


def test_methods_tell_files_sample_codebook_and_agreement():
    audit = AuditAccount("sentence", (30, 32), 6, 13, 180, 186, "1.0", "0.81 [0.70, 0.90] on 40 units")
    told = methods_markdown(COMPARISON, Provenance("small", "3", "ptc", "0.1.0", ("ab12",), audit))
    assert "with rhetoric 0.1.0 by small 3" in told
    assert "SHA-256 `ab12`" in told
    assert "30 to 32 articles an outlet, and 6 sentences in each" in told
    assert "seed 13; 180 of 186 sentences were coded" in told
    assert "codebook was of version 1.0; Krippendorff's alpha was 0.81 [0.70, 0.90] on 40 units" in told
    bare = methods_markdown(COMPARISON, Provenance(audit=replace(audit, codebook_version=None, agreement="")))
    assert "a version that coders did not name; nothing was coded twice" in bare


def test_methods_tell_what_differences_are_adjusted_for():
    story = (*ROWS, Row("loaded", "Echo − Post", "story", "share", True, note="no story has articles of two groups"))
    found = replace(COMPARISON, rows=story, question=Question(adjust_for=("section", "length")))
    told = methods_markdown(found, Provenance())
    assert "differences within stories have a fixed effect" in told
    assert "at like values of section, length" in told
    assert "stories" not in methods_markdown(COMPARISON, Provenance())


def test_methods_as_latex_escape_what_latex_reads():
    assert to_latex("5 % of `a_b` & c") == r"5 \% of \texttt{a\_b} \& c"
    assert to_latex(r"a\b~^") == r"a\textbackslash{}b\textasciitilde{}\textasciicircum{}"


def many_groups(n):
    names = [f"O{i}" for i in range(n)]
    levels = [Row("loaded", name, "level", "share", False, estimate=0.1, **NUMBERS) for name in names]
    pairs = [
        Row("loaded", f"{a} − {b}", "pairwise", "share", False, estimate=0.0, all_low=-0.1, all_high=0.1, **NUMBERS)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]
    return Comparison(Question(), dict.fromkeys(names, 40), (*levels, *pairs), {"loaded": "Loaded sentences"})


@pytest.mark.parametrize(("n", "is_folded"), [(6, False), (7, True)])
def test_page_folds_differences_of_many_groups(n, is_folded):
    page = render_comparison(many_groups(n))
    assert ("All 21 differences" in page) is is_folded
    assert page.count("<img") == 1 + is_folded


def test_page_holds_every_number_as_csv(page):
    encoded = re.search(r'download="comparison.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    records = list(csv.DictReader(base64.b64decode(encoded.group(1)).decode().splitlines()))
    assert [r["contrast"] for r in records] == [row.contrast for row in ROWS]
    assert records[0]["estimate"] == "0.12"
    assert records[-1]["p.adjusted"] == "0.0004"


def test_page_tells_how_much_each_group_holds():
    held = {
        "Echo": Contents(40, 812, 20_345, 400, "2025-01-02", "2025-03-04"),
        "Post": Contents(3, None, None, None, None, None),
    }
    page = render_comparison(replace(COMPARISON, contents=held))
    assert "20,345" in page
    assert "2025-01-02 to 2025-03-04" in page


def test_page_tells_the_known_error_beside_what_is_not_corrected():
    leaning = Leaning("loaded_language", "outlet", 0.104, "Reuters", "the Daily Mail", 0.012)
    known = {"loaded": KnownError(Accuracy(0.7, 0.8, "small, codebook dev"), leaning)}
    page = html.unescape(render_comparison(replace(COMPARISON, known_errors=known)))
    assert "sensitivity 0.70, precision 0.80 (small, codebook dev)" in page
    assert "the model's score of loaded_language moves by up to 0.104, and the label changes in 1.2 % of" in page
    corrected = tuple(replace(row, estimator="ppi") for row in COMPARISON.rows)
    assert "sensitivity 0.70" not in render_comparison(replace(COMPARISON, known_errors=known, rows=corrected))


def test_page_leaves_names_in_notes_as_they_are():
    page = render_comparison(replace(COMPARISON, notes=("nothing is corrected", "loaded_spans: not corrected")))
    assert "<li>Nothing is corrected.</li>" in page
    assert "<li>loaded_spans: not corrected.</li>" in page


def test_page_shows_errors_of_both_kinds():
    passage = Passage("Echo", "a7", (("It ", False), ("hailed", True), (f" {HOSTILE}", False)))
    errors = [ErrorPassage(passage, "loaded", kind) for kind in ("false positive", "miss")]
    page = render_comparison(COMPARISON, errors=errors)
    assert "<b>false positive</b>: the model found it, the coders did not; Loaded sentences" in page
    assert "<b>miss</b>: the coders found it, the model did not" in page
    assert page.count("It <mark>hailed</mark>") == 2
    assert HOSTILE not in page


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


def draw(found, n, seed=13):
    drawing = PassageDraw(("outlet",), "loaded_language", n, seed)
    for article in found:
        drawing.see(article)
    return drawing.passages


def test_passages_are_as_many_of_each_group_at_random():
    corpus = [*articles(50, "Echo"), *articles(2, "Post")]
    drawn = draw(corpus, 4)
    assert [p.group for p in drawn] == ["Echo"] * 4 + ["Post"] * 2
    assert len({p.article_id for p in drawn}) == 6
    assert all(p.pieces[1] == ("lie", True) and "rains" not in "".join(t for t, _ in p.pieces) for p in drawn)
    assert drawn == draw(corpus, 4) != draw(corpus, 4, seed=1)


def test_passages_give_every_sentence_the_same_chance():
    counts = dict.fromkeys((f"E{i}" for i in range(8)), 0)
    for seed in range(400):
        for passage in draw(articles(8, "E"), 2, seed):
            counts[passage.article_id] += 1
    assert all(60 < n < 140 for n in counts.values())  # 100 each, about


def test_page_lists_words_that_set_groups_apart():
    words = [KeyWord(f"w{i:02}", "Echo", 1.0, 0.1, 9.0, 0.0, 0.0, True, 30, 2, 12, 1) for i in range(20)]
    page = render_comparison(COMPARISON, words=[*words, replace(words[0], word=HOSTILE, group="Post")])
    assert ">w00</span>, <span" in page
    assert "w15" not in page
    assert HOSTILE not in page


def disagreements(n=30):
    for i in range(n):
        kind = "false positive" if i % 2 else "miss"
        yield Disagreement("loaded" if i % 3 else "other", f"a{i}", "text", 0, 5, kind)


def test_draw_errors_takes_one_of_each_kind_of_each_group_at_random():
    groups = {f"a{i}": "Echo" if i < 20 else "Post" for i in range(25)}
    drawn = draw_errors(disagreements(), ["loaded", "other"], groups)
    assert [(groups[one.article_id], one.kind) for one in drawn] == [
        ("Echo", "false positive"), ("Echo", "miss"), ("Post", "false positive"), ("Post", "miss"),
    ]  # fmt: skip
    assert {one.measure for one in drawn} == {"loaded"}
    others = draw_errors(disagreements(), ["other"], groups)
    assert {one.measure for one in others} == {"other"}
    seen = {draw_errors(disagreements(), ["loaded"], groups, seed)[0].article_id for seed in range(40)}
    assert len(seen) > 4
    assert draw_errors(disagreements(), ["unknown"], groups) == []


def test_show_error_takes_the_words_of_the_article_or_its_title():
    (one,) = articles(1, "Echo")
    place = one.sentences[0]
    shown = show_error(Disagreement("loaded", one.id, "text", place.start, place.end, "miss"), one, ("outlet",))
    assert shown.passage == Passage("Echo", "Echo0", (("Number 0 is a ", False), ("lie", True), (".", False)))
    assert show_error(Disagreement("loaded", one.id, "title", 0, 3, "miss"), one, ("outlet",)) is None
    assert show_error(Disagreement("loaded", one.id, "text", 0, 3, "miss"), one, ("section",)) is None
