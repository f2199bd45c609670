"""Texts that have lost their quotation marks: found by the texts, and no number for what marks alone tell."""

from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.comparison import compare
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.table import build_table, join_tables
from rhetoric.framing.question import Question
from rhetoric.framing.quotation_marks import QUOTING, find_sparse, find_unmarked, needs_quotation_marks
from rhetoric.report.comparison import render_comparison
from tests.framing.annotated import article, attribution, extent, sentences

MEASURES = ("direct_quotation_sentences", "attributed_sentences", "loaded_spans_direct", QUOTING)
N_EACH = 14


def report(name, outlet, number, is_marked):
    """An article in which the mayor is quoted; the marks around his words may be gone."""
    words = f"The ferry number {number} sails again"
    quoted = f"“{words},”" if is_marked else words
    text = f"{quoted} the mayor said. Rain fell on the {number} boats."
    labels = ["attribution", "direct_quotation"] if is_marked else ["attribution"]
    kind = "direct" if is_marked else "indirect"
    said = attribution(text, "q1", "the mayor", "said", extent(text, words), quote_type=kind)
    return article(text, name, meta={"outlet": outlet}, sentences=sentences(text, {0: labels}), attributions=(said,))


def table_of(marked_share):
    """Articles of the Gull, all with marks, and of the Tern, some."""
    n_marked = round(marked_share * N_EACH)
    gull = [report(f"g{i}", "Gull", i, i % 3 != 0 or i < 3) for i in range(N_EACH)]
    tern = [report(f"t{i}", "Tern", i, i < n_marked) for i in range(N_EACH)]
    return build_table([*gull, *tern], {name: read_measures()[name] for name in MEASURES})


def groups_of(table):
    return {name: np.array([o == name for o in table.meta["outlet"]]) for name in ("Gull", "Tern")}


def test_marks_are_counted_in_the_text():
    table = table_of(0.5)
    assert table.numerators[QUOTING][groups_of(table)["Tern"]].sum() == 7
    assert table.denominators[QUOTING].sum() == 2 * N_EACH


@pytest.mark.parametrize(("share", "is_lost"), [(0, True), (1 / 14, True), (2 / 14, False), (1, False)])
def test_groups_without_marks_are_found_by_their_texts(share, is_lost):
    table = table_of(share)
    assert set(find_unmarked(table, groups_of(table))) == ({"Tern"} if is_lost else set())


@pytest.mark.parametrize(("share", "is_sparse"), [(1 / 14, False), (2 / 14, True), (6 / 14, True), (0.5, False)])
def test_groups_that_lack_marks_in_part_are_told(share, is_sparse):
    table = table_of(share)
    found = compare(table, Question(measures=MEASURES[:1]))
    assert find_sparse(table, groups_of(table)) == ({"Tern": share} if is_sparse else {})
    assert any(f"(Tern {share:.0%}".replace("%", " %") in note for note in found.notes) is is_sparse


def test_few_reports_are_no_sign_that_marks_are_lost():
    table = table_of(0)
    rows = {name: own & (np.arange(len(own)) % N_EACH < 4) for name, own in groups_of(table).items()}
    assert find_unmarked(table, rows) == {}


def test_a_table_without_the_measure_tells_nothing():
    table = table_of(0).select(["attributed_sentences"])
    assert find_unmarked(table, groups_of(table)) == {}


def test_measures_of_quotation_are_refused_for_that_group_and_others_are_not():
    found = compare(table_of(0), Question(measures=MEASURES[:2]))
    levels = {row.contrast: row for row in found.of("direct_quotation_sentences", "level")}
    assert levels["Gull"].note == ""
    assert levels["Tern"].note.startswith("the texts have lost their quotation marks: 0 of 14 articles")
    (pair,) = found.of("direct_quotation_sentences", "pairwise")
    assert "quotation marks" in pair.note
    assert not any("quotation marks" in row.note for row in found.of("attributed_sentences", "level"))
    assert any(note.startswith("measures of quotation are not possible for Tern: ") for note in found.notes)


def test_the_page_says_that_measures_of_quotation_are_not_possible_there():
    page = render_comparison(compare(table_of(0), Question(measures=MEASURES[:2])))
    assert (
        "<li>Measures of quotation are not possible for Tern: their texts have lost their quotation marks.</li>" in page
    )
    assert "Tern: the texts have lost their quotation marks: 0 of 14 articles" in page
    assert "No two groups can be compared." in page


def test_other_groups_are_still_compared_at_like_values():
    table = table_of(0)
    third = build_table([report(f"k{i}", "Kite", i, i % 2 == 0 or i < 6) for i in range(N_EACH)], dict(table.measures))
    whole = join_tables([table, third])
    whole = replace(whole, meta={**whole.meta, "page": tuple(i % 3 for i in range(len(whole)))})
    found = compare(whole, Question(measures=MEASURES[:1], adjust_for=("page",)))
    rows = {row.contrast: row for row in found.of(MEASURES[0], "adjusted")}
    assert rows["Gull − Kite"].note == ""
    assert rows["Gull − Kite"].n_articles == 2 * N_EACH
    assert all("quotation marks" in rows[name].note for name in ("Gull − Tern", "Kite − Tern"))


def test_notes_are_silent_where_no_measure_needs_marks():
    found = compare(table_of(0), Question(measures=("attributed_sentences",)))
    assert not any("quotation" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("direct_quotation_sentences", True),
        ("direct_quotes", True),
        ("direct_quotes_per_1000_words", True),
        ("loaded_spans_direct", True),
        ("loaded_sentences_indirect", True),
        ("loaded_spans_own", False),
        ("attributed_sentences", False),
        ("attributed_words", False),
        ("unique_sources", False),
        (QUOTING, False),
    ],
)
def test_which_measures_need_marks(name, needs):
    assert needs_quotation_marks(read_measures()[name]) is needs
