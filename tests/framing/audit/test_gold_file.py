"""Gold as CSV: lossless, and refused where it is of another run."""

import csv

import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.framing.audit.gold import GoldSample
from rhetoric.framing.audit.gold_file import GOLD_FILE, read_gold, write_gold
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.measure_table import MeasureTable

NAME = "loaded_sentences"
MEASURES = {name: read_measures()[name] for name in (NAME, "loaded_spans")}
NAN = np.nan


def table(**changed):
    columns = {
        "ids": ("a", "b", "c", "d"),
        "meta": {"paper": ("Écho", "Écho", "Post", "Post")},
        "numerators": {NAME: np.array([1.0, 2.0, 0.0, 3.0]), "loaded_spans": np.array([1.0, 2.0, 0.0, 3.0])},
        "denominators": {NAME: np.array([4.0, 6.0, 0.0, 9.0]), "loaded_spans": np.array([0.1, 0.3, 0.0, 0.7])},
        "measures": MEASURES,
    }
    return MeasureTable(**{**columns, **changed})


def sample():
    return GoldSample(
        "paper",
        np.array([True, True, True, False]),
        ("Écho/low", "Écho/low", "Post/zero", None),
        np.array([1 / 3, 1 / 3, 1.0, 0.0]),
        np.array([True, False, True, False]),
        {NAME: np.array([1.5, NAN, 0.1 + 0.2, NAN]), "loaded_spans": np.array([2.0, NAN, 1.0, NAN])},
        {NAME: np.array([4.0, NAN, 0.0, NAN]), "loaded_spans": np.array([0.1, NAN, 0.0, NAN])},
    )


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_gold_is_read_as_it_was_written(tmp_path):
    write_gold(tmp_path / GOLD_FILE, sample(), table())
    found = read_gold(tmp_path, table(), "paper")
    for name in ("kept", "probabilities", "audited", "weights"):
        assert np.array_equal(getattr(found, name), getattr(sample(), name), equal_nan=True)
    assert found.strata == sample().strata
    for side in ("numerators", "denominators"):
        for name in MEASURES:
            assert np.array_equal(getattr(found, side)[name], getattr(sample(), side)[name], equal_nan=True)


def test_the_file_has_all_that_an_estimate_needs(tmp_path):
    write_gold(tmp_path / GOLD_FILE, sample(), table())
    rows = [row for row in rows_of(tmp_path / GOLD_FILE) if row["measure"] == NAME]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert rows[0] == {
        "measure": NAME,
        "id": "a",
        "outlet": "Écho",
        "gold": "0.375",
        "prediction": "0.25",
        "gold_numerator": "1.5",
        "gold_denominator": "4.0",
        "prediction_numerator": "1.0",
        "prediction_denominator": "4.0",
        "weight": "3.0",
        "probability": repr(1 / 3),
        "stratum": "Écho/low",
        "cluster": "a",
    }
    assert [rows[1][name] for name in ("gold", "gold_numerator", "weight")] == ["", "", ""]
    assert (rows[2]["gold"], rows[2]["gold_numerator"]) == ("", repr(0.1 + 0.2))


def test_gold_is_of_the_articles_whatever_their_order(tmp_path):
    write_gold(tmp_path / GOLD_FILE, sample(), table())
    found = read_gold(tmp_path / GOLD_FILE, table().take(np.array([3, 2, 1, 0])), "paper")
    assert found.audited.tolist() == [False, True, False, True]


def test_groups_may_be_others_than_the_outlets_of_the_audit(tmp_path):
    write_gold(tmp_path / GOLD_FILE, sample(), table())
    meta = {"section": ("x", "y", "x", "y"), "paper": table().meta["paper"]}
    assert read_gold(tmp_path, table(meta=meta), "section").by == "paper"


@pytest.mark.parametrize(
    ("other", "by", "told"),
    [
        (table().take(np.array([0, 1, 3])), "paper", "1 articles (c) are not in the run"),
        (table(meta={"section": ("x",) * 4}), "outlet", "of another outlet"),
        (table(meta={"paper": ("Écho", "Post", "Post", "Post")}), "paper", "(b)"),
        (
            table(numerators={**table().numerators, NAME: np.array([1.0, 2.0, 1.0, 3.0])}),
            "paper",
            "(c) have other pred",
        ),
        (table().select(["loaded_spans"]), "paper", "which the run does not have"),
    ],
)
def test_gold_of_another_run_is_refused(tmp_path, other, by, told):
    write_gold(tmp_path / GOLD_FILE, sample(), table())
    with pytest.raises(InputError) as caught:
        read_gold(tmp_path, other, by)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: "", "no column 'measure'"),
        (lambda text: text.replace("weight", "wait"), "no column 'weight'"),
        (lambda text: text.replace("1.5", "many"), "holds 'many'"),
        (lambda text: text.replace(",a\n", "\n"), "rows that are cut off"),
        (lambda text: text + text.splitlines()[1] + "\n", "an article twice"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, change, told):
    path = tmp_path / GOLD_FILE
    write_gold(path, sample(), table())
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_gold(path, table(), "paper")
    assert told in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path, table(), "paper")
