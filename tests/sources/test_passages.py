import re
from pathlib import Path

import pytest
import yaml

from rhetoric.annotation import Article, Attribution, CharSpan
from rhetoric.segmentation import split_sentences
from rhetoric.sources import is_state_controlled, load_base, resolve, state_media_sentences

PASSAGES = yaml.safe_load((Path(__file__).parent / "passages.yaml").read_text(encoding="utf-8"))
OPEN = re.compile(r"\{(?P<role>[scq])(?P<ids>\d+(?:\+\d+)*)\|")


def parse(marked):
    """Return the bare text and the attributions that are marked in it."""
    text, stack, spans, position = "", [], [], 0
    while position < len(marked):
        opening = OPEN.match(marked, position)
        if opening:
            stack.append((opening["role"], opening["ids"].split("+"), len(text)))
            position = opening.end()
            continue
        if marked[position] == "}" and stack:
            role, ids, start = stack.pop()
            spans += [(role, key, CharSpan(start, len(text))) for key in ids]
        else:
            text += marked[position]
        position += 1
    keys = sorted({key for _, key, _ in spans}, key=int)
    pick = {(key, role): [s for r, k, s in spans if (r, k) == (role, key)] for key in keys for role in "scq"}
    return text, [
        Attribution(
            id=key,
            source=next(iter(pick[key, "s"]), None),
            cue=next(iter(pick[key, "c"]), None),
            content=tuple(sorted(pick[key, "q"])),
        )
        for key in keys
    ]


def annotate(passage):
    text, attributions = parse(passage["text"])
    sentences = split_sentences(text)
    meta = {"date": passage["date"]} if "date" in passage else {}
    base = load_base()
    return text, sentences, *resolve(Article("a", text, meta), sentences, attributions, None, base)


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda p: re.sub(r"\{\w+\+?\d*\||\}", "", p["text"])[:60])
def test_passage_links_types_and_chains(passage):
    text, sentences, found, described = annotate(passage)
    for attribution in found:
        want = passage["want"].get(int(attribution.id), {})
        outlet = attribution.outlet
        got = {
            "outlet": outlet.name if outlet else None,
            "country": outlet.country if outlet else None,
            "state": is_state_controlled(attribution, described),
            "type": attribution.source_type,
            "via": attribution.via,
        }
        expected = {"outlet": None, "country": None, "state": False, "via": None} | want
        expected["via"] = str(expected["via"]) if expected["via"] else None
        if not expected["state"] and "outlet" not in want:
            del expected["outlet"], expected["country"]  # a link to media that are no state's does no harm
        assert {k: got[k] for k in expected} == expected


def test_enough_passages():
    assert len(PASSAGES) >= 60


def test_state_media_sentences_score_content_and_its_source_alone():
    passage = {"text": "{s1|KCNA} {c1|said} {q1|rain fell}. The sun shone. {s2|Farmers} {c2|said} {q2|it was late}."}
    text, sentences, found, described = annotate(passage)
    scored = [a if a.id != "1" else type(a)(**{**vars(a), "score": 0.75}) for a in found]
    assert state_media_sentences(sentences, scored, described) == [0.75, 0.0, 0.0]


def test_resolve_keeps_the_order_and_the_model_fields():
    text, sentences, found, _ = annotate(PASSAGES[0])
    original = parse(PASSAGES[0]["text"])[1]
    assert [(f.id, f.source, f.cue, f.content, f.score) for f in found] == [
        (o.id, o.source, o.cue, o.content, o.score) for o in original
    ]


def test_model_scores_decide_where_cues_are_weak():
    text, attributions = parse("{s1|Lin Baruti} {c1|said} {q1|it rained}.")
    scores = [{"named_person": 0.1, "expert": 0.8, "public": 0.1}]
    found = resolve(Article("a", text), split_sentences(text), attributions, scores, load_base()).attributions
    assert found[0].source_type == "expert"


def test_an_outlet_that_speaks_outweighs_the_model():
    text, attributions = parse("{s1|KCNA} {c1|said} {q1|it rained}.")
    found = resolve(
        Article("a", text),
        split_sentences(text),
        attributions,
        [{"organisation": 0.9, "state_media": 0.1}],
        load_base(),
    ).attributions
    assert found[0].source_type == "state_media"


def test_typology_holds_only_within_the_dates_of_the_record():
    passage = {"text": "{s1|Hurriyet} {c1|said} {q1|it rained in Turkey}.", "date": "2012-05-01"}
    _, _, found, described = annotate(passage)
    assert found[0].outlet.name == "Hurriyet"
    assert found[0].outlet.typology is None
    assert not is_state_controlled(found[0], described)
