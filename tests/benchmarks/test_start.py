import re

import pytest

from benchmarks import start


def test_benchmark_times_the_first_result(tiny_model, capsys):
    start.main(str(tiny_model), rounds=1)
    assert re.fullmatch(r"first result after [\d.]+ s \(from [\d.]+ to [\d.]+\)\n", capsys.readouterr().out)


def test_benchmark_tells_of_a_command_without_result():
    with pytest.raises(RuntimeError, match="wrote nothing"):
        start.seconds_to_first_line(["annotate", "no-such-file.txt"])
