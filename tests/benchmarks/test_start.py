import re

import pytest

from benchmarks import start


def test_benchmark_times_the_first_result(tiny_model, capsys):
    start.main(str(tiny_model), rounds=1)
    clock, processor = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"first result after [\d.]+ s \(from [\d.]+ to [\d.]+\)", clock)
    assert float(re.fullmatch(r"processor ([\d.]+) s \(from [\d.]+ to [\d.]+\)", processor)[1]) > 0


def test_benchmark_tells_of_a_command_without_result():
    with pytest.raises(RuntimeError, match="wrote nothing"):
        start.seconds_to_first_line(["annotate", "no-such-file.txt"])
