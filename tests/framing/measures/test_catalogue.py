import re
from typing import get_args

import pytest

from rhetoric.errors import ConfigError
from rhetoric.framing.measures.catalogue import list_measures
from rhetoric.framing.measures.definitions import Measure, Unit, read_measures
from rhetoric.framing.measures.dimensions import Dimension
from rhetoric.framing.measures.facts import THINGS
from rhetoric.framing.measures.where import Where


@pytest.fixture(scope="module")
def page(checkout):
    return (checkout / "docs" / "measures.md").read_text(encoding="utf-8")


def row(entry):
    cells = [f"`{entry.name}`", entry.title, entry.numerator, entry.denominator, entry.unit, entry.estimand]
    return f"| {' | '.join(cells)} |"


def test_page_has_the_row_of_every_definition_in_order(page):
    told = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 7]
    assert told == [row(entry) for entry in list_measures()]


def test_page_has_the_note_of_every_definition(page):
    told = [line for line in page.splitlines() if line.startswith("- `") and "`: " in line]
    assert told == [f"- `{entry.name}`: {entry.note}" for entry in list_measures() if entry.note]


@pytest.mark.parametrize(
    "names",
    [THINGS, get_args(Unit), Where.model_fields, set(Measure.model_fields) - {"family"}, get_args(Dimension)],
    ids=["things", "units", "conditions", "keys", "dimensions"],
)
def test_page_names_everything_that_a_measure_can_say(page, names):
    assert not [name for name in names if f"`{name}`" not in page]


def test_entries_stand_for_all_measures():
    patterns = [re.sub(r"\\\{\w+\\\}", r"[\\w{}]+", re.escape(entry.name)) for entry in list_measures()]
    assert not [n for n in read_measures() if not any(re.fullmatch(pattern, n) for pattern in patterns)]


def test_entry_of_a_measure_tells_what_its_formula_tells():
    measures = read_measures()
    for entry in list_measures():
        if entry.name in measures and not measures[entry.name].each:
            formula = measures[entry.name].formula
            assert entry.numerator in formula, entry.name
            assert entry.denominator in formula, entry.name


def test_entries_of_own_measures_come_last(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        '"sad_{part}": {title: "Sad {part}", unit: share, of: sentences, where: {labels: sad, spans: {layer: wording}},'
        ' per: sentences, within: "{part}", each: part, note: Sighs.}',
        encoding="utf-8",
    )
    last = list_measures(path)[-1]
    assert (last.numerator, last.note) == (
        "sentences (labels = sad, spans = (layer = wording)), in the {part}",
        "Sighs.",
    )


def test_entries_of_wrong_measures_are_refused(tmp_path):
    (tmp_path / "own.yaml").write_text("sad: {title: Sad}", encoding="utf-8")
    with pytest.raises(ConfigError, match="sad"):
        list_measures(tmp_path / "own.yaml")
