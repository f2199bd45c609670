"""Files with an article a row: their columns, ids, encoding and delimiter, and what is beyond all measure in them."""

import csv
import gzip
import io
import logging

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from rhetoric.annotation import Article
from rhetoric.errors import UsageError
from rhetoric.formats import Failure, limits, read_inputs
from rhetoric.formats.columns import ColumnMap

ENGLISH = "“We shall rebuild the mill,” said the miller’s wife – and left. “It’s ours,” Señora Peña, of the café, said."


def read(path, data, **options):
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return list(read_inputs([path], **options))


def texts(found):
    return {item.id: item.text for item in found if isinstance(item, Article)}


def failures(found):
    return [item for item in found if isinstance(item, Failure)]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(CELLS, max_size=5), st.sampled_from([(".csv", ","), (".csv", ";"), (".tsv", "\t"), (".csv", "\t")]))
def test_tables_keep_every_character(tmp_path_factory, cells, form):
    suffix, delimiter = form
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([("id", "text"), *((f"r{i}", c) for i, c in enumerate(cells))])
    found = read(tmp_path_factory.mktemp("any") / f"a{suffix}", buffer.getvalue())
    assert texts(found) == {f"r{i}": cell for i, cell in enumerate(cells)}


def test_other_delimiters_are_said(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert texts(read(tmp_path / "a.csv", "id;text\na;Rain, snow.\n")) == {"a": "Rain, snow."}
    assert "';' between cells" in caplog.text


def test_clean_csv_is_read_in_silence(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert texts(read(tmp_path / "a.csv", 'id,text\na,"x; y\tz"\n')) == {"a": "x; y\tz"}
    assert not caplog.messages


def test_tsv_without_quotes_is_said(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert texts(read(tmp_path / "a.tsv", 'id\ttext\na\t"No," she said.\n')) == {"a": '"No," she said.'}
    assert "without quotes" in caplog.text


def test_a_delimiter_can_be_named(tmp_path):
    assert texts(read(tmp_path / "a.csv", "id#text\na#x\n", delimiter="#")) == {"a": "x"}
    with pytest.raises(UsageError, match="expected one character"):
        read(tmp_path / "a.csv", "id,text\na,x\n", delimiter="##")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_columns_can_be_named(tmp_path, suffix):
    columns = ColumnMap("nr", "body", "head", "paper", "day", "link")
    row = {"nr": "7", "body": "It rained.", "head": "Rain", "paper": "Echo", "day": "2024", "link": "u", "id": "x"}
    path = tmp_path / f"a{suffix}"
    write_rows(path, [row])
    expected = {"title": "Rain", "outlet": "Echo", "date": "2024", "url": "u", "original_id": "x"}
    assert list(read_inputs([path], columns=columns)) == [Article("7", "It rained.", expected)]


def write_rows(path, rows):
    if path.suffix == ".parquet":
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(f"{row}\n".replace("'", '"') for row in rows))
    else:
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_without_ids_are_named_by_file_and_number_and_that_is_said(tmp_path, suffix, caplog):
    paths = [tmp_path / "one" / f"a{suffix}", tmp_path / "two" / f"b{suffix}"]
    for path in paths:
        path.parent.mkdir()
        write_rows(path, [{"text": "It rained."}, {"text": "It snowed."}])
    with caplog.at_level(logging.WARNING):
        assert [item.id for item in read_inputs(paths)] == ["a-1", "a-2", "b-1", "b-2"]
    assert len(caplog.messages) == 2
    assert "no column 'id'" in caplog.messages[0]


def test_numbers_count_bad_rows_so_that_they_stay(tmp_path):
    found = read(tmp_path / "a.csv", "text,day\nx,1\ny\nz,3\n")
    assert list(texts(found)) == ["a-1", "a-3"]
    assert failures(found)[0].line == 3


def test_rows_of_a_folder_are_named_by_the_path_below_it(tmp_path):
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "may.csv.gz").write_bytes(gzip.compress(b"text\nx\n"))
    assert [item.id for item in read_inputs([tmp_path])] == ["2024/may-1"]


def test_rows_can_be_numbered_whatever_ids_they_have(tmp_path):
    data = '{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n'
    one, two = read(tmp_path / "a.jsonl", data, columns=ColumnMap(id="#"))
    assert (one.id, two.id) == ("a-1", "a-2")
    assert one.meta == {"original_id": "a"}


def test_json_lines_without_an_id_are_failures(tmp_path):
    (failure,) = read(tmp_path / "a.jsonl", '{"text": "x"}\n')
    assert "'id' is missing" in failure.reason


def test_a_column_that_is_missing_is_one_failure(tmp_path):
    (failure,) = read(tmp_path / "a.csv", "id,body\na,x\nb,y\n")
    assert "no column 'text'" in failure.reason
    assert "--text-column" in failure.reason
    (failure,) = read(tmp_path / "a.csv", "id,text\na,x\n", columns=ColumnMap(title="head"))
    assert "no column 'head'" in failure.reason


def test_a_field_that_no_record_has_is_said(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert len(read(tmp_path / "a.jsonl", '{"id": "a", "text": "x"}\n', columns=ColumnMap(title="haed"))) == 1
    assert "no record has the field 'haed'" in caplog.text


def test_columns_of_one_name_are_all_kept(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        (article,) = read(tmp_path / "a.csv", "id,text,tag,tag,,\na,x,1,2,3,4\n")
    assert article.meta == {"tag": "1", "tag_4": "2", "": "3", "_6": "4"}
    assert "tag_4" in caplog.text
    (failure,) = read(tmp_path / "a.csv", "id,text,text\na,x,y\n")
    assert "2 columns 'text'" in failure.reason


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_an_old_encoding_is_found_and_said(tmp_path, caplog, encoding):
    rows = "".join(f'r{i},"{ENGLISH}"\n' for i in range(3))
    with caplog.at_level(logging.WARNING):
        found = read(tmp_path / "a.csv", f"id,text\n{rows}".encode(encoding))
    assert set(texts(found).values()) == {ENGLISH}
    assert found[0].meta == {"encoding": encoding}
    assert f"read as {encoding}" in caplog.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path, encoding):
    mark = "\ufeff" if encoding.endswith("le") else ""
    found = read(tmp_path / "a.tsv", f'{mark}"id"\ttext\r\na\t"It rained.\r\n😀"\r\n'.encode(encoding))
    assert texts(found) == {"a": "It rained.\r\n😀"}


def test_an_encoding_can_be_named(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        found = read(tmp_path / "a.csv", "id,text\na,Dvořák\n".encode("cp1250"), encoding="windows-1250")
    assert texts(found) == {"a": "Dvořák"}
    assert not caplog.messages
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        read(tmp_path / "a.csv", "", encoding="klingon")


def test_a_row_that_is_not_utf_8_does_not_change_the_others(tmp_path):
    rows = "".join(f'r{i},"{ENGLISH}"\n' for i in range(3)).encode()
    found = read(tmp_path / "a.csv", b"id,text\n" + rows + b"bad,caf\xe9\nlast,x\n")
    assert list(texts(found)) == ["r0", "r1", "r2", "last"]
    assert [(f.id, f.line) for f in failures(found)] == [("bad", 5)]


def test_bytes_that_break_an_encoding_are_one_failure(tmp_path):
    data = "id,text\na,x\n".encode("utf-16") + b"\x00\xd8\x00"
    found = read(tmp_path / "a.csv", data)
    assert len(failures(found)) == 1
    assert len(found) < 4


@pytest.fixture
def small_records(monkeypatch):
    monkeypatch.setattr(limits, "MAX_RECORD_BYTES", 2**12)


LONG = {
    "jsonl": '{"id": "a", "text": "x"}\n{"id": "long", "text": "%s"}\n{"id": "b", "text": "y"}\n',
    "csv": 'id,text\na,x\nlong,"%s"\nb,y\n',
    "tsv": "id\ttext\na\tx\nlong\t%s\nb\ty\n",
}


@pytest.mark.usefixtures("small_records")
@pytest.mark.parametrize("suffix", LONG)
@pytest.mark.parametrize("long", ["word " * 2**14, "\\n" * 2**14], ids=["words", "escapes"])
def test_a_line_that_is_too_long_is_one_failure(tmp_path, suffix, long):
    found = read(tmp_path / f"a.{suffix}", LONG[suffix] % long)
    assert list(texts(found)) == ["a", "b"]
    (failure,) = failures(found)
    assert failure.line == (2 if suffix == "jsonl" else 3)
    assert "longer than 4096 bytes" in failure.reason


@pytest.mark.usefixtures("small_records")
def test_a_quote_that_is_never_closed_swallows_no_more_than_a_record(tmp_path):
    rows = "".join(f"r{i},It rained on day {i}.\n" for i in range(1000))
    found = read(tmp_path / "a.csv", f'id,text\na,x\nbad,"never closed\n{rows}')
    assert 800 < len(texts(found)) < 1000
    assert "it begins in line 3" in failures(found)[0].reason
    assert len(found) - len(texts(found)) == 1


@pytest.mark.usefixtures("small_records")
def test_a_text_that_is_too_long_is_a_failure(tmp_path):
    (failure,) = read(tmp_path / "a.txt", "word " * 2**10)
    assert (failure.id, "larger than 4096 bytes" in failure.reason) == ("a", True)


def test_ten_thousand_columns_are_read(tmp_path):
    names = ",".join(f"c{i}" for i in range(10_000))
    (article,) = read(tmp_path / "a.csv", f"id,text,{names}\na,x,{names}\n")
    assert article.meta["c9999"] == "c9999"
    assert len(article.meta) == 10_000


def test_nul_bytes_are_read_as_they_are_or_refused(tmp_path):
    assert texts(read(tmp_path / "a.csv", "id,text\na,x\0y\n")) == {"a": "x\0y"}
    (failure,) = read(tmp_path / "a.jsonl", '{"id": "a", "text": "x\0y"}\n')
    assert "not JSON" in failure.reason
    (failure,) = read(tmp_path / "a.txt", "x\0y")
    assert "binary" in failure.reason


@pytest.mark.parametrize("suffix", [".parquet", ".parquet.gz"])
def test_parquet_is_read_packed_or_not(tmp_path, suffix):
    write_rows(tmp_path / "b.parquet", [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}])
    data = (tmp_path / "b.parquet").read_bytes()
    found = read(tmp_path / f"a{suffix}", gzip.compress(data) if suffix.endswith(".gz") else data)
    assert texts(found) == {"a": "x", "b": "y"}


def test_a_value_that_python_cannot_hold_is_one_failure(tmp_path):
    texts_column = pyarrow.array([b"x", b"caf\xe9", b"z"], pyarrow.binary()).view(pyarrow.string())
    table = pyarrow.table({"id": ["a", "b", "c"], "text": texts_column})
    parquet.write_table(table, tmp_path / "a.parquet")
    found = list(read_inputs([tmp_path / "a.parquet"]))
    assert texts(found) == {"a": "x", "c": "z"}
    (failure,) = failures(found)
    assert (failure.line, failure.source) == (2, str(tmp_path / "a.parquet"))


def test_parquet_that_was_cut_is_one_failure(tmp_path):
    write_rows(tmp_path / "b.parquet", [{"id": "a", "text": "x" * 1000}])
    data = (tmp_path / "b.parquet").read_bytes()
    (failure,) = read(tmp_path / "a.parquet", data[: len(data) // 2])
    assert "not usable Parquet" in failure.reason
