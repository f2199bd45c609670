"""Names that mean something else, and state media that are quoted for nothing, read by the shipped model."""

from pathlib import Path

import pytest
import yaml

from rhetoric import Annotator
from rhetoric.sources import is_state_controlled

COLLISIONS = yaml.safe_load((Path(__file__).parent / "collisions.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def annotator():
    return Annotator("small")


def cases():
    for texts in COLLISIONS.values():
        yield from (pytest.param(text, id=text[:50]) for text in texts)


@pytest.mark.parametrize("text", list(cases()))
def test_no_state_medium_is_linked(annotator, text):
    linked = [a for a in annotator.annotate(text).attributions if is_state_controlled(a)]
    assert [(a.outlet, a.content[0].of(text)) for a in linked] == []
