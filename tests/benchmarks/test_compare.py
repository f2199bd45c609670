import json
import re
from pathlib import Path

import pytest

from benchmarks import compare
from rhetoric.cli.app import main
from rhetoric.errors import InputError
from rhetoric.framing.measures.table import read_table


@pytest.fixture(scope="module", autouse=True)
def _linux():
    if not Path("/proc/self/status").is_file():
        pytest.skip("needs /proc to know its peak memory")


@pytest.fixture(scope="module")
def run(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    records = [{"id": f"a{i}", "text": f"The ferry left at {i}. Nobody knew.", "outlet": "EP"[i % 2]} for i in range(6)]
    (folder / "articles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert main(["annotate", str(folder / "articles.jsonl"), "-o", f"{folder}/run/", "--model", str(tiny_model)]) == 0
    return folder / "run"


def test_benchmark_multiplies_a_run_and_compares_it(run, tmp_path, capsys):
    compare.main(run, n_articles=600, option=["--measure", "loaded_sentences"])
    told = capsys.readouterr().out
    assert re.fullmatch(r"600 articles, 3 rows: \S+ s on the clock, \S+ s of the processor, \d+ MiB\n", told)


def test_made_run_has_new_ids_and_whole_tables(run, tmp_path):
    compare.write_run(run, 300, tmp_path / "made")
    table, small = read_table(tmp_path / "made"), read_table(run)
    assert len(set(table.ids)) == 300
    assert {path.name for path in (tmp_path / "made" / "measures").iterdir()} == {"00000.parquet", "00001.parquet"}
    assert set(table.meta["outlet"]) == {"E", "P"}
    ratios = table.denominators["loaded_sentences"] / small.denominators["loaded_sentences"].max()
    assert set(ratios) == {1.0, 2.0, 3.0}


def test_benchmark_tells_what_it_cannot_use(tmp_path):
    with pytest.raises(InputError, match="is no run that is complete"):
        compare.write_run(tmp_path, 10, tmp_path / "made")
    with pytest.raises(RuntimeError, match="cannot read|is no folder of a run"):
        compare.measure_cost(tmp_path, [])
