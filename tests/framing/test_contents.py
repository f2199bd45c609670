"""How much each group holds, from the denominators of measures."""

import numpy as np

from rhetoric.framing.contents import Contents, count_contents
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.table import build_table
from tests.framing.annotated import article, attribution

TEXT = "It rained in Ostrava. The mayor said it would stop."


def made(name, outlet, date, **found):
    return article(TEXT, name, meta={"outlet": outlet, "date": date}, **found)


def test_contents_are_sums_over_the_articles_of_each_group():
    said = attribution(TEXT, "q1", "The mayor", "said", "it would stop")
    articles = [
        made("a", "Gull", "2025-03-01", attributions=(said,)),
        made("b", "Gull", "2024-12-31T08:00"),
        made("c", "Tern", "a Monday"),
    ]
    table = build_table(articles)
    groups = {name: np.array([o == name for o in table.meta["outlet"]]) for name in ("Gull", "Tern")}
    found = count_contents(table, groups)
    n_words = len(TEXT.split())
    assert found["Gull"] == Contents(2, 4, 2 * n_words, 1, "2024-12-31", "2025-03-01")
    assert found["Tern"] == Contents(1, 2, n_words, 0, None, None)


def test_contents_are_not_told_where_no_measure_tells_them():
    table = build_table([made("a", "Gull", None)], {"loaded_sentences": read_measures()["loaded_sentences"]})
    assert count_contents(table, {"Gull": np.array([True])})["Gull"] == Contents(1, 2, None, None, None, None)
