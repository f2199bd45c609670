"""What a corpus adds to what is read: the name of the outlet behind a page's domain."""

import json

from rhetoric.corpus import Corpus


def metas(tmp_path, *records):
    path = tmp_path / "in.jsonl"
    path.write_text(
        "".join(json.dumps({"id": f"a{i}", "text": "It rains.", **r}) + "\n" for i, r in enumerate(records))
    )
    return [item.meta for item in Corpus((str(path),)).items()]


def test_items_name_the_outlet_behind_a_domain(tmp_path):
    known, unknown, none = metas(tmp_path, {"domain": "kcna.kp"}, {"domain": "ruritania.example"}, {})
    assert known["canonical_outlet"] == "KCNA"
    assert "canonical_outlet" not in unknown
    assert none == {}


def test_items_keep_what_came(tmp_path):
    (meta,) = metas(tmp_path, {"domain": "kcna.kp", "canonical_outlet": "Mine"})
    assert meta["canonical_outlet"] == "Mine"
