"""Splits: no article and no near-duplicate on two sides, every unit once, every label where it is needed."""

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import astuple, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.errors import InputError, MissingExtraError, UsageError
from rhetoric.training.splits import Split, Unit, check_split, leave_one_out, near_duplicates, split_units

HARBOUR = "The harbour master said on Monday that the old cranes would be taken down before the winter storms."
MARKET = "Nobody at the fish market had been told why the stalls were moved behind the church."
SHARES = (0.7, 0.1, 0.2)
LABELS = ("calm", "blame", "praise", "doubt", "plea")


def words(seed, n=12):
    """Return a text of made-up words, unlike that of any other seed."""
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abdegiklmnoprstu", k=rng.randint(3, 8))) for _ in range(n))


def corpus(n, seed=0, largest=6):
    """Return units of articles of different sizes, their labels common to rare."""
    rng = random.Random(seed)
    units, article = [], 0
    while len(units) < n:
        for _ in range(rng.randint(1, largest)):
            labels = tuple(sorted(set(rng.choices(LABELS, (12, 8, 5, 3, 2), k=rng.randint(0, 2)))))
            units.append(Unit(f"u{len(units):04}", words((seed << 20) + len(units)), f"a{article}", labels))
        article += 1
    return units[:n]


def parts_by_id(units, split):
    return [sorted(units[i].id for i in part) for part in astuple(split)]


def counts(units, part):
    return Counter(label for i in part for label in units[i].labels)


@st.composite
def collections(draw):
    """Draw units of at least 8 articles; some repeat the text of an earlier one, with another ending or none."""
    texts = [words(i) for i in range(40)]
    units = []
    for i in range(draw(st.integers(8, 40))):
        group = f"a{i}" if i < 8 else f"a{draw(st.integers(0, 20))}"
        copied = draw(st.integers(0, i - 1)) if i >= 8 and draw(st.booleans()) else i
        ending = draw(st.sampled_from(["", " !", "  \n", " so"]))
        labels = draw(st.sets(st.sampled_from(LABELS), max_size=3))
        units.append(Unit(f"u{i}", texts[copied] + ending, group, tuple(labels)))
    return units


@given(collections(), st.integers(0, 9))
@settings(max_examples=40)
def test_split_is_honest(units, seed):
    try:
        split = split_units(units, seed)
    except InputError:  # what was drawn hangs together
        return
    assert sorted(i for part in astuple(split) for i in part) == list(range(len(units)))
    assert all(list(part) == sorted(part) for part in astuple(split))
    part_of = {i: k for k, part in enumerate(astuple(split)) for i in part}
    for i, j in combinations(range(len(units)), 2):
        is_copy = units[i].text.split()[:12] == units[j].text.split()[:12]
        assert part_of[i] == part_of[j] or not (is_copy or units[i].group == units[j].group)
    check_split(units, split)


@given(collections(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_split_does_not_depend_on_the_order_of_the_units(units, rng):
    shuffled = rng.sample(units, len(units))
    try:
        expected = parts_by_id(units, split_units(units, 3))
    except InputError:
        with pytest.raises(InputError):
            split_units(shuffled, 3)
        return
    assert parts_by_id(shuffled, split_units(shuffled, 3)) == expected


def test_split_is_the_same_for_the_same_seed_alone():
    units = corpus(120)
    assert split_units(units, 1) == split_units(units, 1) != split_units(units, 2)


def test_split_is_the_same_in_every_process(checkout):
    units = corpus(150)
    script = f"from rhetoric.training.splits import Unit, split_units\nprint(split_units({units}, 1))"
    for hash_seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=True)
        assert done.stdout == f"{split_units(units, 1)}\n"


@pytest.mark.parametrize("largest", [1, 12])
@pytest.mark.parametrize("seed", range(3))
def test_split_gives_each_part_its_share_of_every_label(largest, seed):
    units = corpus(1000, seed, largest)
    split = split_units(units, seed)
    total = counts(units, range(len(units)))
    for part, share in zip(astuple(split), SHARES, strict=True):
        assert len(part) / len(units) == pytest.approx(share, abs=0.01)
        for label, n in counts(units, part).items():
            assert n / total[label] == pytest.approx(share, abs=0.04)


def test_split_keeps_to_other_shares():
    split = split_units(corpus(1000), 0, test_share=0.5, tuning_share=0.0)
    assert split.tuning == ()
    assert len(split.test) == pytest.approx(500, abs=10)


@pytest.mark.parametrize("seed", range(20))
def test_split_of_few_units_has_every_label_in_train_and_test(seed):
    units = corpus(50, seed, largest=2)
    split = split_units(units, seed)
    common = {label for label, n in counts(units, range(50)).items() if n >= 3}
    assert len(common) >= 3
    assert common <= counts(units, split.train).keys()
    assert common <= counts(units, split.test).keys()
    assert split.tuning


def test_split_of_three_examples_never_leaves_train_without():
    """Each rare label stands beside others, so that it is placed on their account."""
    units = [Unit(f"u{i}", words(i), f"a{i}", (f"x{i // 3}", f"y{i % 17}")) for i in range(51)]
    for seed in range(10):
        split = split_units(units, seed)
        for part in (split.train, split.test):
            assert counts(units, part).keys() == counts(units, range(51)).keys()


def test_split_trains_on_a_label_of_one_article():
    units = [Unit(f"u{i}", words(i), f"a{max(0, i - 4)}", ("rare",) if i < 5 else ("calm",)) for i in range(40)]
    assert set(range(5)) <= set(split_units(units, 0).train)


def test_split_puts_a_very_large_article_into_train():
    units = [Unit(f"u{i:02}", words(i), "long" if i < 45 else f"a{i}", ("calm",)) for i in range(60)]
    assert set(range(45)) <= set(split_units(units, 5).train)


def test_split_puts_a_very_large_article_into_train_though_test_lacks_its_label():
    """The only other article with the label has a rarer one as well, which train must have."""
    long = [Unit(f"u{i:02}", words(i), "long", ("calm",)) for i in range(45)]
    rare = [Unit(f"v{i:02}", words(50 + i), "rare", ("calm", "plea")) for i in range(3)]
    rest = [Unit(f"w{i:02}", words(60 + i), f"a{i}", ("doubt",)) for i in range(12)]
    assert set(range(48)) <= set(split_units(long + rare + rest, 5).train)


@pytest.mark.parametrize("shares", [(0.6, 0.4), (-0.1, 0.1), (0.2, -0.1), (float("nan"), 0.1)])
def test_split_refuses_shares_that_make_no_sense(shares):
    with pytest.raises(UsageError, match="less than 1"):
        split_units(corpus(20), 0, *shares)


@pytest.mark.parametrize("units", [[], [Unit(f"u{i}", words(i), "a", ()) for i in range(5)]], ids=["none", "one"])
def test_split_of_what_cannot_be_split_is_refused(units):
    with pytest.raises(InputError, match=f"^{len(units)} texts in {min(1, len(units))} separate sets"):
        split_units(units, 0)


def test_split_refuses_an_id_that_comes_twice():
    with pytest.raises(InputError, match="the id 'u0003'"):
        split_units([*corpus(20), corpus(4)[3]], 0)


def test_split_without_datasketch_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(MissingExtraError, match="pip install"):
        split_units(corpus(20), 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HARBOUR, HARBOUR),
        (HARBOUR, HARBOUR.upper()),
        (HARBOUR, f"“{HARBOUR[:-1]}”\n"),
        (HARBOUR, HARBOUR.replace(" ", "\u00a0 ")),
        (HARBOUR, HARBOUR.replace("Monday", "Friday")),
        (HARBOUR, HARBOUR.replace(" said on Monday", " said")),
        (f"{HARBOUR} {MARKET} " * 9 + words(1, 60), f"{HARBOUR} {MARKET} " * 9 + words(1, 55)),
        ("Why?", "why"),
        ("Caf\u00e9", "Cafe\u0301"),
        ("!", "!"),
        ("", ""),
        ("\ud800 torn", "\ud800 TORN"),
    ],
)
def test_near_duplicates_are_found(one, other):
    assert near_duplicates([MARKET, one, words(2), other]) == [[1, 3]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HARBOUR, MARKET),
        (HARBOUR, HARBOUR[:50]),
        ("Why?", "Who?"),
        ("!", "?"),
        ("", "."),
        (words(1, 400), words(2, 400)),
    ],
)
def test_near_duplicates_leave_different_texts_apart(one, other):
    assert near_duplicates([one, other]) == []


def test_near_duplicates_are_joined_by_way_of_a_third():
    longer, longest = (
        f"{HARBOUR} {added}" for added in ("They stood for years.", "They stood for years. All rusty now.")
    )
    assert near_duplicates([HARBOUR, longest]) == []
    assert near_duplicates([HARBOUR, longest, longer]) == [[0, 1, 2]]


def test_articles_that_share_a_text_stay_together():
    units = [replace(unit, group=f"a{i // 2}") for i, unit in enumerate(corpus(60, largest=1))]
    units[41] = replace(units[41], text=units[8].text.title())
    for seed in range(10):
        split = split_units(units, seed)
        assert sum({8, 9, 40, 41} <= set(part) for part in astuple(split)) == 1


def test_leave_one_out_tests_on_one_value_at_a_time():
    units = corpus(200)
    outlets = ["Post" if int(unit.group[1:]) % 3 else "Herald" for unit in units]
    splits = dict(leave_one_out(units, outlets))
    assert list(splits) == ["Herald", "Post"]
    for outlet, split in splits.items():
        assert [i for i, name in enumerate(outlets) if name == outlet] == list(split.test)
        assert len(split.tuning) == pytest.approx(0.1 * (200 - len(split.test)), abs=2)
        check_split(units, split)


def test_leave_one_out_does_not_train_on_copies_of_what_it_tests():
    units = [Unit(f"u{i}", words(i), f"a{i // 2}", ()) for i in range(40)]
    units[30] = replace(units[30], text=units[3].text + "!")
    outlets = ["Herald"] * 10 + ["Post"] * 30
    herald = dict(leave_one_out(units, outlets))["Herald"]
    assert herald.test == (*range(10), 30, 31)
    check_split(units, herald)


def test_leave_one_out_needs_a_value_for_each_unit():
    with pytest.raises(UsageError, match="^2 values for 20 units"):
        next(leave_one_out(corpus(20), ["Post", "Herald"]))


def test_leave_one_out_needs_something_left_to_train_on():
    with pytest.raises(InputError, match="'Post'"):
        next(leave_one_out(corpus(20), ["Post"] * 20))


CHECKED = [
    Unit("u0", HARBOUR, "a0", ()),
    Unit("u1", words(1), "a0", ()),
    Unit("u2", MARKET, "a1", ()),
    Unit("u3", HARBOUR.replace("Monday", "Friday"), "a2", ()),
]


@pytest.mark.parametrize(
    ("split", "named"),
    [
        (Split((0,), (1,), (2, 3)), ["article 'a0'", "train and tuning"]),
        (Split((0, 1), (2,), (3,)), ["'u0' ('The harbour", "in train", "'u3' ('The harbour", "in test"]),
        (Split((0, 1, 3), (), (2, 2)), ["'u2'", "2 times"]),
        (Split((0, 1, 3), (2,), (2,)), ["'u2'", "2 times"]),
        (Split((0, 1), (), (2,)), ["'u3'", "0 times"]),
        (Split((0, 1, 3), (), (2, 4)), ["index 4 of 4"]),
        (Split((0, 1, 3), (-1,), (2,)), ["index -1 of 4"]),
    ],
)
def test_check_split_names_what_is_wrong_in_one_line(split, named):
    with pytest.raises(InputError) as caught:
        check_split(CHECKED, split)
    message = str(caught.value)
    assert all(words in message for words in named), message
    assert len(message.splitlines()) == 1


def test_check_split_takes_an_honest_split():
    check_split(CHECKED, Split((0, 1, 3), (), (2,)))
