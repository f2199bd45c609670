"""Rules of words and expressions: what they match, how they are refused, and what is reported of them."""

import logging

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import ConfigError, InputError
from rhetoric.training import patterns as patterns_module
from rhetoric.training.patterns import label_texts, load_patterns, pattern_report

RULE = {"name": "praise", "label": "loaded", "words": ["glorious", "great leap"]}
SLOW = {"name": "slow", "label": "loaded", "pattern": r"(?:x{2,1000}y?){2,1000}z"}
STUBBORN = "x" * 3000


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "rules.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def labels_of(written):
    def label(texts, *rules):
        return label_texts(load_patterns(written(list(rules))), texts)

    return label


def rule(**changes):
    return {k: v for k, v in {**RULE, **changes}.items() if v is not None}


def expression(pattern, **changes):
    return rule(words=None, pattern=pattern, **changes)


@pytest.mark.parametrize(
    ("text", "is_matched"),
    [
        ("A glorious day.", True),
        ("GLORIOUS!", True),
        ("Ingloriously done.", False),
        ("The great\n leap of the mill", True),
        ("The greatleap.", False),
        ("A “glorious” day.", True),
        ("", False),
    ],
)
def test_words_are_found_as_wholes(labels_of, text, is_matched):
    assert labels_of([text], rule(unit="text")) == [("loaded",) if is_matched else None]


@pytest.mark.parametrize(
    ("word", "text"),
    [("never!", "Never! he cried"), ("a.b", "an a.b of it"), ("é", "É !"), ("{9999999} x", "{9999999} x")],
)
def test_words_are_taken_by_the_letter(labels_of, word, text):
    assert labels_of([text], rule(words=[word], unit="text")) == [("loaded",)]
    assert labels_of(["axb nevers"], rule(words=[word])) == [None]


def test_case_tells_capitals_only_where_it_is_asked_for(labels_of):
    texts = ["The Party met.", "A party of ten."]
    assert labels_of(texts, expression("Party")) == [("loaded",), ("loaded",)]
    assert labels_of(texts, expression("Party", case=True)) == [("loaded",), None]
    assert labels_of(["It was GREAT.", "It was great."], rule(words=["GREAT"], case=True)) == [("loaded",), None]


def test_unless_forbids_a_match_in_its_own_unit(labels_of):
    texts = ["It was glorious. Not that I was there.", "It was not glorious."]
    assert labels_of(texts, rule(unless=r"\bnot\b")) == [("loaded",), None]
    assert labels_of(texts, rule(unless=r"\bnot\b", unit="text")) == [None, None]


def test_pattern_cannot_run_over_the_end_of_a_sentence(labels_of):
    text = ["The mill burned. Nobody wept."]
    assert labels_of(text, expression("burned.*wept")) == [None]
    assert labels_of(text, expression("burned.*wept", unit="text")) == [("loaded",)]
    assert labels_of(text, expression("^nobody")) == [("loaded",)]


def test_label_texts_names_each_label_once_in_the_order_of_the_rules(labels_of):
    second = {"name": "day", "label": "dated", "words": ["day"]}
    third = rule(name="more", words=["day"])
    assert labels_of(["A glorious day.", "Some day.", "Rain."], RULE, second, third) == [
        ("loaded", "dated"),
        ("dated", "loaded"),
        None,
    ]


def test_label_texts_of_no_texts(labels_of):
    assert labels_of([], RULE) == []


def test_label_texts_refuses_one_string(labels_of):
    with pytest.raises(InputError, match="one string"):
        labels_of("A glorious day.", RULE)


@given(st.text(alphabet="ab. \n\ud800é“”", max_size=30))
def test_word_is_found_where_the_plain_definition_finds_it(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "one_word.yaml"
    path.write_text("- {name: a, label: x, words: [ab]}", encoding="utf-8")
    tokens = "".join(c if c.isalpha() else " " for c in text).split()
    assert label_texts(load_patterns(path), [text]) == [("x",) if "ab" in tokens else None]


def test_load_patterns_keeps_order_lines_and_labels(written):
    found = load_patterns(
        written("# rules\n- {name: a, label: x, words: [b]}\n\n- name: c\n  label: y\n  pattern: d\n")
    )
    assert [(p.name, p.label, p.line, p.unit) for p in found.patterns] == [
        ("a", "x", 2, "sentence"),
        ("c", "y", 4, "sentence"),
    ]
    assert found.labels == ("x", "y")
    assert found.source.endswith("rules.yaml")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"word": ["a"]}, r"unknown key 'word'; did you mean 'words'\?"),
        ({"unles": "a"}, r"unknown key 'unles'; did you mean 'unless'\?"),
        ({"xyzzy": 1}, r"unknown key 'xyzzy'$"),
        ({"label": None}, "label: Field required"),
        ({"name": None}, "line 2: name: Field required"),
        ({"name": " "}, "name: .*got ' '"),
        ({"words": None}, "either 'words' or a 'pattern'"),
        ({"pattern": "a"}, "either 'words' or a 'pattern'"),
        ({"words": []}, r"words: .*got \[\]"),
        ({"words": "glorious"}, "words: .*got 'glorious'"),
        ({"words": ["a", ""]}, r"words\.1: .*got ''"),
        ({"words": [True]}, r"words\.0: .*got True; put it in quotes"),
        ({"words": [1984]}, r"words\.0: .*got 1984; put it in quotes"),
        ({"unit": "paragraph"}, "unit: .*got 'paragraph'"),
        ({"case": "perhaps"}, "case: .*got 'perhaps'"),
        ({"unless": "("}, r"unless '\(' is not a regular expression"),
        ({"words": None, "pattern": "a)"}, r"pattern 'a\)' is not a regular expression"),
        ({"words": None, "pattern": "(" * 3000 + ")" * 3000}, "is not a regular expression"),
        ({"words": None, "pattern": "x{9999999999}"}, "repeats too often"),
        ({"words": None, "pattern": "((x{1000}){1000}){1000}"}, "repeats too often"),
        ({"words": None, "pattern": "x{" + "9" * 5000 + "}"}, "is not a regular expression"),
    ],
)
def test_load_patterns_refuses_a_wrong_rule_with_file_and_line(written, changes, expected):
    path = written("# one wrong rule\n" + yaml.safe_dump([rule(**changes)]))
    with pytest.raises(ConfigError, match=expected) as caught:
        load_patterns(path)
    assert str(caught.value).startswith(f"{path} line 2: ")
    assert "\n" not in str(caught.value)


def test_load_patterns_refuses_a_second_rule_of_one_name(written):
    path = written("- {name: a, label: x, words: [b]}\n- {name: a, label: y, words: [c]}\n")
    with pytest.raises(ConfigError, match="line 2: rule 'a' is there already, in line 1"):
        load_patterns(path)


def test_load_patterns_refuses_a_key_that_is_there_twice(written):
    path = written("- name: a\n  label: x\n  words: [b]\n  words: [c]\n")
    with pytest.raises(ConfigError, match="line 1: the key 'words' is there twice"):
        load_patterns(path)


@pytest.mark.parametrize(
    "content", ["", "[]", "7", "a: b", "- [", "\tx", "- glorious", "- 7", "&a [*a]", "- 2020-99-99", "[" * 3000]
)
def test_load_patterns_refuses_what_is_no_list_of_rules_in_one_line(written, content):
    path = written(content)
    with pytest.raises(ConfigError) as caught:
        load_patterns(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_load_patterns_refuses_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: cannot be read"):
        load_patterns(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary\.yaml: cannot be read"):
        load_patterns(tmp_path / "binary.yaml")


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(patterns_module, "TIMEOUT_SECONDS", 0.02)


@pytest.mark.usefixtures("hasty")
def test_rule_that_runs_out_of_time_is_told_and_leaves_the_others(written):
    patterns = load_patterns(written([SLOW, RULE]))
    failures = []
    found = label_texts(patterns, ["glorious " + STUBBORN, "xxxxz", "rain"], failures.append)
    assert found == [("loaded",), ("loaded",), None]
    assert [(f.source, f.line) for f in failures] == [(patterns.source, 1)]
    assert "rule 'slow'" in failures[0].reason
    assert "text 0" in failures[0].reason


@pytest.mark.usefixtures("hasty")
def test_unless_that_runs_out_of_time_leaves_the_text_unmatched(labels_of, caplog):
    with caplog.at_level(logging.WARNING):
        assert labels_of([f"glorious {STUBBORN}"], rule(unless=SLOW["pattern"])) == [None]
    assert "rule 'praise' took more than" in caplog.text


@pytest.mark.usefixtures("hasty")
def test_rule_that_runs_out_of_time_too_often_is_refused(written, monkeypatch):
    monkeypatch.setattr(patterns_module, "MAX_TIMEOUTS", 2)
    patterns = load_patterns(written([SLOW]))
    assert label_texts(patterns, [STUBBORN] * 2) == [None, None]
    with pytest.raises(ConfigError, match=r"rules\.yaml line 1: rule 'slow' .* on 2 texts before"):
        label_texts(patterns, [STUBBORN] * 3)


@pytest.mark.usefixtures("hasty")
def test_pattern_report_lists_the_texts_without_an_answer(written):
    (report,) = pattern_report(load_patterns(written([SLOW])), ["xxxxz", STUBBORN])
    assert (report.examples, report.timeouts, report.n_matched) == ((0,), (1,), 1)


TEXTS = ["glorious day", "glorious war", "glorious war, glorious day", "a day", "rain", "glorious"]
RULES = [
    {"name": "a", "label": "x", "words": ["glorious"]},
    {"name": "b", "label": "x", "words": ["day"]},
    {"name": "c", "label": "y", "words": ["war"]},
    {"name": "d", "label": "y", "words": ["hail"]},
]


def test_pattern_report_counts_coverage_overlaps_and_conflicts(written):
    reports = pattern_report(load_patterns(written(RULES)), TEXTS)
    assert [(r.name, r.label, r.n_matched, r.examples) for r in reports] == [
        ("a", "x", 4, (0, 1, 2)),
        ("b", "x", 3, (0, 2, 3)),
        ("c", "y", 2, (1, 2)),
        ("d", "y", 0, ()),
    ]
    assert [r.coverage for r in reports] == pytest.approx([4 / 6, 3 / 6, 2 / 6, 0])
    assert [r.overlaps for r in reports] == pytest.approx([2 / 4, 2 / 3, 0, 0])
    assert [r.conflicts for r in reports] == pytest.approx([2 / 4, 1 / 3, 1, 0])
    assert {(r.n_coded, r.precision, r.precision_interval, r.recall) for r in reports} == {(0, None, None, None)}


def test_pattern_report_scores_the_texts_that_are_coded(written):
    gold = [("x",), (), ("x", "z"), ("x",), ("x",), None]
    a, b, c, d = pattern_report(load_patterns(written(RULES)), TEXTS, gold)
    assert (a.n_coded, a.precision, a.recall) == (3, pytest.approx(2 / 3), pytest.approx(2 / 4))
    assert (b.n_coded, b.precision, b.recall) == (3, 1.0, pytest.approx(3 / 4))
    assert (c.n_coded, c.precision, c.recall) == (2, 0.0, None)
    assert (d.n_coded, d.precision, d.precision_interval, d.recall) == (0, None, None, None)


@pytest.mark.parametrize(
    ("n_right", "n", "low", "high"),
    [(2, 3, 0.2077, 0.9385), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)],
)
def test_pattern_report_gives_the_wilson_interval(written, n_right, n, low, high):
    gold = [{"x"}] * n_right + [set()] * (n - n_right)
    (report,) = pattern_report(load_patterns(written(RULES[:1])), ["glorious"] * n, gold)
    assert report.precision_interval == pytest.approx((low, high), abs=1e-4)


def test_pattern_report_of_no_texts(written):
    (report,) = pattern_report(load_patterns(written([RULE])), [], [])
    assert (report.n_matched, report.coverage, report.precision) == (0, 0.0, None)


@pytest.mark.parametrize(
    ("gold", "expected"),
    [([("x",)], "1 gold labels for 2 texts"), ([("x",), "xy"], "gold of text 1 is the string 'xy'")],
)
def test_pattern_report_refuses_gold_that_does_not_fit(written, gold, expected):
    with pytest.raises(InputError, match=expected):
        pattern_report(load_patterns(written(RULES)), ["a", "b"], gold)
