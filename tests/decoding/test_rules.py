"""Decision rules: what is not given, and the file they are kept in."""

import json

import pytest

from rhetoric.decoding.rules import OFF, RULES_FILE, DecisionRules, read_rules, write_rules
from rhetoric.errors import ConfigError, ModelError
from rhetoric.metrics.calibration import PlattScaling
from rhetoric.metrics.pooling import LogPool


@pytest.fixture
def rules():
    return DecisionRules(
        {"tagger": {"loaded": 0.4}, "sentence": {"attribution": 0.55}, "switch": {"loaded": 0.7}},
        {"sentence": {"attribution": PlattScaling(1.3, -0.2)}, "link": {"cue_source": PlattScaling(0.9, 0.1)}},
        {"valence": 1.4},
        {"state_media_quotation": LogPool((0.7, 0.4), 1.4)},
    )


def test_rules_give_what_they_hold(rules):
    assert rules.threshold("tagger", "loaded") == 0.4
    assert rules.switch_cost("loaded") == 0.7
    assert rules.platt("sentence", "attribution") == PlattScaling(1.3, -0.2)
    assert rules.temperature("valence") == 1.4
    assert rules.pool("state_media_quotation") == LogPool((0.7, 0.4), 1.4)


def test_rules_decide_nothing_that_they_do_not_hold(rules):
    assert rules.threshold("tagger", "cue") == rules.threshold("span", "loaded") == OFF > 1.0
    assert rules.switch_cost("cue") == 0.0
    assert rules.platt("tagger", "cue") == PlattScaling()
    assert rules.temperature("target") == 1.0
    assert rules.pool("attribution") == LogPool()


def test_rules_come_back_from_their_file(rules, tmp_path):
    strict = DecisionRules({"tagger": {"loaded": 0.9}}, rules.calibration, rules.temperatures, rules.pools)
    write_rules(tmp_path, {"default": rules, "ptc": strict})
    assert read_rules(tmp_path) == rules
    assert read_rules(tmp_path, "ptc") == strict


def test_read_rules_refuses_an_unknown_set(rules, tmp_path):
    write_rules(tmp_path, {"ptc": rules, "default": rules})
    with pytest.raises(
        ConfigError, match=rf"no thresholds 'strict' in model {tmp_path.name}: expected one of default, ptc"
    ):
        read_rules(tmp_path, "strict")


GOOD = {"thresholds": {"default": {"tagger": {"loaded": 0.5}}}, "calibration": {}, "temperatures": {}}


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        json.dumps(GOOD | {"thresholds": []}),
        json.dumps(GOOD | {"thresholds": {"default": [0.5]}}),
        json.dumps(GOOD | {"thresholds": {"default": {"tagger": {"loaded": "high"}}}}),
        json.dumps(GOOD | {"thresholds": {"default": {"tagger": {"loaded": None}}}}),
        json.dumps(GOOD | {"thresholds": {"default": {"tagger": {"loaded": float("nan")}}}}),
        json.dumps(GOOD | {"calibration": {"link": {"cue_source": {"a": 1.0}}}}),
        json.dumps(GOOD | {"calibration": {"link": 3}}),
        json.dumps(GOOD | {"temperatures": {"valence": 0}}),
        json.dumps(GOOD | {"temperatures": {"valence": -1.0}}),
        json.dumps(GOOD | {"temperatures": 3}),
        json.dumps(GOOD | {"pools": {"state_media_quotation": {"weights": [0.5, 0.5]}}}),
        json.dumps(GOOD | {"pools": 3}),
    ],
)
def test_read_rules_refuses_a_broken_file_in_one_line(tmp_path, content):
    if content is not None:
        (tmp_path / RULES_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"decisions\.json cannot be read.*train or export the model again") as caught:
        read_rules(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_read_rules_of_older_files_have_no_temperatures_and_no_pools(tmp_path):
    (tmp_path / RULES_FILE).write_text(
        json.dumps({k: v for k, v in GOOD.items() if k != "temperatures"}), encoding="utf-8"
    )
    assert read_rules(tmp_path).temperature("valence") == 1.0
    assert read_rules(tmp_path).pool("state_media_quotation") == LogPool()
