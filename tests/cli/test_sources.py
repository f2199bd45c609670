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
