"""Annotated articles as Parquet: nothing gets lost, any reader of Parquet can read it, and a bad row is one failure."""

import datetime
import json
import math
from dataclasses import replace

import pyarrow
import pytest
from hypothesis import given, settings
from pyarrow import parquet

from rhetoric.annotation import AnnotatedArticle, ArticleLabels, Headline, Sentence, Span, Target
from rhetoric.errors import InputError, UsageError
from rhetoric.formats import Failure, dump_line, read_annotations, to_record
from rhetoric.formats import parquet as module
from rhetoric.formats.parquet import from_table, open_parquet, to_table
from rhetoric.formats.schema import SCHEMA, VERSION
from rhetoric.formats.withheld import withhold
from tests.formats.test_record import annotated_articles, full_article


def everything():
    """An article that has each field of the output, those of heads of one's own too."""
    article = full_article()
    span = replace(article.spans[0], target_actor=article.attributions[0].actor)
    found = {"sentences": article.sentences, "spans": (span,), "attributions": article.attributions}
    target = Target(0, 3, "neutral", {"neutral": 1.0}, article.attributions[0].actor, {"hero": 0.8}, ("hero",))
    return replace(
        article,
        meta={"outlet": "The Echo", "title": "A headline", "nested": {"b": [1, None], "a": 2.5}},
        **found,
        headline=Headline(**found),
        paragraphs=(Sentence(0, 27, {"frame": 0.5}, ("frame",)),),
        article=ArticleLabels({"genre": 0.5}, ("genre",)),
        targets=(target,),
    )


def all_scores(article):
    return [dict(unit.scores) for unit in (*article.sentences, *article.paragraphs, *article.targets)]


@settings(max_examples=40)
@given(annotated_articles(), annotated_articles())
def test_round_trip_through_a_table_loses_nothing(one, other):
    back = from_table(to_table([one, other, one]))
    assert back == [one, other, one]
    assert list(map(all_scores, back)) == list(map(all_scores, [one, other, one]))


@settings(max_examples=30)
@given(annotated_articles())
def test_round_trip_of_withheld_texts(article):
    title = {**article.meta, "title": "A headline"}
    article = withhold(replace(article, meta=title))
    table = to_table([article])
    assert from_table(table) == [article]
    assert from_table(table)[0].meta["title"] == article.meta["title"]


def keys_of(value):
    """Return the names of all fields that a JSON value has, level by level; those of scores are data."""
    if isinstance(value, dict):
        return {name: {} if name in {"scores", "codes", "meta"} else keys_of(item) for name, item in value.items()}
    return keys_of(value[0]) if isinstance(value, list) and value else {}


def fields_of(kind):
    if pyarrow.types.is_struct(kind):
        return {field.name: fields_of(field.type) for field in kind}
    return fields_of(kind.value_type) if pyarrow.types.is_list(kind) else {}


def test_schema_has_each_field_of_a_record_and_no_other_but_columns_for_tables():
    expected = keys_of(to_record(everything()))
    found = {field.name: fields_of(field.type) for field in SCHEMA}
    for added in ("outlet", "date", "url", "title", "record", "n_characters"):
        assert found.pop(added) == {}
    for withheld in ("text_sha256", "title_sha256", "n_title_characters"):
        assert found.pop(withheld) == {}
    assert found == expected


NAMED = {"UNIT": "sentences", "SPAN": "spans", "ATTRIBUTION": "attributions"}


def described(kind, names):
    """Return a type as the documentation writes it, with names for the structs that come more than once."""
    if kind in names:
        return names[kind]
    if pyarrow.types.is_struct(kind):
        return "{" + ", ".join(f"{field.name}: {described(field.type, names)}" for field in kind) + "}"
    return f"[{described(kind.value_type, names)}]" if pyarrow.types.is_list(kind) else str(kind)


def test_schema_is_published_as_it_is(checkout):
    page = (checkout / "docs" / "tables.md").read_text(encoding="utf-8")
    told = page.partition("```text\n")[2].partition("```")[0].strip().splitlines()
    attribution = SCHEMA.field("attributions").type.value_type
    named = {SCHEMA.field(column).type.value_type: name for name, column in NAMED.items()}
    named |= {attribution.field("source").type: "EXTENT", attribution.field("actor").type: "ACTOR"}
    columns = [f"{field.name}: {described(field.type, named)}" for field in SCHEMA]
    structs = [f"{named.pop(kind)} = {described(kind, named)}" for kind in list(named)]
    assert told == [*columns, "", *structs]


def test_columns_hold_what_tables_need(tmp_path):
    article = replace(
        everything(), meta={"outlet": "The Echo", "date": datetime.date(2026, 3, 2), "url": 7, "title": []}
    )
    path = tmp_path / "out.parquet"
    with open_parquet(path) as write:
        write(article)
    table = parquet.read_table(path)
    assert table.schema.metadata[b"rhetoric.schema"] == VERSION.encode()
    row = table.to_pylist(maps_as_pydicts="strict")[0]
    assert (row["outlet"], row["date"], row["url"], row["title"]) == ("The Echo", "2026-03-02", "7", None)
    assert json.loads(row["meta"]) == {"outlet": "The Echo", "date": "2026-03-02", "url": 7, "title": []}
    assert (row["n_characters"], row["text_sha256"], row["record"]) == (27, None, None)
    assert row["sentences"][0]["scores"] == {"attribution": 0.9}
    assert row["targets"][0]["codes"] == {"hero": 0.8}


def test_lone_surrogates_leave_offsets_as_they_are():
    article = AnnotatedArticle("a\ud800", "x\udfffy tyrant", spans=(Span(4, 10, label="name_calling", id="s1"),))
    table = to_table([article])
    row = table.to_pylist()[0]
    assert (row["id"], row["text"]) == ("a\ufffd", "x\ufffdy tyrant")
    assert row["text"][4:10] == "tyrant"
    assert json.loads(row["record"]) == to_record(article)
    assert from_table(table) == [article]


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (AnnotatedArticle("a", "x\ud83d\ude00"), "surrogate pair"),
        (AnnotatedArticle("a", "x", coverage="high"), "wrong type or size"),
        (AnnotatedArticle("a", "x", sentences=(Sentence(0, 2**40),)), "wrong type or size"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_rest_is_written(tmp_path, article, reason):
    path = tmp_path / "out.parquet"
    with open_parquet(path) as write:
        write(full_article())
        with pytest.raises(InputError, match=reason) as error:
            write(article)
        write(full_article())
    assert "\n" not in str(error.value)
    assert list(read_annotations(path)) == [full_article()] * 2


def test_scores_that_are_no_numbers_become_null_as_in_json(tmp_path):
    article = AnnotatedArticle("a", "x", meta={"price": math.nan})
    assert from_table(to_table([article]))[0].meta == {"price": None}


def test_row_groups_are_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    path = tmp_path / "out.parquet"
    articles = [replace(full_article(), id=f"a{i}") for i in range(7)]
    with open_parquet(path) as write:
        for article in articles:
            write(article)
    metadata = parquet.read_metadata(path)
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [3, 3, 1]
    assert list(read_annotations(path)) == articles


def test_a_row_group_is_full_where_texts_are_long(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100_000)
    path = tmp_path / "out.parquet"
    with open_parquet(path) as write:
        for i in range(4):
            write(AnnotatedArticle(f"a{i}", "long " * 12_000))
    assert parquet.read_metadata(path).num_row_groups == 2


def test_the_same_articles_give_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        with open_parquet(tmp_path / name) as write:
            write(everything())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_no_article_is_an_empty_table(tmp_path):
    with open_parquet(tmp_path / "out.parquet"):
        pass
    assert list(read_annotations(tmp_path / "out.parquet")) == []


def test_an_interruption_keeps_what_was_written(tmp_path):
    path = tmp_path / "out.parquet"

    def interrupted():
        with open_parquet(path) as write:
            write(full_article())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(read_annotations(path)) == [full_article()]
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_before_the_first_article_leaves_an_old_file_alone(tmp_path):
    path = tmp_path / "out.parquet"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), open_parquet(path):
        raise KeyboardInterrupt
    assert path.read_text() == "old"


def test_standard_output_is_refused():
    with pytest.raises(UsageError, match="name one"), open_parquet(None):
        pass


def test_a_bad_row_is_a_failure(tmp_path):
    good, bad = full_article(), replace(full_article(), id="b")
    rows = to_table([good, bad]).to_pylist()
    rows[1]["sentences"][0]["end"] = 99
    path = tmp_path / "in.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows, SCHEMA), path)
    article, failure = read_annotations(path)
    assert article == good
    assert isinstance(failure, Failure)
    assert (failure.id, failure.source, failure.line) == ("b", str(path), 2)
    assert "outside" in failure.reason


def test_columns_in_another_order_and_without_those_for_tables_are_read(tmp_path):
    path = tmp_path / "in.parquet"
    table = to_table([everything()])
    needed = [name for name in reversed(SCHEMA.names) if name not in module.OPTIONAL]
    parquet.write_table(table.select(needed), path)
    assert list(read_annotations(path)) == [everything()]


def test_what_duckdb_and_polars_select_is_read_again(tmp_path):
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    articles = [replace(everything(), id=f"a{i}") for i in range(3)]
    path = tmp_path / "in.parquet"
    with open_parquet(path) as write:
        for article in articles:
            write(article)
    polars.read_parquet(path).filter(polars.col("id") == "a1").write_parquet(tmp_path / "polars.parquet")
    duckdb.sql(f"COPY (FROM '{path}' WHERE id = 'a1') TO '{tmp_path / 'duckdb.parquet'}' (FORMAT parquet)")
    for name in ("polars", "duckdb"):
        assert list(read_annotations(tmp_path / f"{name}.parquet")) == [articles[1]]


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", dump_line({"id": "a"})])
def test_what_is_no_parquet_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not usable Parquet") as error:
        list(read_annotations(path))
    assert "\n" not in str(error.value)


def test_a_table_of_something_else_is_refused(tmp_path):
    path = tmp_path / "in.parquet"
    parquet.write_table(pyarrow.table({"id": ["a"], "text": ["x"]}), path)
    with pytest.raises(InputError, match="no column 'meta'"):
        list(read_annotations(path))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        list(read_annotations(tmp_path / "missing.parquet"))
