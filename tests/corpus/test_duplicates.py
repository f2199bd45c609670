"""Near-duplicates in a corpus: who repeats whom, in whatever order they come, and nothing else."""

import datetime
import gc
import random
import sys
import tracemalloc

import pytest

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.corpus.duplicates import (
    Duplicate,
    find_duplicates,
    mark_duplicate,
    read_duplicates,
    write_duplicates,
)
from rhetoric.errors import InputError, MissingExtraError, UsageError
from rhetoric.formats.withheld import withhold


def words(seed, n=80):
    rng = random.Random(seed)
    return ["".join(rng.choices("abdegiklmnoprstu", k=rng.randint(3, 8))) for _ in range(n)]


def text(seed, n=80):
    return " ".join(words(seed, n))


def wire(seed, cut=80, end=""):
    """The story of an agency as an outlet prints it: cut, and with an end of its own."""
    return f"{' '.join(words(seed)[:cut])} {end}"


def originals(found):
    return {name: one.duplicate_of for name, one in found.items()}


def test_a_wire_story_is_one_cluster_named_by_its_earliest_article():
    articles = [
        Article("echo", wire(1, 70, "Our reporter adds a line."), {"date": "2026-03-02"}),
        Article("other", text(2), {"date": "2026-03-01"}),
        Article("agency", wire(1), {"date": "2026-03-01T10:00:00Z"}),
        Article("post", wire(1, 60).upper(), {"date": "2026-03-01T11:30:00+01:00"}),
    ]
    assert find_duplicates(articles) == {
        "echo": Duplicate("agency", "agency"),
        "other": Duplicate("other", None),
        "agency": Duplicate("agency", None),
        "post": Duplicate("agency", "agency"),
    }
    assert list(find_duplicates(articles)) == ["echo", "other", "agency", "post"]


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ((None, None), "a"),
        (("2026-03-02", "2026-03-01"), "b"),
        (("2026-03-01", "2026-03-01"), "a"),
        ((None, "2026-03-01"), "b"),
        (("last week", "2026-03-01"), "b"),
        (("", ["2026"]), "a"),
        (("2026-03-01T23:30:00-05:00", "2026-03-02T01:00:00+00:00"), "b"),
        ((datetime.date(2026, 3, 2), datetime.datetime(2026, 3, 1, 8)), "b"),
        (("20260302", "2026-03-01"), "b"),
    ],
)
def test_the_first_is_the_one_of_the_earliest_date_then_of_the_earliest_place(dates, first):
    articles = [Article(name, text(1), {"date": date}) for name, date in zip("ab", dates, strict=True)]
    other = {"a": "b", "b": "a"}[first]
    assert originals(find_duplicates(articles)) == {first: None, other: first}


def test_clusters_do_not_depend_on_the_order_where_dates_differ():
    rng = random.Random(0)
    articles = [Article(f"a{i}", wire(i % 5, rng.randint(60, 80)), {"date": f"2026-03-{i + 1:02}"}) for i in range(20)]
    expected = find_duplicates(articles)
    assert len({one.cluster for one in expected.values()}) == 5
    for _ in range(3):
        assert find_duplicates(rng.sample(articles, len(articles))) == expected


def test_articles_of_a_cluster_may_be_alike_by_way_of_a_third():
    story = words(7, 100)
    texts = {"a": story[:60], "b": story[15:75], "c": story[30:90]}
    articles = {name: Article(name, " ".join(found)) for name, found in texts.items()}
    assert originals(find_duplicates([articles["a"], articles["c"]])) == {"a": None, "c": None}
    assert originals(find_duplicates(articles.values())) == {"a": None, "b": "a", "c": "a"}


def test_similarity_says_how_much_must_be_the_same():
    articles = [Article("a", wire(1)), Article("b", wire(1, 60, text(2, 20)))]
    assert originals(find_duplicates(articles, 0.5))["b"] == "a"
    assert originals(find_duplicates(articles, 0.8))["b"] is None


def test_two_reports_of_one_event_with_one_quotation_are_two_stories():
    quotation = text(9, 25)
    articles = [Article(name, f"{text(i)} {quotation} {text(i + 10)}") for i, name in enumerate("ab")]
    assert originals(find_duplicates(articles)) == {"a": None, "b": None}


def test_blank_texts_are_like_no_other():
    articles = [Article("a", ""), Article("b", " \n"), Article("c", ""), Article("d", text(1)), Article("e", text(1))]
    assert originals(find_duplicates(articles)) == {"a": None, "b": None, "c": None, "d": None, "e": "d"}


def test_short_texts_are_duplicates_only_where_they_are_the_same():
    articles = [Article("a", "Rain today."), Article("b", "Rain tomorrow."), Article("c", "rain  TODAY")]
    assert originals(find_duplicates(articles)) == {"a": None, "b": None, "c": "a"}


def test_no_article_is_no_cluster():
    assert find_duplicates([]) == {}


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(InputError, match="'a' among them"):
        find_duplicates([Article("a", text(1)), Article("b", text(2)), Article("a", text(3))])


def test_a_withheld_text_is_refused():
    with pytest.raises(InputError, match="'a' is withheld"):
        find_duplicates([withhold(AnnotatedArticle("a", text(1)))])


@pytest.mark.parametrize("similarity", [0, 0.29, 1.01, -1, float("nan")])
def test_a_similarity_that_makes_no_sense_is_refused(similarity):
    with pytest.raises(UsageError, match="from 0.3 to 1"):
        find_duplicates([], similarity)


def test_without_datasketch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(MissingExtraError, match="pip install"):
        find_duplicates([Article("a", "x")])


def test_texts_are_not_kept():
    """Each text has 100,000 characters in white space, which no shingle holds."""

    def articles(n):
        return (Article(f"a{i}", f"{text(i, 30)}{' ' * 100_000}") for i in range(n))

    find_duplicates(articles(2))  # what is made once does not count
    tracemalloc.start()
    find_duplicates(articles(60))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gc.collect()
    assert peak < 1_500_000


def test_marks_are_in_meta():
    found = {"a": Duplicate("a", None), "b": Duplicate("a", "a")}
    a, b = (mark_duplicate(AnnotatedArticle(name, "x", {"outlet": "The Echo"}), found) for name in "ab")
    assert a.meta == {"outlet": "The Echo", "duplicate_of": None, "duplicate_cluster": "a"}
    assert b.meta == {"outlet": "The Echo", "duplicate_of": "a", "duplicate_cluster": "a"}
    with pytest.raises(InputError, match="run `rhetoric duplicates` again"):
        mark_duplicate(AnnotatedArticle("c", "x"), found)


@pytest.mark.parametrize("found", [{}, {"a": Duplicate("a", None), "é\n": Duplicate("a", "a")}])
def test_what_is_written_is_read(tmp_path, found):
    path = tmp_path / "duplicates.parquet"
    write_duplicates(found, path)
    assert read_duplicates(path) == found
    assert list(read_duplicates(path)) == list(found)


def test_an_id_that_parquet_cannot_hold_is_refused(tmp_path):
    with pytest.raises(InputError, match="lone surrogate"):
        write_duplicates({"\ud800": Duplicate("\ud800", None)}, tmp_path / "duplicates.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"article_id,cluster"])
def test_what_is_no_list_of_duplicates_is_refused(tmp_path, content):
    path = tmp_path / "duplicates.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="as a list of duplicates") as error:
        read_duplicates(path)
    assert "\n" not in str(error.value)


def test_a_table_of_something_else_is_refused(tmp_path):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"article_id": ["a"]}), tmp_path / "d.parquet")
    with pytest.raises(InputError, match="as a list of duplicates"):
        read_duplicates(tmp_path / "d.parquet")
