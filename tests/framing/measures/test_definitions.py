import pytest
import yaml
from pydantic import ValidationError

from rhetoric.errors import ConfigError
from rhetoric.framing.measures.definitions import Measure, Where, read_measures
from rhetoric.resources import seeds_path
from rhetoric.taxonomy import SOURCE_TYPES, technique_ids

SHARE = {"title": "Sad sentences", "unit": "share", "of": "sentences", "where": {"labels": ["sad"]}, "per": "sentences"}


@pytest.fixture
def own(tmp_path):
    def write(measures):
        path = tmp_path / "own.yaml"
        path.write_text(measures if isinstance(measures, str) else yaml.safe_dump(measures), encoding="utf-8")
        return path

    return write


def test_shipped_measures_cover_the_parts_and_voices_of_loaded_language():
    names = {
        f"loaded_{thing}{voice}{part}"
        for thing in ("sentences", "spans")
        for voice in ("", "_own", "_indirect", "_direct")
        for part in ("", "_headline", "_lead", "_body")
    }
    assert names <= read_measures().keys()


@pytest.mark.parametrize("pattern", ["attributions_{}", "content_words_{}", "first_source_{}", "distancing_verbs_{}"])
def test_shipped_measures_cover_every_type_of_source(pattern):
    assert {pattern.format(name) for name in SOURCE_TYPES} <= read_measures().keys()


def test_shipped_measures_cover_every_technique():
    assert {f"{name}_spans" for name in technique_ids()} <= read_measures().keys()


@pytest.mark.parametrize("definition", ["", "_strict", "_wide"])
@pytest.mark.parametrize("tie", ["direct", "second_hand", "through", "any"])
def test_shipped_measures_repeat_state_media_under_each_definition(definition, tie):
    measure = read_measures()[f"state_media{definition}_{tie}"]
    assert [name for name, _ in measure.where.given()] == [f"state_media{definition}"]


def test_shipped_measures_have_titles_of_their_own():
    titles = [measure.title for measure in read_measures().values()]
    assert len(set(titles)) == len(titles)
    assert all(title[0] == title[0].upper() for title in titles)


def test_shipped_families_are_those_that_only_articles_can_fill():
    families = {name: measure.each for name, measure in read_measures().items() if measure.each}
    assert {d for each in families.values() for d in each} == {
        *("country", "actor", "sentence_label", "paragraph_label", "article_label", "span_label", "target_label")
    }
    assert all(all(f"{{{d}}}" in name for d in each) for name, each in families.items())


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("loaded_sentences", "Σ sentences (labels = loaded_language) ÷ Σ sentences"),
        ("loaded_spans_own_lead", "Σ spans (layer = wording, voice = own) ÷ Σ words × 1,000, in the lead"),
        ("loaded_spans_own_words", "Σ spans (layer = wording, voice = own) ÷ Σ words (voice = own) × 1,000"),
        ("unique_sources", "mean of (sources ÷ articles)"),
        (
            "distancing_verbs_expert",
            "Σ attributions (source_type = expert, stance = distancing, has_cue = yes)"
            " ÷ Σ attributions (source_type = expert, has_cue = yes)",
        ),
        ("tone_own_{actor}", "Σ tone (voice = own, actor = {actor}) ÷ Σ mentions (voice = own, actor = {actor})"),
    ],
)
def test_formula_tells_what_is_counted(name, formula):
    assert read_measures()[name].formula == formula


def test_measure_counts_among_what_is_in_its_denominator():
    measure = read_measures()["negative_loaded_spans"]
    assert measure.counted == Where(valence=["negative"], layer=["wording"])


def test_measure_of_other_things_does_not_take_the_conditions_of_the_denominator():
    assert read_measures()["loaded_spans_own_words"].counted.layer == ("wording",)


def test_where_takes_one_value_for_a_list():
    assert Where(layer="wording") == Where(layer=["wording"])


def test_where_knows_the_own_voice():
    assert Where(voice=["own", "direct"]).voice == ("author", "scare_quote", "direct")


def test_own_measures_come_after_the_shipped_ones(own):
    measures = read_measures(own({"sad_sentences": SHARE}))
    assert list(measures)[-1] == "sad_sentences"
    assert measures["sad_sentences"].estimand == "pooled"
    assert measures.keys() > read_measures().keys()


def test_own_measure_can_be_repeated(own):
    record = {**SHARE, "title": "Sad in the {part}", "within": "{part}", "each": ["part"]}
    measures = read_measures(own({"sad_{part}": record}))
    assert [measures[f"sad_{part}"].title for part in ("headline", "lead")] == [
        "Sad in the headline",
        "Sad in the lead",
    ]
    assert measures["sad_lead"].within == "lead"
    assert measures["sad_lead"].family == "sad_{part}"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unti": "share"}, r"unknown key 'sad.unti'; did you mean 'unit'\?"),
        ({"where": {"voise": "own"}}, r"unknown key 'sad.where.voise'; did you mean 'voice'\?"),
        ({"where": {"voice": "own"}}, "sentences have no 'voice': expected labels, spans"),
        ({"where": {"spans": {"quote_type": "direct"}}}, "spans have no 'quote_type'"),
        ({"of": "spans", "where": {"voice": "auther"}}, "'author'"),
        ({"unit": "percent"}, "sad.unit: Input should be 'share', 'per 1,000 words'"),
        ({"unit": "per 1,000 words"}, "the unit 'per 1,000 words' does not go with 'per: sentences'"),
        ({"per": "words"}, "the unit 'share' does not go with 'per: words'"),
        ({"per": "articles"}, "a share of articles counts articles, not sentences"),
        ({"of": "tone", "where": {}, "unit": "index"}, "tone is an index over mentions, not over sentences"),
        ({"of": "articles", "per": "articles", "within": "lead"}, "articles are not counted within the lead"),
        ({"of": "paragraphs", "per": "paragraphs", "within": "headline"}, "paragraphs are not counted within"),
        ({"each": ["prt"]}, r"'prt' is nothing to repeat a measure over; did you mean 'part'\?"),
        ({"each": ["part"]}, r"must agree: expected \{part\} in it"),
        ({"title": None}, "sad.title"),
    ],
)
def test_own_measure_that_makes_no_sense_is_refused(own, changes, told):
    with pytest.raises(ConfigError, match=told) as caught:
        read_measures(own({"sad": {**SHARE, **changes}}))
    assert "own.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_own_measure_that_lacks_a_key_is_refused(own):
    with pytest.raises(ConfigError, match=r"sad.per: missing; a measure needs title, unit, of and per"):
        read_measures(own({"sad": {name: value for name, value in SHARE.items() if name != "per"}}))


def test_own_measure_with_a_name_that_is_taken_is_refused(own):
    with pytest.raises(ConfigError, match="there is a measure 'loaded_sentences' already"):
        read_measures(own({"loaded_sentences": SHARE}))


@pytest.mark.parametrize(
    ("text", "told"),
    [("[1, 2]", "expected measures by their names, got list"), ("a: [", "cannot be read"), ("sad: 3", "sad.title")],
)
def test_own_file_that_holds_no_measures_is_refused(own, text, told):
    with pytest.raises(ConfigError, match=told):
        read_measures(own(text))


def test_own_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="nowhere.yaml"):
        read_measures(tmp_path / "nowhere.yaml")


def test_measure_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Measure(**SHARE).title = "Merry sentences"


def test_seed_names_every_family_of_measures_once():
    names = [
        line
        for line in seeds_path("measures.yaml").read_text(encoding="utf-8").splitlines()
        if line and line[0] not in "# "
    ]
    assert len(set(names)) == len(names)
