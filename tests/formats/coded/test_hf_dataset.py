"""Datasets saved to disk: splits, and classes that are numbers."""

import datasets
import pytest

from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, Columns
from rhetoric.formats.coded.hf_dataset import read_hf_dataset

TOPIC = datasets.ClassLabel(names=["weather", "fear"])


@pytest.fixture(autouse=True)
def quiet():
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


def make(rows, **features):
    return datasets.Dataset.from_list(rows, features=datasets.Features(text=datasets.Value("string"), **features))


def save(data, tmp_path):
    data.save_to_disk(tmp_path / "data")
    return tmp_path / "data"


def test_splits_are_read_together_and_classes_have_names(tmp_path):
    rows = [{"text": "It rains", "label": 0}, {"text": "Beware", "label": 1}, {"text": "Hm", "label": -1}]
    data = datasets.DatasetDict(train=make(rows, label=TOPIC), test=make(rows[:1], label=TOPIC))
    found = list(read_hf_dataset(save(data, tmp_path), Columns(), "text"))
    assert [item.id for item in found] == ["train/1", "train/2", "train/3", "test/1"]
    assert [found[i].labels for i in (0, 1, 3)] == [("weather",), ("fear",), ("weather",)]
    assert [found[i].meta["split"] for i in (0, 3)] == ["train", "test"]
    assert isinstance(found[2], Failure)
    assert "missing" in found[2].reason


def test_lists_of_classes_are_several_labels(tmp_path):
    data = make([{"text": "It rains", "label": [0, 1]}, {"text": "Hm", "label": []}], label=datasets.List(TOPIC))
    found = list(read_hf_dataset(save(data, tmp_path), Columns(), "text"))
    assert [(item.id, item.labels, item.line) for item in found] == [("1", ("weather", "fear"), 1), ("2", (), 2)]


@pytest.mark.parametrize("make_list", [lambda item: datasets.List(item), lambda item: datasets.Sequence(item)])
def test_spans_are_lists_of_objects_or_objects_of_lists(tmp_path, make_list):
    item = {"start": datasets.Value("int32"), "end": datasets.Value("int32"), "label": TOPIC}
    feature = make_list(item)
    span = {"start": 0, "end": 2, "label": 1}
    value = [span] if isinstance(feature, datasets.List) else {name: [held] for name, held in span.items()}
    data = make([{"text": "It rains", "marks": value}], marks=feature)
    (found,) = read_hf_dataset(save(data, tmp_path), Columns(spans="marks"), "spans")
    assert found.spans == (CodedSpan(0, 2, "fear"),)


def test_a_column_that_is_not_there_is_an_error(tmp_path):
    path = save(make([{"text": "It rains", "labels": 0}], labels=TOPIC), tmp_path)
    with pytest.raises(InputError, match="the nearest is 'labels'"):
        list(read_hf_dataset(path, Columns(), "text"))


@pytest.mark.parametrize("content", ["{}", "no json", '{"splits": ["../x"]}', '{"splits": 5}', "[" * 5000])
def test_a_folder_that_is_no_dataset_is_an_error(tmp_path, content):
    (tmp_path / "dataset_dict.json").write_text(content)
    with pytest.raises(InputError, match="no usable dataset"):
        list(read_hf_dataset(tmp_path, Columns(), "text"))
