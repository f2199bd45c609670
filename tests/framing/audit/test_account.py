"""What a paper says of an audit, from the files that the audit keeps."""

import json

from rhetoric.framing.audit.account import RESULT_FILE, AuditAccount, read_account
from rhetoric.framing.audit.auditing import write_result
from tests.framing.audit.test_auditing import estimate, folder, world  # noqa: F401  (fixtures)
from tests.framing.audit_data import code_csv


def test_account_tells_how_the_sample_was_drawn_and_coded(folder, tmp_path):  # noqa: F811
    ann = code_csv(folder / "sentence" / "to_code.csv", tmp_path / "ann.csv")
    ben = code_csv(folder / "sentence" / "to_code_second.csv", tmp_path / "ben.csv", coder="ben")
    assert read_account(folder / "sentence") is None  # not coded yet
    found = estimate(folder, "sentence", ann, ben)
    write_result(folder / "sentence", found)
    n = len(found.design.units)
    told = read_account(folder / "sentence" / "gold.csv")
    assert told == read_account(folder / "sentence")
    assert told == AuditAccount("sentence", (20, 20), 6, 13, n, n, "1.0", told.agreement)
    assert told.agreement.startswith("1.00 [")
    record = json.loads((folder / "sentence" / RESULT_FILE).read_text())
    record["agreement"][0]["n_units"], record["codebook_version"] = 0, None
    (folder / "sentence" / RESULT_FILE).write_text(json.dumps(record))
    told = read_account(folder / "sentence")
    assert (told.agreement, told.codebook_version) == ("", None)


def test_gold_alone_has_no_account(tmp_path):
    (tmp_path / "gold.csv").write_text("measure\n")
    assert read_account(tmp_path / "gold.csv") is None
