import pytest

from rhetoric.errors import ConfigError
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.families import join_values, make_members, split_families

TONE = "tone_own_{actor}"
ROLE = "given_mentions_{target_label}_{actor}"


def test_families_are_told_from_measures():
    split = split_families(read_measures())
    assert "loaded_sentences" in split.plain
    assert TONE in split.families
    assert not split.plain.keys() & split.families.keys()


def test_members_are_made_for_every_value_with_its_name():
    families = split_families(read_measures()).families
    made = make_members({TONE: families[TONE]}, {"actor": {"Q7": "Lin Baruti", "Q8": "Ann Roe"}})
    assert list(made) == ["tone_own_Q7", "tone_own_Q8"]
    member = made["tone_own_Q7"]
    assert member.title == "Tone towards Lin Baruti: own voice"
    assert (member.each, member.family) == ((), TONE)
    assert member.per_where.actor == ("Q7",)


def test_members_of_two_dimensions_are_all_combinations():
    families = split_families(read_measures()).families
    made = make_members({ROLE: families[ROLE]}, {"actor": {"Q7": "Q7"}, "target_label": {"hero": "", "villain": ""}})
    assert list(made) == ["given_mentions_hero_Q7", "given_mentions_villain_Q7"]


def test_members_of_values_that_do_not_occur_are_none():
    assert make_members(split_families(read_measures()).families, {}) == {}


def test_members_keep_what_the_family_says():
    family = Measure(
        title="Own {span_label}",
        unit="share",
        of="spans",
        where={"label": "{span_label}"},
        per="spans",
        within="lead",
        estimand="mean",
        note="On {span_label}.",
        each=("span_label",),
    )
    member = make_members({"own_{span_label}": family}, {"span_label": {"smear": "smears"}})["own_smear"]
    assert member.formula == "mean of (spans (label = smear) ÷ spans), in the lead"
    assert member.note == "On smears."


def test_members_with_the_same_name_are_refused():
    families = split_families(read_measures()).families
    values = {"actor": {"x": "x"}, "target_label": {"x": "x"}}
    pair = {"given_mentions_{target_label}": families["given_mentions_{target_label}"]}
    twin = families["given_mentions_{target_label}"].model_copy(update={"each": ("actor",)})
    with pytest.raises(ConfigError, match=r"'given_mentions_x' is made by .*\{actor\}.* and .*\{target_label\}"):
        make_members({**pair, "given_mentions_{actor}": twin}, values)


def test_values_of_several_articles_are_joined_by_name():
    joined = join_values([{"actor": {"Q8": "Roe"}}, {"actor": {"Q7": "Lin", "Q8": "Ann Roe"}, "country": {}}])
    assert joined == {"actor": {"Q7": "Lin", "Q8": "Roe"}, "country": {}}
    assert list(joined["actor"]) == ["Q7", "Q8"]
