from hypothesis import given
from hypothesis import strategies as st

from rhetoric.metrics.signature import METRICS_VERSION, Signature, hash_data

RECORDS = st.lists(st.text(st.characters(exclude_categories=())))


def test_signature_prints_what_it_has():
    assert str(Signature("ptc-flc-f1")) == f"metric:ptc-flc-f1|version:{METRICS_VERSION}"
    full = Signature("overlap-f1@0.8", "2.1", "base-1.0", "0123456789ab", 0)
    assert str(full) == "metric:overlap-f1@0.8|version:2.1|model:base-1.0|data:0123456789ab|seed:0"


@given(RECORDS, st.randoms(use_true_random=False))
def test_hash_does_not_depend_on_order(records, random):
    before = hash_data(records)
    random.shuffle(records)
    assert hash_data(records) == before
    assert len(before) == 12


@given(RECORDS, st.text())
def test_hash_depends_on_every_record(records, more):
    assert hash_data([*records, more]) != hash_data(records)


def test_hash_knows_where_records_end():
    assert hash_data(["ab", "c"]) != hash_data(["a", "bc"])
    assert hash_data(["a\ud800"]) != hash_data(["a"])
