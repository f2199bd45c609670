"""`rhetoric sources`: what the base knows."""

import pytest


@pytest.mark.parametrize("name", ["KCNA", "kcna.kp", "Korean Central News Agency"])
def test_sources_finds_an_outlet_by_name_alias_and_domain(rhetoric, name):
    result = rhetoric("sources", name)
    assert result.code == 0
    out = result.out.decode()
    assert "KCNA (North Korea, KP)" in out
    assert "SC, state-controlled" in out
    assert "kcna.kp" in out


def test_sources_says_that_it_knows_nothing(rhetoric):
    result = rhetoric("sources", "The Paper That Nobody Made")
    assert (result.code, result.out) == (3, b"")
    assert len(result.err) == 1


def test_sources_shows_an_outlet_of_ones_own(rhetoric, tmp_path):
    (tmp_path / "own.yaml").write_text("- {name: Ruritanian Telegraph, country: RS, typology: SC, aliases: [RuTel]}\n")
    result = rhetoric("sources", "RuTel", "--outlets", tmp_path / "own.yaml")
    assert result.code == 0
    assert result.out.decode().startswith("Ruritanian Telegraph (Serbia, RS)")


def test_sources_refuses_a_wrong_record_in_one_line(rhetoric, tmp_path):
    (tmp_path / "own.yaml").write_text("- {name: Ruritanian Telegraph, typology: SC}\n")
    result = rhetoric("sources", "KCNA", "--outlets", tmp_path / "own.yaml")
    assert (result.code, result.out) == (3, b"")
    assert len(result.err) == 1
    assert "line 1: country: Field required" in result.err[0]
