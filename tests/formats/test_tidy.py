"""Flat tables: each thing is one row, keys join and are unique, offsets hold in both ways of counting."""

import csv
import io
import json
from dataclasses import replace

import pyarrow
import pytest
from hypothesis import given, settings
from pyarrow import parquet

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, Sentence, Span, Target
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.tidy import TABLES, open_tidy, writer
from rhetoric.formats.tidy.rows import rows_of
from rhetoric.formats.withheld import text_sha256, withhold
from tests.formats.test_parquet import everything
from tests.formats.test_record import annotated_articles

TEXT = "The despot, KCNA said, won. 😀 “Heroes won,” it added."
NAMES = [table.name for table in TABLES]


def article(name="a", **changes):
    scores = {"loaded_language": 0.9, "attribution": 0.2}
    found = AnnotatedArticle(
        id=name,
        text=TEXT,
        meta={"outlet": "The Echo", "date": "2026-03-02", "title": "Despot won", "page": 3},
        sentences=(Sentence(0, 27, scores, ("loaded_language",)), Sentence(28, 53, {"loaded_language": 0.1}, ())),
        spans=(
            Span(4, 10, "name_calling", 0.9, "s1", valence="negative", target=CharSpan(12, 16)),
            Span(31, 37, "loaded_language", 0.8, "s2", voice="direct", attribution="q2"),
        ),
        attributions=(
            Attribution("q1", CharSpan(12, 16), CharSpan(17, 21), (CharSpan(0, 10), CharSpan(23, 26))),
            Attribution("q2", CharSpan(44, 46), CharSpan(47, 52), (CharSpan(30, 43),), "direct", via="q1"),
        ),
        headline=Headline((Sentence(0, 10, scores, ()),), (Span(0, 6, "name_calling", 0.7, "s1"),)),
        targets=(Target(12, 16, "neutral", {"neutral": 0.6, "negative": 0.4}, codes={"hero": 0.7}, labels=("hero",)),),
    )
    return replace(found, **changes)


def tables(folder, articles, table_format="parquet", with_text=True):
    with open_tidy(folder, table_format, with_text) as write:
        for one in articles:
            write(one)
    return {name: rows(folder / f"{name}.{table_format}") for name in NAMES}


def rows(path):
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    return parquet.read_table(path).to_pylist()


def test_each_thing_is_one_row_with_keys_that_join(tmp_path):
    found = tables(tmp_path, [article()])
    assert {name: len(rows) for name, rows in found.items()} == {
        "articles": 1,
        "headlines": 1,
        "paragraphs": 0,
        "sentences": 3,
        "spans": 3,
        "attributions": 2,
        "contents": 3,
        "targets": 1,
    }
    spans = {row["span_id"]: row for row in found["spans"]}
    assert list(spans) == ["a:s1", "a:s2", "a:headline.s1"]
    assert [row["sentence_id"] for row in spans.values()] == ["a:sentence1", "a:sentence2", "a:headline.sentence1"]
    assert [row["part"] for row in spans.values()] == ["text", "text", "headline"]
    assert [row["attribution_id"] for row in spans.values()] == [None, "a:q2", None]
    assert [row["via_id"] for row in found["attributions"]] == [None, "a:q1"]
    assert [row["sentence_id"] for row in found["attributions"]] == ["a:sentence1", "a:sentence2"]
    contents = [(row["content_id"], row["attribution_id"], row["text"]) for row in found["contents"]]
    assert contents == [
        ("a:q1.1", "a:q1", "The despot"),
        ("a:q1.2", "a:q1", "won"),
        ("a:q2.1", "a:q2", "“Heroes won,”"),
    ]
    assert found["targets"][0]["sentence_id"] == "a:sentence1"


def test_offsets_count_from_0_and_from_1_in_code_points(tmp_path):
    span = tables(tmp_path, [article()])["spans"][1]
    assert TEXT[span["start"] : span["end"]] == span["text"] == "Heroes"
    assert TEXT[span["start_1"] - 1 : span["end_1"]] == "Heroes"  # as R's substr(text, start_1, end_1)
    assert (span["start"], span["start_1"], span["end_1"]) == (31, 32, 37)
    target = tables(tmp_path, [article()])["spans"][0]
    assert (target["target_text"], target["target_start_1"], target["target_end_1"]) == ("KCNA", 13, 16)


def test_articles_have_their_meta_and_counts(tmp_path):
    row = tables(tmp_path, [article()])["articles"][0]
    assert (row["outlet"], row["date"], row["url"], row["title"]) == ("The Echo", "2026-03-02", None, "Despot won")
    assert json.loads(row["meta"]) == article().meta
    assert (row["n_sentences"], row["n_spans"], row["n_attributions"], row["n_targets"]) == (2, 2, 2, 1)
    assert (row["n_characters"], row["n_words"], row["text_sha256"]) == (53, 10, text_sha256(TEXT))


def test_labels_are_columns_wherever_they_come_first(tmp_path):
    late = article("b", sentences=(Sentence(0, 27, {"sarcasm": 0.5}, ("sarcasm", "by hand")),), spans=())
    first, *_, last = tables(tmp_path, [article(), late])["sentences"][:4]
    assert list(first)[-7:] == [
        "score_loaded_language", "score_attribution", "score_sarcasm",
        "label_loaded_language", "label_attribution", "label_sarcasm", "label_by hand",
    ]  # fmt: skip
    assert (first["score_loaded_language"], first["label_loaded_language"], first["score_sarcasm"]) == (0.9, True, None)
    assert (last["score_sarcasm"], last["label_sarcasm"], last["label_by hand"]) == (0.5, True, True)
    assert (last["score_attribution"], last["label_attribution"]) == (None, False)


def test_targets_have_a_column_a_valence_and_a_column_a_code(tmp_path):
    row = tables(tmp_path, [article()])["targets"][0]
    assert {name: row[name] for name in row if name.startswith(("score_", "code_", "label_"))} == {
        "score_neutral": 0.6,
        "score_negative": 0.4,
        "code_hero": 0.7,
        "label_hero": True,
    }


@pytest.mark.parametrize("table_format", ["parquet", "csv"])
def test_without_text_there_are_offsets_hashes_and_counts_of_words(tmp_path, table_format):
    found = tables(tmp_path, [article()], table_format, with_text=False)
    for path in tmp_path.iterdir():
        for word in (b"espot", b"Heroes", b"added"):
            assert word not in path.read_bytes()
    assert [int(row["n_words"]) for row in found["sentences"]] == [5, 5, 2]
    assert found["articles"][0]["text_sha256"] == text_sha256(TEXT)
    assert found["headlines"][0]["title_sha256"] == text_sha256("Despot won")
    assert json.loads(found["articles"][0]["meta"]) == {**article().meta, "title": None}


def test_of_withheld_texts_only_what_needs_them_is_missing(tmp_path):
    whole = tables(tmp_path / "whole", [article()], with_text=False)
    withheld = tables(tmp_path / "withheld", [withhold(article())], with_text=False)
    for name in NAMES:
        without_counts = [{**row, "n_words": None} if "n_words" in row else row for row in whole[name]]
        assert withheld[name] == without_counts
    assert {row["text"] for row in tables(tmp_path / "columns", [withhold(article())])["spans"]} == {None}


@settings(max_examples=40)
@given(annotated_articles())
def test_every_thing_is_in_the_rows_and_its_key_is_its_own(one):
    known = {a.id for part in (one, one.headline) if part for a in part.attributions}
    refers = [
        name
        for part in (one, one.headline)
        if part
        for name in [*(s.attribution for s in part.spans), *(a.via for a in part.attributions)]
        if name is not None and name not in {a.id for a in part.attributions}
    ]
    if refers:
        with pytest.raises(InputError, match="named but not there"):
            rows_of(one)
        return
    found = rows_of(one)
    parts = [part for part in (one, one.headline) if part]
    assert len(found["sentences"]) == sum(len(part.sentences) for part in parts)
    assert len(found["spans"]) == sum(len(part.spans) for part in parts)
    assert len(found["attributions"]) == sum(len(part.attributions) for part in parts) >= len(known)
    assert len(found["contents"]) == sum(len(a.content) for part in parts for a in part.attributions)
    assert len(found["paragraphs"]) == len(one.paragraphs)
    assert len(found["targets"]) == len(one.targets)
    for table in TABLES:
        keys = [row[table.fields[0][0]] for row in found[table.name]]
        assert len(set(keys)) == len(keys)
        assert all(key == one.id or key.startswith(f"{one.id}:") for key in keys)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (("s1", "T7"), ["a:s1", "a:T7"]),
        (("", ""), ["a:s1", "a:s2"]),
        (("x", "x"), ["a:s1", "a:s2"]),
        (("x", "headline.x"), ["a:s1", "a:s2"]),
        (("x", "b:s1"), ["a:s1", "a:s2"]),
    ],
)
def test_keys_are_the_ids_of_the_record_where_these_can_be_keys(ids, expected):
    spans = tuple(Span(0, 3, id=name) for name in ids)
    assert [row["span_id"] for row in rows_of(article(spans=spans))["spans"]][:2] == expected


@pytest.mark.parametrize(
    "change",
    [{"spans": (Span(0, 3, attribution="q9"),)}, {"attributions": (Attribution("q1", None, None, (), via="q9"),)}],
)
def test_a_reference_to_nothing_is_refused_and_the_rest_is_written(tmp_path, change):
    with open_tidy(tmp_path) as write:
        write(article("a", spans=()))
        with pytest.raises(InputError, match="'q9' is named but not there"):
            write(article("b", **{"spans": (), **change}))
        write(article("c"))
    assert [row["article_id"] for row in rows(tmp_path / "articles.parquet")] == ["a", "c"]
    assert {row["article_id"] for row in rows(tmp_path / "sentences.parquet")} == {"a", "c"}


def test_an_id_that_comes_twice_is_refused(tmp_path):
    with open_tidy(tmp_path) as write:
        write(article("a\ud800"))
        for name in ("a\ud800", "a\udfff", "a\ufffd"):  # one and the same in a table
            with pytest.raises(InputError, match="came before"):
                write(article(name))


def test_lone_surrogates_leave_offsets_as_they_are(tmp_path):
    text = "x\ud800y tyrant"
    one = AnnotatedArticle("a", text, spans=(Span(4, 10, label="name_calling", id="s1"),))
    found = tables(tmp_path, [one])
    assert found["articles"][0]["text"] == "x\ufffdy tyrant"
    assert found["spans"][0]["text"] == "tyrant"
    assert found["articles"][0]["text_sha256"] == text_sha256(text)


def test_csv_says_the_same_as_parquet(tmp_path):
    odd = article('b,\r\n"', text=TEXT.replace("it", '"\n'), meta={"title": "", "outlet": None})
    articles = [article(), odd, everything()]
    flat, typed = tables(tmp_path / "csv", articles, "csv"), tables(tmp_path / "parquet", articles)
    for name in NAMES:
        assert len(flat[name]) == len(typed[name])
        for row, expected in zip(flat[name], typed[name], strict=True):
            assert list(row) == list(expected)
            for column, value in expected.items():
                as_text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                assert row[column] == as_text or float(row[column]) == float(value)


def test_rows_leave_memory_as_they_come_and_the_bytes_do_not_depend_on_it(tmp_path, monkeypatch):
    articles = [article(f"a{i}") for i in range(20)]
    whole = tables(tmp_path / "whole", articles)
    monkeypatch.setattr(writer, "MAX_BYTES", 1)
    assert tables(tmp_path / "bits", articles) == whole
    assert tables(tmp_path / "again", articles) == whole
    assert parquet.read_metadata(tmp_path / "bits" / "articles.parquet").num_row_groups == len(articles)
    for name in NAMES:
        one, other = (tmp_path / folder / f"{name}.parquet" for folder in ("bits", "again"))
        assert one.read_bytes() == other.read_bytes()


def test_no_article_is_tables_of_no_rows(tmp_path):
    assert tables(tmp_path, []) == dict.fromkeys(NAMES, [])
    assert parquet.read_schema(tmp_path / "spans.parquet").field("start").type == pyarrow.int32()


def interrupted(folder, articles):
    with open_tidy(folder) as write:
        for one in articles:
            write(one)
        raise KeyboardInterrupt


def test_an_interruption_keeps_what_was_put_in(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path, [article()])
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{name}.parquet" for name in NAMES)
    assert len(rows(tmp_path / "sentences.parquet")) == 3


def test_an_interruption_before_the_first_article_leaves_old_tables_alone(tmp_path):
    old = tables(tmp_path, [article()])
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path, [])
    assert {name: rows(tmp_path / f"{name}.parquet") for name in NAMES} == old
    assert len(list(tmp_path.iterdir())) == len(NAMES)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "tables").touch()
    with pytest.raises(UsageError, match="it is a file"), open_tidy(tmp_path / "tables"):
        pass


def test_columns_are_text_or_not_by_their_name():
    with_text, without = ({n for t in TABLES for n in t.schema(flag).names} for flag in (True, False))
    assert with_text - without == {"text", "title", "target_text", "source_text", "cue_text"}


def test_documentation_lists_the_columns_of_each_table(checkout):
    page = (checkout / "docs" / "tables.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    expected = {}
    for table in TABLES:
        added = [f"{prefix}…" for _, prefix in table.scores] + ["label_…"] * table.has_labels
        expected[f"`{table.name}`"] = ", ".join(f"`{name}`" for name in [n for n, _ in table.fields] + added)
    assert {name: columns for name, _, columns in cells} == expected
