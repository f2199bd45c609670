"""Which format a file or folder is in, and what is never opened."""

import json
import pickle
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedText, Columns, read_coded
from rhetoric.formats.coded import guard as guard_module
from rhetoric.formats.coded.guard import MAX_DEPTH, parse_json

TASK = {
    "id": 1,
    "data": {"text": "It rains"},
    "annotations": [{"result": [{"type": "choices", "value": {"choices": ["x"]}}]}],
}
JSON_LINES = {
    "table": {"text": "It rains", "label": "x"},
    "prodigy": {"text": "It rains", "accept": ["x"], "answer": "accept"},
}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", "text,label\nIt rains,x\n"),
        ("in.TSV", "text\tlabel\nIt rains\tx\n"),
        ("in.json", json.dumps([TASK])),
        *((f"{name}.jsonl", json.dumps(record)) for name, record in JSON_LINES.items()),
    ],
)
def test_files_are_recognised(tmp_path, name, content):
    (found,) = read_coded(str(write(tmp_path / name, content)))
    assert (found.text, found.labels) == ("It rains", ("x",))


def test_jsonl_with_triples_is_doccano(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"text": "dry", "label": []}\n{"text": "It rains", "label": [[0, 2, "x"]]}\n')
    assert [len(item.spans) for item in read_coded(path, coding="spans")] == [0, 1]


@pytest.mark.parametrize(("name", "content"), [("a.ann", "T1\tx 0 2\tIt\n"), ("l/article7.labels", "7\tx\t0\t2\n")])
def test_folders_are_recognised(tmp_path, name, content):
    write(tmp_path / name, content)
    write(tmp_path / ("a.txt" if name == "a.ann" else "article7.txt"), "It rains")
    (found,) = read_coded(tmp_path, coding="spans")
    assert [span.label for span in found.spans] == ["x"]
    with pytest.raises(InputError, match="read it as coding 'spans'"):
        read_coded(tmp_path)


def test_a_saved_dataset_is_recognised(tmp_path):
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    datasets.Dataset.from_dict({"text": ["It rains"], "label": ["x"]}).save_to_disk(tmp_path / "data")
    datasets.enable_progress_bars()
    (found,) = read_coded(tmp_path / "data")
    assert isinstance(found, CodedText)


def test_a_format_that_is_named_wins(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"text": "It rains", "accept": ["x"], "answer": "accept", "label": "y"}')
    assert [item.labels for item in read_coded(path)] == [("x",)]
    assert [item.labels for item in read_coded(path, data_format="table")] == [("y",)]


def test_columns_reach_the_reader(tmp_path):
    path = write(tmp_path / "in.csv", "Text,Code\nIt rains,x\n")
    assert [item.labels for item in read_coded(path, Columns(text="Text", label="Code"))] == [("x",)]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.ann": "", "b.labels": ""}, "may be brat or ptc: say which as data_format"),
        ({"a.txt": "x"}, "holds no coded data"),
        ({".a.ann": ""}, "holds no coded data"),
    ],
)
def test_folders_that_may_be_anything_are_an_error(tmp_path, files, reason):
    for name, content in files.items():
        write(tmp_path / name, content)
    with pytest.raises(InputError, match=reason):
        read_coded(tmp_path, coding="spans")


def test_jsonl_that_may_be_two_things_is_an_error(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"text": "a", "answer": "accept", "entities": [[0, 1, "x"]]}')
    with pytest.raises(InputError, match="may be doccano or prodigy"):
        read_coded(path)


@pytest.mark.parametrize(
    ("name", "data_format", "reason"),
    [
        ("in.docx", None, "the format of .* is not known"),
        ("in.csv", "tabel", "the nearest is 'table'"),
        ("in.csv", "brat", "is a file: data of the format brat is a folder"),
        (".", "prodigy", "is a folder: data of the format prodigy is a file"),
        ("none.csv", None, "is no file"),
    ],
)
def test_formats_that_do_not_fit_are_an_error(tmp_path, name, data_format, reason):
    if name.startswith("in"):
        write(tmp_path / name, "text,label\n")
    with pytest.raises(InputError, match=reason):
        read_coded(tmp_path / name, coding="spans", data_format=data_format)


NAMES = st.sampled_from(
    [
        "text",
        "label",
        "labels",
        "spans",
        "entities",
        "accept",
        "options",
        "answer",
        "id",
        "meta",
        "start",
        "end",
        "data",
    ]
    + [
        "annotations",
        "result",
        "value",
        "type",
        "choices",
        "start_offset",
        "end_offset",
        "completed_by",
        "was_cancelled",
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.sampled_from(["", "a", "[", "accept", "labels"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5))
RECORDS = st.dictionaries(NAMES, VALUES, max_size=6).map(lambda record: {"text": "It rains", **record})


@pytest.mark.parametrize("coding", ["text", "spans"])
@pytest.mark.parametrize("data_format", ["table", "doccano", "prodigy", "label_studio"])
@given(st.lists(RECORDS, max_size=3))
def test_no_record_raises_anything_but_an_input_error(tmp_path_factory, coding, data_format, records):
    folder = tmp_path_factory.mktemp("records")
    path = folder / ("in.json" if data_format == "label_studio" else "in.jsonl")
    write(path, json.dumps(records) if data_format == "label_studio" else "\n".join(map(json.dumps, records)))
    try:
        found = list(read_coded(path, coding=coding, data_format=data_format))
    except InputError:
        return
    assert len(found) >= (0 if data_format in ("label_studio", "prodigy") else len(records))
    for item in found:
        assert "\n" not in item.reason if isinstance(item, Failure) else isinstance(item.text, str)


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.json", "in.parquet", "f/a.ann", "f/article7.labels"])
@given(st.binary(max_size=80) | st.text("T1\t7;,\"'x\n\r []{}", max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_an_input_error(tmp_path_factory, name, content):
    path = write(tmp_path_factory.mktemp("bytes") / name, content)
    coding = "text"
    if path.parent.name == "f":
        coding = "spans"
        write(path.parent / f"{path.stem}.txt", "It rains")
        path = path.parent
    with suppress(InputError):
        assert all("\n" not in item.reason for item in read_coded(path, coding=coding) if isinstance(item, Failure))


class _Trap:
    def __reduce__(self):
        return exit, ("the pickle was opened",)


@pytest.mark.parametrize("name", ["in.pkl", "in.pickle", "in.PT", "in.joblib", "in.csv", "in.jsonl"])
@pytest.mark.parametrize("data_format", [None, "table"])
def test_pickles_are_never_opened(tmp_path, name, data_format):
    path = write(tmp_path / name, pickle.dumps(_Trap()))
    with pytest.raises(InputError, match="may run code|is a pickle"):
        read_coded(path, data_format=data_format)


@pytest.mark.parametrize("name", ["in.zip", "in.csv.gz", "in.tar", "in.xlsx", "in.csv"])
def test_archives_are_never_unpacked(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("in.csv", "text,label\n")
    with pytest.raises(InputError, match="is an archive"):
        read_coded(tmp_path / name)


@pytest.mark.parametrize("n_deep", [MAX_DEPTH + 1, 900, 100_000])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_that_is_nested_absurdly_is_refused(tmp_path, n_deep, suffix):
    deep = "[" * n_deep + "]" * n_deep
    good = json.dumps([TASK]) if suffix == "json" else json.dumps(JSON_LINES["table"])
    record = f'{{"text": "a", "label": {deep}}}'
    path = write(tmp_path / f"in.{suffix}", f"[{record}]" if suffix == "json" else f"{record}\n{good}\n")
    if suffix == "json":
        with pytest.raises(InputError, match=r"in\.json: (the JSON is nested|not usable JSON)"):
            list(read_coded(path))
        return
    failure, found = read_coded(path)
    assert (failure.line, found.labels) == (1, ("x",))
    assert "\n" not in failure.reason


@pytest.mark.parametrize("n_deep", [1, MAX_DEPTH])
def test_json_may_be_nested_within_reason(n_deep):
    assert parse_json("[" * n_deep + "]" * n_deep) is not None


@pytest.mark.parametrize(("name", "limit"), [("in.json", "MAX_JSON_BYTES"), ("in.jsonl", "MAX_LINE_BYTES")])
def test_json_beyond_all_measure_is_refused(tmp_path, monkeypatch, name, limit):
    monkeypatch.setattr(guard_module, limit, 100)
    path = write(tmp_path / name, '{"text": "' + "a" * 200 + '"}')
    with pytest.raises(InputError, match="100"):
        list(read_coded(path))


@pytest.mark.parametrize("content", [b"\xff\xfe[\0]\0", b'[{"a": 1e', b"[" + b"9" * 6000 + b"]", b"", b"\0", b"5"])
def test_json_that_is_none_is_one_line(tmp_path, content):
    with pytest.raises(InputError) as caught:
        list(read_coded(write(tmp_path / "in.json", content)))
    assert "\n" not in str(caught.value)
