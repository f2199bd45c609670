"""Worker processes: the same bytes as one process, and nobody left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from rhetoric.corpus import ProcessEngine
from rhetoric.corpus.engines import processes
from rhetoric.errors import ModelError, RhetoricError
from tests.corpus.stubs import StubAnnotator, StubSpec, tree


@dataclass(frozen=True)
class Dying(StubSpec):
    """Its annotator is killed at an article."""

    def load(self):
        class Killed(StubAnnotator):
            def annotate(self, article):
                if article.id == "a14":
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().annotate(article)

        return Killed()


@dataclass(frozen=True)
class Broken(StubSpec):
    """Its annotator cannot be loaded."""

    def load(self):
        message = "the weights cannot be loaded"
        raise ModelError(message)


class Meter:
    n = n_failed = 0

    def expect(self, total):
        self.total = total

    def __call__(self, n=1, n_failed=0):
        self.n += n
        self.n_failed += n_failed


def test_workers_give_the_same_bytes_as_one_process(begin, tmp_path):
    meter = Meter()
    begin(tmp_path / "one")
    begin(tmp_path / "two", engine=ProcessEngine(2), meter=meter)
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    assert (meter.total, meter.n, meter.n_failed) == (23, 23, 3)


def test_a_worker_that_is_killed_is_one_line_and_the_run_goes_on(begin, tmp_path):
    begin(tmp_path / "once")
    with pytest.raises(RhetoricError, match="a worker process was killed, .* go on with --resume"):
        begin(tmp_path / "run", Dying(), engine=ProcessEngine(2))
    assert (tmp_path / "run" / "journal.jsonl").is_file()
    begin(tmp_path / "run", engine=ProcessEngine(2), is_resumed=True)
    assert tree(tmp_path / "run") == tree(tmp_path / "once")


def test_a_model_that_no_worker_can_load_is_told_as_ever(begin, tmp_path):
    with pytest.raises(ModelError, match="the weights cannot be loaded"):
        begin(tmp_path / "run", Broken(), engine=ProcessEngine(2))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("worker", "n", "cores"), [(0, 2, {0, 2}), (1, 2, {1, 3}), (0, 3, {0, 3}), (2, 3, {2}), (5, 6, {1})]
)
def test_each_worker_has_its_share_of_the_cores(monkeypatch, worker, n, cores):
    given = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", lambda process, share: given.append(set(share)), raising=False)
    processes._share_of_cores(worker, n)
    assert given == [cores]


PROGRAM = """
import sys
from pathlib import Path
from rhetoric.corpus import Corpus, ProcessEngine, RunOptions, annotate_corpus
from tests.corpus.engines.test_processes import Slow
if __name__ == "__main__":
    import signal
    signal.signal(signal.SIGINT, signal.default_int_handler)
    articles, folder = sys.argv[1:]
    options = RunOptions(shard_size=2, is_resumed=True)
    try:
        annotate_corpus(Corpus((articles,)), Path(folder), Slow(folder=folder), options, ProcessEngine(2))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@dataclass(frozen=True)
class Slow(StubSpec):
    """Its annotator writes down which process it is in, and takes its time."""

    folder: str = ""

    def load(self):
        class Sleeping(StubAnnotator):
            def annotate(self, article):
                time.sleep(0.2)
                return super().annotate(article)

        with open(f"{self.folder}.workers", "a") as stream:
            stream.write(f"{os.getpid()}\n")
        return Sleeping()


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as stream:
        return stream.read().rpartition(")")[2].split()[0] != "Z"


def wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc to look after processes")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)], ids=["Ctrl-C", "kill"])
def test_no_worker_outlives_a_run_that_is_stopped(begin, articles, tmp_path, checkout, how, code):
    folder, workers, program = tmp_path / "run", tmp_path / "run.workers", tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, str(program), str(articles), str(folder)]
    with subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL) as process:
        assert wait_until(lambda: (folder / "journal.jsonl").is_file())
        if how == signal.SIGINT:  # a terminal sends it to all
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        assert process.wait(60) == code
    numbers = [int(line) for line in workers.read_text().split()]
    assert len(numbers) == 2
    assert wait_until(lambda: not any(map(is_alive, numbers)))
    assert json.loads((folder / "journal.jsonl").read_text().splitlines()[0])["index"] == 0
