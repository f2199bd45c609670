"""`rhetoric convert` and `rhetoric report`: annotated articles in another shape."""

import csv
import io
import json
from dataclasses import replace

import pytest
from pyarrow import parquet

from rhetoric.annotation import AnnotatedArticle, Span
from rhetoric.corpus.duplicates import find_duplicates, write_duplicates
from rhetoric.formats import dump_line, read_annotations, to_record


def article(name="a", title="Rain stays away"):
    spans = (Span(4, 10, label="name_calling", id="s1"),)
    return AnnotatedArticle(name, "The tyrant\r\nfled\ud800.", {"outlet": "The Echo", "title": title}, spans=spans)


@pytest.fixture
def annotations(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(dump_line(to_record(article())))
    return path


@pytest.fixture
def run(tmp_path):
    """The folder of a finished run of two articles that are the same."""
    from rhetoric.corpus.manifest import InputFiles, Manifest, ModelFiles, ShardEntry
    from rhetoric.corpus.shards import ShardResult
    from rhetoric.corpus.storage import RunFolder

    folder = RunFolder(tmp_path / "run")
    inputs, model = (
        (InputFiles(path="-", n_files=1, n_bytes=1, sha256=None),),
        ModelFiles(name="x", version="1", sha256=""),
    )
    manifest = Manifest(inputs=inputs, model=model, versions={}, config={}, shard_size=2)
    folder.begin(manifest)
    lines = b"".join(dump_line(to_record(article(name))) for name in ("b", "a"))
    entry: ShardEntry = folder.add(ShardResult(0, 2, 0, {"articles/00000.jsonl": lines}))
    folder.finish(manifest.completed((entry,)))
    return folder.path


def test_convert_to_jsonl_changes_nothing(rhetoric, annotations, tmp_path):
    assert rhetoric("convert", annotations, tmp_path / "out.jsonl").code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == annotations.read_bytes()


def test_convert_to_stdout_and_from_stdin(rhetoric, annotations):
    data = annotations.read_bytes()
    result = rhetoric("convert", "-", "-", stdin=data)
    assert (result.code, result.out, result.err) == (0, data, [])


def test_convert_to_parquet_and_back_changes_nothing(rhetoric, annotations, tmp_path):
    assert rhetoric("convert", annotations, tmp_path / "a.parquet").code == 0
    assert rhetoric("convert", tmp_path / "a.parquet", tmp_path / "out.jsonl").code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == annotations.read_bytes()


@pytest.mark.parametrize("command", [["convert"], ["report", "-o"]], ids=["convert", "report"])
def test_a_page(rhetoric, annotations, tmp_path, command):
    out = tmp_path / "page.html"
    name, *option = command
    result = rhetoric(name, annotations, *option, out)
    assert result.code == 0
    assert 'data-n="a0-s0"' in out.read_text()


def test_report_goes_to_stdout(rhetoric, annotations):
    assert rhetoric("report", annotations).out.startswith(b"<!DOCTYPE html>")


def test_a_bad_line_is_a_failure(rhetoric, annotations, tmp_path):
    with annotations.open("ab") as stream:
        stream.write(b'{"id": "b", "text": "raw"}\n')
    result = rhetoric("convert", annotations, tmp_path / "out.jsonl")
    assert result.code == 4
    assert b'"id": "b"' in (tmp_path / "out.jsonl.errors.jsonl").read_bytes()


def test_convert_takes_a_run(rhetoric, run, tmp_path):
    assert rhetoric("convert", run, tmp_path / "out.jsonl").code == 0
    assert [found.id for found in read_annotations(tmp_path / "out.jsonl")] == ["b", "a"]


def test_convert_marks_the_duplicates_of_a_run(rhetoric, run, tmp_path):
    assert rhetoric("duplicates", run).code == 0
    assert rhetoric("convert", run, tmp_path / "out.jsonl").code == 0
    first, second = read_annotations(tmp_path / "out.jsonl")
    assert first.meta == {**article().meta, "duplicate_of": None, "duplicate_cluster": "b"}
    assert second.meta == {**article().meta, "duplicate_of": "b", "duplicate_cluster": "b"}


def test_convert_refuses_a_list_of_duplicates_that_is_not_of_the_run(rhetoric, run, tmp_path):
    write_duplicates(find_duplicates([article("b"), article("c")]), run / "duplicates.parquet")
    result = rhetoric("convert", run, tmp_path / "out.jsonl")
    assert result.code == 3
    assert result.err == ["rhetoric: article 'a' is not in the list of duplicates: run `rhetoric duplicates` again"]


def test_no_text_leaves_hashes_and_offsets(rhetoric, annotations, tmp_path):
    assert rhetoric("convert", annotations, tmp_path / "out.jsonl", "--no-text").code == 0
    data = (tmp_path / "out.jsonl").read_bytes()
    assert b"tyrant" not in data
    assert b"Rain" not in data
    record = json.loads(data)
    assert (record["text"], record["n_characters"], record["meta"]["title"]) == (None, 18, None)
    assert record["spans"] == to_record(article())["spans"]


def test_no_text_gives_the_same_whichever_way_it_goes(rhetoric, annotations, tmp_path):
    rhetoric("convert", annotations, tmp_path / "a.parquet", "--no-text")
    rhetoric("convert", tmp_path / "a.parquet", tmp_path / "a.jsonl")
    rhetoric("convert", annotations, tmp_path / "b.jsonl", "--no-text")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


@pytest.mark.parametrize("command", [["convert"], ["report", "-o"]], ids=["convert", "report"])
def test_a_page_of_withheld_texts_is_refused(rhetoric, annotations, tmp_path, command):
    rhetoric("convert", annotations, tmp_path / "a.jsonl", "--no-text")
    name, *option = command
    result = rhetoric(name, tmp_path / "a.jsonl", *option, tmp_path / "page.html")
    assert result.code == 3
    assert len(result.err) == 1
    assert "the text of article 'a' is withheld" in result.err[0]


@pytest.mark.parametrize(("options", "suffix"), [([], "parquet"), (["--format", "csv"], "csv")])
def test_tidy_writes_flat_tables(rhetoric, annotations, tmp_path, options, suffix):
    result = rhetoric("convert", annotations, tmp_path / "tables", "--tidy", *options)
    assert result.code == 0
    names = ["articles", "attributions", "contents", "headlines", "paragraphs", "sentences", "spans", "targets"]
    assert sorted(p.name for p in (tmp_path / "tables").iterdir()) == [f"{name}.{suffix}" for name in names]
    path = tmp_path / "tables" / f"spans.{suffix}"
    rows = (
        list(csv.DictReader(io.StringIO(path.read_text()))) if suffix == "csv" else parquet.read_table(path).to_pylist()
    )
    assert [(row["span_id"], row["text"], int(row["start_1"])) for row in rows] == [("a:s1", "tyrant", 5)]


def test_tidy_of_what_comes_twice_is_a_failure(rhetoric, annotations, tmp_path):
    annotations.write_bytes(annotations.read_bytes() * 2)
    result = rhetoric("convert", annotations, tmp_path / "tables", "--tidy")
    assert result.code == 4
    assert b"came before" in (tmp_path / "tables.errors.jsonl").read_bytes()
    assert parquet.read_table(tmp_path / "tables" / "articles.parquet").num_rows == 1


@pytest.mark.parametrize(
    ("name", "out", "options", "code"),
    [
        ("missing.jsonl", "out.html", [], 3),
        ("missing.parquet", "out.jsonl", [], 3),
        ("in.jsonl", "out.pdf", [], 2),
        ("in.jsonl", "no/out.html", [], 2),
        ("in.jsonl", "out.csv", [], 2),
        ("in.jsonl", "out", ["--format", "csv"], 2),
        ("in.jsonl", "out.html", ["--no-text"], 2),
        ("in.jsonl", "tables", ["--tidy", "--format", "html"], 2),
        ("in.jsonl", "in.jsonl", ["--tidy"], 2),
        ("in.jsonl", "no/tables", ["--tidy"], 2),
        ("missing.jsonl", "tables", ["--tidy"], 3),
        (".", "out.jsonl", [], 3),
    ],
)
def test_convert_refuses(rhetoric, annotations, tmp_path, name, out, options, code):
    result = rhetoric("convert", tmp_path / name, tmp_path / out, *options)
    assert result.code == code
    assert len(result.err) == 1


@pytest.mark.parametrize("options", [[], ["--similarity", "0.9"]])
def test_duplicates_writes_into_the_run(rhetoric, run, options):
    result = rhetoric("duplicates", run, *options)
    assert result.code == 0
    assert result.err[-1] == "copies among them: 1; stories that have copies: 1"
    rows = parquet.read_table(run / "duplicates.parquet").to_pylist()
    assert rows == [
        {"article_id": "b", "cluster": "b", "duplicate_of": None},
        {"article_id": "a", "cluster": "b", "duplicate_of": "b"},
    ]


def test_duplicates_of_a_file(rhetoric, annotations, tmp_path):
    other = replace(article("b"), text="Nobody at the market knew why the stalls were moved to the square.")
    with annotations.open("ab") as stream:
        stream.write(dump_line(to_record(other)) + b"{}\n")
    result = rhetoric("duplicates", annotations, "-o", tmp_path / "d.parquet")
    assert result.code == 4
    assert parquet.read_table(tmp_path / "d.parquet").column("duplicate_of").to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["in.jsonl"], 2),
        (["in.jsonl", "-o", "no/d.parquet"], 2),
        (["in.jsonl", "-o", "d.parquet", "--similarity", "0"], 2),
        (["missing.jsonl", "-o", "d.parquet"], 3),
        (["withheld.jsonl", "-o", "d.parquet"], 3),
        (["empty.jsonl", "-o", "d.parquet"], 3),
    ],
)
def test_duplicates_refuses(rhetoric, annotations, tmp_path, monkeypatch, arguments, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "withheld.jsonl").write_bytes(dump_line(to_record(article(), with_text=False)))
    (tmp_path / "empty.jsonl").touch()
    result = rhetoric("duplicates", *arguments)
    assert result.code == code
    assert len(result.err) == 1
    assert not (tmp_path / "d.parquet").exists()
