"""Audits in words and tables."""

from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.audit.auditing import EstimateRequest, estimate_audit
from rhetoric.framing.audit.code_files import CodeFiles
from rhetoric.framing.audit.power import PowerRow
from rhetoric.framing.audit.sampling import AuditRequest, plan_audit, write_audit
from rhetoric.report.audit import plan_lines, result_lines
from tests.framing.audit_data import World, code_csv


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    run = World({"Echo": 20, "Post": 20}).write(folder / "run.jsonl")
    plan = plan_audit(AuditRequest(run, "loaded_sentences", n=12, sensitivity=0.7, precision=0.75))
    write_audit(folder / "audit", plan)
    codes = code_csv(folder / "audit" / "to_code.csv", folder / "ann.csv")
    return plan, estimate_audit(EstimateRequest(folder / "audit", run, CodeFiles([codes])))


def test_a_plan_tells_sizes_power_and_hours(audit):
    plan, _ = audit
    lines = plan_lines(plan)
    assert "| Echo   | 20       | 12    | 12            | 3              |" in lines
    assert any(
        line.startswith("| articles an outlet | smallest difference found (percentage points)") for line in lines
    )
    row = next(line for line in lines if line.startswith("| 12 "))
    assert f"{plan.power[1].hours:.1f}" in row
    assert lines[-1] == "if the model has a sensitivity of 0.70 and a precision of 0.75 (as given)."


def test_a_plan_says_what_is_not_known(audit):
    plan, _ = audit
    nothing = replace(plan, accuracy=None, power=(PowerRow(12, np.nan, np.nan, 1.0),))
    lines = plan_lines(nothing)
    assert any("nothing was predicted" in line for line in lines)
    assert "give --sensitivity and --precision" in lines[-1]


def test_a_result_tells_agreement_and_errors_and_decides_nothing(audit):
    _, result = audit
    lines = result_lines(result)
    assert lines[0] == "Agreement of coders: nothing was coded twice."
    assert "Sentences with loaded language (loaded_sentences), error in percentage points:" in lines
    assert any(line.startswith("An uncorrected difference") for line in lines)
    assert lines[-1] == "A diagnosis of the model: it does not decide whether to correct; correct in any case."
    assert not any("nan" in line for line in lines)


def test_of_many_measures_only_that_of_the_audit_is_shown(audit):
    _, result = audit
    others = [replace(result.diagnoses[0], measure=f"m{i}") for i in range(9)]
    lines = result_lines(replace(result, diagnoses=(*others, result.diagnoses[0])))
    assert "10 measures have gold now; estimate.json has the errors of all." in lines
    assert sum(line.startswith("| Echo") for line in lines) == 1
