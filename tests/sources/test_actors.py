"""A user's actors among sources and targets, and lists that cannot be used."""

import pytest

from rhetoric.annotation import Actor, Article, CharSpan
from rhetoric.errors import ConfigError
from rhetoric.segmentation import split_sentences
from rhetoric.sources import load_actors, load_base, resolve

from .test_passages import parse

LIN = Actor("Lin Baruti", "Q7", "RS")
HARBOUR = Actor("Harbour Board")
LIST = """
- name: Lin Baruti
  id: Q7
  country: RS
  aliases: [President Baruti, “The Ferryman”]
- name: Harbour Board
  aliases: [the Board]
- name: Odile Banga
- name: Rosa Banga
"""


@pytest.fixture(scope="module")
def actors(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "actors.yaml"
    path.write_text(LIST, encoding="utf-8")
    return load_actors(path)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("{s1|Lin Baruti} {c1|said} {q1|it rained}.", {1: LIN}),
        ("{s1|President Baruti} {c1|said} {q1|it rained}.", {1: LIN}),
        ("{s1|Ruritania’s president, Lin Baruti,} {c1|said} {q1|it rained}.", {}),
        ("{s1|Lin Baruti, who is 61,} {c1|said} {q1|it rained}.", {1: LIN}),
        ("{s1|Foreign Minister Baruti} {c1|said} {q1|it rained}.", {}),
        ("Lin Baruti came. {s1|Foreign Minister Baruti} {c1|said} {q1|it rained}.", {1: LIN}),
        ("Odile Banga came. {s1|Banga} {c1|said} {q1|it rained}.", {}),
        ("{s1|A spokesman for Lin Baruti} {c1|said} {q1|it rained}.", {}),
        ("{s1|Lin Baruti’s brother} {c1|said} {q1|it rained}.", {}),
        ("{q1|“It rained,”} in {s1|Lin Baruti’s} {c1|words}.", {1: LIN}),
        ("{s1|The Board} {c1|said} {q1|it rained}. {s2|It} {c2|added} {q2|that it hailed}.", {1: HARBOUR, 2: HARBOUR}),
        ("{s1|Lin Baruti} {c1|said} {q1|it rained}. {s2|He} {c2|added} {q2|that it hailed}.", {1: LIN, 2: LIN}),
        ("{s1|Lin Baruti} {c1|said} {q1|it rained}. {s2|It} {c2|said} {q2|that it hailed}.", {1: LIN}),
        ("{s1|Lin Baruti} {c1|said} {q1|it rained}. {s2|Ira Holt} {c2|left}. {s3|He} {c3|said} {q3|so}.", {1: LIN}),
        ("{s1|LIN BARUTI} {c1|said} {q1|it rained}.", {1: LIN}),
    ],
)  # fmt: skip
def test_actors_are_named_where_they_speak(actors, marked, expected):
    text, attributions = parse(marked)
    found = resolve(Article("a", text), split_sentences(text), attributions, None, load_base(), actors).attributions
    assert {int(a.id): a.actor for a in found if a.actor} == expected


@pytest.mark.parametrize(
    ("text", "mention", "expected"),
    [
        ("The tyrant Lin Baruti fled.", "Lin Baruti", LIN),
        ("The tyrant Lin Baruti fled. He wept, the coward.", "He", LIN),
        ("The tyrant Lin Baruti fled. Ira Holt came. He wept, the coward.", "He", None),
        ("Lin Baruti fled. It was a vile flight.", "It", None),
        ("Yesterday Lin Baruti fled. Cowardly, he wept.", "he", LIN),
        ("The cowardly Harbour Board fled.", "Harbour Board", HARBOUR),
        ("The cowardly board fled.", "board", None),
    ],
)
def test_actors_are_named_where_they_are_targets(actors, text, mention, expected):
    start = text.index(mention)
    assert actors.in_text(text).of_target(CharSpan(start, start + len(mention))) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- nam: Lin", r"line 1: name: Field required; see docs/sources.md"),
        ("- name: Lin\n- name: Odo\n  contry: RS", r"line 2: contry: Extra inputs"),
        ("- name: Lin\n  country: Ruritania", r"line 1: country: String should match"),
        ("- name: Lin\n  aliases: ['—']", r"line 1: aliases.0"),
        ("- name: Lin\n- name: Odo\n  aliases: [LIN]", r"'LIN' stands for 'Lin' and 'Odo'; give it to one of them"),
        ("name: Lin", r"expected a list of records"),
        ("- Lin", r"line 1: expected one record with at least name, got 'Lin'"),
        ("", r"holds no actor"),
        ("{", r"not YAML"),
    ],
)
def test_lists_that_cannot_be_used_are_refused_by_line(tmp_path, content, message):
    path = tmp_path / "actors.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_actors(path)


def test_a_list_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_actors(tmp_path / "nowhere.yaml")
